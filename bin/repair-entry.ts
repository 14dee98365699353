/** A kind of failure of a patch, as fleet.json says it. */
export type FailureEntry = 'failed' | 'rejected' | 'timed-out' | 'all';

/** A file in S3, as fleet.json says it. */
export interface ArtifactEntry {
  readonly bucket: string;
  readonly bucketAccount?: string;
  readonly objectKey: string;
  readonly sha256: string;
  readonly signature?: string;
  readonly encryptionKey?: string;
}

/** A step of a patch, as fleet.json says it; exactly one of `handler` and `command` is there. */
export interface PatchStepEntry {
  readonly name: string;
  readonly handler?: string;
  readonly command?: string[];
  readonly args?: string[];
  readonly artifacts?: ArtifactEntry[];
  readonly runAsUser?: string;
  readonly ignoreFailure?: boolean;
}

/** What isolated devices are given, as fleet.json says it. */
export interface PatchEntry {
  readonly description?: string;
  readonly steps: PatchStepEntry[];
  /** Versions of the software package catalog. */
  readonly packages?: { readonly name: string; readonly version: string }[];
  readonly rollout?:
    | { readonly perMinute: number }
    | {
        readonly basePerMinute: number;
        readonly maximumPerMinute?: number;
        readonly incrementFactor?: number;
        readonly afterSucceeded?: number;
        readonly afterNotified?: number;
      };
  readonly abort?: { readonly failure?: FailureEntry; readonly percentage: number; readonly minimumDevices: number }[];
  readonly retries?: { readonly failure?: FailureEntry; readonly retries: number }[];
  readonly timeoutMinutes?: number;
  readonly urlMinutes?: number;
  readonly requireSignatures?: boolean;
}

/** When a device is well again, as fleet.json says it. */
export interface ProofEntry {
  readonly windows?: number;
  readonly windowMinutes?: number;
  readonly requireClearedAlarms?: boolean;
  readonly silenceHours?: number;
  readonly automaticReleases?: number;
}

/** How isolated devices come back, as fleet.json says it. */
export interface RepairEntry {
  readonly patch?: PatchEntry;
  readonly proof?: ProofEntry;
  readonly tunnels?: { readonly services?: string[]; readonly maxMinutes?: number };
}

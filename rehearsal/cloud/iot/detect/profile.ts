/** What Device Defender Detect knows of a template, as CloudFormation words it. */

export interface Criteria {
  readonly ComparisonOperator: string;
  readonly Value?: {
    readonly Count?: string;
    readonly Number?: number;
    readonly Cidrs?: readonly string[];
    readonly Ports?: readonly number[];
    readonly Numbers?: readonly number[];
    readonly Strings?: readonly string[];
  };
  readonly StatisticalThreshold?: { readonly Statistic: string };
  readonly DurationSeconds?: number;
  readonly ConsecutiveDatapointsToAlarm?: number;
  readonly ConsecutiveDatapointsToClear?: number;
}

/** A behavior with all that it refers to. */
export interface DetectBehavior {
  readonly name: string;
  /** `aws:...`, or the name of a custom metric. */
  readonly metric: string;
  /** Messages that count: those on these topics, or those on any other. */
  readonly topics?: { readonly filters: readonly string[]; readonly isIn: boolean };
  readonly criteria: Criteria;
}

/** What one device does in five minutes. */
export interface Happening {
  readonly device: string;
  readonly sent?: readonly { readonly topic: string; readonly bytes: number; readonly address?: string }[];
  readonly received?: readonly string[];
  readonly denied?: readonly { readonly topic: string; readonly address?: string }[];
  /** From which addresses it tried to connect, and whether it could. */
  readonly attempts?: readonly { readonly address: string; readonly failed?: boolean }[];
  readonly disconnects?: number;
  /** For how many minutes it is not connected, where it was before. */
  readonly offlineMinutes?: number;
  /** What its agent reports, in long names. */
  readonly reports?: readonly Report[];
}

export interface Report {
  readonly metrics?: Readonly<Record<string, unknown>>;
  readonly custom_metrics?: Readonly<Record<string, unknown>>;
}

/** Windows of five minutes; in a window that has no happening of a device nothing is known of it. */
export type Trace = readonly (readonly Happening[])[];

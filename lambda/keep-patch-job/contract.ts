/** The CloudFormation type of the continuous job of a patch channel. */
export const PATCH_JOB_TYPE = 'Custom::IotPatchJob';

/** The properties of the resource. */
export interface PatchJobProperties {
  /** What the ids of all jobs of the channel begin with. */
  readonly Prefix: string;
  readonly ThingGroupArn: string;
  /** JSON of a `PatchJobSettings`: as one text, since CloudFormation would turn every number in it into a string. */
  readonly Job: string;
}

/** What `CreateJob` is given, besides the id and the target. */
export interface PatchJobSettings {
  readonly document: string;
  readonly description?: string;
  readonly presignedUrlConfig?: { readonly roleArn: string; readonly expiresInSec: number };
  readonly jobExecutionsRolloutConfig?: object;
  readonly abortConfig?: object;
  readonly timeoutConfig?: { readonly inProgressTimeoutInMinutes: number };
  readonly jobExecutionsRetryConfig?: object;
  readonly destinationPackageVersions?: readonly string[];
}

/** The attribute of the resource that names the job that runs. */
export const JOB_ID_ATTRIBUTE = 'JobId';

/** Ids of jobs are this long at most: prefix, 12 characters of a hash, a number of one digit, and what is between them. */
export const MAX_PREFIX = 64 - '-123456789012-9'.length;

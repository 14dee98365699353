import type { Duration } from 'aws-cdk-lib';
import type { PatchAbort } from './patch-abort';
import type { PatchDocument } from './patch-document';
import type { PatchRetry } from './patch-retry';
import type { PatchRollout } from './patch-rollout';

/** What devices are given, and how. */
export interface PatchOptions {
  /** What a device is told to do. Changing it makes a new job, which all members are given; the old one is canceled. */
  readonly document: PatchDocument;

  /**
   * What the patch is for: up to 2,028 visible characters. Changing it makes a new job, too.
   *
   * @default 'Repairs isolated devices'
   */
  readonly description?: string;

  /**
   * How fast devices are given the patch.
   *
   * @default PatchRollout.constant(100) - a storm of isolations becomes no storm of downloads
   */
  readonly rollout?: PatchRollout;

  /**
   * When the patch is stopped for the devices that have not begun with it. An empty list: never.
   *
   * @default - when 20 % of at least 10 devices have failed, in whatever way
   */
  readonly abort?: PatchAbort[];

  /**
   * How long a device may take once it has begun: 1 minute to 7 days, whole minutes.
   *
   * @default Duration.hours(1)
   */
  readonly timeout?: Duration;

  /**
   * How often a device is given the patch again.
   *
   * @default - never: what failed once is looked at by a person
   */
  readonly retries?: PatchRetry[];

  /**
   * For how long the URL of a file can be used after the device asked for it: 60 to 3,600 seconds.
   *
   * @default Duration.minutes(15)
   */
  readonly urlLifetime?: Duration;

  /**
   * Refuse files without a signature when the app is synthesized.
   *
   * @default false
   */
  readonly requireSignatures?: boolean;

  /**
   * What the ids of the jobs begin with: 1 to 49 letters, digits, `_` and `-`, unique in the account and region.
   *
   * @default - a name made of the stack's id
   */
  readonly jobName?: string;
}

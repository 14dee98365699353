import type { PatchFailure } from './patch-failure';

/**
 * How often a device is given a patch again.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/jobs-configurations-details.html
 */
export interface PatchRetry {
  /**
   * After which failure: FAILED, TIMED_OUT, or ALL.
   *
   * @default PatchFailure.ALL
   */
  readonly failure?: PatchFailure;

  /** How often: 0 to 10, in all. */
  readonly retries: number;
}

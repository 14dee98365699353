import type { PatchFailure } from './patch-failure';

/**
 * When a patch is stopped for all devices that have not begun with it.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/jobs-configurations-details.html
 */
export interface PatchAbort {
  /**
   * What counts.
   *
   * @default PatchFailure.ALL
   */
  readonly failure?: PatchFailure;

  /** Percentage of the devices that are through with it: more than 0 to 100, with up to two digits after the point. */
  readonly percentage: number;

  /** It is stopped only when at least so many devices have been through: 1 or more. */
  readonly minimumDevices: number;
}

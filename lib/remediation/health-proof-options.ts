import type { Duration } from 'aws-cdk-lib';
import type { ReleaseApproval } from './release-approval';

/** When a device is well again, and who says so. */
export interface HealthProofOptions {
  /**
   * How many windows in a row must be without any alarm: 1 to 100.
   *
   * @default 3
   */
  readonly windows?: number;

  /**
   * How long a window is: 5 minutes, as often as detectors look, to 7 days.
   *
   * @default Duration.hours(1)
   */
  readonly window?: Duration;

  /**
   * Whether an alarm must have been ended by its source, where the source ends alarms (Device Defender, the detectors of this
   * library). Such a source speaks once when a device leaves its limits: without this, a device that stays outside counts as
   * clean.
   *
   * @default true
   */
  readonly requireClearedAlarms?: boolean;

  /**
   * For how long a device may leave its job undone before people are told: 15 minutes to 14 days.
   *
   * @default Duration.hours(24)
   */
  readonly silence?: Duration;

  /**
   * Who decides that a device is released.
   *
   * @default ReleaseApproval.byPerson() - that the job succeeded is the word of a device that was isolated for a reason
   */
  readonly approval?: ReleaseApproval;
}

/** A way in which a job can fail on a device. */
export enum PatchFailure {
  /** The device said that it failed. */
  FAILED = 'FAILED',
  /** The device did not want it. */
  REJECTED = 'REJECTED',
  /** The device began and did not finish in time. */
  TIMED_OUT = 'TIMED_OUT',
  /** Any of them. */
  ALL = 'ALL',
}

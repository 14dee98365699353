/** What the executable answers to its caller. */
export enum Exit {
  /** Yes, green, nothing found. */
  OK = 0,
  /** No, red, findings. */
  NO = 1,
  /** It could not be done; the message says why. */
  FAILED = 2,
}

/** Where a command writes, and what it knows of the outside. */
export interface Terminal {
  out(text: string): void;
  /** Progress, and why something could not be done. */
  err(text: string): void;
  /** Year-month-day. */
  readonly today: string;
  readonly version: string;
}

/** A command line that makes no sense, or input that is not there. */
export class UsageError extends Error {}

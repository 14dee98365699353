/** A log group as a subscription needs it. */
export interface LogGroupName {
  readonly name: string;
  /** With the `:*` of its streams. */
  readonly arn: string;
}

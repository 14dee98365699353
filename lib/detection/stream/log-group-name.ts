import type { CfnResource } from 'aws-cdk-lib';

/** A log group as a subscription needs it. */
export interface LogGroupName {
  readonly name: string;
  /** With the `:*` of its streams. */
  readonly arn: string;
  /** What must have been done before it can be relied upon. */
  readonly ensured?: CfnResource;
}

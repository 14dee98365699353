import { CfnDeletionPolicy, Stack } from 'aws-cdk-lib';
import { CfnLogGroup, type ILogGroupRef } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { LogGroupName } from './log-group-name';

/** The log group that AWS IoT writes to. */
const LOG_GROUP = 'AWSIotLogsV2';
const RETENTION_DAYS = 365;

/**
 * The log of AWS IoT, in which the stream engine sees what is refused to devices.
 *
 * Logging must be on, as `FleetLogging` and `ZeroTrustAccount` switch it on. A log group can have two subscriptions; the engine
 * takes one.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/cloud-watch-logs.html
 */
export class IotLogs {
  /**
   * The log group of AWS IoT, `AWSIotLogsV2`. It must be there when this is deployed: AWS IoT makes it with the first line that it
   * logs. Where nothing has been logged yet, use `created`.
   */
  public static ofAccount(): IotLogs {
    return new IotLogs((scope) => ({ name: LOG_GROUP, arn: arnOf(scope, LOG_GROUP) }));
  }

  /**
   * The log group of AWS IoT, made here before AWS IoT makes it: encrypted, lines kept for a year, the group kept when the stack
   * is deleted. Fails at deployment where it exists.
   */
  public static created(): IotLogs {
    return new IotLogs((scope, keyArn) => {
      const group = new CfnLogGroup(scope, 'LogGroup', {
        logGroupName: LOG_GROUP,
        kmsKeyId: keyArn,
        retentionInDays: RETENTION_DAYS,
      });
      group.cfnOptions.deletionPolicy = CfnDeletionPolicy.RETAIN_EXCEPT_ON_CREATE;
      group.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
      return { name: group.ref, arn: arnOf(scope, group.ref) };
    });
  }

  /** Another log group, to which events of AWS IoT were directed, such as with `FleetLogging`. */
  public static inLogGroup(logGroup: ILogGroupRef): IotLogs {
    return new IotLogs((scope) => {
      const name = logGroup.logGroupRef.logGroupName;
      return { name, arn: arnOf(scope, name) };
    });
  }

  /** No log: behaviors that need it are an error. */
  public static none(): IotLogs {
    return new IotLogs(undefined);
  }

  private constructor(private readonly find?: (scope: Construct, keyArn: string) => LogGroupName) {}

  /** @internal */
  public get _isNone(): boolean {
    return this.find === undefined;
  }

  /** @internal */
  public _bind(scope: Construct, keyArn: string): LogGroupName | undefined {
    return this.find?.(scope, keyArn);
  }
}

function arnOf(scope: Construct, name: string): string {
  const { partition, region, account } = Stack.of(scope);
  return `arn:${partition}:logs:${region}:${account}:log-group:${name}:*`;
}

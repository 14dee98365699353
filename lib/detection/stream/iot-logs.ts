import { Stack } from 'aws-cdk-lib';
import type { ILogGroupRef } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { ENSURE_LOG_GROUP, type LogGroupProperties, RESOURCE_TYPE } from '../../../lambda/ensure-log-group/contract';
import { CustomResourceProvider } from '../../internal/custom-resource-provider';
import { allow } from '../../internal/iam';
import type { LogGroupName } from './log-group-name';

/** The log group that AWS IoT writes to. */
const LOG_GROUP = 'AWSIotLogsV2';

/**
 * The log of AWS IoT, in which the stream engine sees what is refused to devices.
 *
 * Logging must be on, as `FleetLogging` and `ZeroTrustAccount` switch it on. A log group can have two subscriptions; the
 * detectors of a stack share one.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/cloud-watch-logs.html
 *
 * @example
 * declare const logGroup: logs.CfnLogGroup;
 * Detection.stream({ logs: IotLogs.inLogGroup(logGroup) });
 */
export class IotLogs {
  /**
   * The log group of AWS IoT, `AWSIotLogsV2`. AWS IoT makes it with the first line that it logs; where that was not yet, it is
   * made here, and it stays when the stack is deleted.
   */
  public static ofAccount(): IotLogs {
    return new IotLogs((scope) => {
      const arn = arnOf(scope, LOG_GROUP);
      const properties: LogGroupProperties = { LogGroupName: LOG_GROUP };
      const provider = CustomResourceProvider.of(scope, {
        handler: ENSURE_LOG_GROUP,
        description: 'Sees to it that the log group of AWS IoT is there',
      });
      const statements = [allow(['logs:CreateLogGroup'], [arn])];
      const ensured = provider.addResource(scope, 'LogGroup', {
        type: RESOURCE_TYPE,
        properties: { ...properties },
        statements,
        wildcards: 'The right to make a log group is on the group with all its streams.',
      });
      return { name: LOG_GROUP, arn, ensured };
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

  private constructor(private readonly find?: (scope: Construct) => LogGroupName) {}

  /** @internal */
  public get _isNone(): boolean {
    return this.find === undefined;
  }

  /** @internal */
  public _bind(scope: Construct): LogGroupName | undefined {
    return this.find?.(scope);
  }
}

function arnOf(scope: Construct, name: string): string {
  const { partition, region, account } = Stack.of(scope);
  return `arn:${partition}:logs:${region}:${account}:log-group:${name}:*`;
}

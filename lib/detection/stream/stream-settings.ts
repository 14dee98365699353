import { Duration, Token } from 'aws-cdk-lib';
import type { IKeyRef } from 'aws-cdk-lib/aws-kms';
import type { Problems } from '../../internal/problems';
import { timeProblem, type TimeUnit } from '../../internal/time';
import { DeviceReports } from './device-reports';
import { IotLogs } from './iot-logs';
import type { StreamOptions } from './stream-options';

/** The options with their defaults. */
export interface StreamSettings {
  readonly dryRun: boolean;
  readonly learnedDryRunSeconds: number;
  readonly reports: DeviceReports;
  readonly logs: IotLogs;
  readonly shardCount?: number;
  readonly retentionHours: number;
  readonly encryptionKey?: IKeyRef;
}

const DAY_SECONDS = 86_400;
const MAX_DRY_RUN_DAYS = 90;
const MAX_RETENTION_DAYS = 365;
const MAX_SHARDS = 10_000;

export function settingsOf(options: StreamOptions): StreamSettings {
  const { learnedDryRun = Duration.days(14), retention = Duration.days(3) } = options;
  return {
    dryRun: options.dryRun ?? true,
    learnedDryRunSeconds: learnedDryRun.toSeconds(),
    reports: options.deviceReports ?? DeviceReports.defenderTopic(),
    logs: logsOf(options),
    shardCount: options.shardCount,
    retentionHours: retention.toHours({ integral: false }),
    encryptionKey: options.encryptionKey,
  };
}

export function logsOf({ logs }: StreamOptions): IotLogs {
  return logs ?? IotLogs.ofAccount();
}

/** What is wrong with the options; tokens are taken to be right. */
export function checkOptions(options: StreamOptions, errors: Problems): void {
  const report = (message: string) => errors.report('StreamOptionInvalid', message);
  const { shardCount, learnedDryRun, retention } = options;
  const range = (
    property: string,
    value: Duration | undefined,
    unit: TimeUnit,
    [minDays, maxDays]: readonly [number, number],
  ) => {
    if (value === undefined) return;
    const problem = timeProblem(unit, value);
    if (problem !== undefined) report(`'${property}' ${problem}`);
    if (problem !== undefined || value.isUnresolved()) return;
    const seconds = value.toSeconds({ integral: false });
    if (seconds >= minDays * DAY_SECONDS && seconds <= maxDays * DAY_SECONDS && Number.isInteger(seconds / 3_600))
      return;
    report(`'${property}' must be ${minDays} to ${maxDays} days in whole hours, got ${value.toString()}`);
  };
  range('learnedDryRun', learnedDryRun, 'seconds', [0, MAX_DRY_RUN_DAYS]);
  range('retention', retention, 'hours', [1, MAX_RETENTION_DAYS]);
  if (
    shardCount !== undefined &&
    !Token.isUnresolved(shardCount) &&
    !(Number.isInteger(shardCount) && shardCount >= 1 && shardCount <= MAX_SHARDS)
  )
    report(`'shardCount' must be a whole number from 1 to ${MAX_SHARDS}, got ${shardCount}`);
}

import type { CloudFormation } from './cloudformation';
import type { DynamoDb } from './dynamodb/service';
import type { Table } from './dynamodb/table';
import type { TableStream } from './streams';
import type { Alarms } from './cloudwatch/alarms';
import type { EventBridge } from './eventbridge';
import type { Functions } from './functions';
import type { Account } from './iot/account';
import type { Audits } from './iot/audit/audits';
import type { Certificates } from './iot/certificates';
import type { Detect } from './iot/detect/detect';
import type { Jobs } from './iot/jobs';
import type { IotLogging } from './iot/logging';
import type { Policies } from './iot/policies';
import type { Provisioning } from './iot/provisioning';
import type { IotRegistry } from './iot/registry';
import type { Shadows } from './iot/shadows';
import type { Things } from './iot/things';
import type { Tunnels } from './iot/tunnels';
import type { HttpApis } from './http/http-apis';
import type { Kinesis } from './kinesis/service';
import type { Logs } from './logs/service';
import type { TopicRules } from './rules/topic-rules';
import type { S3 } from './s3';
import type { Sns } from './sns';
import type { Sqs } from './sqs';
import type { Ssm } from './ssm';
import type { World } from './world';

/** The modelled services of one account and region, wired to each other. */
export interface Cloudlike {
  readonly world: World;
  readonly registry: IotRegistry;
  readonly things: Things;
  readonly policies: Policies;
  readonly certificates: Certificates;
  readonly account: Account;
  readonly audits: Audits;
  readonly jobs: Jobs;
  readonly shadows: Shadows;
  readonly provisioning: Provisioning;
  readonly cloudFormation: CloudFormation;
  readonly dynamodb: DynamoDb;
  /** By ARN. */
  readonly streams: Map<string, TableStream>;
  readonly kinesis: Kinesis;
  readonly logs: Logs;
  readonly logging: IotLogging;
  readonly rules: TopicRules;
  readonly tunnels: Tunnels;
  readonly http: HttpApis;
  readonly sqs: Sqs;
  readonly sns: Sns;
  readonly events: EventBridge;
  readonly s3: S3;
  readonly ssm: Ssm;
  readonly functions: Functions;
  readonly alarms: Alarms;
  readonly detect: Detect;
  /** Topic filters of dimensions, by name. */
  readonly dimensions: Map<string, readonly string[]>;
  /** Told of each table that is made. */
  onTable(table: Table): void;
}

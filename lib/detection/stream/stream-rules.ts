import { Stack } from 'aws-cdk-lib';
import { CfnTopicRule } from 'aws-cdk-lib/aws-iot';
import { Construct } from 'constructs';
import type { BehaviorsDocument, RecordSource } from '../../../lambda/evaluate-behaviors/contract';
import { allow } from '../../internal/iam';
import type { SecureQueue } from '../../internal/secure-queue';
import { ServiceRole } from '../../internal/service-role';
import { countedMessages } from './compile';
import type { DeviceReports } from './device-reports';
import type { EventStream } from './event-stream';
import { limitRules } from './rule-limit';
import { type MessageRule, messageRules, messageSql } from './message-sql';

/** The version of AWS IoT SQL that knows what the statements say. */
const SQL_VERSION = '2016-03-23';
/** Of the thing, in every topic of `DeviceReports`; rules count the levels after `$aws/rules/RULE`. */
const THING_LEVEL = 3;

export interface StreamRulesProps {
  readonly stream: EventStream;
  readonly failures: SecureQueue;
  readonly document: BehaviorsDocument;
  readonly sources: ReadonlySet<RecordSource>;
  readonly reports: DeviceReports;
}

/**
 * The rules that bring what AWS IoT knows of devices to the stream. What a rule cannot deliver goes to the queue of failures,
 * whole.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/iot-sql-reference.html
 */
export class StreamRules extends Construct {
  private readonly role: ServiceRole;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: StreamRulesProps,
  ) {
    super(scope, id);
    this.role = this.createRole();
    const { sources, reports, document } = props;
    // AWS IoT alone can publish there, so what the payload says is as true as the topic.
    if (sources.has('presence')) {
      this.add('Presence', "SELECT *, 1 AS v, 'presence' AS source FROM '$aws/events/presence/#'", '${clientId}');
      // A device that subscribes is one that was heard of: then no message is a number of messages, too.
      this.add(
        'Subscriptions',
        "SELECT *, 1 AS v, 'subscription' AS source FROM '$aws/events/subscriptions/#'",
        '${clientId}',
      );
    }
    if (sources.has('report')) this.add('Reports', reportSql(reports._filter), '${clientid()}', reports._ruleName);
    for (const { selection, rules } of rulesOf(document))
      rules.forEach((rule, index) => {
        this.add(`Messages-${selection}-${index}`, messageSql(rule), '${clientid()}');
      });
    limitRules(this, document);
  }

  private add(id: string, sql: string, partitionKey: string, ruleName?: string): void {
    const { stream, failures } = this.props;
    const { roleArn } = this.role;
    const rule = new CfnTopicRule(this, id, {
      ruleName,
      topicRulePayload: {
        awsIotSqlVersion: SQL_VERSION,
        sql,
        actions: [{ kinesis: { streamName: stream.resource.ref, partitionKey, roleArn } }],
        errorAction: { sqs: { queueUrl: failures.queueUrl, roleArn, useBase64: false } },
      },
    });
    rule.node.addDependency(this.role.rights);
  }

  private createRole(): ServiceRole {
    const { stream, failures } = this.props;
    const { partition, region, account } = Stack.of(this);
    const statements = [
      ...stream.writing('kinesis:PutRecord'),
      allow(['sqs:SendMessage'], [failures.queueArn]),
      allow(['kms:Decrypt', 'kms:GenerateDataKey'], [failures.keyArn]),
    ];
    return new ServiceRole(this, 'Role', {
      description: 'Lets rules of AWS IoT put events on the stream of the detection',
      service: 'iot.amazonaws.com',
      sourceArn: `arn:${partition}:iot:${region}:${account}:rule/*`,
      statements,
    });
  }
}

/** Whether messages are counted by a rule on every topic, or on all below any first level. */
export function readsEveryTopic(document: BehaviorsDocument): boolean {
  return rulesOf(document).some(({ rules }) => rules.some(({ from }) => /^[#+]/.test(from)));
}

function rulesOf(document: BehaviorsDocument): { readonly selection: string; readonly rules: MessageRule[] }[] {
  return countedMessages(document).map(({ selection, withBytes }) => ({
    selection: selection.id,
    rules: messageRules(selection, withBytes),
  }));
}

/** What the rule knows stands beside what the device says, which is kept as it came. */
function reportSql(filter: string): string {
  const fields = [
    '1 AS v',
    "'report' AS source",
    `topic(${THING_LEVEL}) AS thing`,
    'clientid() AS clientId',
    'principal() AS principal',
    'traceid() AS id',
    'timestamp() AS at',
    "encode(*, 'base64') AS data",
  ];
  return `SELECT ${fields.join(', ')} FROM '${filter}'`;
}

import { openCloud, type RehearsalCloud } from '../../../../rehearsal/cloud/rehearsal-cloud';
import type { FaultEvent, GapEvent, OutboundMessage } from '../../../../rehearsal/ports';
import { assemblyOf } from '../../../support/rehearsal-assembly';
import { arnOf, eventsOf, recorder, role } from '../../../support/rehearsal-stack';

const FROM = { clientId: 'pump-7', certificateId: 'ab', thingName: 'pump-7', sourceIp: '203.0.113.7' };
const WRITE = ['kinesis:PutRecord', 'sqs:SendMessage', 'sns:Publish', 'iot:Publish'];
let cloud: RehearsalCloud | undefined;

afterEach(async () => {
  await cloud?.close();
  cloud = undefined;
});

interface RuleText {
  readonly sql?: string;
  readonly actions?: readonly object[];
  readonly errorAction?: object;
  readonly ruleName?: string;
  readonly disabled?: boolean;
  readonly version?: string;
}

const RULE_ROLE = arnOf('RuleRole');
const TO_QUEUE = { Sqs: { QueueUrl: { Ref: 'Queue' }, RoleArn: RULE_ROLE, UseBase64: false } };
const TO_STREAM = { Kinesis: { StreamName: 'events', RoleArn: RULE_ROLE, PartitionKey: '${clientid()}' } };

async function withRule(rule: RuleText, rights: readonly string[] = WRITE, extra: Record<string, unknown> = {}) {
  const {
    sql = "SELECT *, clientid() AS who FROM 'pumps/+/telemetry'",
    actions = [TO_QUEUE],
    version = '2016-03-23',
  } = rule;
  const Rule = {
    Type: 'AWS::IoT::TopicRule',
    Properties: {
      RuleName: rule.ruleName ?? 'Rule',
      TopicRulePayload: {
        AwsIotSqlVersion: version,
        Sql: sql,
        Actions: actions,
        ErrorAction: rule.errorAction,
        RuleDisabled: rule.disabled,
      },
    },
  };
  const made = await openCloud({
    assembly: assemblyOf({
      S: {
        Resources: {
          RuleRole: role('iot.amazonaws.com', ...rights),
          FunctionRole: role('lambda.amazonaws.com', 'logs:PutLogEvents'),
          Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'queue' } },
          Failures: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'failures' } },
          Stream: { Type: 'AWS::Kinesis::Stream', Properties: { Name: 'events', ShardCount: 1 } },
          Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'topic' } },
          Function: recorder('FunctionRole'),
          Rule,
          ...extra,
        },
      },
    }),
  });
  cloud = made;
  const out: OutboundMessage[] = [];
  made.bus.onOutbound((message) => Promise.resolve(void out.push(message)));
  const publish = async (topic: string, payload: unknown, from: typeof FROM | undefined = FROM) => {
    await made.bus.ingest({ topic, payload: Buffer.from(JSON.stringify(payload)), qos: 0, retain: false, from });
    await made.clock.settle();
  };
  const bodies = (name: string) => made.services.sqs.find(name)!.messages.map(({ body }) => JSON.parse(body) as object);
  const told = <T>(kind: string) => made.events.all().filter((event) => event.kind === kind) as unknown as T[];
  return { made, publish, bodies, out, faults: () => told<FaultEvent>('fault'), gaps: () => told<GapEvent>('gap') };
}

test('a rule sends what its statement makes of the messages that it selects', async () => {
  const { publish, bodies, faults } = await withRule({});
  await publish('pumps/pump-7/telemetry', { flow: 3 });
  await publish('pumps/pump-7/alarms', { flow: 4 });
  expect(bodies('queue')).toEqual([{ flow: 3, who: 'pump-7' }]);
  expect(faults()).toEqual([]);
});

test('a rule that is switched off does nothing', async () => {
  const { publish, bodies } = await withRule({ disabled: true });
  await publish('pumps/pump-7/telemetry', {});
  expect(bodies('queue')).toEqual([]);
});

test('a record goes to the stream under the key that the template names', async () => {
  const { publish, made } = await withRule({ actions: [TO_STREAM] });
  await publish('pumps/pump-7/telemetry', { flow: 3 });
  const [record] = made.services.kinesis.find('events')!.shards[0]!.records;
  expect(record).toMatchObject({ partitionKey: 'pump-7' });
  expect(JSON.parse(record!.data.toString())).toEqual({ flow: 3, who: 'pump-7' });
});

test('a function is called with the result, if its own policy lets the rule in', async () => {
  const permission = {
    Type: 'AWS::Lambda::Permission',
    Properties: {
      FunctionName: { Ref: 'Function' },
      Action: 'lambda:InvokeFunction',
      Principal: 'iot.amazonaws.com',
      SourceArn: { 'Fn::Sub': 'arn:aws:iot:${AWS::Region}:${AWS::AccountId}:rule/Rule' },
    },
  };
  const actions = [{ Lambda: { FunctionArn: arnOf('Function') } }];
  const { publish, made } = await withRule({ actions }, WRITE, { Permission: permission });
  await publish('pumps/pump-7/telemetry', { flow: 3 });
  expect(made.services.functions.all().flatMap(({ process }) => eventsOf(process.log))).toEqual([
    { flow: 3, who: 'pump-7' },
  ]);
  await made.close();
  const without = await withRule({ actions });
  await without.publish('pumps/pump-7/telemetry', {});
  expect(without.faults().map(({ code }) => code)).toEqual(['AccessDenied', 'EventLost']);
});

test('a message is published again where its role may, and not without end', async () => {
  const actions = [{ Republish: { Topic: 'pumps/${topic(2)}/telemetry', RoleArn: RULE_ROLE } }];
  const { publish, out, gaps } = await withRule({ sql: "SELECT 1 AS v FROM 'pumps/+/telemetry'", actions });
  await publish('pumps/pump-8/telemetry', {});
  expect(out.map(({ topic }) => topic)).toEqual(Array(3).fill('pumps/pump-8/telemetry'));
  expect(gaps()).toMatchObject([{ subject: 'a rule that feeds itself', onPath: true }]);
});

test('Basic Ingest reaches the one rule that it names, on the rest of the topic', async () => {
  const { publish, bodies, faults } = await withRule({ sql: "SELECT topic(2) AS thing FROM 'pumps/+'" });
  await publish('$aws/rules/Rule/pumps/pump-7', {});
  expect(bodies('queue')).toEqual([{ thing: 'pump-7' }]);
  await publish('$aws/rules/Other/pumps/pump-7', {});
  expect(bodies('queue')).toHaveLength(1);
  expect(faults()).toMatchObject([{ code: 'RuleNotFound', detail: expect.stringContaining('Other') }]);
});

test('what the role may not do goes to the error action, with the message and the reason', async () => {
  const errorAction = { Sqs: { QueueUrl: { Ref: 'Failures' }, RoleArn: RULE_ROLE, UseBase64: false } };
  const { publish, bodies, faults } = await withRule({ actions: [TO_STREAM], errorAction }, ['sqs:SendMessage']);
  await publish('pumps/pump-7/telemetry', { flow: 3 });
  expect(bodies('failures')).toEqual([
    expect.objectContaining({
      ruleName: 'Rule',
      topic: 'pumps/pump-7/telemetry',
      clientId: 'pump-7',
      base64OriginalPayload: Buffer.from('{"flow":3}').toString('base64'),
      failures: [
        {
          failedAction: 'KinesisAction',
          failedResource: 'events',
          errorMessage: expect.stringContaining('kinesis:PutRecord on arn:aws:kinesis'),
        },
      ],
    }),
  ]);
  expect(faults().map(({ code }) => code)).toEqual(['AccessDenied', 'DeadLetter']);
});

test('without an error action the message is lost, which is told', async () => {
  const { publish, faults } = await withRule({}, ['kinesis:PutRecord']);
  await publish('pumps/pump-7/telemetry', {});
  expect(faults()).toMatchObject([
    { code: 'AccessDenied' },
    { code: 'EventLost', detail: expect.stringContaining('SqsAction') },
  ]);
});

test.each<[string, RuleText, unknown, string]>([
  [
    'a function of SQL',
    { sql: "SELECT get_dynamodb(a) AS b FROM 'pumps/#'" },
    {},
    'the function get_dynamodb of AWS IoT SQL',
  ],
  ['an action', { actions: [{ S3: { BucketName: 'b' } }] }, {}, 'the action S3 of a topic rule'],
  ['a version', { version: '2015-10-08' }, {}, 'version 2015-10-08 of AWS IoT SQL'],
  ['a payload', {}, 1, '* beside columns, for a payload that is no JSON object of AWS IoT SQL'],
])('%s that is not modelled is on the path of the messages that meet it', async (_name, rule, payload, subject) => {
  const { publish, gaps } = await withRule(rule);
  await publish('elsewhere', payload);
  expect(gaps()).toEqual([]);
  await publish('pumps/pump-7/telemetry', payload);
  expect(gaps()).toMatchObject([{ subject, onPath: true }]);
});

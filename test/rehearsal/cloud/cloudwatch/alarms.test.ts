import { openCloud, type RehearsalCloud } from '../../../../rehearsal/cloud/rehearsal-cloud';
import type { AlarmEvent, FaultEvent } from '../../../../rehearsal/ports';
import { Alarms } from '../../../../rehearsal/alarms';
import { assemblyOf } from '../../../support/rehearsal-assembly';
import { arnOf, recorder, role } from '../../../support/rehearsal-stack';

const MINUTE = 60_000;
let cloud: RehearsalCloud | undefined;

afterEach(async () => {
  await cloud?.close();
  cloud = undefined;
});

const alarmOf = (properties: object) => ({
  Type: 'AWS::CloudWatch::Alarm',
  Properties: {
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    EvaluationPeriods: 1,
    Period: 60,
    Statistic: 'Maximum',
    Threshold: 1,
    TreatMissingData: 'notBreaching',
    AlarmActions: [{ Ref: 'Alerts' }],
    ...properties,
  },
});

/** Logs one number, or throws. */
const COUNTS = `if (event.fail) throw new Error('on purpose'); console.log(JSON.stringify({ _aws: { CloudWatchMetrics: [{ Namespace: 'Mine', Dimensions: [['Of']], Metrics: [{ Name: 'Count' }] }] }, Of: 'me', Count: event.count }));`;

async function deployed(
  resources: object = {},
  actions = ['logs:PutLogEvents'],
  principal = 'cloudwatch.amazonaws.com',
) {
  const assembly = assemblyOf({
    S: {
      Resources: {
        Alerts: { Type: 'AWS::SNS::Topic' },
        AlertsPolicy: {
          Type: 'AWS::SNS::TopicPolicy',
          Properties: {
            Topics: [{ Ref: 'Alerts' }],
            PolicyDocument: {
              Statement: [
                {
                  Effect: 'Allow',
                  Principal: { Service: principal },
                  Action: 'sns:Publish',
                  Resource: { Ref: 'Alerts' },
                },
              ],
            },
          },
        },
        Inbox: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'inbox' } },
        InboxPolicy: {
          Type: 'AWS::SQS::QueuePolicy',
          Properties: {
            Queues: [{ Ref: 'Inbox' }],
            PolicyDocument: {
              Statement: [
                {
                  Effect: 'Allow',
                  Principal: { Service: 'sns.amazonaws.com' },
                  Action: 'sqs:SendMessage',
                  Resource: '*',
                },
              ],
            },
          },
        },
        Subscription: {
          Type: 'AWS::SNS::Subscription',
          Properties: {
            TopicArn: { Ref: 'Alerts' },
            Protocol: 'sqs',
            Endpoint: arnOf('Inbox'),
            RawMessageDelivery: true,
          },
        },
        Work: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'work' } },
        Role: role('lambda.amazonaws.com', ...actions),
        Function: recorder('Role', COUNTS),
        Deep: alarmOf({
          Namespace: 'AWS/SQS',
          MetricName: 'ApproximateNumberOfMessagesVisible',
          Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': ['Work', 'QueueName'] } }],
        }),
        Late: alarmOf({
          Namespace: 'AWS/SQS',
          MetricName: 'ApproximateAgeOfOldestMessage',
          Threshold: 300,
          Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': ['Work', 'QueueName'] } }],
        }),
        Failing: alarmOf({
          Namespace: 'AWS/Lambda',
          MetricName: 'Errors',
          Statistic: 'Sum',
          Dimensions: [{ Name: 'FunctionName', Value: { Ref: 'Function' } }],
        }),
        Counted: alarmOf({
          Namespace: 'Mine',
          MetricName: 'Count',
          Statistic: 'Sum',
          Threshold: 5,
          Dimensions: [{ Name: 'Of', Value: 'me' }],
        }),
        ...resources,
      },
    },
  });
  cloud = await openCloud({ assembly });
  const { services, clock, events } = cloud;
  const alarms = new Alarms(cloud);
  return {
    cloud,
    alarms,
    pass: (ms: number) => clock.advance(ms),
    changes: () =>
      events
        .all()
        .filter((event): event is AlarmEvent => event.kind === 'alarm' && event.from !== 'INSUFFICIENT_DATA')
        .map(({ alarm, from, to }) => `${alarm} ${from} ${to}`),
    told: () => services.sqs.find('inbox')!.messages.map(({ body }) => JSON.parse(body) as Record<string, unknown>),
    faults: () => events.all().filter((event): event is FaultEvent => event.kind === 'fault'),
  };
}

test('the depth and the age of a queue ring, and are silent again', async () => {
  const { cloud: made, pass, changes, told } = await deployed();
  await made.outside.sendMessage('work', 'one');
  await pass(2 * MINUTE);
  expect(changes()).toEqual([]);
  expect(told()).toEqual([
    expect.objectContaining({
      NewStateValue: 'ALARM',
      OldStateValue: 'INSUFFICIENT_DATA',
      AWSAccountId: made.account,
      Trigger: expect.objectContaining({ MetricName: 'ApproximateNumberOfMessagesVisible', Threshold: 1 }) as unknown,
    }),
  ]);
  await pass(3 * MINUTE);
  expect(changes()).toEqual(['S/Late OK ALARM']);
  const queue = made.services.sqs.find('work')!;
  queue.delete(queue.receive(1)[0]!.receiptHandle);
  await pass(MINUTE);
  expect(changes()).toEqual(['S/Late OK ALARM', 'S/Deep ALARM OK', 'S/Late ALARM OK']);
});

test('a function that fails, and what it counts in its log, ring', async () => {
  const { cloud: made, alarms, pass, changes } = await deployed();
  await pass(MINUTE);
  await made.outside.invoke('Function', { count: 2 });
  await pass(MINUTE);
  expect(changes()).toEqual([]);
  await made.outside.invoke('Function', { count: 5 });
  await expect(made.outside.invoke('Function', { fail: true })).rejects.toThrow('on purpose');
  await pass(MINUTE);
  expect(changes().sort()).toEqual(['S/Counted OK ALARM', 'S/Failing OK ALARM']);
  alarms.rings('Counted');
  alarms.rings('S/Failing');
  alarms.isSilent('Deep');
  expect(() => alarms.rings('Deep')).toThrow('the alarm Deep does not ring: it is OK, ');
  expect(() => alarms.isSilent('Counted')).toThrow(/^the alarm Counted rings: \[5\] greater than or equal to/);
  expect(() => alarms.rings('Dep')).toThrow('the assembly has no alarm Dep; did you mean Deep?');
});

test('a function whose role may not write its log counts nothing, and that is said', async () => {
  const { cloud: made, pass, changes } = await deployed({}, ['s3:GetObject']);
  await pass(MINUTE);
  await made.outside.invoke('Function', { count: 9 });
  await pass(MINUTE);
  expect(changes()).toEqual([]);
  expect(made.events.all()).toContainEqual(expect.objectContaining({ kind: 'gap', subject: 'metrics of S/Function' }));
});

test('an alarm that its topic does not let in tells nobody, and the run is red', async () => {
  const { cloud: made, pass, told, faults } = await deployed({}, [], 's3.amazonaws.com');
  await made.outside.sendMessage('work', 'one');
  await pass(MINUTE);
  expect(told()).toEqual([]);
  expect(faults()).toEqual([expect.objectContaining({ code: 'AccessDenied' })]);
});

test('rules see alarms change their state', async () => {
  const { cloud: made, pass } = await deployed({
    Seen: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'seen' } },
    SeenPolicy: {
      Type: 'AWS::SQS::QueuePolicy',
      Properties: {
        Queues: [{ Ref: 'Seen' }],
        PolicyDocument: {
          Statement: [
            {
              Effect: 'Allow',
              Principal: { Service: 'events.amazonaws.com' },
              Action: 'sqs:SendMessage',
              Resource: '*',
            },
          ],
        },
      },
    },
    Rule: {
      Type: 'AWS::Events::Rule',
      Properties: {
        EventPattern: { source: ['aws.cloudwatch'], detail: { state: { value: ['ALARM'] } } },
        Targets: [{ Id: 'Seen', Arn: arnOf('Seen') }],
      },
    },
  });
  await made.outside.sendMessage('work', 'one');
  await pass(MINUTE);
  const [seen] = made.services.sqs.find('seen')!.messages;
  expect(JSON.parse(seen!.body)).toMatchObject({
    'detail-type': 'CloudWatch Alarm State Change',
    detail: { state: { value: 'ALARM' }, previousState: { value: 'INSUFFICIENT_DATA' } },
  });
});

test.each([
  ['metric math of an alarm', { Metrics: [] }],
  ['comparison GreaterThanUpperThreshold of an alarm', { ComparisonOperator: 'GreaterThanUpperThreshold' }],
  ['statistic tm90 of an alarm', { Statistic: undefined, ExtendedStatistic: 'tm90' }],
  [
    'metric AWS/SNS NumberOfNotificationsFailed of an alarm',
    { Namespace: 'AWS/SNS', MetricName: 'NumberOfNotificationsFailed' },
  ],
])('%s is said to be unknown', async (subject, properties) => {
  const { cloud: made } = await deployed({ Odd: alarmOf({ Namespace: 'Mine', MetricName: 'X', ...properties }) });
  expect(made.gaps).toContainEqual({ subject, where: 'S/Odd', meaning: 'the alarm never changes its state' });
});

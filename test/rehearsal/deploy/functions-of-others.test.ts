import { called, cloud, deploy, faults, gaps, waiting } from '../../support/deployed';
import { arnOf, recorder, role } from '../../support/rehearsal-stack';

// Functions as apps of others have them: in other languages, behind aliases, with their own ways to try again.

const queue = (name: string, more: object = {}) => ({
  Type: 'AWS::SQS::Queue',
  Properties: { QueueName: name, ...more },
});
const table = (view = 'NEW_IMAGE') => ({
  Type: 'AWS::DynamoDB::Table',
  Properties: {
    TableName: 'table',
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    StreamSpecification: { StreamViewType: view },
  },
});
const write = (id: string) => {
  const key = { id: { S: id } };
  const made = cloud?.services.dynamodb.tables.get('table');
  made?.onWrite({ eventName: 'INSERT', keys: key, before: undefined, after: key });
};
const FUNCTION_ROLE = role('lambda.amazonaws.com', 'sqs:*', 'dynamodb:*', 's3:*');
const PYTHON = {
  Type: 'AWS::Lambda::Function',
  Properties: { Role: arnOf('Role'), Runtime: 'python3.13', Handler: 'index.handler', Code: { ZipFile: 'pass' } },
};
const mapping = (source: string, more: object = {}) => ({
  Type: 'AWS::Lambda::EventSourceMapping',
  Properties: {
    EventSourceArn: source === 'Table' ? { 'Fn::GetAtt': ['Table', 'StreamArn'] } : arnOf(source),
    FunctionName: { Ref: 'Function' },
    StartingPosition: 'LATEST',
    ...more,
  },
});

describe('a function in a language that does not run here', () => {
  test('behind a custom resource leaves that out', async () => {
    await deploy({
      Role: FUNCTION_ROLE,
      Function: PYTHON,
      It: { Type: 'Custom::S3BucketNotifications', Properties: { ServiceToken: arnOf('Function') } },
    });
    expect(cloud?.gaps.map(({ where, meaning }) => [where, meaning])).toEqual([
      ['S/Function', 'function S/Function never runs'],
      ['S/Function', 'a made-up value was used'],
      ['S/It', 'what it would have set up is not there: the function behind it does not run here'],
    ]);
  });

  test.each([
    ['queue', { Queue: queue('queue'), It: mapping('Queue') }, () => cloud?.outside.sendMessage('queue', '{}')],
    ['table', { Table: table(), It: mapping('Table') }, () => (write('a'), cloud?.clock.settle())],
    [
      'data stream',
      { Stream: { Type: 'AWS::Kinesis::Stream', Properties: { Name: 's' } }, It: mapping('Stream') },
      () => (cloud?.services.kinesis.find('s')?.put('k', Buffer.from('x')), cloud?.clock.settle()),
    ],
    [
      'topic',
      {
        Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'topic' } },
        It: {
          Type: 'AWS::SNS::Subscription',
          Properties: { TopicArn: { Ref: 'Topic' }, Protocol: 'lambda', Endpoint: arnOf('Function') },
        },
      },
      () => cloud?.outside.publish('arn:aws:sns:eu-west-1:123456789012:topic', '{}'),
    ],
  ])('behind a %s is a gap once something comes to it, and not before', async (_, resources, act) => {
    await deploy({ Role: FUNCTION_ROLE, Function: PYTHON, ...resources });
    expect(gaps()).toEqual([]);
    await act();
    expect(gaps()).toMatchObject([{ subject: expect.stringMatching(/^function /) as string, onPath: true }]);
    expect(faults()).toEqual([]);
  });
});

describe('an alias', () => {
  const resources = (permitted: object) => ({
    Role: FUNCTION_ROLE,
    Function: recorder('Role'),
    Version: { Type: 'AWS::Lambda::Version', Properties: { FunctionName: { Ref: 'Function' } } },
    Alias: {
      Type: 'AWS::Lambda::Alias',
      Properties: {
        FunctionName: { Ref: 'Function' },
        FunctionVersion: { 'Fn::GetAtt': ['Version', 'Version'] },
        Name: 'live',
      },
    },
    Topic: {
      Type: 'AWS::SNS::Topic',
      Properties: { TopicName: 'topic', Subscription: [{ Protocol: 'lambda', Endpoint: { Ref: 'Alias' } }] },
    },
    May: {
      Type: 'AWS::Lambda::Permission',
      Properties: { FunctionName: permitted, Action: 'lambda:InvokeFunction', Principal: 'sns.amazonaws.com' },
    },
  });

  test('is called as the function is, where its own policy lets the caller in', async () => {
    await deploy(resources({ Ref: 'Alias' }));
    await cloud?.outside.publish('arn:aws:sns:eu-west-1:123456789012:topic', 'hello');
    expect(called('S/Function')).toMatchObject([{ Records: [{ Sns: { Message: 'hello' } }] }]);
    expect([...(cloud?.gaps ?? []), ...gaps(), ...faults()]).toEqual([]);
  });

  test('is not called by who may call the function only', async () => {
    await deploy(resources({ Ref: 'Function' }));
    await cloud?.outside.publish('arn:aws:sns:eu-west-1:123456789012:topic', 'hello');
    expect(called('S/Function')).toEqual([]);
    expect(faults()).toMatchObject([{ code: 'AccessDenied', what: expect.stringContaining(':live') as string }]);
  });
});

test('what may call a function from one organization only is not let in: a rehearsal belongs to none', async () => {
  await deploy({
    Role: FUNCTION_ROLE,
    Function: recorder('Role'),
    Topic: {
      Type: 'AWS::SNS::Topic',
      Properties: { TopicName: 'topic', Subscription: [{ Protocol: 'lambda', Endpoint: arnOf('Function') }] },
    },
    May: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        FunctionName: { Ref: 'Function' },
        Action: 'lambda:InvokeFunction',
        Principal: '*',
        PrincipalOrgID: 'o-1',
      },
    },
  });
  await cloud?.outside.publish('arn:aws:sns:eu-west-1:123456789012:topic', 'hello');
  expect(faults()).toMatchObject([{ code: 'AccessDenied' }]);
});

describe('the stream of a table', () => {
  const records = () =>
    called('S/Function').map(({ Records }) =>
      (Records as { dynamodb: { Keys: { id: { S: string } } } }[]).map(({ dynamodb }) => dynamodb.Keys.id.S),
    );
  const FAIL_B_ONCE = `const bad = event.Records.findIndex(({ dynamodb }) => dynamodb.Keys.id.S === 'b'); return { batchItemFailures: bad >= 0 && calls < 2 ? [{ itemIdentifier: event.Records[bad].dynamodb.SequenceNumber }] : [] };`;

  test('comes again from the record on that a function says it could not handle', async () => {
    await deploy({
      Role: FUNCTION_ROLE,
      Table: table(),
      Function: recorder('Role', FAIL_B_ONCE),
      It: mapping('Table', { FunctionResponseTypes: ['ReportBatchItemFailures'] }),
    });
    for (const id of ['a', 'b', 'c']) write(id);
    await cloud?.clock.advance(60_000);
    expect(records()).toEqual([
      ['a', 'b', 'c'],
      ['b', 'c'],
    ]);
    expect(faults()).toEqual([]);
  });

  test.each([
    [true, [['a', 'b'], ['a'], ['a'], ['b'], ['b'], ['b']]],
    [
      false,
      [
        ['a', 'b'],
        ['a', 'b'],
        ['a', 'b'],
      ],
    ],
  ])('is tried as often as the mapping says, and given up into its queue (split: %s)', async (split, expected) => {
    const more = {
      MaximumRetryAttempts: 2,
      BisectBatchOnFunctionError: split,
      DestinationConfig: { OnFailure: { Destination: arnOf('Queue') } },
    };
    await deploy({
      Role: FUNCTION_ROLE,
      Table: table(),
      Queue: queue('lost'),
      Function: recorder('Role', 'throw new Error("no")'),
      It: mapping('Table', more),
    });
    for (const id of ['a', 'b']) write(id);
    await cloud?.clock.advance(600_000);
    expect(records()).toEqual(expected);
    expect(waiting('lost')).toHaveLength(split ? 2 : 1);
    expect(faults().every(({ code }) => code === 'DeadLetter')).toBe(true);
  });
});

test('an event that may be two minutes old is tried for the second time, and not for the third', async () => {
  await deploy({
    Role: FUNCTION_ROLE,
    Function: recorder('Role', 'throw new Error("no")'),
    Config: {
      Type: 'AWS::Lambda::EventInvokeConfig',
      Properties: { FunctionName: { Ref: 'Function' }, Qualifier: '$LATEST', MaximumEventAgeInSeconds: 120 },
    },
    Topic: {
      Type: 'AWS::SNS::Topic',
      Properties: { TopicName: 'topic', Subscription: [{ Protocol: 'lambda', Endpoint: arnOf('Function') }] },
    },
    May: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        FunctionName: { Ref: 'Function' },
        Action: 'lambda:InvokeFunction',
        Principal: 'sns.amazonaws.com',
      },
    },
  });
  await cloud?.outside.publish('arn:aws:sns:eu-west-1:123456789012:topic', 'hello');
  await cloud?.clock.advance(3_600_000);
  expect(called('S/Function')).toHaveLength(2);
  expect(cloud?.gaps).toEqual([]);
});

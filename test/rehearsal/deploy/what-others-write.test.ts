import { cloud, deploy, faults, gaps, waiting } from '../../support/deployed';
import { arnOf, recorder, role } from '../../support/rehearsal-stack';

// Templates with what apps of others have and the reference app has not: it is acted out, or said to be missing.

const queue = (name: string, more: object = {}) => ({
  Type: 'AWS::SQS::Queue',
  Properties: { QueueName: name, ...more },
});
const OPEN = {
  Type: 'AWS::SQS::QueuePolicy',
  Properties: {
    Queues: [{ Ref: 'Queue' }],
    PolicyDocument: { Statement: [{ Effect: 'Allow', Principal: '*', Action: 'sqs:*', Resource: '*' }] },
  },
};
const FUNCTION_ROLE = role('lambda.amazonaws.com', 'sqs:*', 'dynamodb:*', 's3:*');

describe('what a role may do', () => {
  const SEND = { action: 'sqs:SendMessage', resource: 'arn:aws:sqs:eu-west-1:123456789012:q' };
  const READ = { action: 'sqs:ReceiveMessage', resource: SEND.resource };
  const managed = (actions: string[]) => ({
    Type: 'AWS::IAM::ManagedPolicy',
    Properties: { PolicyDocument: { Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }] } },
  });
  const may = (need: typeof SEND) => {
    const arn = cloud?.resources('AWS::IAM::Role')[0]?.attributes.Arn;
    return cloud?.services.world.authorizer.role(String(arn), need);
  };

  test('comes from the managed policies that its template makes, too', async () => {
    await deploy({
      Rights: managed(['sqs:SendMessage']),
      Role: {
        ...role('lambda.amazonaws.com'),
        Properties: { ...(role('x').Properties as object), Policies: [], ManagedPolicyArns: [{ Ref: 'Rights' }] },
      },
    });
    expect(may(SEND)).toMatchObject({ allowed: true, because: [{ policyName: 'S/Rights' }] });
    expect(may(READ)).toMatchObject({ allowed: false });
    expect(cloud?.gaps).toEqual([]);
  });

  test('ends at its permissions boundary', async () => {
    const { Type, Properties } = role('lambda.amazonaws.com', 'sqs:*') as { Type: string; Properties: object };
    await deploy({
      Bound: managed(['sqs:SendMessage']),
      Role: { Type, Properties: { ...Properties, PermissionsBoundary: { Ref: 'Bound' } } },
    });
    expect(may(SEND)).toMatchObject({ allowed: true });
    expect(may(READ)).toMatchObject({
      allowed: false,
      missing: 'the permissions boundary S/Bound of S/Role does not allow it',
    });
  });

  test('is what AWS says where it keeps the policy, and what is not known of policies is said', async () => {
    const { Type, Properties } = role('iot.amazonaws.com', 'sqs:*') as { Type: string; Properties: object };
    await deploy({
      Role: {
        Type,
        Properties: {
          ...Properties,
          ManagedPolicyArns: [
            'arn:aws:iam::aws:policy/service-role/AWSIoTThingsRegistration',
            'arn:aws:iam::123456789012:policy/AWSIoTThingsRegistration',
          ],
          PermissionsBoundary: 'arn:aws:iam::123456789012:policy/landing-zone',
        },
      },
    });
    expect(may({ ...SEND, action: 'iot:CreateThing' })).toMatchObject({ allowed: true });
    expect(may({ ...SEND, action: 'iot:DeleteThing' })).toMatchObject({ allowed: false });
    expect(cloud?.gaps).toEqual([
      expect.objectContaining({ subject: 'policy arn:aws:iam::123456789012:policy/AWSIoTThingsRegistration' }),
      expect.objectContaining({ subject: 'permissions boundary arn:aws:iam::123456789012:policy/landing-zone' }),
    ]);
  });
});

test('a property that does nothing here is listed, and one that changes nothing is not', async () => {
  await deploy({
    Queue: queue('queue', { MaximumMessageSize: 1024, Tags: [{ Key: 'a', Value: 'b' }], SqsManagedSseEnabled: true }),
  });
  expect(cloud?.gaps).toEqual([
    { subject: 'MaximumMessageSize of AWS::SQS::Queue', where: 'S/Queue', meaning: 'it is as if it were not there' },
  ]);
});

test.each([
  [
    'a group whose members a query finds',
    'AWS::IoT::ThingGroup',
    { ThingGroupName: 'old', QueryString: 'attributes.v < 2' },
    'the dynamic thing group old',
  ],
  [
    'a template for certificates of a CA',
    'AWS::IoT::ProvisioningTemplate',
    { TemplateType: 'JITP', TemplateBody: '{}', ProvisioningRoleArn: 'r' },
    'provisioning of type JITP',
  ],
  ['a topic in order', 'AWS::SNS::Topic', { TopicName: 't.fifo', FifoTopic: true }, 'a FIFO topic'],
  [
    'a function in a role of others',
    'AWS::Lambda::Function',
    {
      Role: 'arn:aws:iam::123456789012:role/theirs',
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Code: { ZipFile: '' },
    },
    'role arn:aws:iam::123456789012:role/theirs',
  ],
  [
    'a policy for a certificate of others',
    'AWS::IoT::PolicyPrincipalAttachment',
    { PolicyName: 'p', Principal: 'arn:aws:iot:eu-west-1:123456789012:cert/ab' },
    'certificate arn:aws:iot:eu-west-1:123456789012:cert/ab',
  ],
  [
    'a thing for a certificate of others',
    'AWS::IoT::ThingPrincipalAttachment',
    { ThingName: 't', Principal: 'arn:aws:iot:eu-west-1:123456789012:cert/ab' },
    'certificate arn:aws:iot:eu-west-1:123456789012:cert/ab',
  ],
  [
    'logs for a delivery stream',
    'AWS::Logs::SubscriptionFilter',
    { LogGroupName: 'g', DestinationArn: 'arn:aws:firehose:eu-west-1:123456789012:deliverystream/d' },
    'destination arn:aws:firehose:eu-west-1:123456789012:deliverystream/d of a log group',
  ],
])('%s is said not to be modelled, and the rest is deployed', async (_, Type, Properties, subject) => {
  await deploy({ It: { Type, Properties }, Queue: queue('queue') });
  expect(cloud?.gaps.map((each) => each.subject)).toEqual([subject]);
  expect(cloud?.resources().map(({ logicalId }) => logicalId)).toEqual(['Queue']);
});

test('a policy for a thing group fails the deployment, as CloudFormation fails it', async () => {
  const group = { Type: 'AWS::IoT::ThingGroup', Properties: { ThingGroupName: 'pumps' } };
  const attached = {
    Type: 'AWS::IoT::PolicyPrincipalAttachment',
    Properties: { PolicyName: 'p', Principal: arnOf('Group') },
  };
  await expect(deploy({ Group: group, It: attached })).rejects.toThrow(
    'CloudFormation attaches no policy to a thing group',
  );
});

test('a topic rule with SQL or an action that is not modelled is listed before any message comes to it', async () => {
  const rule = (sql: string, action: object) => ({
    Type: 'AWS::IoT::TopicRule',
    Properties: { TopicRulePayload: { AwsIotSqlVersion: '2016-03-23', Sql: sql, Actions: [action] } },
  });
  const toQueue = { Sqs: { QueueUrl: 'q', RoleArn: 'r' } };
  await deploy({
    Case: rule("SELECT CASE a WHEN 1 THEN 'x' END AS b FROM 'a'", toQueue),
    Store: rule("SELECT * FROM 'a'", { S3: { BucketName: 'b', Key: 'k', RoleArn: 'r' } }),
    Fine: rule("SELECT * FROM 'a'", toQueue),
  });
  const meaning = 'a run in which something comes to it is red';
  expect(cloud?.gaps).toEqual([
    { subject: `'CASE' of AWS IoT SQL`, where: 'S/Case', meaning },
    { subject: 'the action S3 of a topic rule', where: 'S/Store', meaning },
  ]);
  expect(gaps()).toEqual([]);
});

test('what an event or a notification cannot reach here is listed before there is any', async () => {
  const machine = 'arn:aws:states:eu-west-1:123456789012:stateMachine:m';
  const http = { Protocol: 'https', Endpoint: 'https://example.com' };
  await deploy({
    Rule: {
      Type: 'AWS::Events::Rule',
      Properties: { EventPattern: { source: ['a'] }, Targets: [{ Id: 'a', Arn: machine }] },
    },
    Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'topic', Subscription: [http] } },
    More: { Type: 'AWS::SNS::Subscription', Properties: { TopicArn: { Ref: 'Topic' }, ...http, Protocol: 'firehose' } },
    Theirs: { Type: 'AWS::SNS::Subscription', Properties: { TopicArn: 'arn:aws:sns:eu-west-1:1:theirs', ...http } },
  });
  expect(cloud?.gaps.map(({ subject }) => subject)).toEqual([
    `target ${machine} of a rule`,
    'SNS protocol https',
    'SNS protocol firehose',
    'topic arn:aws:sns:eu-west-1:1:theirs',
  ]);
  expect(gaps()).toEqual([]);
});

test('what the account holds besides the stacks gets a made-up value, and what is not made need not be worked out', async () => {
  const Parameters = { Network: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/network/id' } };
  const resources = {
    Own: { Type: 'AWS::SSM::Parameter', Properties: { Name: '/own', Type: 'String', Value: 'mine' } },
    One: queue('{{resolve:ssm:/own:1}}'),
    Other: queue('queue', { Tags: [{ Key: 'a', Value: { Ref: 'Network' } }] }),
    Secret: queue('{{resolve:secretsmanager:s}}'),
    Net: {
      Type: 'AWS::EC2::Subnet',
      Properties: { CidrBlock: { 'Fn::Select': [0, { 'Fn::Cidr': ['10.0.0.0/16', 1, 8] }] } },
    },
  };
  const { services, gaps: listed } = await deploy(resources, { Parameters });
  expect(services.sqs.all().map(({ props }) => props.name)).toEqual(['mine', 'queue', 'made-up-value-of-s']);
  expect(listed).toEqual([
    { subject: 'parameter /network/id of the account', where: 'S', meaning: 'a made-up value was used' },
    { subject: 'secretsmanager s of the account', where: 'S', meaning: 'a made-up value was used' },
    expect.objectContaining({ subject: 'AWS::EC2::Subnet' }),
  ]);
});

test.each([
  ['rate(2 hours)', 2],
  ['at(2026-01-05T11:00:00)', 3],
  ['cron(0 12 * * ? *)', 4],
])('a schedule that nothing here keeps lies on the path once its time comes: %s', async (ScheduleExpression, hours) => {
  const schedule = (more: object = {}) => ({
    Type: 'AWS::Scheduler::Schedule',
    Properties: { ScheduleExpression, Target: { Arn: 'a', RoleArn: 'r' }, ...more },
  });
  await deploy({ It: schedule(), Off: schedule({ State: 'DISABLED' }) });
  await cloud?.clock.advance(hours * 3_600_000 - 1);
  expect(gaps()).toEqual([]);
  await cloud?.clock.advance(1);
  expect(gaps()).toMatchObject([{ subject: 'schedule S/It', onPath: true }]);
});

test('a rule may name itself and its event in what it sends', async () => {
  const transformer = {
    InputPathsMap: { who: '$.detail.who' },
    InputTemplate:
      '{"by": <aws.events.rule-name>, "arn": <aws.events.rule-arn>, "who": "<who>", "bare": <aws.events.event>, "whole": <aws.events.event.json>, "none": <nothing>}',
  };
  await deploy({
    Queue: queue('queue'),
    Open: OPEN,
    Rule: {
      Type: 'AWS::Events::Rule',
      Properties: {
        Name: 'watch',
        EventPattern: { source: ['mine'] },
        Targets: [{ Id: 'a', Arn: arnOf('Queue'), InputTransformer: transformer }],
      },
    },
  });
  await cloud?.outside.putEvent({ source: 'mine', detailType: 'd', detail: { who: 'pump-7' } });
  const [sent = ''] = waiting('queue');
  expect(JSON.parse(sent)).toMatchObject({
    by: 'watch',
    arn: 'arn:aws:events:eu-west-1:123456789012:rule/watch',
    who: 'pump-7',
    whole: { source: 'mine', detail: { who: 'pump-7' } },
    none: null,
  });
  expect(JSON.parse(sent)).not.toHaveProperty('bare.detail');
});

test('a queue keeps a message as long as it says, from when it came into the first of its queues', async () => {
  await deploy({
    Dead: queue('dead', { MessageRetentionPeriod: 180 }),
    Queue: queue('queue', {
      MessageRetentionPeriod: 120,
      VisibilityTimeout: 60,
      RedrivePolicy: { deadLetterTargetArn: arnOf('Dead'), maxReceiveCount: 1 },
    }),
  });
  await cloud?.outside.sendMessage('queue', 'first');
  const sqs = cloud?.services.sqs;
  sqs?.find('queue')?.receive(1);
  await cloud?.clock.advance(60_000);
  sqs?.find('queue')?.receive(1);
  await cloud?.outside.sendMessage('queue', 'second');
  await cloud?.clock.advance(119_999);
  expect([waiting('dead'), waiting('queue')]).toEqual([['first'], ['second']]);
  await cloud?.clock.advance(1);
  expect([waiting('dead'), waiting('queue')]).toEqual([[], []]);
  expect(faults().filter(({ code }) => code === 'EventLost')).toHaveLength(2);
});

test('an object in a bucket that tells others of its objects is a gap', async () => {
  const put = `const { S3Client, PutObjectCommand } = require('@aws-sdk/client-s3'); exports.handler = async () => { await new S3Client({ forcePathStyle: true }).send(new PutObjectCommand({ Bucket: 'bucket', Key: 'k', Body: 'x' })); };`;
  const { Type, Properties } = recorder('Role') as { Type: string; Properties: object };
  await deploy({
    Role: FUNCTION_ROLE,
    Function: { Type, Properties: { ...Properties, Code: { ZipFile: put } } },
    Bucket: {
      Type: 'AWS::S3::Bucket',
      Properties: { BucketName: 'bucket', NotificationConfiguration: { EventBridgeConfiguration: {} } },
    },
  });
  expect(gaps()).toEqual([]);
  await cloud?.outside.invoke('S/Function', {});
  expect(gaps()).toMatchObject([{ subject: 'notifications of bucket bucket', onPath: true }]);
});

test('a bucket that takes new objects only refuses a write that could be over one', async () => {
  const put = `const { S3Client, PutObjectCommand } = require('@aws-sdk/client-s3'); exports.handler = async (more) => { await new S3Client({ forcePathStyle: true }).send(new PutObjectCommand({ Bucket: 'bucket', Key: 'k', Body: 'x', ...more })); return 'kept'; };`;
  const { Type, Properties } = recorder('Role') as { Type: string; Properties: object };
  await deploy({
    Role: FUNCTION_ROLE,
    Function: { Type, Properties: { ...Properties, Code: { ZipFile: put } } },
    Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'bucket' } },
    Policy: {
      Type: 'AWS::S3::BucketPolicy',
      Properties: {
        Bucket: { Ref: 'Bucket' },
        PolicyDocument: {
          Statement: [
            {
              Effect: 'Deny',
              Principal: '*',
              Action: 's3:PutObject',
              Resource: 'arn:aws:s3:::bucket/*',
              Condition: { Null: { 's3:if-none-match': 'true' }, Bool: { 's3:ObjectCreationOperation': 'true' } },
            },
          ],
        },
      },
    },
  });
  await expect(cloud?.outside.invoke('S/Function', {})).rejects.toThrow('s3:PutObject');
  await expect(cloud?.outside.invoke('S/Function', { IfNoneMatch: '*' })).resolves.toBe('kept');
});

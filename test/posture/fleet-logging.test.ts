import { Lazy, Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { CfnRole } from 'aws-cdk-lib/aws-iam';
import { FleetLogging, FleetLogLevel } from '../../lib/posture/fleet-logging';
import { templateOf, testApp, testStack } from '../support/app';

const env = { account: '111122223333', region: 'eu-west-1' };
const GROUP = 'log-group:AWSIotLogsV2';

test('logs what may go wrong by default, with a role that may write to the log group of AWS IoT only', () => {
  const stack = new Stack(testApp(), 'Test', { env });
  const logging = new FleetLogging(stack, 'Logging');
  const template = templateOf(stack);
  template.hasResourceProperties('Custom::IotLogging', {
    RoleArn: stack.resolve(logging.roleArn),
    DefaultLogLevel: 'WARN',
    Events: Match.absent(),
    ReplaceExisting: false,
  });
  const arn = (end: string): object => ({
    'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:logs:eu-west-1:111122223333:${end}`]],
  });
  template.hasResourceProperties('AWS::IAM::ManagedPolicy', {
    PolicyDocument: {
      Statement: [
        {
          Effect: 'Allow',
          Action: [
            'logs:CreateLogGroup',
            'logs:CreateLogStream',
            'logs:PutLogEvents',
            'logs:PutMetricFilter',
            'logs:PutRetentionPolicy',
          ],
          Resource: [arn(GROUP), arn(`${GROUP}:*`)],
        },
      ],
    },
  });
  template.hasResourceProperties('AWS::IAM::Role', {
    AssumeRolePolicyDocument: {
      Statement: [
        {
          Principal: { Service: 'iot.amazonaws.com' },
          Condition: {
            StringEquals: { 'aws:SourceAccount': '111122223333' },
            ArnLike: {
              'aws:SourceArn': {
                'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iot:eu-west-1:111122223333:*']],
              },
            },
          },
        },
      ],
    },
  });
  expect(logging.logGroupName).toBe('AWSIotLogsV2');
  expect(stack.resolve(logging.keptSettings)).toEqual({
    'Fn::GetAtt': [stack.getLogicalId(logging.configuration), 'Kept'],
  });
});

test('everything set', () => {
  const stack = testStack();
  const role = new CfnRole(stack, 'Own', { assumeRolePolicyDocument: {} });
  const before = new CfnRole(stack, 'Before', { assumeRolePolicyDocument: {} });
  new FleetLogging(stack, 'Logging', {
    defaultLogLevel: FleetLogLevel.INFO,
    events: [
      { eventType: 'Connect', level: FleetLogLevel.DEBUG },
      { eventType: 'Publish-In', level: FleetLogLevel.ERROR, logGroupName: '/my/group' },
    ],
    role,
    replaceExisting: true,
    replacedRoles: [before],
  });
  const template = templateOf(stack);
  template.hasResourceProperties('Custom::IotLogging', {
    RoleArn: { 'Fn::GetAtt': ['Own', 'Arn'] },
    DefaultLogLevel: 'INFO',
    Events: ['Connect=DEBUG', 'Publish-In=ERROR=/my/group'],
    ReplaceExisting: true,
  });
  const text = JSON.stringify(template.toJSON());
  expect(text).toContain('"iam:PassRole"');
  expect(text).toContain('["Before","Arn"]');
  Annotations.fromStack(stack).hasNoWarning('*', Match.stringLikeRegexp('ReplacedRoleUnknown'));
});

test('a log group of an event may be written to', () => {
  const stack = testStack();
  const events = ['A', 'B'].map((eventType) => ({ eventType, level: FleetLogLevel.ERROR, logGroupName: 'mine' }));
  new FleetLogging(stack, 'Logging', { events });
  const text = JSON.stringify(templateOf(stack).toJSON());
  expect(text.match(/:log-group:mine"/g)).toHaveLength(1);
  expect(text.match(/:log-group:mine:\*"/g)).toHaveLength(1);
});

test('warns where a role is replaced that could not be put back', () => {
  const stack = testStack();
  new FleetLogging(stack, 'Logging', { replaceExisting: true });
  Annotations.fromStack(stack).hasWarning(
    '/Test/Logging',
    Match.stringLikeRegexp('zero-trust-iot:ReplacedRoleUnknown'),
  );
});

test.each([
  ['conect', 'Connect'],
  ['connect', 'Connect'],
  ['Publish_In', 'Publish-In'],
  ['Connection.AuthnError', 'Connection.AuthNError'],
  ['RuleExecutoin', 'RuleExecution'],
])('asks whether %s is a slip of %s', (eventType, meant) => {
  const stack = testStack();
  new FleetLogging(stack, 'Logging', { events: [{ eventType, level: FleetLogLevel.INFO }] });
  Annotations.fromStack(stack).hasWarning(
    '/Test/Logging',
    Match.stringLikeRegexp(`'events\\[0\\]\\.eventType'.*Did you mean '${meant}'.*zero-trust-iot:LogEventUnknown`),
  );
});

test.each(['Connect', 'GetConnection', 'Ping', 'SomethingNew', 'Lazy'])('takes %s as it is', (name) => {
  const stack = testStack();
  const eventType = name === 'Lazy' ? Lazy.string({ produce: () => 'conect' }) : name;
  new FleetLogging(stack, 'Logging', { events: [{ eventType, level: FleetLogLevel.INFO }] });
  Annotations.fromStack(stack).hasNoWarning('*', Match.stringLikeRegexp('LogEventUnknown'));
});

const event = (options: object): object => ({
  events: [{ eventType: 'Connect', level: FleetLogLevel.INFO, ...options }],
});

test.each([
  ['an event without a name', event({ eventType: '' }), 'LogEventInvalid'],
  ['an event with a name that is too long', event({ eventType: 'a'.repeat(513) }), 'LogEventInvalid'],
  ['an event with a name that has a sign', event({ eventType: 'a=b' }), 'LogEventInvalid'],
  ['an event with a log group that has a space', event({ logGroupName: 'a b' }), 'LogEventInvalid'],
  ['an event with a log group of CloudWatch itself', event({ logGroupName: 'aws/iot' }), 'LogEventInvalid'],
  ['an event with a log group that is too long', event({ logGroupName: 'a'.repeat(513) }), 'LogEventInvalid'],
  [
    'an event twice',
    { events: [FleetLogLevel.INFO, FleetLogLevel.WARN].map((level) => ({ eventType: 'Connect', level })) },
    'LogEventInvalid',
  ],
  ['roles to put back that are not replaced', { replacedRoles: [] }, 'ReplacedRolesUnused'],
])('fails for %s', (_name, props, code) => {
  expect(() => new FleetLogging(testStack(), 'Logging', props)).toThrow(expect.objectContaining({ code }));
});

test('takes what is as long as it may be, or not known yet', () => {
  new FleetLogging(testStack(), 'Logging', {
    events: [
      { eventType: 'a'.repeat(512), level: FleetLogLevel.DISABLED, logGroupName: '._/#-'.padEnd(512, 'a') },
      { eventType: Lazy.string({ produce: () => 'x' }), level: FleetLogLevel.ERROR },
    ],
  });
});

test('fails for a second one in the same account', () => {
  const stack = testStack();
  new FleetLogging(stack, 'First');
  expect(() => new FleetLogging(stack, 'Second')).toThrow(/managed by Test\/First.*AccountSettingTwice/);
});

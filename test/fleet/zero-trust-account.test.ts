import { Duration, Lazy, Stack } from 'aws-cdk-lib';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { CfnKey, Key } from 'aws-cdk-lib/aws-kms';
import { CfnTopic, Topic } from 'aws-cdk-lib/aws-sns';
import {
  Access,
  AccountSetting,
  type FleetPart,
  ZeroTrustAccount,
  type ZeroTrustAccountProps,
  ZeroTrustFleet,
} from '../../lib';
import { testApp, testStack, templateOf } from '../support/app';

const SETTINGS = [
  'Custom::IotAccountAudit',
  'Custom::IotLogging',
  'Custom::IotFleetIndexing',
  'Custom::IotEventConfigurations',
];

describe('by default', () => {
  let template: Template;
  beforeAll(() => {
    const stack = testStack();
    new ZeroTrustAccount(stack, 'Account');
    template = templateOf(stack);
  });

  test.each(SETTINGS)('adopts %s', (type) => template.resourceCountIs(type, 1));

  test('audits every day', () => template.hasResourceProperties('AWS::IoT::ScheduledAudit', { Frequency: 'DAILY' }));

  test('has one encrypted topic that alarms may publish to, and nobody is subscribed', () => {
    template.resourceCountIs('AWS::SNS::Topic', 1);
    template.hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: Match.anyValue() });
    template.resourceCountIs('AWS::SNS::Subscription', 0);
    template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Allow',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
          }),
        ]),
      },
    });
    template.hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: {
        Statement: Match.arrayWith([Match.objectLike({ Principal: { Service: 'cloudwatch.amazonaws.com' } })]),
      },
    });
  });

  test('reports audits to the same topic', () => {
    const [topic] = Object.keys(template.findResources('AWS::SNS::Topic'));
    template.hasResourceProperties('Custom::IotAccountAudit', { NotificationTargetArn: { Ref: topic } });
  });
});

test('everything set', () => {
  const stack = testStack();
  const account = new ZeroTrustAccount(stack, 'Account', {
    alerts: { emails: ['soc@example.com', 'ops@example.com'] },
    audit: { certificateAge: Duration.days(180) },
    logging: {},
    indexing: { connectivity: false },
    events: {},
    encryptionKey: new CfnKey(stack, 'Key', { keyPolicy: {} }),
  });
  const template = templateOf(stack);
  template.hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'email', Endpoint: 'soc@example.com' });
  template.hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'email', Endpoint: 'ops@example.com' });
  template.hasResourceProperties('Custom::IotFleetIndexing', { ThingConnectivityIndexingMode: 'OFF' });
  template.hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: { 'Fn::GetAtt': ['Key', 'Arn'] } });
  expect(account.audit && account.logging && account.indexing && account.events).toBeDefined();
});

test.each(Object.values(AccountSetting).map((setting, index) => [setting, SETTINGS[index]!] as const))(
  'leaves %s alone when told to',
  (setting, type) => {
    const stack = testStack();
    const account = new ZeroTrustAccount(stack, 'Account', { without: [setting] });
    const template = templateOf(stack);
    template.resourceCountIs(type, 0);
    for (const other of SETTINGS.filter((name) => name !== type)) template.resourceCountIs(other, 1);
    expect(
      [account.audit, account.logging, account.indexing, account.events].filter((part) => part === undefined),
    ).toHaveLength(1);
  },
);

test('uses a topic that is given, with its key', () => {
  const stack = testStack();
  const topicKey = new CfnKey(stack, 'Key', { keyPolicy: {} });
  const topic = new CfnTopic(stack, 'Topic', { kmsMasterKeyId: topicKey.attrArn });
  const account = new ZeroTrustAccount(stack, 'Account', { alerts: { topic, topicKey } });
  expect(account.alertTopic).toBe(topic);
  templateOf(stack).resourceCountIs('AWS::SNS::Topic', 1);
});

test('what is undefined in the options of the audit is not given', () => {
  const stack = testStack();
  const encryptionKey = new Key(stack, 'Key');
  const audit = { alertTopic: undefined, alertTopicKey: undefined, encryptionKey: undefined };
  const account = new ZeroTrustAccount(stack, 'Account', { encryptionKey, audit });
  expect(account.audit?.alertTopic.node.path).toBe(account.alertTopic.node.path);
  const template = templateOf(stack);
  template.resourceCountIs('AWS::SNS::Topic', 1);
  const alone = testStack();
  const topic = new Topic(alone, 'Topic', { masterKey: new Key(alone, 'TopicKey') });
  const other = new Topic(alone, 'Other', { masterKey: new Key(alone, 'OtherKey') });
  const alerts = { topic, topicKey: topic.masterKey };
  expect(() => new ZeroTrustAccount(alone, 'Account', { alerts, audit: { alertTopic: other } })).not.toThrow();
});

test('tokens pass', () => {
  const stack = testStack();
  const email = Lazy.string({ produce: () => 'soc@example.com' });
  new ZeroTrustAccount(stack, 'Account', { alerts: { emails: [email] } });
  templateOf(stack).hasResourceProperties('AWS::SNS::Subscription', { Endpoint: 'soc@example.com' });
});

test('the same account in another region is another account', () => {
  const app = testApp();
  new ZeroTrustAccount(new Stack(app, 'A', { env: { account: '111111111111', region: 'eu-central-1' } }), 'Account');
  expect(
    () =>
      new ZeroTrustAccount(new Stack(app, 'B', { env: { account: '111111111111', region: 'eu-west-1' } }), 'Account'),
  ).not.toThrow();
});

describe('fails', () => {
  test.each<[string, (stack: Stack) => ZeroTrustAccountProps, RegExp]>([
    [
      'for an email that is none',
      () => ({ alerts: { emails: ['soc'] } }),
      /'alerts\.emails\[0\]' may contain only an address like soc@example\.com, in ASCII .*, got "soc"/,
    ],
    ...[
      'mailto:soc@example.com',
      's\u043ec@example.com',
      'SOC <soc@example.com>',
      'soc@example..com',
      'soc@-a.com',
    ].map((email): [string, (stack: Stack) => ZeroTrustAccountProps, RegExp] => [
      `for ${email}, which nobody would get`,
      () => ({ alerts: { emails: ['soc+iot@mail.example.co.uk', email] } }),
      /'alerts\.emails\[1\]' may contain only an address like soc@example\.com/,
    ]),
    [
      'for an email twice',
      () => ({ alerts: { emails: ['a@b.cd', 'a@b.cd'] } }),
      /'alerts\.emails' must not name an item twice/,
    ],
    [
      'for too many emails',
      () => ({ alerts: { emails: Array.from({ length: 11 }, (_, index) => `a${index}@b.cd`) } }),
      /'alerts\.emails' must have 0 to 10 items, got 11/,
    ],
    [
      'for emails beside a topic',
      (stack) => ({ alerts: { emails: ['a@b.cd'], topic: new CfnTopic(stack, 'T') } }),
      /'alerts\.emails' cannot be used together with 'alerts\.topic'.*\[AlertsContradict\]/,
    ],
    [
      'for a key without a topic',
      (stack) => ({ alerts: { topicKey: new CfnKey(stack, 'K', { keyPolicy: {} }) } }),
      /'alerts\.topicKey' is given without 'alerts\.topic'/,
    ],
    [
      'for an encrypted topic without its key',
      (stack) => ({ alerts: { topic: new CfnTopic(stack, 'T', { kmsMasterKeyId: 'alias/mine' }) } }),
      /AlertTopicKeyMissing/,
    ],
    [
      'for a key that is not that of the topic',
      (stack) => ({
        alerts: { topic: new Topic(stack, 'T', { masterKey: new Key(stack, 'K') }), topicKey: new Key(stack, 'K2') },
      }),
      /'alerts\.topicKey' is Test\/K2, but the topic Test\/T is encrypted with another key.*\[AlertTopicKeyUnfit\]/,
    ],
    [
      'for a key of the topic of the account, given to the audit',
      (stack) => ({ audit: { alertTopicKey: new Key(stack, 'K') } }),
      /^Test\/Account\/Audit: 'alertTopicKey' is Test\/K, .*\[AlertTopicKeyUnfit\]$/,
    ],
    [
      'for a FIFO topic',
      (stack) => ({ alerts: { topic: new Topic(stack, 'T', { fifo: true }) } }),
      /'alerts\.topic' Test\/T is a FIFO topic.*\[AlertTopicFifo\]/,
    ],
    [
      'for a setting left out twice',
      () => ({ without: [AccountSetting.AUDIT, AccountSetting.AUDIT] }),
      /'without' must not name an item twice/,
    ],
    [
      'for options of what is left out',
      () => ({ without: [AccountSetting.AUDIT], audit: {} }),
      /'audit' is given, but 'without' leaves AUDIT out.*\[SettingLeftOut\]/,
    ],
  ])('%s', (_what, props, expected) => {
    const stack = testStack();
    expect(() => new ZeroTrustAccount(stack, 'Account', props(stack))).toThrow(expected);
  });

  test.each([
    ['a list', () => Lazy.list({ produce: () => ['AUDIT'] })],
    ['an item', () => [Lazy.string({ produce: () => 'AUDIT' })]],
  ])('for %s of what is left out that is known at deployment only', (_what, without) => {
    const unknown = /'without' and its items must be known at synth.*ListSizeInvalid/;
    const props = { without: without() as AccountSetting[] };
    expect(() => new ZeroTrustAccount(testStack(), 'Account', props)).toThrow(unknown);
    const parts = { access: [Access.shadow()], without: without() as unknown as FleetPart[] };
    expect(() => new ZeroTrustFleet(testStack(), 'Fleet', parts)).toThrow(unknown);
  });

  test('for a second one in the same account and region', () => {
    const stack = testStack();
    new ZeroTrustAccount(stack, 'One');
    expect(() => new ZeroTrustAccount(stack, 'Two')).toThrow(/Test\/One\/Audit/);
  });
});

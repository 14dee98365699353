import { AUDIT } from '../../../lib/compliance/rules/aud1';
import { PROFILE } from '../../../lib/compliance/rules/det1';
import { ENC1 } from '../../../lib/compliance/rules/enc1';
import { MIT2 } from '../../../lib/compliance/rules/mit2';
import { MIT3, PIPELINE } from '../../../lib/compliance/rules/mit3';
import { arnOf, change, iot, one, ref, role, without } from '../support/resources';
import type { Resources } from '../support/rewrite';
import { CONDITIONS, either, said, under } from '../support/said';

/** What happens to an alert between the detector and those who act on it. */
const whole = (): Resources => ({ ...PIPELINE });
const NO_TLS = 'takes and gives alerts without TLS: no policy denies it';
const PLAIN = 'keeps alerts unencrypted';

/** The path again, by alarms of a security profile in place of the audit's findings. */
const byProfile = (AlertTargetArn: unknown): Resources => ({
  ...without(whole(), 'Audit', 'DailyAudit', 'Isolate'),
  ...change(PROFILE, 'Profile', 'AlertTargets', { SNS: { AlertTargetArn, RoleArn: 'x' } }),
});

describe('where alerts go', () => {
  const DIRECT = 'is called by the alert topic without a queue between: throttled alerts are lost';
  const direct = { Subscription: subscription('Alerts', 'lambda', arnOf('Handler')) };

  test('the topic of a security profile is looked at as that of the audit', () => {
    const unwatched = without({ ...byProfile(ref('Alerts')), ...direct }, 'AlertsPolicy');
    expect(said(MIT3, unwatched)).toEqual([DIRECT]);
    expect(said(ENC1, unwatched)).toEqual([NO_TLS]);
    expect(said(MIT3, byProfile(ref('Alerts')))).toEqual([]);
  });

  test('what is subscribed to another topic is not', () => {
    const news = {
      News: { Type: 'AWS::SNS::Topic', Properties: {} },
      Reader: subscription('News', 'lambda', arnOf('Handler')),
      Named: {
        Type: 'AWS::SNS::Subscription',
        Properties: { TopicArn: 'arn:aws:sns:x:1:news', Protocol: 'lambda', Endpoint: arnOf('Handler') },
      },
    };
    expect(said(MIT3, { ...whole(), ...news })).toEqual([]);
    expect(said(ENC1, { ...whole(), ...news })).toEqual([]);
  });

  test('subscriptions that the topic itself has are', () => {
    const listeners = [
      { Protocol: 'email', Endpoint: 'a@b' },
      { Protocol: 'lambda', Endpoint: arnOf('Handler') },
    ];
    const resources = without(change(whole(), 'Alerts', 'Subscription', listeners), 'Subscription');
    expect(said(MIT3, resources)).toEqual([DIRECT]);
  });

  test('one of several topics is enough', () => {
    const second = {
      ...without(
        change(PROFILE, 'Profile', 'AlertTargets', { SNS: { AlertTargetArn: ref('Second'), RoleArn: 'x' } }),
        'Isolate',
      ),
      Second: { Type: 'AWS::SNS::Topic', Properties: {} },
    };
    expect(said(ENC1, { ...whole(), ...second }).sort()).toEqual([PLAIN, NO_TLS]);
  });

  test('a topic that is not there, and a queue that is not there, are no failure of the check', () => {
    const resources = { ...byProfile(arnOf('Missing')), Subscription: subscription('Alerts', 'sqs', arnOf('Gone')) };
    expect(said(MIT3, resources)).toEqual([]);
    expect(said(MIT3, { ...whole(), Subscription: subscription('Alerts', 'sqs', arnOf('Gone')) })).toEqual([]);
  });

  test('what is called a topic and is none has no rights of one', () => {
    expect(said(ENC1, byProfile(arnOf('Handler')))).toEqual([]);
  });

  test('a mapping of another queue is another matter', () => {
    const other = {
      Jobs: { Type: 'AWS::SQS::Queue', Properties: {} },
      Worker: mapping({ EventSourceArn: arnOf('Jobs'), Enabled: false, FunctionResponseTypes: undefined }),
      Named: mapping({ EventSourceArn: 'arn:aws:sqs:x:1:jobs', Enabled: false }),
    };
    expect(said(MIT3, { ...whole(), ...other })).toEqual([]);
  });
});

function subscription(topic: string, Protocol: string, Endpoint: unknown): object {
  return { Type: 'AWS::SNS::Subscription', Properties: { TopicArn: ref(topic), Protocol, Endpoint } };
}

function mapping(properties: object): object {
  const { Mapping } = PIPELINE as unknown as { Mapping: { Properties: object } };
  return { ...Mapping, Properties: { ...Mapping.Properties, ...properties } };
}

describe('the queue', () => {
  const NONE = 'has no dead-letter queue: what fails is tried until it expires';
  const UNWATCHED = 'is a dead-letter queue that no alarm watches';
  const policy = (value: unknown): Resources => change(whole(), 'Signals', 'RedrivePolicy', value);
  const dead = { deadLetterTargetArn: arnOf('Failed'), maxReceiveCount: 5 };

  test.each<[string, Resources, string[]]>([
    ['text that says none', policy('{}'), [NONE]],
    ['text that is no JSON', policy('{'), [NONE]],
    ['one in one branch', policy(either(dead, ref('AWS::NoValue'))), [NONE]],
    ['one or the other', policy(either(dead, { ...dead, deadLetterTargetArn: arnOf('Signals') })), [UNWATCHED]],
    ['one that is not in the templates', policy({ ...dead, deadLetterTargetArn: 'arn:aws:sqs:x:1:dead' }), []],
    ['one that is not there', policy({ ...dead, deadLetterTargetArn: arnOf('Missing') }), []],
  ])('has for a dead-letter queue %s', (_name, resources, expected) =>
    expect(said(MIT3, resources, CONDITIONS)).toEqual(expected),
  );

  const alarm = (properties: object): Resources => ({
    ...change(whole(), 'Failed', 'QueueName', 'failed'),
    ...one('AWS::CloudWatch::Alarm', properties, 'FailedAlarm'),
  });
  const dimension = (Value: unknown, Name = 'QueueName'): object => ({ Name, Value });

  test.each<[string, Resources, string[]]>([
    ['by reference', alarm({ Dimensions: [dimension({ 'Fn::GetAtt': ['Failed', 'QueueName'] })] }), []],
    ['by its name', alarm({ Dimensions: [dimension('failed')] }), []],
    ['by its name, among others', alarm({ Dimensions: [dimension('a', 'Stage'), dimension('failed')] }), []],
    [
      'in an expression',
      alarm({ Metrics: [{ Id: 'e' }, { MetricStat: { Metric: { Dimensions: [dimension('failed')] } } }] }),
      [],
    ],
    [
      'in an expression, by reference',
      alarm({ Metrics: [{ Id: 'e' }, { MetricStat: { Metric: { Dimensions: [dimension(ref('Failed'))] } } }] }),
      [],
    ],
    ['in one branch', alarm({ Dimensions: [dimension(either('failed', 'other'))] }), [UNWATCHED]],
    ['of another queue', alarm({ Dimensions: [dimension({ 'Fn::GetAtt': ['Signals', 'QueueName'] })] }), [UNWATCHED]],
    ['without a queue', alarm({ AlarmName: 'failed' }), [UNWATCHED]],
    [
      'for another reason',
      alarm({ AlarmDescription: 'failed', Dimensions: [dimension('failed', 'Stage')] }),
      [UNWATCHED],
    ],
    ['and tells nobody', alarm({ ActionsEnabled: false, Dimensions: [dimension('failed')] }), [UNWATCHED]],
  ])('an alarm watches the dead-letter queue %s', (_name, resources, expected) =>
    expect(said(MIT3, resources, CONDITIONS)).toEqual(expected),
  );

  test('a name that only the deployment knows is no name', () => {
    const resources = {
      ...whole(),
      ...one('AWS::CloudWatch::Alarm', { Dimensions: [dimension('‹Ref:Stage›')] }, 'FailedAlarm'),
    };
    expect(said(MIT3, change(resources, 'Failed', 'QueueName', ref('Stage')), CONDITIONS)).toEqual([UNWATCHED]);
  });

  const short = (seconds: number, timeout: number): string =>
    `shows a message again after ${seconds} s, while the function may still work on it (${timeout} s, times 6)`;
  test.each<[string, Resources, string[]]>([
    ['six times the timeout', change(whole(), 'Signals', 'VisibilityTimeout', 180), []],
    ['its default', change(whole(), 'Signals', 'VisibilityTimeout', undefined), [short(30, 30)]],
    ['the shorter of two times', change(whole(), 'Signals', 'VisibilityTimeout', either(180, 60)), [short(60, 30)]],
    ['the longer of two timeouts', change(whole(), 'Handler', 'Timeout', either(30, 31)), [short(180, 31)]],
    [
      'the default of the function',
      change(change(whole(), 'Handler', 'Timeout', undefined), 'Signals', 'VisibilityTimeout', 17),
      [short(17, 3)],
    ],
    [
      'a function from elsewhere',
      change(
        change(whole(), 'Mapping', 'FunctionName', 'arn:aws:lambda:x:1:function:f'),
        'Signals',
        'VisibilityTimeout',
        0,
      ),
      [],
    ],
  ])('hides a message for %s', (_name, resources, expected) =>
    expect(said(MIT3, resources, CONDITIONS)).toEqual(expected),
  );

  test('one mapping that is off, or answers for a whole batch, in one branch', () => {
    expect(said(MIT3, change(whole(), 'Mapping', 'Enabled', either(true, false)), CONDITIONS)).toEqual([
      'is off: nobody takes alerts from the queue',
    ]);
    const partial = either(['ReportBatchItemFailures'], ref('AWS::NoValue'));
    expect(said(MIT3, change(whole(), 'Mapping', 'FunctionResponseTypes', partial), CONDITIONS)).toEqual([
      'does not report single failures: one bad alert holds up the rest',
    ]);
  });
});

describe('the responder may', () => {
  const may = (Action: unknown, Resource: unknown = '*', rest: object = {}): object => ({
    Effect: 'Allow',
    Action,
    Resource,
    ...rest,
  });
  const acting = (statements: object[], managed?: unknown[]): Resources => ({
    ...whole(),
    HandlerRole: role(statements, managed === undefined ? {} : { managed }),
  });

  test.each<[string, object[], string | undefined]>([
    ['everything', [may('*')], '*'],
    ['everything of a service', [may(['iot:ListThings', 's3:*'])], 's3:*'],
    ['all but one', [{ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }], 'all but iam:*'],
    [
      'many roles',
      [may(['iam:GetRole', 'iam:PassRole'], ['arn:aws:iam::1:role/one', 'arn:aws:iam::1:role/*'])],
      'iam:PassRole on arn:aws:iam::1:role/*',
    ],
    ['one role', [may('iam:PassRole', 'arn:aws:iam::1:role/one')], undefined],
    ['all of one path of roles', [may('iam:PassRole', 'arn:aws:iam::1:role/iot/*')], undefined],
    [
      'some acts on any device',
      [may(['iot:ListThings', 'iot:DeleteThing', 'iot:attachpolicy'])],
      'iot:DeleteThing, iot:attachpolicy on *',
    ],
    ['nothing', [{ Effect: 'Deny', Action: '*', Resource: '*' }], undefined],
    ['what a very long pattern says', [may(`iot:${'*'.repeat(200)}`)], `iot:${'*'.repeat(200)} on *`],
    ['what a long name that is none says', [may(`iot:${'x'.repeat(200)}*`)], undefined],
  ])('%s', (_name, statements, expected) =>
    expect(said(MIT3, acting(statements))).toEqual(expected === undefined ? [] : [`lets the responder ${expected}`]),
  );

  test('what a managed policy gives: all of something, by its name', () => {
    const of = (name: string): string => `arn:aws:iam::aws:policy/${name}`;
    const managed = ['AmazonS3FullAccess', 'FullAccessToNothing', 'ReadOnlyAccess'].map(of);
    expect(said(MIT3, acting([], managed))).toEqual([`lets the responder ${of('AmazonS3FullAccess')}`]);
  });

  test('what its role may in some branch', () => {
    const resources = { ...whole(), Mighty: role([may('iot:*')]) };
    expect(
      said(MIT3, change(resources, 'Handler', 'Role', either(arnOf('HandlerRole'), arnOf('Mighty'))), CONDITIONS),
    ).toEqual(['lets the responder iot:*']);
  });
});

describe('in the clear', () => {
  const denying = (statement: unknown): Resources =>
    change(whole(), 'AlertsPolicy', 'PolicyDocument', { Statement: statement });
  const plain = {
    Effect: 'Deny',
    Principal: '*',
    Action: '*',
    Resource: '*',
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
  const other = { Effect: 'Allow', Principal: '*', Action: 'sns:Publish', Resource: '*' };

  test.each<[string, Resources, string[]]>([
    ['a Deny among others', denying([other, plain]), []],
    [
      'a Deny of one value of two',
      denying({ ...plain, Condition: { Bool: { 'aws:SecureTransport': ['true', 'false'] } } }),
      [],
    ],
    ['an Allow of what is plain', denying({ ...plain, Effect: 'Allow' }), [NO_TLS]],
    [
      'a Deny without a condition of truth',
      denying({ ...plain, Condition: { StringEquals: { 'aws:SecureTransport': 'false' } } }),
      [NO_TLS],
    ],
    [
      'a Deny of what may be plain',
      denying({ ...plain, Condition: { boolIfExists: { 'AWS:SecureTransport': 'false' } } }),
      [],
    ],
    [
      'a Deny of what comes from elsewhere',
      denying({ ...plain, Condition: { Bool: { 'aws:ViaAWSService': 'false' } } }),
      [NO_TLS],
    ],
    [
      'a Deny under a condition',
      { ...whole(), ...under('Perhaps', { AlertsPolicy: PIPELINE.AlertsPolicy }) },
      [NO_TLS],
    ],
    [
      'what only the deployment knows',
      change(whole(), 'AlertsPolicy', 'PolicyDocument', ref('Stage')),
      [`unverified: ${NO_TLS}`],
    ],
    [
      'a Deny for this topic in one branch',
      change(whole(), 'AlertsPolicy', 'Topics', [either(ref('Alerts'), 'arn:aws:sns:x:1:news')]),
      [NO_TLS],
    ],
    ['a Deny without a condition', denying({ ...plain, Condition: undefined }), [NO_TLS]],
    ['a Deny of TLS', denying({ ...plain, Condition: { Bool: { 'aws:SecureTransport': true } } }), [NO_TLS]],
    ['text for a statement', denying('x'), [NO_TLS]],
    ['a document in text', change(whole(), 'AlertsPolicy', 'PolicyDocument', JSON.stringify({ Statement: plain })), []],
    [
      'a Deny in one branch',
      change(whole(), 'AlertsPolicy', 'PolicyDocument', either({ Statement: plain }, { Statement: other })),
      [NO_TLS],
    ],
    [
      'a Deny for this topic and another',
      change(whole(), 'AlertsPolicy', 'Topics', ['arn:aws:sns:x:1:news', ref('Alerts')]),
      [],
    ],
    ['a Deny for another topic', change(whole(), 'AlertsPolicy', 'Topics', ['arn:aws:sns:x:1:news']), [NO_TLS]],
    ['a Deny for the queue only', change(whole(), 'AlertsPolicy', 'Topics', [arnOf('Signals')]), [NO_TLS]],
  ])('%s', (_name, resources, expected) => expect(said(ENC1, resources, CONDITIONS)).toEqual(expected));

  test.each<[string, Resources, string[]]>([
    [
      'a topic with a key in one branch',
      change(whole(), 'Alerts', 'KmsMasterKeyId', either('k', ref('AWS::NoValue'))),
      [PLAIN],
    ],
    [
      'a topic that says it as a queue does',
      change(change(whole(), 'Alerts', 'KmsMasterKeyId', undefined), 'Alerts', 'SqsManagedSseEnabled', true),
      [PLAIN],
    ],
    [
      'a queue with the key of the service',
      change(change(whole(), 'Signals', 'KmsMasterKeyId', undefined), 'Signals', 'SqsManagedSseEnabled', 'true'),
      [],
    ],
    [
      'a queue without',
      change(change(whole(), 'Signals', 'KmsMasterKeyId', undefined), 'Signals', 'SqsManagedSseEnabled', 'false'),
      [PLAIN],
    ],
  ])('at rest: %s', (_name, resources, expected) => expect(said(ENC1, resources, CONDITIONS)).toEqual(expected));

  test('keys of AWS are a matter of the strict profile', () => {
    const resources = iot('EncryptionConfiguration', { EncryptionType: 'AWS_OWNED_KMS_KEY' });
    expect(said(ENC1, resources)).toEqual([]);
    expect(said(ENC1, resources, {}, { profile: 'strict' })).toEqual(['does not use a key of your own']);
  });
});

describe('somebody acts on alerts', () => {
  const NOBODY = 'alerts, and nothing acts on it: no mitigation action, no queue and no function';
  const ELSEWHERE =
    'unverified: alerts through a topic that is not in the templates: whether something acts on it is not known';
  const quiet = (): Resources => without({ ...AUDIT, Audit: PIPELINE.Audit, Alerts: PIPELINE.Alerts }, 'Isolate');
  const target = (TargetArn: unknown): Resources =>
    change(quiet(), 'Audit', 'AuditNotificationTargetConfigurations', {
      Sns: { Enabled: true, TargetArn, RoleArn: 'x' },
    });
  const listening = (TopicArn: unknown, Protocol: unknown): Resources =>
    one('AWS::SNS::Subscription', { TopicArn, Protocol, Endpoint: 'x' }, 'Listener');
  const ARN = 'arn:aws:sns:eu-central-1:123456789012:alerts';

  test.each<[string, Resources, string[]]>([
    ['nobody', quiet(), [NOBODY]],
    ['a mailbox', { ...quiet(), ...listening(ref('Alerts'), 'email') }, [NOBODY]],
    ['a queue', { ...quiet(), ...listening(ref('Alerts'), 'sqs') }, []],
    ['an address in the web', { ...quiet(), ...listening(ref('Alerts'), 'https') }, []],
    ['a queue of another topic', { ...quiet(), ...listening(ARN, 'sqs') }, [NOBODY]],
    ['a mitigation action', { ...quiet(), Isolate: AUDIT.Isolate }, []],
    ['a queue, of a topic by its ARN', { ...target(ARN), ...listening(ARN, 'sqs') }, []],
    ['nobody, of a topic by its ARN', target(ARN), [ELSEWHERE]],
    ['nobody, of a topic that is not there', target(arnOf('Missing')), [ELSEWHERE]],
    [
      'a mailbox of the topic itself',
      change(quiet(), 'Alerts', 'Subscription', [{ Protocol: 'email', Endpoint: 'a@b' }]),
      [NOBODY],
    ],
    [
      'a function of the topic itself',
      change(quiet(), 'Alerts', 'Subscription', [{ Protocol: 'email' }, { Protocol: 'lambda' }]),
      [],
    ],
    [
      'a queue of another topic itself',
      { ...quiet(), News: { Type: 'AWS::SNS::Topic', Properties: { Subscription: [{ Protocol: 'sqs' }] } } },
      [NOBODY],
    ],
  ])('%s', (_name, resources, expected) => expect(said(MIT2, resources)).toEqual(expected));

  test('of a profile as of an audit, and of none where nothing alerts', () => {
    expect(
      said(MIT2, without(change(byProfile(ref('Alerts')), 'Subscription', 'Protocol', 'email'), 'Isolate')),
    ).toEqual([NOBODY]);
    const silent = change(
      change(quiet(), 'Audit', 'AuditNotificationTargetConfigurations', undefined),
      'Alerts',
      'Subscription',
      undefined,
    );
    expect(said(MIT2, silent)).toEqual([]);
    expect(said(MIT2, without(quiet(), 'Audit', 'DailyAudit'))).toEqual([]);
  });

  test('an action that does not move devices needs no say about groups', () => {
    const action = (ActionParams: object): Resources => iot('MitigationAction', { ActionParams });
    expect(said(MIT2, action({ UpdateDeviceCertificateParams: { Action: 'DEACTIVATE' } }))).toEqual([]);
    expect(said(MIT2, action({ AddThingsToThingGroupParams: { ThingGroupNames: ['q'] } }))).toEqual([
      'fails for a device that is in ten groups',
    ]);
  });
});

import { AUD1, AUDIT } from '../../../lib/compliance/rules/aud1';
import { AUD2 } from '../../../lib/compliance/rules/aud2';
import { AUD3 } from '../../../lib/compliance/rules/aud3';
import { AUD4 } from '../../../lib/compliance/rules/aud4';
import { DET1, PROFILE } from '../../../lib/compliance/rules/det1';
import { DET2 } from '../../../lib/compliance/rules/det2';
import { ENC1 } from '../../../lib/compliance/rules/enc1';
import { JOB1 } from '../../../lib/compliance/rules/job1';
import { LOG1 } from '../../../lib/compliance/rules/log1';
import { MIT1, QUARANTINE } from '../../../lib/compliance/rules/mit1';
import { MIT2 } from '../../../lib/compliance/rules/mit2';
import { MIT3, PIPELINE } from '../../../lib/compliance/rules/mit3';
import { RUL1 } from '../../../lib/compliance/rules/rul1';
import { RUL2 } from '../../../lib/compliance/rules/rul2';
import { CHECKS } from '../../../lib/compliance/rules/account';
import { allow, CONNECT, policy } from '../support/policies';
import { arnOf, change, iot, one, OPEN, ref, role, without } from '../support/resources';
import type { Resources } from '../support/rewrite';
import { suite } from '../support/suite';

const DEVICES = policy(CONNECT);
const OWN_AUDIT = one(
  'Custom::IotAccountAudit',
  { ServiceToken: 'x', CheckNames: CHECKS.map(({ name }) => name), NotificationTargetArn: 'arn:x' },
  'Audit',
);
const HERE = 'this-app' as const;

suite(AUD1, {
  fails: {
    policies: { resources: DEVICES, accountBaseline: HERE, says: /nothing audits/ },
    things: { resources: iot('Thing', {}), accountBaseline: HERE },
    'a provisioning template': {
      resources: iot('ProvisioningTemplate', { TemplateBody: '{}' }),
      accountBaseline: HERE,
    },
  },
  passes: {
    'an audit': { resources: { ...DEVICES, ...AUDIT }, accountBaseline: HERE },
    'the audit of this library': { resources: { ...DEVICES, ...OWN_AUDIT }, accountBaseline: HERE },
    'an audit elsewhere': { resources: DEVICES },
    'no devices': { resources: one('AWS::SNS::Topic', {}), accountBaseline: HERE },
  },
});

const checks = (change: (all: Record<string, unknown>) => void): Resources => {
  const all: Record<string, unknown> = { ...(AUDIT.Audit.Properties.AuditCheckConfigurations as object) };
  change(all);
  return { Audit: { Type: 'AWS::IoT::AccountAuditConfiguration', Properties: { AuditCheckConfigurations: all } } };
};

suite(AUD2, {
  fails: {
    'a check off': {
      resources: checks((all) => (all.DeviceCertificateSharedCheck = { Enabled: false })),
      says: /DEVICE_CERTIFICATE_SHARED_CHECK/,
    },
    'a check left out': { resources: checks((all) => delete all.LoggingDisabledCheck), says: /LOGGING_DISABLED_CHECK/ },
    'all left out': { resources: iot('AccountAuditConfiguration', {}) },
    'a check that this library leaves out': {
      resources: one('Custom::IotAccountAudit', { CheckNames: ['LOGGING_DISABLED_CHECK'] }),
    },
    'a check that is not known': {
      resources: checks((all) => (all.LoggingDisabledCheck = { Enabled: OPEN })),
      unverified: true,
    },
    'checks that are not known': {
      resources: one('Custom::IotAccountAudit', { CheckNames: [OPEN] }),
      unverified: true,
    },
  },
  passes: {
    'all on': { resources: checks(() => undefined) },
    'all on, as text': {
      resources: checks((all) => Object.keys(all).forEach((key) => (all[key] = { Enabled: 'true' }))),
    },
    'all but what is a matter of taste': { resources: checks((all) => delete all.DeviceCertificateAgeCheck) },
    'all of this library': { resources: OWN_AUDIT },
  },
});

const scheduled = (rest: object): Resources => ({
  ...AUDIT,
  DailyAudit: {
    Type: 'AWS::IoT::ScheduledAudit',
    Properties: { TargetCheckNames: CHECKS.map(({ name }) => name), ...rest },
  },
});

suite(AUD3, {
  fails: {
    none: { resources: without(AUDIT, 'DailyAudit'), severity: 'error', says: /never run/ },
    'each month': { resources: scheduled({ Frequency: 'MONTHLY' }), severity: 'warning', says: /monthly/ },
    'each month, strictly': { resources: scheduled({ Frequency: 'MONTHLY' }), profile: 'strict', severity: 'error' },
    'a check that is off': {
      resources: {
        ...checks((all) => (all.LoggingDisabledCheck = { Enabled: false })),
        ...iot('ScheduledAudit', { Frequency: 'DAILY', TargetCheckNames: ['LOGGING_DISABLED_CHECK'] }),
      },
      says: /not enabled: LOGGING_DISABLED_CHECK/,
    },
    'not known': { resources: scheduled({ Frequency: OPEN }), unverified: true },
  },
  passes: {
    'each day': { resources: AUDIT },
    'each week': { resources: scheduled({ Frequency: 'WEEKLY' }) },
    'of an audit elsewhere': {
      resources: iot('ScheduledAudit', { Frequency: 'DAILY', TargetCheckNames: ['LOGGING_DISABLED_CHECK'] }),
    },
  },
});

const notified = (Sns: unknown): Resources =>
  iot('AccountAuditConfiguration', Sns === undefined ? {} : { AuditNotificationTargetConfigurations: { Sns } });

suite(AUD4, {
  fails: {
    nobody: { resources: notified(undefined) },
    'switched off': { resources: notified({ Enabled: false, TargetArn: 'arn:x', RoleArn: 'arn:x' }) },
    'no role': { resources: notified({ Enabled: true, TargetArn: 'arn:x' }) },
  },
  passes: {
    'a topic': { resources: notified({ Enabled: true, TargetArn: 'arn:x', RoleArn: 'arn:y' }) },
    'a topic from elsewhere': { resources: notified({ Enabled: true, TargetArn: OPEN, RoleArn: OPEN }) },
    'the topic of this library': { resources: OWN_AUDIT },
  },
});

const BEHAVIORS = PROFILE.Profile.Properties.Behaviors as object[];
const profile = (property: string, value: unknown): Resources => change(PROFILE, 'Profile', property, value);

suite(DET1, {
  fails: {
    'nobody watched': { resources: profile('TargetArns', undefined), says: /watches nobody/ },
    'nobody told': { resources: profile('AlertTargets', undefined), says: /alerts nobody/ },
    'no target': { resources: profile('AlertTargets', {}) },
    'all silenced': {
      resources: profile(
        'Behaviors',
        BEHAVIORS.map((each) => ({ ...each, SuppressAlerts: true })),
      ),
      says: /suppresses/,
    },
  },
  passes: {
    'watched and told': { resources: PROFILE },
    'one silenced': {
      resources: profile(
        'Behaviors',
        BEHAVIORS.map((each, index) => ({ ...each, SuppressAlerts: index === 0 })),
      ),
    },
    'one target as text': { resources: profile('TargetArns', 'arn:aws:iot:eu-central-1:1:all/things') },
  },
});

suite(DET2, {
  fails: {
    'no refusals': { resources: profile('Behaviors', BEHAVIORS.slice(1)), says: /authorization failures/ },
    'refusals only': { resources: profile('Behaviors', BEHAVIORS.slice(0, 1)), says: /connections, messages/ },
    nothing: { resources: profile('Behaviors', undefined), profile: 'strict', severity: 'error' },
  },
  passes: {
    all: { resources: PROFILE },
    'all, in two profiles': {
      resources: {
        ...profile('Behaviors', BEHAVIORS.slice(1)),
        Second: { Type: 'AWS::IoT::SecurityProfile', Properties: { Behaviors: BEHAVIORS.slice(0, 1) } },
      },
    },
    'no profile': { resources: DEVICES },
  },
});

suite(MIT1, {
  fails: {
    'no policy': { resources: without(QUARANTINE, 'Isolation'), says: /carries no policy that denies/ },
    'a dynamic group': {
      resources: change(QUARANTINE, 'QuarantineGroup', 'QueryString', 'attributes.x:1'),
      says: /dynamic/,
    },
    'a policy that allows': { resources: { ...QUARANTINE, IsolationPolicy: policy(CONNECT).DevicePolicy } },
    'a group by its name': {
      resources: iot('ThingGroup', { ThingGroupName: 'QUARANTINED' }),
      not: ['imported from another stack', 'joined from pieces'],
    },
    'another group': { resources: { ...QUARANTINE, IsolationGroup: { Type: 'AWS::IoT::ThingGroup', Properties: {} } } },
  },
  passes: {
    'a policy that denies': { resources: QUARANTINE },
    'by names': {
      resources: {
        ...iot('ThingGroup', { ThingGroupName: 'quarantine' }, 'G'),
        P: {
          ...(QUARANTINE.IsolationPolicy as { Properties: object }),
          Properties: { ...(QUARANTINE.IsolationPolicy as { Properties: object }).Properties, PolicyName: 'closed' },
        },
        ...one(
          'Custom::AWS',
          { PolicyName: 'closed', Target: 'arn:aws:iot:eu-central-1:1:thinggroup/quarantine' },
          'C',
        ),
      },
    },
    'another kind of group': { resources: iot('ThingGroup', { ThingGroupName: 'pumps' }) },
  },
});

const ALERTING = { ...without(AUDIT, 'Isolate'), Audit: PIPELINE.Audit, Alerts: PIPELINE.Alerts };

suite(MIT2, {
  fails: {
    'nobody listens': { resources: ALERTING, says: /nothing acts/ },
    'a mailbox listens': {
      resources: {
        ...ALERTING,
        ...one('AWS::SNS::Subscription', { TopicArn: ref('Alerts'), Protocol: 'email', Endpoint: 'a@b' }),
      },
    },
    'an action that may fail': {
      resources: iot('MitigationAction', { ActionParams: { AddThingsToThingGroupParams: { ThingGroupNames: ['q'] } } }),
      says: /ten groups/,
    },
    'a topic from elsewhere': { resources: without(AUDIT, 'Isolate'), unverified: true },
  },
  passes: {
    'a queue listens': { resources: PIPELINE },
    'an action': { resources: PROFILE },
    'a topic that names its listeners': {
      resources: {
        ...ALERTING,
        Alerts: { Type: 'AWS::SNS::Topic', Properties: { Subscription: [{ Protocol: 'sqs', Endpoint: 'arn:x' }] } },
      },
    },
    'no alerts': { resources: DEVICES },
  },
});

const direct = {
  ...PIPELINE,
  Subscription: {
    Type: 'AWS::SNS::Subscription',
    Properties: { TopicArn: ref('Alerts'), Protocol: 'lambda', Endpoint: arnOf('Handler') },
  },
};
const acting = (statement: object): Resources => ({ ...PIPELINE, HandlerRole: role([statement]) });

suite(MIT3, {
  fails: {
    'no queue': { resources: direct, says: /without a queue/ },
    'no dead-letter queue': {
      resources: change(PIPELINE, 'Signals', 'RedrivePolicy', undefined),
      says: /no dead-letter queue/,
    },
    'no alarm': { resources: without(PIPELINE, 'FailedAlarm'), says: /no alarm/ },
    'no partial answers': {
      resources: change(PIPELINE, 'Mapping', 'FunctionResponseTypes', undefined),
      says: /single failures/,
    },
    'too short': { resources: change(PIPELINE, 'Signals', 'VisibilityTimeout', 179), says: /after 179 s/ },
    'a mighty responder': { resources: acting({ Effect: 'Allow', Action: 'iot:*', Resource: '*' }), says: /iot:\*/ },
    'a responder that passes any role': {
      resources: acting({ Effect: 'Allow', Action: 'iam:PassRole', Resource: '*' }),
      says: /PassRole/,
    },
  },
  passes: {
    'the whole path': { resources: PIPELINE },
    'a topic for something else': { resources: { ...direct, Audit: AUDIT.Audit } },
    'no alerts': { resources: DEVICES },
  },
});

suite(ENC1, {
  fails: {
    'a plain topic': { resources: change(PIPELINE, 'Alerts', 'KmsMasterKeyId', undefined), says: /unencrypted/ },
    'a plain queue': {
      resources: change(
        change(PIPELINE, 'Signals', 'KmsMasterKeyId', undefined),
        'Signals',
        'SqsManagedSseEnabled',
        false,
      ),
    },
    'no TLS to the topic': { resources: without(PIPELINE, 'AlertsPolicy'), says: /without TLS/ },
    'no TLS to the queue': { resources: without(PIPELINE, 'SignalsPolicy'), profile: 'strict', severity: 'error' },
    'a key of AWS, strictly': {
      resources: iot('EncryptionConfiguration', { EncryptionType: 'AWS_OWNED_KMS_KEY' }),
      profile: 'strict',
    },
  },
  passes: {
    'keys and TLS': { resources: PIPELINE },
    'a queue with the key of the service': { resources: change(PIPELINE, 'Signals', 'KmsMasterKeyId', undefined) },
    'a key of its own, strictly': {
      resources: iot('EncryptionConfiguration', { EncryptionType: 'CUSTOMER_MANAGED_KMS_KEY' }),
      profile: 'strict',
    },
  },
});

const logging = (DefaultLogLevel: unknown): Resources => iot('Logging', { DefaultLogLevel });

suite(LOG1, {
  fails: {
    none: { resources: DEVICES, accountBaseline: HERE, says: /nothing logs/ },
    'switched off': { resources: logging('DISABLED'), says: /logs nothing/ },
    'of this library, switched off': { resources: one('Custom::IotLogging', { DefaultLogLevel: 'DISABLED' }) },
    'everything, strictly': { resources: logging('DEBUG'), profile: 'strict', severity: 'error', says: /at a price/ },
    'not known': { resources: logging(OPEN), unverified: true },
  },
  passes: {
    warnings: { resources: { ...DEVICES, ...logging('WARN') }, accountBaseline: HERE },
    everything: { resources: logging('DEBUG') },
    'of this library': {
      resources: { ...DEVICES, ...one('Custom::IotLogging', { DefaultLogLevel: 'ERROR' }) },
      accountBaseline: HERE,
      profile: 'strict',
    },
  },
});

const rule = (rest: object): Resources =>
  iot('TopicRule', {
    TopicRulePayload: { Sql: "SELECT * FROM 'dt/+/telemetry'", Actions: [], ErrorAction: { Sqs: {} }, ...rest },
  });

suite(RUL1, {
  fails: {
    'no error action': { resources: rule({ ErrorAction: undefined }), severity: 'error', says: /loses a message/ },
    'every topic': { resources: rule({ Sql: "SELECT * FROM '#'" }), severity: 'warning', says: /every message of #/ },
    'every first level': {
      resources: rule({ Sql: 'select * from "+/x" where a > 1' }),
      says: /every message of \+\/x/,
    },
    'to a reserved topic': {
      resources: rule({ Actions: [{ Republish: { Topic: '$$aws/things/x/shadow/update', RoleArn: 'arn:x' } }] }),
      says: /reserved topic/,
    },
  },
  passes: {
    'one topic': { resources: rule({}) },
    'to a topic of its own': {
      resources: rule({ Actions: [{ Republish: { Topic: 'copy/${topic()}', RoleArn: 'arn:x' } }] }),
    },
    'a topic named after FROM': { resources: rule({ Sql: "SELECT 'FROM #' AS x FROM 'dt/x'" }) },
  },
});

const driven = (ruleRole: object | undefined, payload: object = {}): Resources => ({
  ...rule({ Actions: [{ S3: { BucketName: 'b', Key: 'k', RoleArn: arnOf('RuleRole') } }], ...payload }),
  ...(ruleRole === undefined ? {} : { RuleRole: ruleRole }),
});
const PUT = allow('s3:PutObject', 'arn:aws:s3:::b/*');

suite(RUL2, {
  fails: {
    'every action': { resources: driven(role([allow('*', '*')])), severity: 'error', says: /act with \*$/m },
    'a whole service': { resources: driven(role([PUT, allow('s3:*', 'arn:aws:s3:::b/*')])), says: /act with s3:\*$/m },
    'a service with a wildcard': { resources: driven(role([allow('s?3*:Put', '*')])), says: /act with s\?3\*:Put$/m },
    'a right that gives others': { resources: driven(role([allow('iam:PassRole', '*')])), says: /iam:PassRole/ },
    'all but something': {
      resources: driven(role([{ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }])),
      says: /all but iam:\*/,
    },
    'an administrator': {
      resources: driven(role([PUT], { managed: ['arn:aws:iam::aws:policy/AdministratorAccess'] })),
      says: /act with arn:aws:iam::aws:policy\/AdministratorAccess$/m,
    },
    'an error action with more': {
      resources: driven(role([allow('sqs:*', '*')]), {
        Actions: [],
        ErrorAction: { Sqs: { QueueUrl: 'q', RoleArn: arnOf('RuleRole') } },
      }),
      says: /act with sqs:\*$/m,
    },
    'a role that anybody takes': {
      resources: driven(role([PUT], { trust: { Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' } })),
      says: /lets anybody take it/,
    },
    'rights of elsewhere': {
      resources: driven(role([{ ...allow('', '*'), Action: OPEN }])),
      unverified: true,
      says: /depend on/,
    },
  },
  passes: {
    'what its action needs': { resources: driven(role([PUT])) },
    'a wildcard within a service': { resources: driven(role([allow('s3:Put*', 'arn:aws:s3:::b/*')])) },
    'everything denied': { resources: driven(role([PUT, { Effect: 'Deny', Action: '*', Resource: 'x' }])) },
    'a managed policy for one thing': {
      resources: driven(role([PUT], { managed: ['arn:aws:iam::aws:policy/CloudWatchAgentServerPolicy'] })),
    },
    'a role of elsewhere': { resources: driven(undefined) },
    'no role': { resources: rule({ Actions: [{ Lambda: { FunctionArn: 'arn:x' } }] }) },
  },
});

const CAREFUL = {
  AbortConfig: { CriteriaList: [{ Action: 'CANCEL' }] },
  TimeoutConfig: { InProgressTimeoutInMinutes: 60 },
  JobExecutionsRolloutConfig: { MaximumPerMinute: 50 },
};

suite(JOB1, {
  fails: {
    nothing: {
      resources: iot('JobTemplate', {}),
      says: /AbortConfig[\s\S]*TimeoutConfig|TimeoutConfig[\s\S]*AbortConfig/,
    },
    'no time limit': { resources: iot('Job', { ...CAREFUL, TimeoutConfig: undefined }), says: /TimeoutConfig/ },
    'no rate': {
      resources: iot('JobTemplate', { ...CAREFUL, JobExecutionsRolloutConfig: undefined }),
      says: /every device at once/,
    },
    'unsigned firmware': {
      resources: iot('OTAUpdate', { Files: [{ FileName: 'x' }] }),
      says: /1 files without a signature/,
    },
  },
  passes: {
    'a careful template': { resources: iot('JobTemplate', CAREFUL) },
    'a careful job': { resources: iot('Job', CAREFUL) },
    'signed firmware': {
      resources: iot('OTAUpdate', { Files: [{ FileName: 'x', CodeSigning: { AwsSignerJobId: 'x' } }] }),
    },
  },
});

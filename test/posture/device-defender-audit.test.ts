import { Aws, Duration, Lazy, Stack } from 'aws-cdk-lib';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { CfnRole, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnKey } from 'aws-cdk-lib/aws-kms';
import { CfnTopic } from 'aws-cdk-lib/aws-sns';
import { AUDIT_CHECKS } from '../../lib/internal/audit-checks';
import { AuditCheck } from '../../lib/posture/audit-check';
import { AuditDay, AuditSchedule } from '../../lib/posture/audit-schedule';
import { DeviceDefenderAudit } from '../../lib/posture/device-defender-audit';
import { SuppressedResource } from '../../lib/posture/suppressed-resource';
import { SuppressionExpiry } from '../../lib/posture/suppression-expiry';
import { templateOf, testApp, testStack } from '../support/app';

const env = { account: '111122223333', region: 'eu-west-1' };
const SOURCE = 'arn:<AWS::Partition>:iot:eu-west-1:111122223333:';

/** Texts with references in them as one text. */
function flat(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(flat);
  if (typeof value !== 'object' || value === null) return value;
  const { 'Fn::Join': join, Ref: reference } = value as { 'Fn::Join'?: [string, unknown[]]; Ref?: string };
  if (join !== undefined) return join[1].map(flat).join(join[0]);
  if (reference !== undefined) return `<${reference}>`;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, flat(part)]));
}

interface PassRole {
  readonly Action: string[];
  readonly Resource: unknown;
  readonly Condition: unknown;
}

/** The statements of the handler that let it hand roles over. */
function passRoles(template: Template): PassRole[] {
  const resources = Object.values(template.toJSON().Resources as Record<string, { Properties?: object }>);
  return resources.flatMap(({ Properties }) => {
    const { PolicyDocument } = (Properties ?? {}) as { PolicyDocument?: { Statement: PassRole[] } };
    return (PolicyDocument?.Statement ?? []).filter(({ Action }) => Action.includes('iam:PassRole'));
  });
}

describe('by default', () => {
  let stack: Stack;
  let audit: DeviceDefenderAudit;
  let template: Template;
  beforeAll(() => {
    stack = new Stack(testApp(), 'Test', { env });
    audit = new DeviceDefenderAudit(stack, 'Audit');
    template = templateOf(stack);
  });

  test('all checks are on, without a threshold of its own, and nothing of others is replaced', () => {
    template.hasResourceProperties('Custom::IotAccountAudit', {
      CheckNames: Object.values(AUDIT_CHECKS).map(({ name }) => name),
      Thresholds: Match.absent(),
      ReplaceExisting: false,
      RoleArn: stack.resolve(audit.roleArn),
      NotificationTargetArn: stack.resolve(audit.alertTopic.topicRef.topicArn),
    });
  });

  test('they run every day', () => {
    template.resourceCountIs('AWS::IoT::ScheduledAudit', 1);
    template.hasResourceProperties('AWS::IoT::ScheduledAudit', {
      Frequency: 'DAILY',
      TargetCheckNames: audit.checks.map(String),
    });
  });

  test('the roles can be assumed for the audit of this account only', () => {
    const roles = Object.entries(template.findResources('AWS::IAM::Role')).filter(([id]) => id.startsWith('Audit'));
    expect(roles).toHaveLength(2);
    for (const [, role] of roles)
      expect(flat(role.Properties.AssumeRolePolicyDocument.Statement)).toEqual([
        {
          Effect: 'Allow',
          Principal: { Service: 'iot.amazonaws.com' },
          Action: 'sts:AssumeRole',
          Condition: {
            StringEquals: { 'aws:SourceAccount': '111122223333' },
            ArnLike: { 'aws:SourceArn': SOURCE },
          },
        },
      ]);
  });

  test('the audit role may read what AWS’s own policy lets it read, and write nothing', () => {
    const [policy] = Object.values(
      template.findResources('AWS::IAM::ManagedPolicy', {
        Properties: { Roles: [{ Ref: Match.stringLikeRegexp('^AuditRole') }] },
      }),
    );
    const statements = policy?.Properties.PolicyDocument.Statement as { Action: string[]; Resource: unknown[] }[];
    expect(statements.flatMap(({ Action }) => Action).sort()).toEqual(
      [
        'cognito-identity:GetIdentityPoolRoles',
        'iam:GenerateServiceLastAccessedDetails',
        'iam:GetPolicy',
        'iam:GetPolicyVersion',
        'iam:GetRole',
        'iam:GetRolePolicy',
        'iam:GetServiceLastAccessedDetails',
        'iam:ListAttachedRolePolicies',
        'iam:ListRolePolicies',
        'iot:DescribeCACertificate',
        'iot:DescribeCertificate',
        'iot:DescribeRoleAlias',
        'iot:GetEffectivePolicies',
        'iot:GetLoggingOptions',
        'iot:GetPolicy',
        'iot:GetV2LoggingOptions',
        'iot:ListCACertificates',
        'iot:ListCertificates',
        'iot:ListPolicies',
        'iot:ListRoleAliases',
      ].sort(),
    );
    const everywhere = statements.filter(({ Resource }) => Resource.includes('*')).flatMap(({ Action }) => Action);
    expect(everywhere.filter((action) => !/^iot:(Get.*LoggingOptions|List)|ServiceLastAccessed/.test(action))).toEqual(
      [],
    );
  });

  test('the notification role may publish to the encrypted topic, and nothing else', () => {
    template.hasResourceProperties('AWS::IAM::ManagedPolicy', {
      PolicyDocument: {
        Statement: [
          { Action: ['sns:Publish'], Effect: 'Allow', Resource: [stack.resolve(audit.alertTopic.topicRef.topicArn)] },
          { Action: ['kms:Decrypt', 'kms:GenerateDataKey'], Effect: 'Allow', Resource: [Match.anyValue()] },
        ],
      },
      Roles: [{ Ref: Match.stringLikeRegexp('^AuditNotificationRole') }],
    });
    template.hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: Match.anyValue() });
  });

  test('the handler may pass exactly these roles, to this service', () => {
    const passed = passRoles(template);
    expect(passed.flatMap(({ Resource }) => Resource)).toEqual([
      stack.resolve(audit.roleArn),
      { 'Fn::GetAtt': [expect.stringMatching(/^AuditNotificationRole/), 'Arn'] },
    ]);
    for (const { Action, Condition } of passed) {
      expect(Action).toEqual(['iam:PassRole']);
      expect(Condition).toEqual({ StringEquals: { 'iam:PassedToService': 'iot.amazonaws.com' } });
    }
  });

  test('the configuration waits for the rights of its roles', () => {
    const [resource] = Object.values(template.findResources('Custom::IotAccountAudit'));
    expect(resource?.DependsOn).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^AuditRoleRights/),
        expect.stringMatching(/^AuditNotificationRoleRights/),
        expect.stringMatching(/FunctionRights/),
      ]),
    );
  });

  test('what was kept of others is known at deployment', () => {
    expect(stack.resolve(audit.keptSettings)).toEqual({
      'Fn::GetAtt': [stack.getLogicalId(audit.configuration), 'Kept'],
    });
  });
});

describe('with everything set', () => {
  test('thresholds, schedules, topic, role and replacement are passed on', () => {
    const stack = testStack();
    const role = new CfnRole(stack, 'Own', { assumeRolePolicyDocument: {} });
    const replaced = Role.fromRoleArn(stack, 'Replaced', 'arn:aws:iam::111122223333:role/before');
    const key = new CfnKey(stack, 'Key');
    const topic = new CfnTopic(stack, 'Topic', { kmsMasterKeyId: key.attrArn });
    const audit = new DeviceDefenderAudit(stack, 'Audit', {
      checks: [AuditCheck.DEVICE_CERTIFICATE_AGE, AuditCheck.DEVICE_CERTIFICATE_EXPIRING],
      certificateAge: Duration.days(30),
      certificateExpiration: Duration.days(3_652),
      schedules: [AuditSchedule.weekly(AuditDay.MONDAY), AuditSchedule.monthlyOnLastDay()],
      alertTopic: topic,
      alertTopicKey: key,
      role,
      replaceExisting: true,
      replacedRoles: [replaced],
    });
    const template = templateOf(stack);
    expect(audit.alertTopic).toBe(topic);
    template.resourceCountIs('AWS::SNS::Topic', 1);
    template.resourceCountIs('AWS::IoT::ScheduledAudit', 2);
    template.hasResourceProperties('Custom::IotAccountAudit', {
      RoleArn: { 'Fn::GetAtt': ['Own', 'Arn'] },
      CheckNames: ['DEVICE_CERTIFICATE_AGE_CHECK', 'DEVICE_CERTIFICATE_EXPIRING_CHECK'],
      Thresholds: {
        DEVICE_CERTIFICATE_AGE_CHECK: { CERT_AGE_THRESHOLD_IN_DAYS: '30' },
        DEVICE_CERTIFICATE_EXPIRING_CHECK: { CERT_EXPIRATION_THRESHOLD_IN_DAYS: '3652' },
      },
      NotificationTargetArn: { Ref: 'Topic' },
      ReplaceExisting: true,
    });
    expect(passRoles(template).flatMap(({ Resource }) => Resource)).toEqual([
      { 'Fn::GetAtt': ['Own', 'Arn'] },
      { 'Fn::GetAtt': [expect.stringMatching(/^AuditNotificationRole/), 'Arn'] },
      'arn:aws:iam::111122223333:role/before',
    ]);
  });

  test('the topic that is made has the key that is given', () => {
    const stack = testStack();
    const key = new CfnKey(stack, 'Key');
    new DeviceDefenderAudit(stack, 'Audit', { encryptionKey: key });
    templateOf(stack).hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: { 'Fn::GetAtt': ['Key', 'Arn'] } });
  });

  test('numbers that are known only at deployment pass', () => {
    const stack = testStack();
    new DeviceDefenderAudit(stack, 'Audit', { certificateAge: Duration.days(Lazy.number({ produce: () => 77 })) });
    templateOf(stack).hasResourceProperties('Custom::IotAccountAudit', {
      Thresholds: { DEVICE_CERTIFICATE_AGE_CHECK: { CERT_AGE_THRESHOLD_IN_DAYS: '77' } },
    });
  });

  test('an audit on demand has no schedule', () => {
    const stack = testStack();
    new DeviceDefenderAudit(stack, 'Audit', { schedules: [] });
    templateOf(stack).resourceCountIs('AWS::IoT::ScheduledAudit', 0);
  });

  test('a finding is suppressed once the checks are on', () => {
    const stack = testStack();
    const audit = new DeviceDefenderAudit(stack, 'Audit');
    audit.addSuppression('Accepted', {
      check: AuditCheck.LOGGING_DISABLED,
      resource: SuppressedResource.account(Aws.ACCOUNT_ID),
      expiry: SuppressionExpiry.on('2999-12-31'),
      reason: 'test account',
    });
    templateOf(stack).hasResource('Custom::IotAuditSuppression', {
      DependsOn: Match.arrayWith([stack.getLogicalId(audit.configuration)]),
    });
  });
});

describe('fails', () => {
  const { LOGGING_DISABLED, DEVICE_CERTIFICATE_SHARED } = AuditCheck;

  test.each([
    ['for no checks', { checks: [] }, 'ListSizeInvalid'],
    ['for a check twice', { checks: [LOGGING_DISABLED, LOGGING_DISABLED] }, 'ListSizeInvalid'],
    ['for an age that is too short', { certificateAge: Duration.days(29) }, 'NumberOutOfRange'],
    ['for an age that is too long', { certificateAge: Duration.days(3_653) }, 'NumberOutOfRange'],
    ['for an age in part of a day', { certificateAge: Duration.hours(24 * 40 + 1) }, 'NumberOutOfRange'],
    ['for an expiration that is too short', { certificateExpiration: Duration.days(29) }, 'NumberOutOfRange'],
    ['for an expiration that is too long', { certificateExpiration: Duration.days(3_653) }, 'NumberOutOfRange'],
    [
      'for an age without its check',
      { certificateAge: Duration.days(90), checks: [LOGGING_DISABLED] },
      'AuditThresholdUnused',
    ],
    [
      'for an expiration without its check',
      { certificateExpiration: Duration.days(90), checks: [DEVICE_CERTIFICATE_SHARED] },
      'AuditThresholdUnused',
    ],
    ['for roles to put back that are not replaced', { replacedRoles: [] }, 'ReplacedRolesUnused'],
    ['for six schedules', { schedules: Array.from({ length: 6 }, () => AuditSchedule.daily()) }, 'ScheduledAuditLimit'],
  ])('%s', (_name, props, code) => {
    expect(() => new DeviceDefenderAudit(testStack(), 'Audit', props)).toThrow(expect.objectContaining({ code }));
  });

  test('for a topic with a key that is not given', () => {
    const stack = testStack();
    const alertTopic = new CfnTopic(stack, 'Topic', { kmsMasterKeyId: new CfnKey(stack, 'Key').ref });
    expect(() => new DeviceDefenderAudit(stack, 'Audit', { alertTopic })).toThrow(
      expect.objectContaining({ code: 'AlertTopicKeyMissing' }),
    );
  });

  test('for all that is wrong at once', () => {
    const props = { certificateAge: Duration.days(1), certificateExpiration: Duration.days(2) };
    expect(() => new DeviceDefenderAudit(testStack(), 'Audit', props)).toThrow(
      /Test\/Audit: 'certificateAge' must be a whole number from 30 to 3652 days, got 1; 'certificateExpiration' .* got 2/,
    );
  });

  test('for a second audit in the same stack', () => {
    const stack = testStack();
    new DeviceDefenderAudit(stack, 'First');
    expect(() => new DeviceDefenderAudit(stack, 'Second')).toThrow(/managed by Test\/First.*AccountSettingTwice/);
  });

  test('for a second audit in the same account and region, but not elsewhere', () => {
    const app = testApp();
    new DeviceDefenderAudit(new Stack(app, 'One', { env }), 'Audit');
    expect(() => new DeviceDefenderAudit(new Stack(app, 'Two', { env }), 'Audit')).toThrow(
      expect.objectContaining({ code: 'AccountSettingTwice' }),
    );
    new DeviceDefenderAudit(new Stack(app, 'Elsewhere', { env: { ...env, region: 'us-east-1' } }), 'Audit');
    new DeviceDefenderAudit(new Stack(app, 'Anywhere'), 'Audit');
    new DeviceDefenderAudit(new Stack(app, 'AnywhereElse'), 'Audit');
  });
});

test('a check that is known only at deployment counts as enabled', () => {
  const later = AuditCheck.of(Lazy.string({ produce: () => 'X_CHECK' }));
  const audit = new DeviceDefenderAudit(testStack(), 'Audit', { checks: [AuditCheck.LOGGING_DISABLED], schedules: [] });
  expect(audit.enables(AuditCheck.LOGGING_DISABLED)).toBe(true);
  expect(audit.enables(AuditCheck.CONFLICTING_CLIENT_IDS)).toBe(false);
  expect(audit.enables(later)).toBe(true);
  const open = new DeviceDefenderAudit(testStack(), 'Audit', { checks: [later], schedules: [] });
  expect(open.enables(AuditCheck.CONFLICTING_CLIENT_IDS)).toBe(true);
});

test('imports of roles are no new roles', () => {
  const stack = testStack();
  const role = new Role(stack, 'Own', { assumedBy: new ServicePrincipal('iot.amazonaws.com') });
  const audit = new DeviceDefenderAudit(stack, 'Audit', { role });
  expect(audit.node.tryFindChild('Role')).toBeUndefined();
  expect(stack.resolve(audit.roleArn)).toEqual(stack.resolve(role.roleArn));
});

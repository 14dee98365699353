import { AUT1 } from '../../../lib/compliance/rules/aut1';
import { AUT2 } from '../../../lib/compliance/rules/aut2';
import { CA1 } from '../../../lib/compliance/rules/ca1';
import { CA2 } from '../../../lib/compliance/rules/ca2';
import { PRV1 } from '../../../lib/compliance/rules/prv1';
import { PRV3 } from '../../../lib/compliance/rules/prv3';
import { PRV4 } from '../../../lib/compliance/rules/prv4';
import { RA1 } from '../../../lib/compliance/rules/ra1';
import { RA2 } from '../../../lib/compliance/rules/ra2';
import { TLS1 } from '../../../lib/compliance/rules/tls1';
import { TLS2 } from '../../../lib/compliance/rules/tls2';
import { arnOf, change, iot, one, OPEN, ref, role } from '../support/resources';
import { suite } from '../support/suite';

const template = (rest: object) =>
  iot('ProvisioningTemplate', { Enabled: true, TemplateBody: '{}', ProvisioningRoleArn: arnOf('Role'), ...rest });
const HOOK = { PreProvisioningHook: { TargetArn: 'arn:aws:lambda:eu-central-1:1:function:hook' } };

suite(PRV1, {
  fails: {
    'no hook': { resources: template({}), says: /no pre-provisioning hook/ },
    'no hook, said to be for a fleet': { resources: template({ TemplateType: 'FLEET_PROVISIONING' }) },
    'a hook without a function': { resources: template({ PreProvisioningHook: { PayloadVersion: '2020-04-01' } }) },
    'enabled as text': { resources: template({ Enabled: 'true' }) },
    'not known': { resources: template({ Enabled: OPEN }), unverified: true },
  },
  passes: {
    'a hook': { resources: template(HOOK) },
    disabled: { resources: template({ Enabled: false }) },
    'for just-in-time registration, which has no hooks': { resources: template({ TemplateType: 'JITP' }) },
  },
});

const withRole = (made: object) => ({ ...template(HOOK), Role: made });
const REGISTER = { Effect: 'Allow', Action: ['iot:CreateThing', 'iot:AttachThingPrincipal'], Resource: '*' };

suite(PRV3, {
  fails: {
    'everything of AWS IoT': {
      resources: withRole(role([{ Effect: 'Allow', Action: 'iot:*', Resource: '*' }])),
      says: /may iot:\*/,
    },
    'rights elsewhere': {
      resources: withRole(role([REGISTER, { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }])),
      says: /s3:GetObject/,
    },
    'all but one': {
      resources: withRole(role([{ Effect: 'Allow', NotAction: 'iot:DeleteThing', Resource: '*' }])),
      says: /all but/,
    },
    'an administrator': {
      resources: withRole(role([REGISTER], { managed: ['arn:aws:iam::aws:policy/AdministratorAccess'] })),
      says: /AdministratorAccess/,
    },
    'a policy beside it': {
      resources: {
        ...withRole(role([])),
        ...one(
          'AWS::IAM::Policy',
          {
            Roles: [{ Ref: 'Role' }],
            PolicyDocument: { Statement: { Effect: 'Allow', Action: 'iam:PassRole', Resource: '*' } },
          },
          'More',
        ),
      },
      says: /iam:PassRole/,
    },
    'a role from elsewhere': {
      resources: change(template(HOOK), 'It', 'ProvisioningRoleArn', 'arn:aws:iam::1:role/x'),
      unverified: true,
    },
  },
  passes: {
    'what registering takes': { resources: withRole(role([REGISTER])) },
    'the managed policy for it': {
      resources: withRole(role([], { managed: ['arn:aws:iam::aws:policy/service-role/AWSIoTThingsRegistration'] })),
    },
    'a Deny of everything else': {
      resources: withRole(role([REGISTER, { Effect: 'Deny', Action: 's3:*', Resource: '*' }])),
    },
  },
});

const permission = (rest: object) =>
  one('AWS::Lambda::Permission', {
    Action: 'lambda:InvokeFunction',
    FunctionName: 'f',
    Principal: 'iot.amazonaws.com',
    ...rest,
  });

suite(PRV4, {
  fails: {
    'any account': { resources: permission({}), severity: 'error', says: /any account/ },
    'any account, by a rule': { resources: { ...permission({}), ...iot('TopicRule', {}, 'Rule') } },
    'any account, in this region': {
      resources: permission({ SourceArn: { 'Fn::Sub': 'arn:${AWS::Partition}:iot:${AWS::Region}:*:rule/x' } }),
      says: /any account/,
    },
    'an empty account': { resources: permission({ SourceAccount: '' }), says: /any account/ },
    'an account that only the deployment knows': { resources: permission({ SourceAccount: OPEN }), unverified: true },
    'a source that only the deployment knows': { resources: permission({ SourceArn: OPEN }), unverified: true },
    'a slow hook': {
      resources: {
        ...iot('ProvisioningTemplate', { PreProvisioningHook: { TargetArn: arnOf('Hook') } }),
        ...one('AWS::Lambda::Function', { Timeout: 30 }, 'Hook'),
      },
      severity: 'warning',
      says: /may take 30 s/,
    },
  },
  passes: {
    'one source': { resources: permission({ SourceArn: 'arn:aws:iot:eu-central-1:1:rule/x' }) },
    'one account': { resources: permission({ SourceAccount: '123456789012' }) },
    'one source of this account': {
      resources: permission({ SourceArn: { 'Fn::Sub': 'arn:aws:iot:${AWS::Region}:${AWS::AccountId}:rule/x' } }),
    },
    'a rule of the template': {
      resources: { ...permission({ SourceArn: arnOf('Rule') }), ...iot('TopicRule', {}, 'Rule') },
    },
    'this account, and a source that only the deployment knows': {
      resources: permission({ SourceAccount: ref('AWS::AccountId'), SourceArn: OPEN }),
    },
    'another service': { resources: permission({ Principal: 'events.amazonaws.com' }) },
    'a quick hook': {
      resources: {
        ...iot('ProvisioningTemplate', { PreProvisioningHook: { TargetArn: arnOf('Hook') } }),
        ...one('AWS::Lambda::Function', { Timeout: 5 }, 'Hook'),
      },
    },
  },
});

const authority = (rest: object) => iot('CACertificate', { CACertificatePem: 'x', Status: 'ACTIVE', ...rest });
const listening = (topic: string) =>
  iot('TopicRule', { TopicRulePayload: { Sql: `SELECT * FROM '${topic}'`, Actions: [{ Lambda: {} }] } }, 'Rule');

suite(CA1, {
  fails: {
    'registers by itself': {
      resources: authority({ AutoRegistrationStatus: 'ENABLE' }),
      says: /nobody|no registration template/,
    },
    'and nobody looks': { resources: { ...authority({ AutoRegistrationStatus: 'ENABLE' }), ...listening('dt/#') } },
    'with a name that says otherwise': {
      resources: authority({ AutoRegistrationStatus: 'ENABLE', CertificateMode: 'DEFAULT' }),
    },
    'not known': { resources: authority({ AutoRegistrationStatus: OPEN }), unverified: true },
  },
  passes: {
    'a template': {
      resources: authority({ AutoRegistrationStatus: 'ENABLE', RegistrationConfig: { TemplateName: 'x' } }),
    },
    'a rule that looks': {
      resources: {
        ...authority({ AutoRegistrationStatus: 'ENABLE' }),
        ...listening('$aws/events/certificates/registered/#'),
      },
    },
    'switched off': { resources: authority({ AutoRegistrationStatus: 'DISABLE' }) },
    'left out': { resources: authority({}) },
  },
});

suite(CA2, {
  fails: {
    'no proof': { resources: authority({}), says: /no verification certificate/ },
    'no proof, in the usual mode': { resources: authority({ CertificateMode: 'DEFAULT' }) },
    'no proof by design': { resources: authority({ CertificateMode: 'SNI_ONLY' }), says: /SNI_ONLY/ },
  },
  passes: {
    proof: { resources: authority({ VerificationCertificatePem: 'x' }) },
    'proof, in the usual mode': {
      resources: authority({ VerificationCertificatePem: 'x', CertificateMode: 'DEFAULT' }),
    },
    'proof from elsewhere': { resources: authority({ VerificationCertificatePem: OPEN }) },
  },
});

const endpoint = (rest: object) => iot('DomainConfiguration', rest);
const tls = (SecurityPolicy: unknown) => endpoint({ TlsConfig: { SecurityPolicy } });

suite(TLS1, {
  fails: {
    'of 2016': { resources: tls('IoTSecurityPolicy_TLS12_1_0_2016_01'), says: /accepts/ },
    'of 2015': { resources: tls('IoTSecurityPolicy_TLS12_1_0_2015_01') },
    'one that nobody knows': { resources: tls('ELBSecurityPolicy-2016-08') },
    'a good one in other letters': {
      resources: tls('IotSecurityPolicy_TLS13_1_2_2022_10'),
      severity: 'warning',
      says: /writes IotSecurityPolicy_TLS13_1_2_2022_10, which AWS spells IoTSecurityPolicy_TLS13_1_2_2022_10/,
    },
    'an old one in other letters': { resources: tls('IotSecurityPolicy_TLS12_1_0_2016_01'), says: /accepts/ },
    'the default, strictly': {
      resources: endpoint({}),
      profile: 'strict',
      severity: 'error',
      says: /insist on TLS 1.3/,
    },
    'not known': { resources: tls(OPEN), unverified: true },
  },
  passes: {
    'the default': { resources: endpoint({}) },
    'TLS 1.2 and 1.3': { resources: tls('IoTSecurityPolicy_TLS13_1_2_2022_10') },
    'TLS 1.3, strictly': { resources: tls('IoTSecurityPolicy_TLS13_1_3_2022_10'), profile: 'strict' },
  },
});

const SAID = { AuthenticationType: 'AWS_X509', ApplicationProtocol: 'SECURE_MQTT' };

suite(TLS2, {
  fails: {
    'the client names the authorizer': {
      resources: endpoint({ ...SAID, AuthorizerConfig: { AllowAuthorizerOverride: true } }),
      says: /name the authorizer/,
    },
    'kind and protocol are open': {
      resources: endpoint({}),
      says: /AuthenticationType[\s\S]*ApplicationProtocol|ApplicationProtocol[\s\S]*AuthenticationType/,
    },
    'said to be open': { resources: endpoint({ ...SAID, ApplicationProtocol: 'DEFAULT' }) },
    'no OCSP on a domain of its own': { resources: endpoint({ ...SAID, DomainName: 'iot.example.com' }), says: /OCSP/ },
  },
  passes: {
    'all said': { resources: endpoint(SAID) },
    'a domain of its own': {
      resources: endpoint({
        ...SAID,
        DomainName: 'iot.example.com',
        ServerCertificateConfig: { EnableOCSPCheck: true },
      }),
    },
    'a fixed authorizer': { resources: endpoint({ ...SAID, AuthorizerConfig: { AllowAuthorizerOverride: false } }) },
  },
});

const authorizer = (rest: object) => iot('Authorizer', { AuthorizerFunctionArn: 'arn:x', ...rest });
const KEYS = { TokenSigningPublicKeys: { one: 'x' } };

suite(AUT1, {
  fails: {
    'no signature': { resources: authorizer({ SigningDisabled: true }), says: /nobody signed/ },
    'no signature, as text': { resources: authorizer({ SigningDisabled: 'true', ...KEYS }) },
    'no key': { resources: authorizer({}), says: /no key/ },
    'no keys': { resources: authorizer({ TokenSigningPublicKeys: {} }) },
    'not known': { resources: authorizer({ SigningDisabled: OPEN, ...KEYS }), unverified: true },
  },
  passes: {
    keys: { resources: authorizer(KEYS) },
    'keys, said': { resources: authorizer({ ...KEYS, SigningDisabled: false }) },
    'keys from elsewhere': { resources: authorizer({ TokenSigningPublicKeys: { one: OPEN } }) },
  },
});

suite(AUT2, {
  fails: {
    kept: { resources: authorizer({ EnableCachingForHttp: true }), severity: 'warning' },
    'kept, as text': { resources: authorizer({ EnableCachingForHttp: 'true' }) },
    'not known': { resources: authorizer({ EnableCachingForHttp: OPEN }), unverified: true },
  },
  passes: {
    'not kept': { resources: authorizer({ EnableCachingForHttp: false }) },
    'left out': { resources: authorizer({}) },
    'not kept, as text': { resources: authorizer({ EnableCachingForHttp: 'false' }) },
  },
});

const alias = (CredentialDurationSeconds: unknown) =>
  iot('RoleAlias', {
    RoleArn: arnOf('Role'),
    ...(CredentialDurationSeconds === undefined ? {} : { CredentialDurationSeconds }),
  });

suite(RA1, {
  fails: {
    'half a day': { resources: alias(43200), says: /43200 s/ },
    'a second too long': { resources: alias(3601) },
    'as text': { resources: alias('7200') },
    'not known': { resources: alias(OPEN), unverified: true },
  },
  passes: {
    'an hour': { resources: alias(3600) },
    'a quarter': { resources: alias('900') },
    'the default': { resources: alias(undefined) },
  },
});

const devices = (statements: object[], options = {}) => ({ ...alias(900), Role: role(statements, options) });
const OWN = { Effect: 'Allow', Action: 's3:PutObject', Resource: 'arn:aws:s3:::logs/${credentials-iot:ThingName}/*' };

suite(RA2, {
  fails: {
    'every object': {
      resources: devices([{ ...OWN, Resource: 'arn:aws:s3:::logs/*' }]),
      says: /also on what is another's/,
    },
    'a name that another may begin with': {
      resources: devices([{ ...OWN, Resource: 'arn:aws:s3:::logs/${credentials-iot:ThingName}*' }]),
    },
    'the type of the thing': {
      resources: devices([{ ...OWN, Resource: 'arn:aws:s3:::logs/${credentials-iot:ThingTypeName}/*' }]),
    },
    'every action': { resources: devices([{ ...OWN, Action: 's3:*' }]), says: /may s3:\*/ },
    identities: {
      resources: devices([{ Effect: 'Allow', Action: 'iam:GetRole', Resource: 'arn:aws:iam::1:role/x' }]),
      says: /iam:GetRole/,
    },
    'a managed policy': {
      resources: devices([OWN], { managed: ['arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'] }),
      says: /AmazonS3ReadOnlyAccess/,
    },
    'any account': {
      resources: devices([OWN], {
        trust: { Effect: 'Allow', Principal: { Service: 'credentials.iot.amazonaws.com' }, Action: 'sts:AssumeRole' },
      }),
      says: /aws:SourceAccount/,
    },
    'a role from elsewhere': { resources: iot('RoleAlias', { RoleArn: 'arn:aws:iam::1:role/x' }), unverified: true },
    'rights that are not known': { resources: devices([{ ...OWN, Resource: OPEN }]), unverified: true },
  },
  passes: {
    'its own prefix': { resources: devices([OWN]) },
    'one object in full': {
      resources: devices([{ ...OWN, Action: 's3:GetObject', Resource: 'arn:aws:s3:::config/fleet.json' }]),
    },
    'actions that know no resource': {
      resources: devices([{ Effect: 'Allow', Action: ['cloudwatch:PutMetricData'], Resource: '*' }]),
    },
    'a Deny': { resources: devices([OWN, { Effect: 'Deny', Action: 's3:*', Resource: '*' }]) },
  },
});

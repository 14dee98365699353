import { check } from '../../../lib/compliance/engine';
import type { Rule } from '../../../lib/compliance/rule';
import { AUT1 } from '../../../lib/compliance/rules/aut1';
import { AUT2 } from '../../../lib/compliance/rules/aut2';
import { CA2 } from '../../../lib/compliance/rules/ca2';
import { DET1 } from '../../../lib/compliance/rules/det1';
import { GEN1 } from '../../../lib/compliance/rules/gen1';
import { ID2 } from '../../../lib/compliance/rules/id2';
import { LOG1 } from '../../../lib/compliance/rules/log1';
import { POL10 } from '../../../lib/compliance/rules/pol10';
import { POL8 } from '../../../lib/compliance/rules/pol8';
import { POL3 } from '../../../lib/compliance/rules/pol3';
import { RA1 } from '../../../lib/compliance/rules/ra1';
import { RUL1 } from '../../../lib/compliance/rules/rul1';
import { TLS1 } from '../../../lib/compliance/rules/tls1';
import { TLS2 } from '../../../lib/compliance/rules/tls2';
import { allow, CONNECT, policy } from '../support/policies';

/** What a person reads of a finding, word for word, and the property that it points at. */
type Options = { readonly profile?: 'strict'; readonly body?: object };
const HIDDEN = { Ref: 'Hidden' };

function findings(rule: Rule, resources: object, { profile, body }: Options = {}): string[] {
  const template = { Parameters: { Hidden: { Type: 'String' } }, ...body, Resources: resources };
  return check({
    files: [{ path: 't.json', body: template }],
    rules: [rule],
    today: '2026-11-22',
    profile: profile ?? 'baseline',
    accountBaseline: 'elsewhere',
  }).findings.map(({ severity, ruleId, location, message }) => {
    const text = message.replace(/^ZTI-\w+ \(.*\) cannot be verified: /, '');
    return `${ruleId === rule.id ? severity : 'unverified'} ${location ?? '-'}: ${text}`;
  });
}

const one = (type: string, Properties: object): object => ({ R: { Type: `AWS::IoT::${type}`, Properties } });
const ARN = 'arn:aws:iot:eu-central-1:123456789012:';

test.each<[string, Rule, object, string[], Options?]>([
  [
    'caching',
    AUT2,
    one('Authorizer', { EnableCachingForHttp: 'true' }),
    ['warning Properties/EnableCachingForHttp: keeps the answer of the authorizer for later HTTP requests'],
  ],
  [
    'caching that is not known',
    AUT2,
    one('Authorizer', { EnableCachingForHttp: HIDDEN }),
    ['unverified Properties/EnableCachingForHttp: depends on ‹Ref:Hidden›'],
  ],
  [
    'signing that is not known',
    AUT1,
    one('Authorizer', { SigningDisabled: HIDDEN, TokenSigningPublicKeys: { k: 'x' } }),
    ['unverified Properties/SigningDisabled: depends on ‹Ref:Hidden›'],
  ],
  [
    'a foreign authority',
    CA2,
    one('CACertificate', { CertificateMode: 'SNI_ONLY' }),
    ['warning Properties/CertificateMode: is registered without proof that its key is yours (SNI_ONLY)'],
  ],
  [
    'an authority without proof',
    CA2,
    one('CACertificate', { CertificateMode: 'DEFAULT', VerificationCertificatePem: '' }),
    ['warning Properties/VerificationCertificatePem: has no verification certificate'],
  ],
  [
    'long credentials',
    RA1,
    one('RoleAlias', { CredentialDurationSeconds: 3601 }),
    [
      'error Properties/CredentialDurationSeconds: gives out credentials for 3601 s; an isolated device keeps them so long',
    ],
  ],
  ['an hour of credentials', RA1, one('RoleAlias', { CredentialDurationSeconds: 3600 }), []],
  ['credentials of the default', RA1, one('RoleAlias', {}), []],
  [
    'credentials that are not known',
    RA1,
    one('RoleAlias', { CredentialDurationSeconds: HIDDEN }),
    ['unverified Properties/CredentialDurationSeconds: depends on ‹Ref:Hidden›'],
  ],
  [
    'old TLS',
    TLS1,
    one('DomainConfiguration', { TlsConfig: { SecurityPolicy: 'Old' } }),
    ['error Properties/TlsConfig/SecurityPolicy: accepts Old'],
  ],
  [
    'TLS that is not known',
    TLS1,
    one('DomainConfiguration', { TlsConfig: { SecurityPolicy: HIDDEN } }),
    ['unverified Properties/TlsConfig/SecurityPolicy: depends on ‹Ref:Hidden›'],
  ],
  [
    'TLS of the default, strictly',
    TLS1,
    one('DomainConfiguration', {}),
    ['error Properties/TlsConfig/SecurityPolicy: does not insist on TLS 1.3 (default)'],
    { profile: 'strict' },
  ],
  [
    'TLS 1.2, strictly',
    TLS1,
    one('DomainConfiguration', { TlsConfig: { SecurityPolicy: 'IoTSecurityPolicy_TLS13_1_2_2022_10' } }),
    ['error Properties/TlsConfig/SecurityPolicy: does not insist on TLS 1.3 (IoTSecurityPolicy_TLS13_1_2_2022_10)'],
    { profile: 'strict' },
  ],
  [
    'an endpoint that says nothing',
    TLS2,
    one('DomainConfiguration', {}),
    [
      'warning Properties/ApplicationProtocol: leaves ApplicationProtocol to the client',
      'warning Properties/AuthenticationType: leaves AuthenticationType to the client',
    ],
  ],
  [
    'a profile of nothing',
    DET1,
    one('SecurityProfile', {}),
    [
      'error Properties/AlertTargets: alerts nobody',
      'error Properties/Behaviors: watches for nothing',
      'error Properties/TargetArns: watches nobody',
    ],
  ],
  [
    'a silenced profile',
    DET1,
    one('SecurityProfile', {
      TargetArns: ['x'],
      AlertTargets: { SNS: { AlertTargetArn: 'x' } },
      Behaviors: [{ SuppressAlerts: true }, { SuppressAlerts: 'true' }],
    }),
    ['error Properties/Behaviors: suppresses the alerts of every behavior'],
  ],
  [
    'a profile of which one behavior is heard',
    DET1,
    one('SecurityProfile', {
      TargetArns: ['x'],
      AlertTargets: { SNS: { AlertTargetArn: 'x' } },
      Behaviors: [{ SuppressAlerts: true }, {}],
    }),
    [],
  ],
  [
    'behaviors that are not known',
    DET1,
    one('SecurityProfile', { TargetArns: ['x'], AlertTargets: { SNS: { AlertTargetArn: 'x' } }, Behaviors: HIDDEN }),
    [],
  ],
  [
    'logging that is off',
    LOG1,
    one('Logging', { DefaultLogLevel: 'DISABLED' }),
    [expect.stringMatching(/^error Properties\/DefaultLogLevel: /) as string],
  ],
  [
    'a rule that loses',
    RUL1,
    one('TopicRule', { TopicRulePayload: { Sql: "SELECT * FROM 'a/b'", Actions: [] } }),
    [expect.stringMatching(/^error Properties\/TopicRulePayload\/ErrorAction: /) as string],
  ],
  [
    'a right over the account, and all but some',
    POL8,
    policy(
      allow('iot:AttachPolicy', '*'),
      { Effect: 'Allow', NotAction: 'iot:Connect', Resource: `${ARN}client/a` },
      {
        Effect: 'Allow',
        Action: 'iot:Publish',
        NotResource: `${ARN}topic/a`,
      },
    ),
    [
      expect.stringMatching(/^error Properties\/PolicyDocument\/Statement\/0: /) as string,
      expect.stringMatching(/^error Properties\/PolicyDocument\/Statement\/1: /) as string,
      expect.stringMatching(/^error Properties\/PolicyDocument\/Statement\/2: /) as string,
    ],
  ],
  [
    'two topics of one statement, and the same twice',
    POL3,
    policy(CONNECT, allow('iot:Publish', ['topic/dt/*', 'topic/dt/*', 'topic/cmd/*'])),
    [
      expect.stringMatching(
        /^error Properties\/PolicyDocument\/Statement\/1: iot:Publish on .*topic\/cmd\/\*: /,
      ) as string,
      expect.stringMatching(
        /^error Properties\/PolicyDocument\/Statement\/1: iot:Publish on .*topic\/dt\/\*: /,
      ) as string,
    ],
  ],
])('%s', (...[, rule, resources, expected, options]) => expect(findings(rule, resources, options)).toEqual(expected));

test('a very long part of a template is cut', () => {
  const long = 'y'.repeat(1900);
  const said = (length: number) =>
    findings(TLS1, one('DomainConfiguration', { TlsConfig: { SecurityPolicy: 'y'.repeat(length) } }))[0] ?? '';
  expect(said(1992)).toContain(`accepts ${long}`);
  expect(said(1992)).not.toContain('...');
  expect(said(1993)).toMatch(/y{1992}\.\.\.$/);
});

describe('how long a policy is', () => {
  const padded = (characters: number): object => {
    const frame = JSON.stringify({ Version: '2012-10-17', Statement: [allow('iot:Publish', 'topic/')] }).length;
    return policy(allow('iot:Publish', `topic/${'a'.repeat(characters - frame)}`));
  };
  const FULL = (count: number) => [
    `warning Properties/PolicyDocument: has ${count} of 2048 characters: there is no room for a change`,
  ];

  test.each<[number, string[]]>([
    [1984, []],
    [1985, FULL(1985)],
    [2048, FULL(2048)],
    [
      2049,
      ['error Properties/PolicyDocument: has 2049 characters without white space, of 2048: it cannot be deployed'],
    ],
  ])('%d characters', (count, expected) => expect(findings(POL10, padded(count))).toEqual(expected));
});

describe('what cannot be verified', () => {
  test.each<[string, object, string[]]>([
    [
      'a property that a macro writes',
      one('Thing', { ThingName: { 'Fn::Transform': { Name: 'X' } } }),
      ['warning Properties/ThingName: depends on ‹Fn::Transform›, which cannot be worked out'],
    ],
    [
      'all properties',
      one('Thing', { 'Fn::Transform': { Name: 'X' } }),
      ['warning Properties: depends on ‹Fn::Transform›, which cannot be worked out'],
    ],
    ['the tags', one('Thing', { Tags: { 'Fn::Transform': { Name: 'X' } } }), []],
    ['a parameter', one('Thing', { ThingName: HIDDEN }), []],
    [
      'another service',
      { R: { Type: 'AWS::S3::Bucket', Properties: { Name: { 'Fn::Transform': { Name: 'X' } } } } },
      [],
    ],
    [
      'a policy, of which it is said once',
      one('Policy', { PolicyDocument: { 'Fn::Transform': { Name: 'X' } } }),
      [
        expect.stringMatching(
          /^warning Properties\/PolicyDocument: the policy cannot be judged in full: the document depends on ‹Fn::Transform›$/,
        ) as string,
      ],
    ],
    [
      'statements that somebody else writes',
      one('Policy', { PolicyDocument: { Version: '2012-10-17', Statement: { 'Fn::Transform': { Name: 'X' } } } }),
      [
        'warning Properties/PolicyDocument: the policy cannot be judged in full: it depends on ‹Fn::Transform›; Statement[0] is not an object',
      ],
    ],
    [
      'a policy that would be refused',
      policy(CONNECT, { ...allow('iot:Publish', 'topic/a'), Resource: 'not-an-arn' }),
      [
        expect.stringMatching(
          /^error Properties\/PolicyDocument: the policy cannot be judged, AWS IoT would refuse it: /,
        ) as string,
      ],
    ],
    [
      'a variable that Fn::Sub takes for a name of the template, with a dot and without',
      policy(CONNECT, {
        ...allow('iot:Publish', 'topic/a'),
        Resource: {
          'Fn::Sub': `${ARN}topic/\${iot:ClientId}/\${iot:Connection.Thing.ThingName}/\${!iot:CertificateId}`,
        },
      }),
      [
        'error Properties/PolicyDocument: Fn::Sub takes ${iot:ClientId}, ${iot:Connection.Thing.ThingName} for a name of the template, and the deployment fails: write ${!iot:ClientId}, ${!iot:Connection.Thing.ThingName}',
      ],
    ],
    [
      'one beside a name that nobody declared',
      policy(CONNECT, {
        ...allow('iot:Publish', 'topic/a'),
        Resource: { 'Fn::Sub': `${ARN}topic/\${aws:SourceIp}/\${Area}` },
      }),
      [
        'error Properties/PolicyDocument: Fn::Sub takes ${aws:SourceIp} for a name of the template, and the deployment fails: write ${!aws:SourceIp}',
        'warning Properties/PolicyDocument: the policy cannot be judged in full: it depends on ‹Ref:Area›',
      ],
    ],
    [
      'a function of a rule in a topic',
      one('TopicRule', { TopicRulePayload: { Topic: { 'Fn::Sub': 'a/${topic(2)}/${AWS::Region}' } } }),
      [
        'error Properties/TopicRulePayload: Fn::Sub takes ${topic(2)} for a name of the template, and the deployment fails: write ${!topic(2)}',
      ],
    ],
    [
      'a variable of credentials in a role',
      {
        R: {
          Type: 'AWS::IAM::Role',
          Properties: { Policies: [{ Resource: { 'Fn::Sub': 'arn:aws:s3:::b/${credentials-iot:ThingName}/*' } }] },
        },
      },
      [
        'error Properties/Policies: Fn::Sub takes ${credentials-iot:ThingName} for a name of the template, and the deployment fails: write ${!credentials-iot:ThingName}',
      ],
    ],
    ['a client id that is bound here', policy(CONNECT, allow('iot:Publish', 'topic/${iot:ClientId}/a')), []],
    [
      'a client id that nobody binds',
      policy(allow('iot:Publish', 'topic/${iot:ClientId}/a')),
      [
        expect.stringMatching(
          /^warning Properties\/PolicyDocument: the policy cannot be judged in full: it uses/,
        ) as string,
      ],
    ],
  ])('%s', (_name, resources, expected) => expect(findings(GEN1, resources)).toEqual(expected));

  test('a gap of the template, where it is', () => {
    const R = { Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL: 'https://elsewhere' } };
    const found = findings(GEN1, { R, 'Fn::ForEach::X': HIDDEN }, { body: { Transform: 'Mine' } });
    expect(found.sort()).toEqual([
      'warning -: is written by a macro at deployment',
      'warning Properties/TemplateURL: nests a stack whose template is not among those that were read',
      'warning Transform: macro Mine may change the template at deployment',
    ]);
  });
});

describe('a certificate with rights', () => {
  const given = (Principal: unknown, more: object = {}) => ({
    R: { Type: 'AWS::IoT::PolicyPrincipalAttachment', Properties: { PolicyName: 'p', Principal } },
    ...more,
  });
  const attached = (Principal: unknown, Condition?: string) => ({
    A: {
      Type: 'AWS::IoT::ThingPrincipalAttachment',
      Properties: { ThingName: 'a', Principal },
      ...(Condition === undefined ? {} : { Condition }),
    },
  });
  const CERT = `${ARN}cert/aa`;
  const body = {
    Conditions: { Perhaps: { 'Fn::Equals': [{ Ref: 'Hidden' }, 'a'] }, Never: { 'Fn::Equals': ['a', 'b'] } },
  };

  test.each<[string, object, string[]]>([
    [
      'without a thing',
      given(CERT),
      ['error Properties/Principal: gives a policy to a certificate that is attached to no thing here'],
    ],
    ['of a thing', given(CERT, attached(CERT)), []],
    [
      'of a thing that another certificate is attached to',
      given(CERT, attached(`${ARN}cert/bb`)),
      ['error Properties/Principal: gives a policy to a certificate that is attached to no thing here'],
    ],
    [
      'of a thing, perhaps',
      given(CERT, attached(CERT, 'Perhaps')),
      [
        'error Properties/Principal: gives a policy to a certificate that is attached to a thing only under a condition',
      ],
    ],
    [
      'of a thing, never',
      given(CERT, attached(CERT, 'Never')),
      ['error Properties/Principal: gives a policy to a certificate that is attached to no thing here'],
    ],
    [
      'that is a parameter',
      given(HIDDEN),
      ['unverified Properties/Principal: whether ‹Ref:Hidden› is attached to a thing is not said here'],
    ],
    ['that is an identity of Cognito', given('eu-central-1:11111111-2222-3333-4444-555555555555'), []],
  ])('%s', (_name, resources, expected) => expect(findings(ID2, resources, { body })).toEqual(expected));

  test('of a thing under the same condition as its rights', () => {
    const { R } = given(CERT);
    expect(findings(ID2, { R: { ...R, Condition: 'Perhaps' }, ...attached(CERT, 'Perhaps') }, { body })).toEqual([]);
  });
});

import { check } from '../../../lib/compliance/engine';
import { COG1 } from '../../../lib/compliance/rules/cog1';
import { PRV3 } from '../../../lib/compliance/rules/prv3';
import { RA2 } from '../../../lib/compliance/rules/ra2';

/** How documents of IAM are written: as objects, as text, and so that only the deployment knows what they say. */
const ACCOUNT = { StringEquals: { 'aws:SourceAccount': '123456789012' } };
const trust = (service: string, more: object = { Condition: ACCOUNT }): object =>
  document({ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole', ...more });
const document = (...Statement: object[]): object => ({ Version: '2012-10-17', Statement });
const DEVICES = trust('credentials.iot.amazonaws.com');
const POOL = document({
  Effect: 'Allow',
  Principal: { Federated: 'cognito-identity.amazonaws.com' },
  Action: 'sts:AssumeRoleWithWebIdentity',
  Condition: {
    StringEquals: { 'cognito-identity.amazonaws.com:aud': 'eu-central-1:1' },
    StringLike: { 'cognito-identity.amazonaws.com:amr': 'authenticated' },
  },
});
const TEXT = { 'Fn::Sub': '${Text}' };
const allow = (action: string, resource: string): object =>
  document({ Effect: 'Allow', Action: action, Resource: resource });

function findings(kind: 'alias' | 'pool' | 'template', properties: object, more: object = {}): string[] {
  const RoleArn = { 'Fn::GetAtt': ['Role', 'Arn'] };
  const user = {
    alias: { Type: 'AWS::IoT::RoleAlias', Properties: { RoleArn } },
    pool: {
      Type: 'AWS::Cognito::IdentityPoolRoleAttachment',
      Properties: { IdentityPoolId: 'eu-central-1:1', Roles: { authenticated: RoleArn } },
    },
    template: {
      Type: 'AWS::IoT::ProvisioningTemplate',
      Properties: { ProvisioningRoleArn: RoleArn, TemplateBody: '{}' },
    },
  }[kind];
  const Resources = { User: user, Role: { Type: 'AWS::IAM::Role', Properties: properties }, ...more };
  const body = { Parameters: { Text: { Type: 'String' } }, Resources };
  return check({
    files: [{ path: 't.json', body }],
    rules: [COG1, PRV3, RA2],
    today: '2026-11-22',
    profile: 'baseline',
    accountBaseline: 'elsewhere',
  }).findings.map(({ ruleId, message }) => `${ruleId} ${message}`);
}

const inline = (PolicyDocument: unknown): object => ({ Policies: [{ PolicyName: 'own', PolicyDocument }] });
const attached = (PolicyDocument: unknown): object => ({
  Policy: { Type: 'AWS::IAM::Policy', Properties: { PolicyName: 'own', Roles: [{ Ref: 'Role' }], PolicyDocument } },
});
const EVERYBODY = "ZTI-RA2 every device may s3:PutObject on arn:aws:s3:::data/*, also on what is another's";
const WIDE = allow('s3:PutObject', 'arn:aws:s3:::data/*');
const NARROW = allow('s3:PutObject', 'arn:aws:s3:::data/${credentials-iot:ThingName}/*');

describe('rights', () => {
  test.each<[string, object, object, string[]]>([
    ['an object', inline(WIDE), {}, [EVERYBODY]],
    ['text', inline(JSON.stringify(WIDE)), {}, [EVERYBODY]],
    ['text that is bound', inline(JSON.stringify(NARROW)), {}, []],
    ['text of a policy beside the role', {}, attached(JSON.stringify(WIDE)), [EVERYBODY]],
    ['text that is put together', inline({ 'Fn::Join': ['', [JSON.stringify(WIDE)]] }), {}, [EVERYBODY]],
    [
      'one statement without a list',
      inline({ Statement: (WIDE as { Statement: object[] }).Statement[0] }),
      {},
      [EVERYBODY],
    ],
    ['no document', inline(undefined), {}, []],
  ])('of devices, as %s', (_name, properties, more, expected) => {
    expect(findings('alias', { AssumeRolePolicyDocument: DEVICES, ...properties }, more)).toEqual(expected);
  });

  test.each<[string, object, RegExp]>([
    ['a parameter', inline({ Ref: 'Text' }), /depend on ‹.*Ref:Text/],
    ['text with a parameter in it', inline(TEXT), /depend on ‹.*Ref:Text/],
    ['text that is no JSON', inline('{'), /depend on ‹a document that is not valid JSON›/],
    ['a list in text', inline('[]'), /depend on ‹a document without statements›/],
    ['what a macro writes', inline({ 'Fn::Transform': { Name: 'X' } }), /depend on ‹.*Fn::Transform/],
    ['policies that a macro writes', { Policies: { 'Fn::Transform': { Name: 'X' } } }, /depend on ‹.*Fn::Transform/],
    ['statements that are a parameter', inline({ Statement: { Ref: 'Text' } }), /depend on ‹Ref:Text›/],
  ])('that nobody can read, as %s, are not verified', (_name, properties, says) => {
    for (const [kind, id, document] of [
      ['alias', 'ZTI-RA2', DEVICES],
      ['pool', 'ZTI-COG1', POOL],
      ['template', 'ZTI-PRV3', trust('iot.amazonaws.com')],
    ] as const) {
      const [found, ...others] = findings(kind, { AssumeRolePolicyDocument: document, ...properties });
      expect([found, others]).toEqual([expect.stringMatching(new RegExp(`^ZTI-GEN1 ${id} .*${says.source}`)), []]);
    }
  });

  test('to enroll, of which one is known: that is found, and the rest not verified', () => {
    const Policies = [{ PolicyDocument: allow('iot:DeletePolicy', '*') }, { PolicyDocument: { Ref: 'Text' } }];
    const [first, second] = findings('template', {
      AssumeRolePolicyDocument: trust('iot.amazonaws.com'),
      Policies,
    }).sort();
    expect(first).toContain('ZTI-GEN1');
    expect(second).toBe('ZTI-PRV3 the provisioning role may iot:DeletePolicy');
  });
});

describe('trust', () => {
  const open = trust('credentials.iot.amazonaws.com', {});

  test.each<[string, unknown, string[]]>([
    ['an object', DEVICES, []],
    ['text', JSON.stringify(DEVICES), []],
    [
      'text without a source',
      JSON.stringify(open),
      [expect.stringMatching(/^ZTI-RA2 the trust policy does not say/) as string],
    ],
    [
      'a parameter',
      { Ref: 'Text' },
      [expect.stringMatching(/^ZTI-GEN1 ZTI-RA2 .*trust policy is only known/) as string],
    ],
  ])('of devices, as %s', (_name, AssumeRolePolicyDocument, expected) => {
    expect(findings('alias', { AssumeRolePolicyDocument, ...inline(NARROW) })).toEqual(expected);
  });

  test('of an identity pool, as text: its role is found without an attachment', () => {
    const Role = {
      AssumeRolePolicyDocument: JSON.stringify(POOL),
      RoleName: 'web',
      Policies: [],
    };
    const Policy = {
      Type: 'AWS::IAM::Policy',
      Properties: { PolicyName: 'own', Roles: ['web'], PolicyDocument: JSON.stringify(allow('iot:Publish', '*')) },
    };
    expect(findings('alias', {}, { Role: { Type: 'AWS::IAM::Role', Properties: Role }, Policy })).toContain(
      "ZTI-COG1 every user who signed in may iot:Publish on *, also on what is another's",
    );
  });

  test('of an identity pool, as a parameter, is not verified', () => {
    const Own = allow(
      'iot:Connect',
      'arn:aws:iot:eu-central-1:123456789012:client/${cognito-identity.amazonaws.com:sub}',
    );
    expect(findings('pool', { AssumeRolePolicyDocument: { Ref: 'Text' }, ...inline(Own) })).toEqual([
      expect.stringMatching(/^ZTI-GEN1 ZTI-COG1 .*trust policy is only known/),
    ]);
  });
});

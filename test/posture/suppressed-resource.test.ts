import { Aws, Lazy } from 'aws-cdk-lib';
import { CfnRole } from 'aws-cdk-lib/aws-iam';
import { CfnRoleAlias } from 'aws-cdk-lib/aws-iot';
import { InputErrors } from '../../lib/internal/input-errors';
import { SuppressedResource } from '../../lib/posture/suppressed-resource';
import { testStack } from '../support/app';

const ID = '0123456789abcdefABCDEF0123456789abcdefABCDEF0123456789abcdef0123';

function validate(resource: SuppressedResource): void {
  const errors = new InputErrors();
  resource._validate(errors);
  errors.throwIfAny();
}

test.each([
  ['a device certificate', SuppressedResource.deviceCertificate(ID), { deviceCertificateId: ID }],
  ['a CA certificate', SuppressedResource.caCertificate(ID), { caCertificateId: ID }],
  [
    'an identity pool',
    SuppressedResource.cognitoIdentityPool('eu-west-1:51af3dc0-da77-4f27-9c29-0123456789ab'),
    { cognitoIdentityPoolId: 'eu-west-1:51af3dc0-da77-4f27-9c29-0123456789ab' },
  ],
  ['a client id', SuppressedResource.clientId('pump 7/#'), { clientId: 'pump 7/#' }],
  [
    'a version of a policy',
    SuppressedResource.policyVersion('my_Policy+=,.@-1', '12'),
    { policyVersionIdentifier: { policyName: 'my_Policy+=,.@-1', policyVersionId: '12' } },
  ],
  ['an account', SuppressedResource.account('111122223333'), { account: '111122223333' }],
  [
    'an issuer',
    SuppressedResource.issuerCertificate('CN=Acme CA', '0A:1b'),
    { issuerCertificateIdentifier: { issuerCertificateSubject: 'CN=Acme CA', issuerCertificateSerialNumber: '0A:1b' } },
  ],
])('%s is identified as the service asks for', (_name, resource, expected) => {
  validate(resource);
  expect(resource._render()).toEqual(expected);
  expect(resource._identity()).toBe(JSON.stringify(expected));
});

test('roles and role aliases are taken by reference', () => {
  const stack = testStack();
  const role = new CfnRole(stack, 'Role', { assumeRolePolicyDocument: {} });
  const alias = new CfnRoleAlias(stack, 'Alias', { roleArn: role.attrArn });
  for (const resource of [SuppressedResource.role(role), SuppressedResource.roleAlias(alias)]) {
    validate(resource);
    expect(resource._identity()).toBeUndefined();
  }
  expect(stack.resolve(SuppressedResource.role(role)._render())).toEqual({
    iamRoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] },
  });
  expect(stack.resolve(SuppressedResource.roleAlias(alias)._render())).toEqual({
    roleAliasArn: { 'Fn::GetAtt': ['Alias', 'RoleAliasArn'] },
  });
});

test('what is known only at deployment passes', () => {
  const later = SuppressedResource.account(Aws.ACCOUNT_ID);
  validate(later);
  expect(later._identity()).toBeUndefined();
  const half = SuppressedResource.policyVersion('policy', Lazy.string({ produce: () => '1' }));
  validate(half);
  expect(half._identity()).toBeUndefined();
});

test.each([
  [
    'a certificate id that is too short',
    SuppressedResource.deviceCertificate(ID.slice(1)),
    'resource.deviceCertificateId',
  ],
  ['a certificate id that is too long', SuppressedResource.deviceCertificate(`${ID}0`), 'resource.deviceCertificateId'],
  [
    'a certificate id with another letter',
    SuppressedResource.caCertificate(`g${ID.slice(1)}`),
    'resource.caCertificateId',
  ],
  ['no identity pool', SuppressedResource.cognitoIdentityPool('pool'), 'resource.cognitoIdentityPoolId'],
  ['an empty client id', SuppressedResource.clientId(''), 'resource.clientId'],
  ['a client id that is too long', SuppressedResource.clientId('a'.repeat(129)), 'resource.clientId'],
  [
    'a policy with a space',
    SuppressedResource.policyVersion('a b', '1'),
    'resource.policyVersionIdentifier.policyName',
  ],
  [
    'a version with a letter',
    SuppressedResource.policyVersion('a', 'v1'),
    'resource.policyVersionIdentifier.policyVersionId',
  ],
  ['an account id that is too short', SuppressedResource.account('11112222333'), 'resource.account'],
  ['an account id with a letter', SuppressedResource.account('11112222333x'), 'resource.account'],
  ['an empty subject', SuppressedResource.issuerCertificate('', '1'), 'issuerCertificateSubject'],
  ['a subject outside ASCII', SuppressedResource.issuerCertificate('CN=Müller', '1'), 'issuerCertificateSubject'],
  [
    'a serial number with another letter',
    SuppressedResource.issuerCertificate('CN=A', 'x'),
    'issuerCertificateSerialNumber',
  ],
  ['a serial number that is too long', SuppressedResource.issuerCertificate('CN=A', '0'.repeat(21)), 'SerialNumber'],
])('fails for %s', (_name, resource, property) => {
  expect(() => validate(resource)).toThrow(expect.objectContaining({ code: 'SuppressedResourceInvalid' }));
  expect(() => validate(resource)).toThrow(property);
});

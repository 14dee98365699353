import { ID1 } from '../../../lib/compliance/rules/id1';
import { ID2 } from '../../../lib/compliance/rules/id2';
import { ID3 } from '../../../lib/compliance/rules/id3';
import { ID4 } from '../../../lib/compliance/rules/id4';
import { allow, policy } from '../support/policies';
import { arnOf, iot, one, OPEN, ref } from '../support/resources';
import type { Resources } from '../support/rewrite';
import { suite } from '../support/suite';
import { pastedKey } from '../../support/private-key';

const { pem: KEY } = pastedKey();
const PUBLIC = '-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----';
const CUSTOM = one('Custom::Certificate', { ServiceToken: 'arn:x' }, 'Maker');

suite(ID1, {
  fails: {
    'a key in a parameter': {
      resources: one('AWS::SSM::Parameter', { Type: 'String', Value: KEY }),
      severity: 'fatal',
      says: /holds a private key \(not shown\)/,
    },
    'a key in the environment of a function': {
      resources: one('AWS::Lambda::Function', { Environment: { Variables: { KEY } } }),
    },
    'a key in Base64': {
      resources: one('AWS::EC2::Instance', { UserData: Buffer.from(`#${KEY}`.slice(1)).toString('base64') }),
      says: /Base64/,
    },
    'an encrypted key': {
      resources: one('AWS::SSM::Parameter', { Value: KEY.replaceAll('EC PRIVATE', 'ENCRYPTED PRIVATE') }),
    },
    'a key that a custom resource returns, in a secret': {
      resources: {
        ...CUSTOM,
        ...one('AWS::SecretsManager::Secret', { SecretString: { 'Fn::GetAtt': ['Maker', 'privKey'] } }),
      },
      says: /GetAtt:Maker\.privKey/,
    },
    'a key that a custom resource returns, in an output': {
      files: [
        {
          path: 'a.json',
          body: { Resources: CUSTOM, Outputs: { Key: { Value: { 'Fn::GetAtt': ['Maker', 'PrivateKey'] } } } },
        },
      ],
      says: /PrivateKey/,
    },
    'keys made by the service': {
      resources: one('Custom::AWS', { Create: '{"service":"Iot","action":"createKeysAndCertificate"}' }),
      says: /CreateKeysAndCertificate/,
    },
  },
  passes: {
    'a public key': { resources: one('AWS::SSM::Parameter', { Value: PUBLIC }) },
    'a request for a certificate': {
      resources: iot('Certificate', {
        CertificateSigningRequest: '-----BEGIN CERTIFICATE REQUEST-----\nx\n-----END CERTIFICATE REQUEST-----',
      }),
    },
    'where a key is kept': {
      resources: {
        ...CUSTOM,
        ...one('AWS::SSM::Parameter', { Value: { 'Fn::GetAtt': ['Maker', 'PrivateKeySecretArn'] } }),
      },
    },
    'words about keys': { resources: one('AWS::SSM::Parameter', { Value: 'PRIVATE KEY -----BEGIN' }) },
  },
});

const CERTIFICATE = iot('Certificate', { Status: 'ACTIVE', CertificateSigningRequest: 'x' }, 'Certificate');
const THING = iot('Thing', { ThingName: 'gateway', AttributePayload: { Attributes: { owner: 'x' } } }, 'Thing');
const grant = (Principal: unknown): Resources =>
  iot('PolicyPrincipalAttachment', { PolicyName: 'p', Principal }, 'Grant');
const attach = (
  Principal: unknown,
  id = 'Attach',
  ThingName: unknown = ref('Thing'),
  ThingPrincipalType?: unknown,
): Resources =>
  iot(
    'ThingPrincipalAttachment',
    { ThingName, Principal, ...(ThingPrincipalType === undefined ? {} : { ThingPrincipalType }) },
    id,
  );

suite(ID2, {
  fails: {
    'a certificate of the template': {
      resources: { ...CERTIFICATE, ...grant(arnOf('Certificate')) },
      says: /attached to no thing/,
    },
    'a certificate from elsewhere': { resources: grant('arn:aws:iot:eu-central-1:1:cert/1') },
    'a policy for devices, from elsewhere': {
      resources: {
        ...policy(allow('iot:Publish', 'topic/a')),
        ...iot('PolicyPrincipalAttachment', { PolicyName: ref('DevicePolicy'), Principal: 'arn:x:cert/1' }),
      },
    },
    'another certificate attached': {
      resources: {
        ...CERTIFICATE,
        ...THING,
        ...grant(arnOf('Certificate')),
        ...attach('arn:aws:iot:eu-central-1:1:cert/2'),
      },
    },
  },
  passes: {
    'the same certificate': {
      resources: { ...CERTIFICATE, ...THING, ...grant(arnOf('Certificate')), ...attach(arnOf('Certificate')) },
    },
    'the same, referred to in another way': {
      resources: {
        ...CERTIFICATE,
        ...THING,
        ...grant(arnOf('Certificate')),
        ...attach({ 'Fn::Sub': 'arn:aws:iot:${AWS::Region}:${AWS::AccountId}:cert/${Certificate}' }),
      },
    },
    'the same from elsewhere': { resources: { ...THING, ...grant('arn:x:cert/1'), ...attach('arn:x:cert/1') } },
    'an identity of Cognito': { resources: grant('eu-central-1:4c5f8a2e-0000-4000-8000-000000000000') },
    'a claim certificate': {
      resources: {
        ...policy(allow(['iot:Publish', 'iot:Receive'], 'topic/$aws/certificates/create-from-csr/*')),
        ...iot('PolicyPrincipalAttachment', { PolicyName: ref('DevicePolicy'), Principal: 'arn:x:cert/1' }),
      },
    },
    'no grant': { resources: policy() },
  },
});

suite(ID3, {
  fails: {
    'two things': {
      resources: {
        ...attach('arn:x:cert/1', 'A', 'one', 'EXCLUSIVE_THING'),
        ...attach('arn:x:cert/1', 'B', 'two', 'EXCLUSIVE_THING'),
      },
      severity: 'error',
      says: /one of 2 things/,
    },
    'not exclusive': { resources: attach('arn:x:cert/1', 'A', 'one'), severity: 'warning' },
    'said to be not exclusive': {
      resources: attach('arn:x:cert/1', 'A', 'one', 'NON_EXCLUSIVE_THING'),
      severity: 'warning',
    },
    'not exclusive, strictly': { resources: attach('arn:x:cert/1', 'A', 'one'), profile: 'strict', severity: 'error' },
    'not known': { resources: attach('arn:x:cert/1', 'A', 'one', OPEN), unverified: true },
  },
  passes: {
    'one thing': { resources: attach('arn:x:cert/1', 'A', 'one', 'EXCLUSIVE_THING') },
    'two certificates of one thing': {
      resources: {
        ...attach('arn:x:cert/1', 'A', 'one', 'EXCLUSIVE_THING'),
        ...attach('arn:x:cert/2', 'B', 'one', 'EXCLUSIVE_THING'),
      },
    },
    references: {
      resources: { ...THING, ...CERTIFICATE, ...attach(arnOf('Certificate'), 'A', ref('Thing'), 'EXCLUSIVE_THING') },
    },
  },
});

suite(ID4, {
  fails: {
    'a bare thing': { resources: iot('Thing', { ThingName: 'x' }), says: /whose it is/ },
    'no attributes that this library gives': {
      resources: {
        ...iot('Thing', { ThingName: 'x' }, 'Thing'),
        ...one('Custom::IotDevice', { ServiceToken: 'arn:x', ThingName: ref('Thing') }),
      },
    },
    'no attributes': { resources: iot('Thing', { AttributePayload: { Attributes: {} } }) },
    'a bare group': { resources: iot('ThingGroup', { ThingGroupName: 'x' }), says: /neither/ },
    'no tags': { resources: iot('ThingGroup', { Tags: [] }) },
  },
  passes: {
    'attributes that this library gives': {
      resources: {
        ...iot('Thing', { ThingName: 'x' }, 'Thing'),
        ...one('Custom::IotDevice', { ServiceToken: 'arn:x', ThingName: ref('Thing'), Attributes: { site: '4' } }),
      },
    },
    attributes: { resources: iot('Thing', { AttributePayload: { Attributes: { owner: 'x' } } }) },
    'a description': {
      resources: iot('ThingGroup', { ThingGroupProperties: { ThingGroupDescription: 'Pumps of plant 4' } }),
    },
    tags: { resources: iot('ThingGroup', { Tags: [{ Key: 'owner', Value: 'x' }] }) },
    'attributes of a group': {
      resources: iot('ThingGroup', { ThingGroupProperties: { AttributePayload: { Attributes: { site: '4' } } } }),
    },
  },
});

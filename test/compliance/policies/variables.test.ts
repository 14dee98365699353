import { readDocument, SOME_WORLD } from '../../../lib/compliance/policies/document';
import { attributesOf, doubtfulVariables, usesClientId } from '../../../lib/compliance/policies/variables';

const statements = (Resource: string, rest: object = {}) =>
  readDocument({ Statement: [{ Effect: 'Allow', Action: 'iot:Publish', Resource, ...rest }] }, SOME_WORLD).statements;

test.each([
  'iot:ClientId',
  'IOT:CLIENTID',
  'iot:Connection.Thing.Attributes[a]',
  'iot:Certificate.Subject.CommonName',
  'iot:Certificate.Subject.CommonName.2',
  'iot:Certificate.Issuer.Country.List',
  'iot:Certificate.Subject.AlternativeName.DNSName',
  'iot:CertificateId',
  'aws:SourceIp',
  'cognito-identity.amazonaws.com:sub',
])('${%s} is documented', (name) => {
  expect(doubtfulVariables(statements(`topic/\${${name}}`))).toEqual([]);
});

test.each([
  'iot:Device',
  'iot:Connection.Thing.Name',
  'iot:Connection.Thing.Attributes[a',
  'iot:Certificate.Subject.Name',
  'iot:Certificate.Subject.CommonName.x',
  'iot:Certificate.CommonName',
  'aws:username',
])('${%s} is not', (name) => {
  expect(doubtfulVariables(statements(`topic/\${${name}}`))).toEqual([
    `it uses \${${name}}, which is not known as a variable of AWS IoT`,
  ]);
});

test('a value in place of none is in doubt', () => {
  expect(doubtfulVariables(statements("topic/${iot:ClientId, '*'}"))).toEqual([
    'what ${iot:ClientId} stands for without a value is not known of AWS IoT',
  ]);
});

test('conditions and NotResource count too', () => {
  const Condition = { StringEquals: { 'iot:ClientId': ['${iot:Nobody}'] } };
  expect(doubtfulVariables(statements('x', { Condition }))).toHaveLength(1);
  expect(doubtfulVariables(statements('x', { NotResource: '${iot:Nobody}' }))).toHaveLength(1);
});

test('attributes and the client id are found', () => {
  expect(attributesOf(statements('a/${iot:Connection.Thing.Attributes[site]}/${iot:ClientId}'))).toEqual(['site']);
  expect(usesClientId(statements('a/${IoT:clientid}'))).toBe(true);
  expect(usesClientId(statements('a/${iot:Connection.Thing.ThingName}/iot:ClientId'))).toBe(false);
});

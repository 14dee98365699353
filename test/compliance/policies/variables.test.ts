import { readDocument, SOME_WORLD } from '../../../lib/compliance/policies/document';
import {
  attributesOf,
  isNeverMatched,
  usesClientId,
  variableProblems,
} from '../../../lib/compliance/policies/variables';

const doubtfulVariables = (of: ReturnType<typeof statements>) => variableProblems(of).doubtful;
const mistakenVariables = (of: ReturnType<typeof statements>) => variableProblems(of).mistaken;
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
  expect(mistakenVariables(statements(`topic/\${${name}}`))).toEqual([]);
  expect(isNeverMatched(`topic/\${${name}}`)).toBe(false);
  expect(doubtfulVariables(statements(`topic/\${${name}}`))).toEqual([]);
});

const THING = ". Did you mean 'iot:Connection.Thing.ThingName'?";
test.each([
  ['iot:Device', ''],
  ['iot:Connection.Thing.Name', THING],
  ['iot:ThingName', THING],
  ['IOT:thingname', THING],
  ['credentials-iot:ThingName', THING],
  ['iot:Clientid2', ". Did you mean 'iot:ClientId'?"],
  ['iot:Connection.Thing.Attributes[a', ''],
  ['iot:Certificate.Subject.CommonName.x', ''],
])('${%s} is a mistake', (name, rest) => {
  const [first, ...others] = mistakenVariables(statements(`topic/\${${name}}/\${${name}}`));
  expect(first).toContain(`\${${name}} is no variable of AWS IoT, and nothing is put in its place`);
  if (rest !== '') expect(first?.endsWith(rest)).toBe(true);
  expect(others).toEqual([]);
  expect(doubtfulVariables(statements(`topic/\${${name}}`))).toEqual([]);
  expect(isNeverMatched(`topic/\${${name}}`)).toBe(true);
});

test.each(['aws:username', 'other'])('${%s} is not known', (name) => {
  expect(mistakenVariables(statements(`topic/\${${name}}`))).toEqual([]);
  expect(isNeverMatched(`topic/\${${name}}`)).toBe(true);
  expect(doubtfulVariables(statements(`topic/\${${name}}`))).toEqual([
    `it uses \${${name}}, which is not known as a variable of AWS IoT`,
  ]);
});

test.each(['topic/a', 'topic/${iot:ClientId}', 'topic/${iot:Thing.ThingName}', 'topic/${*}'])(
  '%s may match',
  (text) => {
    expect(isNeverMatched(text)).toBe(false);
    expect(mistakenVariables(statements(text))).toEqual([]);
  },
);

test('a value in place of none is in doubt', () => {
  expect(doubtfulVariables(statements("topic/${iot:ClientId, '*'}"))).toEqual([
    'what ${iot:ClientId} stands for without a value is not known of AWS IoT',
  ]);
});

test('conditions and NotResource count too', () => {
  const Condition = { StringEquals: { 'iot:ClientId': ['${iot:Nobody}'] } };
  expect(mistakenVariables(statements('x', { Condition }))).toHaveLength(1);
  expect(mistakenVariables(statements('x', { NotResource: '${iot:Nobody}' }))).toHaveLength(1);
  expect(doubtfulVariables(statements('x', { NotResource: '${aws:nobody}' }))).toHaveLength(1);
});

test('attributes and the client id are found', () => {
  expect(attributesOf(statements('a/${iot:Connection.Thing.Attributes[site]}/${iot:ClientId}'))).toEqual(['site']);
  expect(usesClientId(statements('a/${IoT:clientid}'))).toBe(true);
  expect(usesClientId(statements('a/${iot:Connection.Thing.ThingName}/iot:ClientId'))).toBe(false);
});

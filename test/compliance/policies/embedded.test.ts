import { embeddedPolicies } from '../../../lib/compliance/policies/embedded';
import { Hole, Text, type Value, type ValueMap } from '../../../lib/compliance/model/value';

const document = (Action: Value): ValueMap => ({ Statement: [{ Effect: 'Allow', Action, Resource: '*' }] });
const CONNECT = document('iot:Connect');
const found = (properties: ValueMap): string[] => embeddedPolicies(properties).map(({ location }) => location);

test.each<[string, ValueMap, string[]]>([
  ['a document', { A: CONNECT }, ['Properties/A']],
  ['one among others', { A: [1, { B: CONNECT }] }, ['Properties/A/1/B']],
  ['a statement that is no list', { A: { Statement: { Action: ['iot:connect'] } } }, ['Properties/A']],
  ['text', { A: JSON.stringify(CONNECT) }, ['Properties/A']],
  ['indented text', { A: ` ${JSON.stringify(CONNECT)}` }, ['Properties/A']],
  ['text in text', { A: JSON.stringify({ B: JSON.stringify(CONNECT) }) }, ['Properties/A/B']],
  ['every action', { A: document('iot:*') }, ['Properties/A']],
  ['an action that begins so', { A: document('iot:Con*') }, ['Properties/A']],
  ['rights in AWS', { A: document('iot:Publish') }, []],
  ['rights in another service', { A: document('s3:*') }, []],
  ['an action that only ends so', { A: document('xiot:Connect') }, []],
  ['an action that only begins so', { A: document('iot:ConnectX') }, []],
  ['text that is no JSON', { A: '{ Statement' }, []],
  ['text about something else', { A: '{"a":1}' }, []],
  ['a list in text', { A: JSON.stringify([CONNECT]) }, []],
  ['what is too long', { A: JSON.stringify({ ...CONNECT, Id: 'x'.repeat(70_000) }) }, []],
])('%s', (_name, properties, expected) => {
  expect(found(properties)).toEqual(expected);
});

test.each<[string, string, string, number]>([
  ['CDK', 'Iot', 'createPolicy', 1],
  ['the package of the SDK', '@aws-sdk/client-iot', 'CreatePolicyCommand', 1],
  ['a further version', 'IoT', 'createPolicyVersion', 1],
  ['another call', 'Iot', 'attachPolicy', 0],
  ['another service', 'IAM', 'createPolicy', 0],
])('a call as %s writes it', (_name, service, action, count) => {
  const policyDocument = JSON.stringify(document('iot:Publish'));
  expect(found({ Create: JSON.stringify({ service, action, parameters: { policyDocument } }) })).toHaveLength(count);
});

test.each<[string, string, Value, number]>([
  ['a type that makes policies for devices', 'Custom::IotPolicy', ['iot:Publish', 'iotjobsdata:*'], 1],
  ['one of another spelling', 'Custom::AwsIOTDevicePolicies', 'iot:Receive', 1],
  ['everything', 'Custom::IoT-Policy-IotPolicy', '*', 1],
  ['rights of its own function', 'Custom::IotPolicy', ['iot:CreatePolicy', 'logs:PutLogEvents'], 0],
  ['rights in AWS beside one to connect', 'Custom::IotPolicy', ['iot:Connect', 'logs:PutLogEvents'], 1],
  ['another type', 'Custom::Policy', 'iot:Publish', 0],
])('%s', (_name, type, actions, count) => {
  expect(embeddedPolicies({ A: document(actions) }, type)).toHaveLength(count);
});

test('holes stay where they are', () => {
  const hole = new Hole('pseudo', 'AWS::Region', false);
  const [before = '', after = ''] = JSON.stringify(document('iot:Connect')).split('*');
  const [policy] = embeddedPolicies({ A: Text.of([before, hole, after]) });
  expect(policy?.document).toEqual({ Statement: [{ Effect: 'Allow', Action: 'iot:Connect', Resource: hole }] });
});

test('what begins with a hole is not read', () => {
  expect(found({ A: Text.of([new Hole('pseudo', 'x', false), '{"Statement":1}']) })).toEqual([]);
});

test('depth ends somewhere', () => {
  const deep = (levels: number): ValueMap => (levels === 0 ? CONNECT : { A: deep(levels - 1) });
  expect(found(deep(15))).toHaveLength(1);
  expect(found(deep(100))).toEqual([]);
});

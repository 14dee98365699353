import { clientPatterns, disguisesOf, isOnClientId } from '../../../lib/compliance/policies/client-ids';
import type { PolicyCondition, PolicyStatement } from '../../../lib/compliance/policies/document';

type Condition = readonly [operator: string, key: string, ...values: string[]];
const allowing = (...conditions: Condition[]): PolicyStatement => ({
  index: 0,
  denies: false,
  actions: ['iot:Connect'],
  notActions: [],
  resources: ['*'],
  notResources: [],
  conditions: conditions.map(([operator, key, ...values]): PolicyCondition => ({ operator, key, values })),
});
const NAME = 'iot:Connection.Thing.ThingName';
const ID = '${iot:ClientId}';

test.each([
  ['iot:ClientId', true],
  ['IOT:clientid', true],
  ['iot:ClientIds', false],
  [NAME, false],
])('%s is on the client id: %s', (key, expected) => {
  expect(isOnClientId(key)).toBe(expected);
});

test.each<[string, string[], ...Condition[]]>([
  ['its patterns, not its names', ['pump-*', 'p?'], ['StringLike', 'iot:ClientId', 'pump-*', 'pump', 'p?']],
  ['in any case', ['pump-*'], ['STRINGLIKE', 'IOT:CLIENTID', 'pump-*']],
  ['an operator of a set', ['pump-*'], ['ForAnyValue:StringLikeIfExists', 'iot:ClientId', 'pump-*']],
  ['of all conditions', ['a*', 'b*'], ['StringLike', 'iot:ClientId', 'a*'], ['StringLike', 'iot:ClientId', 'b*']],
  ['none where it is compared to the letter', [], ['StringEquals', 'iot:ClientId', 'pump-*']],
  ['none of another key', [], ['StringLike', NAME, 'pump-*']],
  ['none where nothing is asked', []],
])('patterns of the client id: %s', (_, expected, ...conditions) => {
  expect(clientPatterns(allowing(...conditions))).toEqual(expected);
});

const DEVICES = { a: 'pump-a', b: 'pump-b', longer: 'pump-a0' };
const TYPE = 'iot:Connection.Thing.ThingTypeName';

test.each<[string, string[], ...Condition[]]>([
  ['the client id begins the name', ['pump-bx as pump-b'], ['StringLike', NAME, `${ID}*`]],
  ['it ends the name', ['xpump-b as pump-b'], ['StringLike', NAME, `?${ID}`]],
  ['in any case', ['pump-bx as pump-b'], ['stringlike', NAME, '${IOT:CLIENTID}*']],
  ['with text of its own', ['a-pump-b-x as pump-b'], ['StringLike', NAME, `a-${ID}-*`]],
  ['beside others', ['pump-bx as pump-b'], ['StringEquals', TYPE, 'x'], ['StringLike', NAME, 'pump', `${ID}*`]],
  ['beside others that come later', ['pump-bx as pump-b'], ['StringLike', NAME, `${ID}*`], ['Bool', TYPE, 'true']],
  ['other letters', ['pump-a as PUMP-A'], ['StringEqualsIgnoreCase', NAME, ID]],
  ['other letters of nothing', [], ['StringEqualsIgnoreCase', NAME, 'pump']],
  ['common to all', ['pump-a as shared', 'pump-a as hared', 'pump-a as share'], ['StringEquals', TYPE, ID]],
  ['common to all, without the client id', [], ['StringLike', TYPE, '*']],
  ['of a user', ['pump-bx as pump-b'], ['StringLike', 'Cognito-identity.amazonaws.com:sub', `${ID}*`]],
  ['it is the name', [], ['StringLike', NAME, ID]],
  ['compared to the letter', [], ['StringEquals', NAME, `${ID}*`]],
  ['the client id is what is compared', [], ['StringLike', 'iot:ClientId', `${ID}*`]],
  ['another variable', [], ['StringLike', NAME, '${iot:Certificate.Subject.CommonName}*']],
  ['no variable', [], ['StringLike', NAME, 'iot:clientid*']],
  ['nothing is asked', []],
])('who gets in by a part of what it has: %s', (_, expected, ...conditions) => {
  const found = disguisesOf(allowing(...conditions), DEVICES);
  expect(found.map(({ devices, clientId }) => `${devices.a} as ${clientId}`)).toEqual(expected);
  for (const { devices } of found) expect(devices).toEqual({ ...DEVICES, a: devices.a, longer: `${devices.a}0` });
});

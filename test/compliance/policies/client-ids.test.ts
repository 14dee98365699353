import { asksForPartOfName, clientPatterns, isOnClientId } from '../../../lib/compliance/policies/client-ids';
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

test.each<[string, boolean, ...Condition[]]>([
  ['the client id begins the name', true, ['StringLike', NAME, `${ID}*`]],
  ['it ends the name', true, ['StringLike', NAME, `?${ID}`]],
  ['in any case', true, ['stringlike', NAME, '${IOT:CLIENTID}*']],
  ['beside others', true, ['StringEquals', 'iot:DomainName', 'x'], ['StringLike', NAME, 'pump', `${ID}*`]],
  ['beside others that come later', true, ['StringLike', NAME, `${ID}*`], ['Bool', `${NAME}.IsAttached`, 'true']],
  ['it is the name', false, ['StringLike', NAME, ID]],
  ['compared to the letter', false, ['StringEquals', NAME, `${ID}*`]],
  ['the client id is what is compared', false, ['StringLike', 'iot:ClientId', `${ID}*`]],
  ['another variable', false, ['StringLike', NAME, '${iot:Certificate.Subject.CommonName}*']],
  ['no variable', false, ['StringLike', NAME, 'iot:clientid*']],
  ['nothing is asked', false],
])('whether a part of the name will do: %s', (_, expected, ...conditions) => {
  expect(asksForPartOfName(allowing(...conditions))).toBe(expected);
});

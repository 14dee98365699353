import { Model } from '../../../lib/compliance/model/model';

/** Whether a resource is created, and which branch is taken, as CloudFormation works out conditions. */
const TRUE = { 'Fn::Equals': ['a', 'a'] };
const FALSE = { 'Fn::Equals': ['a', 'b'] };

function created(It: unknown, Condition: unknown = 'It'): string {
  const body = { Conditions: { It, Other: TRUE }, Resources: { R: { Type: 'X', Condition } } };
  return new Model([{ path: 't.json', body }]).resources[0]!.exists;
}

const nots = (depth: number): unknown => (depth === 0 ? TRUE : { 'Fn::Not': [nots(depth - 1)] });

test.each<[string, unknown, string]>([
  ['a comparison that holds', TRUE, 'always'],
  ['a comparison that does not', FALSE, 'never'],
  ['a comparison of a number', { 'Fn::Equals': [1, '1'] }, 'always'],
  ['a comparison with what is only known later', { 'Fn::Equals': ['a', { Ref: 'AWS::Region' }] }, 'sometimes'],
  ['a comparison of what is only known later', { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'a'] }, 'sometimes'],
  ['a comparison of a list', { 'Fn::Equals': [['a'], 'a'] }, 'sometimes'],
  ['a comparison with a list', { 'Fn::Equals': ['a', ['a']] }, 'sometimes'],
  ['a comparison of lists', { 'Fn::Equals': [['a'], ['b']] }, 'sometimes'],
  ['a comparison of one', { 'Fn::Equals': ['a'] }, 'sometimes'],
  ['a comparison of three', { 'Fn::Equals': ['a', 'a', 'a'] }, 'sometimes'],
  ['the opposite of what does not hold', { 'Fn::Not': [FALSE] }, 'always'],
  ['the opposite of what holds', { 'Fn::Not': [TRUE] }, 'never'],
  ['the opposite of nothing', { 'Fn::Not': [] }, 'sometimes'],
  ['the opposite of two', { 'Fn::Not': [FALSE, FALSE] }, 'sometimes'],
  ['all that hold', { 'Fn::And': [TRUE, TRUE] }, 'always'],
  ['all where one does not', { 'Fn::And': [TRUE, FALSE] }, 'never'],
  ['all of none', { 'Fn::And': [] }, 'sometimes'],
  ['any where one holds', { 'Fn::Or': [FALSE, TRUE] }, 'always'],
  ['any where none holds', { 'Fn::Or': [FALSE, FALSE] }, 'never'],
  ['any of none', { 'Fn::Or': [] }, 'sometimes'],
  ['any of what is no list', { 'Fn::Or': TRUE }, 'sometimes'],
  ['the opposite of what is no list', { 'Fn::Not': TRUE }, 'sometimes'],
  ['another condition', { Condition: 'Other' }, 'always'],
  ['a condition that is not there', { Condition: 'Nope' }, 'sometimes'],
  ['a condition without a name', { Condition: ['Other'] }, 'sometimes'],
  ['the opposite of another', { 'Fn::Not': [{ Condition: 'Other' }] }, 'never'],
  ['a function of one that is not known', { 'Fn::Any': [TRUE] }, 'sometimes'],
  ['a function of two that is not known', { 'Fn::Any': ['a', 'a'] }, 'sometimes'],
  ['a function of a name that is not known', { 'Fn::Any': 'Other' }, 'sometimes'],
  ['nothing', {}, 'sometimes'],
  ['text', 'Other', 'sometimes'],
  ['a list', [TRUE], 'sometimes'],
  ['forty opposites', nots(40), 'always'],
  ['forty-one opposites', nots(41), 'never'],
  ['more opposites than any template has', nots(60), 'sometimes'],
])('a resource under %s', (_name, condition, expected) => expect(created(condition)).toBe(expected));

test.each<[string, unknown, string]>([
  ['no condition', undefined, 'always'],
  ['a condition that is not there', 'Nope', 'sometimes'],
  ['what is no name', ['Other'], 'sometimes'],
  ['a condition that holds', 'Other', 'always'],
])('a resource with %s', (_name, condition, expected) => {
  const body = { Conditions: { Other: TRUE }, Resources: { R: { Type: 'X', Condition: condition } } };
  expect(new Model([{ path: 't.json', body }]).ofType('X')[0]!.exists).toBe(expected);
});

test.each([
  [30, 'always'],
  [60, 'sometimes'],
])('%i conditions of which each is the next', (count, expected) => {
  const chain = Array.from({ length: count }, (_, at) => [`C${at}`, { Condition: `C${at + 1}` }]);
  const Conditions = Object.fromEntries([...chain, [`C${count}`, TRUE]]) as object;
  const body = { Conditions, Resources: { R: { Type: 'X', Condition: 'C0' } } };
  expect(new Model([{ path: 't.json', body }]).ofType('X')[0]!.exists).toBe(expected);
});

test.each<[string, unknown, unknown]>([
  ['that holds', ['Holds', 'a', 'b'], 'a'],
  ['that does not', ['Fails', 'a', 'b'], 'b'],
  ['with one', ['Holds', 'a'], '‹Fn::If›'],
  ['with three', ['Holds', 'a', 'b', 'c'], '‹Fn::If›'],
  ['without a name', [7, 'a', 'b'], '‹Fn::If›'],
  ['that is no list', 'Holds', '‹Fn::If›'],
])('a branch %s', (_name, argument, expected) => {
  const Resources = { R: { Type: 'X', Properties: { P: { 'Fn::If': argument } } } };
  const body = { Conditions: { Holds: TRUE, Fails: FALSE }, Resources };
  const { variants } = new Model([{ path: 't.json', body }]).ofType('X')[0]!;
  expect(variants.map(({ value }) => String(value.P))).toEqual([expected]);
});

test('a condition on a parameter of which nothing is known: both branches', () => {
  const body = {
    Parameters: { Stage: { Type: 'String' } },
    Conditions: { It: { 'Fn::Equals': [{ Ref: 'Stage' }, 'prod'] } },
    Resources: { R: { Type: 'X', Properties: { P: { 'Fn::If': ['It', 1, 2] } } } },
  };
  expect(new Model([{ path: 't.json', body }]).ofType('X')[0]!.variants).toEqual([
    { when: ['It is true'], value: { P: 1 } },
    { when: ['It is false'], value: { P: 2 } },
  ]);
});

test('a condition with more combinations than are looked at: perhaps', () => {
  const Parameters = Object.fromEntries([1, 2, 3, 4, 5, 6, 7].map((n) => [`P${n}`, { Type: 'String' }]));
  const all = Object.keys(Parameters).map((name) => ({ 'Fn::Equals': [{ Ref: name }, 'yes'] }));
  const body = {
    Parameters,
    Conditions: { It: { 'Fn::And': [{ 'Fn::Or': all }, { 'Fn::Not': [all[6]] }, { 'Fn::Not': [all[0]] }] } },
    Resources: { R: { Type: 'X', Condition: 'It' } },
  };
  expect(new Model([{ path: 't.json', body }]).resources[0]!.exists).toBe('sometimes');
});

test('what stands under a condition that is always false is not judged', () => {
  const body = {
    Conditions: { FALSE, TRUE },
    Resources: { A: { Type: 'X', Condition: 'FALSE' }, B: { Type: 'X', Condition: 'TRUE' } },
  };
  expect(new Model([{ path: 't.json', body }]).ofType('X').map(({ logicalId }) => logicalId)).toEqual(['B']);
});

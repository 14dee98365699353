import fc from 'fast-check';
import { readDocument, render, SOME_WORLD } from '../../../lib/compliance/policies/document';
import { Hole, Text, type Value } from '../../../lib/compliance/model/value';

const WORLD = { partition: 'aws-cn', region: 'cn-north-1', account: '123456789012' };
const pseudo = (label: string): Hole => new Hole('pseudo', label, false);
const open = (label: string, isPlain = false): Hole =>
  new Hole('parameter', label, true, undefined, undefined, isPlain);
const one = (statement: Value) => readDocument({ Statement: [statement] }, WORLD);

test('scalars become lists, conditions triples', () => {
  const Condition = { StringEquals: { a: 'x', b: ['y', 'z'] }, Bool: { c: true } };
  const { statements, unknown } = one({ Effect: 'Deny', Action: 'iot:Publish', Resource: ['r', 's'], Condition });
  expect(statements).toEqual([
    {
      index: 0,
      denies: true,
      actions: ['iot:Publish'],
      notActions: [],
      resources: ['r', 's'],
      notResources: [],
      conditions: [
        { operator: 'StringEquals', key: 'a', values: ['x'] },
        { operator: 'StringEquals', key: 'b', values: ['y', 'z'] },
        { operator: 'Bool', key: 'c', values: ['true'] },
      ],
    },
  ]);
  expect(unknown).toEqual([]);
});

test.each<[string, Value, string[]]>([
  ['no document', 'x', ['the document is not a JSON object']],
  ['no statements', {}, ['it has no statements']],
  ['an empty list', { Statement: [] }, ['it has no statements']],
  ['a statement that is text', { Statement: ['x'] }, ['Statement[0] is not an object']],
  ['no effect', { Statement: [{ Action: 'a', Resource: 'b' }] }, ['Statement[0] has no known effect']],
  ['a small letter', { Statement: [{ Effect: 'allow' }] }, ['Statement[0] has no known effect']],
  ['an action that is a map', { Statement: [{ Effect: 'Allow', Action: {} }] }, ['Statement[0].Action is not text']],
  [
    'a condition that is text',
    { Statement: [{ Effect: 'Deny', Condition: 'x' }] },
    ['Statement[0].Condition is not an object'],
  ],
  [
    'an operator that is text',
    { Statement: [{ Effect: 'Deny', Condition: { Bool: 'x' } }] },
    ['Statement[0].Condition.Bool is not an object'],
  ],
  ['an open resource', { Statement: [{ Effect: 'Deny', Resource: open('P') }] }, ['it depends on ‹P›']],
  ['a plain resource', { Statement: [{ Effect: 'Deny', Resource: open('P', true) }] }, []],
  ['a plain action', { Statement: [{ Effect: 'Deny', Action: open('P', true) }] }, ['it depends on ‹P›']],
  ['a plain action left out', { Statement: [{ Effect: 'Deny', NotAction: open('P', true) }] }, ['it depends on ‹P›']],
  ['the same twice', { Statement: [{ Effect: 'Deny', Resource: [open('P'), open('P')] }] }, ['it depends on ‹P›']],
  [
    'a variable without a version',
    { Statement: [{ Effect: 'Deny', Resource: 'a/${iot:ClientId}' }] },
    ['its Version is not 2012-10-17, with which alone ${...} is known to be a variable'],
  ],
  [
    'a variable in a resource left out, in the older version',
    { Version: '2008-10-17', Statement: [{ Effect: 'Deny', NotResource: ['a', 'a/${iot:ClientId}'] }] },
    ['its Version is not 2012-10-17, with which alone ${...} is known to be a variable'],
  ],
  [
    'a variable in a condition, in a version that is not known',
    {
      Version: open('V'),
      Statement: [{ Effect: 'Deny', Condition: { StringEquals: { a: ['b', '${iot:ClientId}'] } } }],
    },
    ['it depends on ‹V›', 'its Version is not 2012-10-17, with which alone ${...} is known to be a variable'],
  ],
  [
    'a variable in this version',
    { Version: '2012-10-17', Statement: [{ Effect: 'Deny', Resource: '${iot:ClientId}' }] },
    [],
  ],
  ['no variable in the older version', { Version: '2008-10-17', Statement: [{ Effect: 'Deny', Resource: '$a' }] }, []],
])('%s: says what is not known', (_name, document, expected) => {
  expect(readDocument(document, WORLD).unknown).toEqual(expected);
});

test('what is not an object is left out, and the rest is read', () => {
  const { statements } = readDocument(
    { Statement: ['x', { Effect: 'Allow', Action: [{}, 'a'], Condition: 'x' }] },
    WORLD,
  );
  expect(statements.map(({ index, actions, conditions }) => [index, actions, conditions])).toEqual([[1, ['a'], []]]);
  expect(one({ Effect: 'Allow', Condition: { A: 'x', B: { c: [{}, 'd'] } } }).statements[0]?.conditions).toEqual([
    { operator: 'B', key: 'c', values: ['d'] },
  ]);
  expect(readDocument('x', WORLD)).toMatchObject({ statements: [], characters: 0 });
});

test('pseudo parameters take the values of a world, others a name that matches nothing', () => {
  const text = Text.of([
    'a:',
    pseudo('AWS::Partition'),
    ':',
    pseudo('AWS::Region'),
    ':',
    pseudo('AWS::AccountId'),
    ':',
    new Hole('resource', 'Ref:X', false, undefined, 'called'),
    ':',
    pseudo('AWS::StackName*/$'),
  ]);
  expect(render(text as Text, WORLD)).toBe('a:aws-cn:cn-north-1:123456789012:called:<AWS.StackName.>');
  expect(render({}, WORLD)).toBeUndefined();
  expect(render(5, WORLD)).toBe('5');
});

test.each<Value>([
  {},
  { a: 1 },
  { a: 1, bc: [] },
  { a: ['x', 'y', 'z'] },
  { a: 'x"y' },
  { a: true, b: { c: [1, [2]] } },
])('counts %j as JSON', (document) => {
  expect(readDocument(document, WORLD).characters).toBe(JSON.stringify(document).length);
});

test('counts any text as JSON without white space', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom(...'a"\\[]!# \n\u007f\ud800é') }),
  );
  fc.assert(
    fc.property(text, (value) => {
      const length = JSON.stringify({ value }).replace(/\s/g, '').length;
      expect(readDocument({ value }, WORLD).characters).toBe(length);
    }),
  );
});

test('counts no white space', () => {
  expect(readDocument({ 'a b': ' x y ' }, WORLD).characters).toBe('{"ab":"xy"}'.length);
});

test('counts what CloudFormation fills in at its longest, or at least as one', () => {
  const size = (hole: Hole): number => readDocument({ a: Text.of(['xy', hole]) as Text }, WORLD).characters;
  const rest = '{"a":"xy"}'.length;
  expect(size(pseudo('AWS::Partition')) - rest).toBe(10);
  expect(size(pseudo('AWS::Region')) - rest).toBe(15);
  expect(size(pseudo('AWS::AccountId')) - rest).toBe(12);
  expect(size(new Hole('resource', 'Ref:X', false, undefined, 'called')) - rest).toBe(6);
  expect(size(open('P')) - rest).toBe(1);
});

test('some world is one that exists', () => {
  expect(SOME_WORLD).toEqual({ partition: 'aws', region: 'us-east-1', account: '111122223333' });
});

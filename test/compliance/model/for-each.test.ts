import { unrollLoops } from '../../../lib/compliance/model/for-each';
import { judge } from '../support/suite';
import { CONNECT, ARN } from '../support/policies';

const loop = (collection: unknown, template: unknown): object => ({
  'Fn::ForEach::Fleet': ['Name', collection, template],
});
const POLICY = {
  'Policy&{Name}': {
    Type: 'AWS::IoT::Policy',
    Properties: {
      PolicyName: { Ref: 'Name' },
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [CONNECT, { Effect: 'Allow', Action: 'iot:Publish', Resource: `${ARN}topic/\${Name}/*` }],
      },
    },
  },
};

test('a template without loops stays the same', () => {
  const body = { Resources: { A: { Type: 'X', Properties: { P: ['${Name}', { Ref: 'Name' }] } } } };
  expect(unrollLoops(body)).toEqual({ body, problems: [] });
  expect(unrollLoops(body).body).toBe(body);
});

test('a loop over a list, in keys, texts and references', () => {
  const { body, problems } = unrollLoops({ Resources: loop(['dt-1', 'dt-2'], POLICY) });
  expect(problems).toEqual([]);
  expect(Object.keys(body.Resources as object)).toEqual(['Policydt1', 'Policydt2']);
  expect(body).toMatchObject({
    Resources: {
      Policydt2: {
        Properties: { PolicyName: 'dt-2', PolicyDocument: { Statement: [{}, { Resource: `${ARN}topic/dt-2/*` }] } },
      },
    },
  });
});

test('a loop inside of a loop, and inside of a resource', () => {
  const inner = { 'Fn::ForEach::Inner': ['Other', ['x', 'y'], { '${Name}${Other}': { Ref: 'Other' } }] };
  const { body } = unrollLoops({ Resources: loop(['a', 'b'], { 'R${Name}': { Type: 'X', Properties: inner } }) });
  expect(body.Resources).toEqual({
    Ra: { Type: 'X', Properties: { ax: 'x', ay: 'y' } },
    Rb: { Type: 'X', Properties: { bx: 'x', by: 'y' } },
  });
});

test('a loop over a parameter is looked at with its default, and said so', () => {
  const body = {
    Parameters: { Names: { Type: 'CommaDelimitedList', Default: 'a, b' } },
    Resources: loop({ Ref: 'Names' }, POLICY),
  };
  const unrolled = unrollLoops(body);
  expect(Object.keys(unrolled.body.Resources as object)).toEqual(['Policya', 'Policyb']);
  expect(unrolled.problems).toEqual(['a loop over the parameter Names is looked at with its default alone']);
});

const MAPPINGS = {
  Fleet: { dev: { Names: ['a'], Odd: [1] }, prod: { Names: ['a', 'b'], Odd: ['c'] } },
};
const EACH_ROW = ['a loop over the map Fleet is looked at with the items of each row that may be meant'];

test.each<[string, unknown[], string[], string[]]>([
  ['whose keys are known', ['Fleet', 'dev', 'Names'], ['a'], []],
  ['whose row is a parameter', ['Fleet', { Ref: 'Stage' }, 'Names'], ['a', 'b'], EACH_ROW],
  ['whose column is a parameter', ['Fleet', 'dev', { Ref: 'Stage' }], [], []],
  ['that has no such row, with a default', ['Fleet', 'x', 'Names', { DefaultValue: ['z'] }], ['z'], []],
  ['that is not there, with a default', ['X', { Ref: 'Stage' }, 'Names', { DefaultValue: ['z'] }], ['z'], EACH_ROW],
])('a loop over a map %s', (_what, argument, names, problems) => {
  const { body, problems: found } = unrollLoops({
    Mappings: MAPPINGS,
    Resources: loop({ 'Fn::FindInMap': argument }, POLICY),
  });
  const kept = names.length === 0 ? ['Fn::ForEach::Fleet'] : names.map((name) => `Policy${name}`);
  expect(Object.keys(body.Resources as object)).toEqual(kept);
  expect(found).toEqual(problems.map((problem) => problem.replace('Fleet', String(argument[0]))));
});

test('a loop over the map that an outer loop names', () => {
  const inner = {
    'Fn::ForEach::Inner': ['One', { 'Fn::FindInMap': ['Fleet', { Ref: 'Stage' }, 'Names'] }, { '${One}': 1 }],
  };
  const outer = { 'Fn::ForEach::Outer': ['Stage', ['dev', 'prod'], { 'R${Stage}': { Type: 'X', Properties: inner } }] };
  const { body, problems } = unrollLoops({ Mappings: MAPPINGS, Resources: outer });
  expect([body.Resources, problems]).toEqual([
    { Rdev: { Type: 'X', Properties: { a: 1 } }, Rprod: { Type: 'X', Properties: { a: 1, b: 1 } } },
    [],
  ]);
});

test.each<[string, unknown]>([
  ['a parameter without default', { Ref: 'Names' }],
  ['what another stack exports', { 'Fn::ImportValue': 'x' }],
  ['a parameter without a name', { Ref: ['Names'] }],
  ['a parameter that is not there', { Ref: 'Others' }],
  ['numbers', [1, 2]],
  ['a name and a number', ['a', 2]],
  ['a map without a row', { 'Fn::FindInMap': ['Fleet'] }],
  ['a map that is no list', { 'Fn::FindInMap': 'Fleet' }],
  ['a map that is not there', { 'Fn::FindInMap': ['X', 'dev', 'Names'] }],
  ['a row that is not there', { 'Fn::FindInMap': ['Fleet', 'toString', 'Names'] }],
  ['a map whose name is not known', { 'Fn::FindInMap': [{ Ref: 'Names' }, 'dev', 'Names'] }],
  ['two keys of three', { 'Fn::FindInMap': ['Fleet', 'dev'] }],
  ['numbers in a map', { 'Fn::FindInMap': ['Fleet', 'dev', 'Odd'] }],
  ['rows of which one has numbers', { 'Fn::FindInMap': ['Fleet', { Ref: 'AWS::Region' }, 'Odd'] }],
  ['a text in a map', { 'Fn::FindInMap': ['Fleet', 'x', 'y', { DefaultValue: 'z' }] }],
  ['nothing', undefined],
])('a loop over %s is not verified', (_what, collection) => {
  const body = {
    Parameters: { Names: { Type: 'CommaDelimitedList' } },
    Mappings: MAPPINGS,
    Resources: { ...loop(collection, POLICY), A: { Type: 'X' } },
  };
  const { findings } = judge([{ path: 't.json', body }], undefined);
  expect(findings.map(({ ruleId, message }) => `${ruleId} ${message}`)).toEqual([
    'ZTI-GEN1 is written by a macro at deployment',
  ]);
});

test('what a loop makes is judged', () => {
  const body = { Transform: 'AWS::LanguageExtensions', Resources: loop(['dt'], POLICY) };
  expect(
    judge([{ path: 't.json', body }], undefined).findings.map(({ ruleId, logicalId }) => [ruleId, logicalId]),
  ).toEqual([['ZTI-POL3', 'Policydt']]);
});

test('loops that multiply end', () => {
  const many = Array.from({ length: 200 }, (_, i) => `n${i}`);
  const deep = (depth: number): object => ({
    [`Fn::ForEach::L${depth}`]: [
      `N${depth}`,
      many,
      depth === 0 ? { 'R${N0}${N1}${N2}': { Type: 'X' } } : deep(depth - 1),
    ],
  });
  const { problems } = unrollLoops({ Resources: deep(2) });
  expect(problems.join()).toContain('more than 10000 copies');
});

test.each<[string, unknown]>([
  ['no list', 'Name'],
  ['a name that is none', [1, ['a'], POLICY]],
  ['nothing to write', ['Name', ['a'], 'text']],
])('a loop with %s stays as it is', (_what, written) => {
  const Resources = { 'Fn::ForEach::Fleet': written };
  expect(unrollLoops({ Resources }).body).toEqual({ Resources });
});

test('a reference beside something else is none', () => {
  const { body } = unrollLoops({ Resources: loop(['a'], { 'R${Name}': { Ref: 'Name', Other: { Ref: 'Name' } } }) });
  expect(body.Resources).toEqual({ Ra: { Ref: 'Name', Other: 'a' } });
});

test('as many copies as are looked at, and one more', () => {
  const names = (count: number) => Array.from({ length: count }, (_, i) => `n${i}`);
  const made = (count: number) => unrollLoops({ Resources: loop(names(count), { 'R${Name}': 1 }) });
  expect(made(10_000).problems).toEqual([]);
  expect(Object.keys(made(10_000).body.Resources as object)).toHaveLength(10_000);
  expect(made(10_001).problems).toEqual(['Fn::ForEach::Fleet makes more than 10000 copies']);
});

test('what is very deep inside of a loop is not filled in', () => {
  const deep = (levels: number): unknown => (levels === 0 ? '${Name}' : [deep(levels - 1)]);
  const lists = (levels: number, wrap: unknown): unknown => (levels === 0 ? wrap : { a: lists(levels - 1, wrap) });
  for (const make of [deep, (levels: number) => lists(levels, '${Name}')]) {
    const written = (levels: number) =>
      JSON.stringify(unrollLoops({ Resources: loop(['x'], { R: make(levels) }) }).body);
    expect(written(150)).toContain('"x"');
    expect(written(250)).toContain('${Name}');
  }
});

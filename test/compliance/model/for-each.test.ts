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

test.each<[string, unknown]>([
  ['a parameter without default', { Ref: 'Names' }],
  ['what another stack exports', { 'Fn::ImportValue': 'x' }],
  ['numbers', [1, 2]],
  ['nothing', undefined],
])('a loop over %s is not verified', (_what, collection) => {
  const body = {
    Parameters: { Names: { Type: 'CommaDelimitedList' } },
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

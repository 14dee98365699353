import { deploymentOrder } from '../../../rehearsal/assembly/order';
import { Resolver } from '../../../rehearsal/assembly/resolve';
import type { RawTemplate } from '../../../rehearsal/assembly/template';

function resolverOf(template: Partial<RawTemplate> = {}, parameters: Record<string, unknown> = {}): Resolver {
  return new Resolver({
    where: 'Stack',
    template: { Resources: { Queue: { Type: 'AWS::SQS::Queue' } }, ...template },
    pseudo: { 'AWS::Region': 'eu-west-1', 'AWS::AccountId': '123456789012' },
    parameters,
    ref: (id) => `ref-${id}`,
    attribute: (id, name) => `${id}.${name}`,
    exported: (name) => `export-${name}`,
    outside: (service, name) => (service === 'ssm' && name === '/known' ? 'stored' : `${service} ${name}`),
  });
}

const CASES: readonly (readonly [unknown, unknown])[] = [
  [{ Ref: 'AWS::Region' }, 'eu-west-1'],
  [{ Ref: 'Queue' }, 'ref-Queue'],
  [{ 'Fn::GetAtt': ['Queue', 'Arn'] }, 'Queue.Arn'],
  [{ 'Fn::GetAtt': 'Queue.Nested.Arn' }, 'Queue.Nested.Arn'],
  [{ 'Fn::Join': ['-', ['a', { Ref: 'AWS::AccountId' }, 7]] }, 'a-123456789012-7'],
  [{ 'Fn::Sub': 'x-${AWS::Region}-${Queue}-${Queue.Arn}-${!Kept}' }, 'x-eu-west-1-ref-Queue-Queue.Arn-${Kept}'],
  [{ 'Fn::Sub': ['${Own}-${AWS::Region}', { Own: { Ref: 'Queue' } }] }, 'ref-Queue-eu-west-1'],
  [{ 'Fn::Select': [1, { 'Fn::Split': ['/', 'a/b/c'] }] }, 'b'],
  [{ 'Fn::Select': ['0', ['only']] }, 'only'],
  [{ 'Fn::FindInMap': ['Map', { Ref: 'AWS::Region' }, 'Value'] }, [1, 2]],
  [{ 'Fn::FindInMap': ['Map', 'nowhere', 'Value', { DefaultValue: 'd' }] }, 'd'],
  [{ 'Fn::If': ['Yes', 'then', 'else'] }, 'then'],
  [{ 'Fn::If': ['No', 'then', 'else'] }, 'else'],
  [{ a: { Ref: 'AWS::NoValue' }, b: 1 }, { b: 1 }],
  [['x', { 'Fn::If': ['No', 'y', { Ref: 'AWS::NoValue' }] }], ['x']],
  [{ Ref: 'AWS::NoValue' }, undefined],
  [{ 'Fn::ImportValue': { 'Fn::Join': ['', ['a', 'b']] } }, 'export-ab'],
  [{ 'Fn::Base64': 'hi' }, 'aGk='],
  [{ 'Fn::ToJsonString': { a: [{ Ref: 'Queue' }] } }, '{"a":["ref-Queue"]}'],
  [{ 'Fn::Length': [1, 2, 3] }, 3],
  [{ 'Fn::GetAZs': '' }, ['eu-west-1a', 'eu-west-1b', 'eu-west-1c']],
  ['{{resolve:ssm:/known}}/x', 'stored/x'],
  ['{{resolve:secretsmanager:x:SecretString:y}}', 'secretsmanager x:SecretString:y'],
  [
    { Condition: { StringEquals: 1 }, Other: 2 },
    { Condition: { StringEquals: 1 }, Other: 2 },
  ],
  [{ Ref: 'Parameter' }, 'given'],
  [null, null],
  [true, true],
];

const TEMPLATE: Partial<RawTemplate> = {
  Mappings: { Map: { 'eu-west-1': { Value: [1, 2] } } },
  Conditions: {
    Yes: { 'Fn::And': [{ 'Fn::Equals': ['a', 'a'] }, { 'Fn::Not': [{ Condition: 'No' }] }] },
    No: { 'Fn::Or': [{ 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'us-east-1'] }, { 'Fn::Equals': [1, 2] }] },
  },
};

test.each(CASES)('%j gives %j', (raw, expected) => {
  expect(resolverOf(TEMPLATE, { Parameter: 'given' }).resolve(raw)).toEqual(expected);
});

test.each([
  [{ Ref: 'Nothing' }, 'nothing to refer to under the name Nothing'],
  [{ 'Fn::Transform': {} }, 'the function Fn::Transform is not modelled'],
  [{ 'Fn::FindInMap': ['Map', 'a', 'b'] }, 'Fn::FindInMap finds nothing under Map.a.b'],
  [{ 'Fn::Select': [5, ['a']] }, 'finds no item 5 of 1'],
  [{ 'Fn::Join': ['-', 'text'] }, 'must be a list'],
  [{ 'Fn::Join': ['-', [{ a: 1 }]] }, 'must be a text'],
  [{ 'Fn::Join': ['-'] }, 'takes two arguments'],
  [{ 'Fn::If': ['Missing', 1, 2] }, 'there is no condition Missing'],
  [{ 'Fn::If': ['Missing'] }, 'takes a condition and two values'],
  [Array.from({ length: 300 }).reduce((inner) => [inner], 'x'), 'nested too deep'],
])('%j fails in one line', (raw, message) => {
  expect(() => resolverOf({}).resolve(raw)).toThrow(message);
});

describe('the order of a deployment', () => {
  const orderOf = (Resources: Record<string, object>) => deploymentOrder({ Resources } as unknown as RawTemplate);

  test('is that of the template, where nothing depends on another', () => {
    expect(orderOf({ B: { Type: 'T' }, A: { Type: 'T' } })).toEqual(['B', 'A']);
  });

  test('has what is referred to before what refers to it, in every way', () => {
    const order = orderOf({
      A: { Type: 'T', Properties: { x: { Ref: 'B' }, y: { 'Fn::Sub': 'z ${C.Arn} ${Own}' } } },
      B: { Type: 'T', DependsOn: 'D', Properties: { x: ['a', { 'Fn::GetAtt': ['C', 'Arn'] }] } },
      C: { Type: 'T', Properties: { x: { 'Fn::GetAtt': 'E.Arn' } } },
      D: { Type: 'T', DependsOn: ['E'] },
      E: { Type: 'T', Properties: { x: { 'Fn::Sub': ['${V}', { V: { Ref: 'F' } }] } } },
      F: { Type: 'T' },
    });
    expect(order).toEqual(['F', 'E', 'D', 'C', 'B', 'A']);
  });

  test('is refused where resources depend on each other', () => {
    expect(() => orderOf({ A: { Type: 'T', DependsOn: 'B' }, B: { Type: 'T', DependsOn: 'A' } })).toThrow(
      'A -> B -> A',
    );
  });
});

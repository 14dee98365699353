import { Model } from '../../../lib/compliance/model/model';
import { Hole, type Value } from '../../../lib/compliance/model/value';

/** What a reference comes to, and whether it may hold anything, a wildcard among it. */
function values(P: unknown, rest: object = {}, others: object = {}): (Value | undefined)[] {
  const body = { ...rest, Resources: { It: { Type: 'X', Properties: { P } }, ...others } };
  return new Model([{ path: 't.json', body }]).ofType('X')[0]!.variants.map(({ value }) => value.P);
}

const OTHERS = {
  Bucket: { Type: 'AWS::S3::Bucket' },
  Own: { Type: 'Custom::Thing' },
  Old: { Type: 'AWS::CloudFormation::CustomResource' },
  Text: { Type: 'AWS::SSM::Parameter' },
  Stack: { Type: 'AWS::CloudFormation::Stack' },
  Macro: { Type: 'AWS::CloudFormation::Macro' },
};

test.each<[unknown, string, boolean]>([
  [{ Ref: 7 }, 'Ref', true],
  [{ Ref: 'AWS::Region' }, 'AWS::Region', false],
  [{ Ref: 'Nope' }, 'Ref:Nope', true],
  [{ Ref: 'Bucket' }, 'Ref:Bucket', false],
  [{ Ref: 'Own' }, 'Ref:Own', true],
  [{ Ref: 'Old' }, 'Ref:Old', true],
  [{ Ref: 'Text' }, 'Ref:Text', false],
  [{ 'Fn::GetAtt': 'Bucket' }, 'Fn::GetAtt', true],
  [{ 'Fn::GetAtt': ['Bucket'] }, 'Fn::GetAtt', true],
  [{ 'Fn::GetAtt': [7, 'Arn'] }, 'Fn::GetAtt', true],
  [{ 'Fn::GetAtt': 7 }, 'Fn::GetAtt', true],
  [{ 'Fn::GetAtt': 'Bucket.Arn' }, 'GetAtt:Bucket.Arn', false],
  [{ 'Fn::GetAtt': ['Bucket', 'Arn'] }, 'GetAtt:Bucket.Arn', false],
  [{ 'Fn::GetAtt': ['Bucket', 'Website', 'Url'] }, 'GetAtt:Bucket.Website.Url', false],
  [{ 'Fn::GetAtt': '.Arn' }, 'GetAtt:.Arn', true],
  [{ 'Fn::GetAtt': ['Nope', 'Arn'] }, 'GetAtt:Nope.Arn', true],
  [{ 'Fn::GetAtt': ['Bucket', 'Outputs.Arn'] }, 'GetAtt:Bucket.Outputs.Arn', false],
  [{ 'Fn::GetAtt': ['Own', 'Value'] }, 'GetAtt:Own.Value', true],
  [{ 'Fn::GetAtt': ['Old', 'Value'] }, 'GetAtt:Old.Value', true],
  [{ 'Fn::GetAtt': ['Text', 'Value'] }, 'GetAtt:Text.Value', true],
  [{ 'Fn::GetAtt': ['Stack', 'Outputs.Nope'] }, 'GetAtt:Stack.Outputs.Nope', true],
  [{ 'Fn::GetAtt': ['Macro', 'Value'] }, 'GetAtt:Macro.Value', true],
  [{ 'Fn::ImportValue': 'nope' }, 'ImportValue:nope', true],
  [{ 'Fn::ImportValue': ['a'] }, 'ImportValue:', true],
])('%j is %s, and open: %p', (P, label, open) => {
  const [value] = values(P, {}, OTHERS);
  expect(value).toBeInstanceOf(Hole);
  expect(value).toMatchObject({ label, open });
});

test('a function may write the name of what is referred to', () => {
  expect(values({ Ref: { 'Fn::Sub': 'Bucket' } }, {}, OTHERS)).toMatchObject([{ label: 'Ref:Bucket' }]);
  expect(values({ 'Fn::GetAtt': [{ 'Fn::Join': ['', ['Buc', 'ket']] }, 'Arn'] }, {}, OTHERS)).toMatchObject([
    { label: 'GetAtt:Bucket.Arn' },
  ]);
  expect(values({ Ref: { Ref: 'Bucket' } }, {}, OTHERS)).toMatchObject([{ label: 'Ref', open: true }]);
});

test('the ending of the names of services is known, that of the partition is not', () => {
  const [ending] = values({ 'Fn::Sub': 'iot.${AWS::URLSuffix}' });
  const [partition] = values({ 'Fn::Sub': 'x.${AWS::Partition}' });
  expect([String(ending), String(partition)]).toEqual(['iot.amazonaws.com', 'x.‹AWS::Partition›']);
});

test('what is imported is the output of the other template', () => {
  const importing = { Type: 'X', Properties: { P: { 'Fn::ImportValue': { 'Fn::Sub': 'fleet-topic' } } } };
  const model = new Model([
    { path: 'a.json', body: { Resources: { It: importing } } },
    {
      path: 'b.json',
      body: {
        Resources: { Y: { Type: 'Y' } },
        Outputs: {
          None: { Value: 'none' },
          Odd: 'odd',
          Other: { Value: 'other', Export: { Name: 'other' } },
          Mine: { Value: 'pumps/#', Export: { Name: 'fleet-topic' } },
        },
      },
    },
  ]);
  expect(model.ofType('X')[0]!.variants[0]!.value.P).toBe('pumps/#');
  expect(model.exported('none')).toBeUndefined();
  expect(model.exported('other')?.value).toBe('other');
});

test('what a nested stack does not put out is not known', () => {
  const P = { 'Fn::GetAtt': ['Inner', 'Outputs.Nope'] };
  const Inner = { Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL: 'inner.json' } };
  const model = new Model([
    { path: 'outer.json', body: { Resources: { It: { Type: 'X', Properties: { P } }, Inner } } },
    { path: 'inner.json', body: { Resources: { Y: { Type: 'Y' } }, Outputs: { Name: { Value: 'n' } } } },
  ]);
  expect(model.ofType('X')[0]!.variants[0]!.value.P).toMatchObject({ label: 'GetAtt:Inner.Outputs.Nope', open: true });
});

describe('a parameter', () => {
  const given = (parameter: object) =>
    values({ Ref: 'P' }, { Parameters: { P: parameter } }).map((value) =>
      value instanceof Hole ? `${value.label}${value.open ? ' open' : ''}` : value,
    );
  const texts = (count: number) => Array.from({ length: count }, (_, at) => `v${at}`);

  test.each<[object, unknown[]]>([
    [{ Type: 'String' }, ['Ref:P open']],
    [{ Type: 'Number' }, ['Ref:P']],
    [{ Type: 'List<Number>' }, ['Ref:P']],
    [{ Type: 'AWS::EC2::VPC::Id' }, ['Ref:P']],
    [{ Type: 'List<AWS::EC2::Subnet::Id>' }, ['Ref:P']],
    [{ Type: 'List<String>' }, ['Ref:P open']],
    [{ Type: 'AWS::SSM::Parameter::Name', Default: 'key' }, ['Ref:P open']],
    [{ Default: 'a,b' }, ['a,b', 'Ref:P open']],
    [{ Type: 7, Default: 'a,b' }, ['a,b', 'Ref:P open']],
    [{ Type: 'String', Default: 7 }, ['7', 'Ref:P open']],
    [{ Type: 'CommaDelimitedList', Default: 'a,b' }, [['a', 'b'], 'Ref:P open']],
    [{ Type: 'List<String>', Default: 'a,b' }, [['a', 'b'], 'Ref:P open']],
    [{ Type: 'String', AllowedValues: ['a', 'b'] }, ['a', 'b']],
    [{ Type: 'String', AllowedValues: ['a'], Default: 'b' }, ['a']],
    [{ Type: 'String', AllowedValues: [] }, ['Ref:P open']],
    [{ Type: 'String', AllowedValues: 'a' }, ['Ref:P open']],
    [{ Type: 'String', AllowedValues: [{}] }, ['Ref:P open']],
    [{ Type: 'String', AllowedValues: texts(20) }, texts(20)],
    [{ Type: 'String', AllowedValues: texts(21), Default: 'v1' }, ['v1', 'Ref:P open']],
  ])('%j may be %j', (parameter, expected) => expect(given(parameter)).toEqual(expected));
});

test.each<[string, unknown, unknown]>([
  ['by nothing', ['', 'ab'], '‹Fn::Split›'],
  ['of a list', [',', ['a']], '‹Fn::Split›'],
  ['of text', ['-', 'a-b'], 'a|b'],
  ['around what is not known', ['/', { 'Fn::Sub': 'a/b${AWS::Region}c/d' }], 'a|b‹AWS::Region›c|d'],
])('a split %s', (_name, argument, expected) => {
  const [value] = values({ 'Fn::Split': argument });
  expect(value instanceof Array ? value.map(String).join('|') : String(value)).toBe(expected);
});

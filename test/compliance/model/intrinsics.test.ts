import { Model } from '../../../lib/compliance/model/model';
import { Hole, type Value } from '../../../lib/compliance/model/value';

/** What functions come to when they are written as they should be, and when they are not. */
function valueOf(P: unknown): Value | undefined {
  const body = {
    Mappings: { Map: { row: { cell: 'v', list: ['a'] }, text: 'no row' }, Empty: {} },
    Parameters: { List: { Type: 'CommaDelimitedList' }, Name: { Type: 'String' } },
    Resources: { It: { Type: 'X', Properties: { P } } },
  };
  return new Model([{ path: 't.json', body }]).ofType('X')[0]!.variants[0]!.value.P;
}

const shown = (value: Value | undefined): unknown => (value instanceof Array ? value.map(String) : value);
const list = { Ref: 'List' };
const region = { Ref: 'AWS::Region' };

test.each<[unknown, unknown]>([
  [{ 'Fn::Join': ['-', ['a', 1, true]] }, 'a-1-true'],
  [{ 'Fn::Join': ['-', []] }, ''],
  [{ 'Fn::Select': [1, ['a', 'b']] }, 'b'],
  [{ 'Fn::Split': ['-', 'a-b'] }, ['a', 'b']],
  [{ 'Fn::FindInMap': ['Map', 'row', 'cell'] }, 'v'],
  [{ 'Fn::FindInMap': ['Map', 'row', 'list'] }, ['a']],
  [{ 'Fn::FindInMap': ['Map', 'row', 'nope', { DefaultValue: 'd' }] }, 'd'],
  [{ 'Fn::FindInMap': ['Nope', 'row', 'cell', { DefaultValue: 'd' }] }, 'd'],
  [{ 'Fn::Length': ['a', 'b'] }, 2],
  [{ 'Fn::Base64': 'abc' }, 'YWJj'],
  ['{{resolve:ssm:/a', '{{resolve:ssm:/a'],
])('%j is %j', (P, expected) => expect(shown(valueOf(P))).toEqual(expected));

test.each<[unknown, string, boolean]>([
  [{ 'Fn::Join': ['-'] }, 'Fn::Join', true],
  [{ 'Fn::Join': ['-', ['a'], 'b'] }, 'Fn::Join', true],
  [{ 'Fn::Join': [7, ['a', 'b']] }, 'Fn::Join', true],
  [{ 'Fn::Join': ['-', 'a'] }, 'Fn::Join', true],
  [{ 'Fn::Join': ['-', ['a', ['b']]] }, 'Fn::Join', true],
  [{ 'Fn::Join': ['-', list] }, 'Join:Ref:List', true],
  [{ 'Fn::Select': [0] }, 'Fn::Select', true],
  [{ 'Fn::Select': [0, ['a'], 'b'] }, 'Fn::Select', true],
  [{ 'Fn::Select': ['x', ['a']] }, 'Fn::Select', true],
  [{ 'Fn::Select': [0, 'abc'] }, 'Fn::Select', true],
  [{ 'Fn::Select': [2, list] }, 'Select:2:Ref:List', true],
  [{ 'Fn::Select': [region, list] }, 'Select:?:Ref:List', true],
  [{ 'Fn::Select': [0, { 'Fn::GetAZs': '' }] }, 'Select:0:Fn::GetAZs', false],
  [{ 'Fn::Split': ['-'] }, 'Fn::Split', true],
  [{ 'Fn::Split': ['-', 'a', 'b'] }, 'Fn::Split', true],
  [{ 'Fn::Split': [7, 'a7b'] }, 'Fn::Split', true],
  [{ 'Fn::Split': ['-', { Ref: 'Name' }] }, 'Ref:Name', true],
  [{ 'Fn::Split': ['-', region] }, 'AWS::Region', false],
  [{ 'Fn::FindInMap': ['Map', 'row'] }, 'Fn::FindInMap', true],
  [{ 'Fn::FindInMap': ['Map', 'text', 'cell'] }, 'Fn::FindInMap', true],
  [{ 'Fn::FindInMap': ['Map', ['row'], 'cell'] }, 'Fn::FindInMap', true],
  [{ 'Fn::FindInMap': ['Empty', region, 'cell'] }, 'Fn::FindInMap', true],
  [{ 'Fn::GetAZs': '' }, 'Fn::GetAZs', false],
  [{ 'Fn::Cidr': ['a', 1] }, 'Fn::Cidr', false],
  [{ 'Fn::Length': 'a' }, 'Fn::Length', true],
  [{ 'Fn::Base64': region }, 'Fn::Base64', true],
  ['{{resolve:ssm:/a}}', 'resolve:ssm:/a', true],
])('%j is only known later: %s, open: %p', (P, label, open) => {
  const value = valueOf(P);
  expect(value).toBeInstanceOf(Hole);
  expect(value).toMatchObject({ label, open });
});

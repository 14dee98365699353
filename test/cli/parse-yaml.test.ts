import { parseYaml } from '../../bin/cli/parse-yaml';

const parse = (text: string): unknown => parseYaml(text, 'x.yaml').body;

test.each<[string, unknown]>([
  ['a: !Ref B', { a: { Ref: 'B' } }],
  ['a: !Sub "x-${B}"', { a: { 'Fn::Sub': 'x-${B}' } }],
  ['a: !Sub ["${x}", {x: !Ref B}]', { a: { 'Fn::Sub': ['${x}', { x: { Ref: 'B' } }] } }],
  ['a: !GetAtt B.Arn', { a: { 'Fn::GetAtt': 'B.Arn' } }],
  ['a: !GetAtt [B, Arn]', { a: { 'Fn::GetAtt': ['B', 'Arn'] } }],
  [
    'a: !If [C, !Ref x, !Join ["", [1, true]]]',
    { a: { 'Fn::If': ['C', { Ref: 'x' }, { 'Fn::Join': ['', [1, true]] }] } },
  ],
  ['a: !Equals [!Ref x, y-z]', { a: { 'Fn::Equals': [{ Ref: 'x' }, 'y-z'] } }],
  ['a: !Condition C', { a: { Condition: 'C' } }],
  ['a: !Transform {Name: M}', { a: { 'Fn::Transform': { Name: 'M' } } }],
  ['a: !Contains [[b], !RefAll c]', { a: { 'Fn::Contains': [['b'], { 'Fn::RefAll': 'c' }] } }],
  ['p: &p x\na: !Join ["", [*p, y]]', { p: 'x', a: { 'Fn::Join': ['', ['x', 'y']] } }],
  ['p: &p !Ref B\na: !If [C, *p, *p]', { p: { Ref: 'B' }, a: { 'Fn::If': ['C', { Ref: 'B' }, { Ref: 'B' }] } }],
  ['p: &p {x: 1}\na: !Sub ["${x}", {<<: *p, y: 2}]', { p: { x: 1 }, a: { 'Fn::Sub': ['${x}', { x: 1, y: 2 }] } }],
  ['a: &p !Join [".", [b]]\nc: *p', { a: { 'Fn::Join': ['.', ['b']] }, c: { 'Fn::Join': ['.', ['b']] } }],
  ['y: n\nb: [yes, No, OFF]', { y: 'n', b: [true, false, false] }],
  ['Version: 2012-10-17', { Version: '2012-10-17' }],
  ['a: "true"\nb: true', { a: 'true', b: true }],
])('%s', (text, body) => expect(parse(text)).toEqual(body));

test.each(['a: !Magic x', 'a: [1', '\t- x', 'a: *nobody'])('fails for %j', (text) =>
  expect(() => parse(text)).toThrow(),
);

test('fails for a bomb of aliases', () => {
  const bomb = [
    'a0: &a0 [x, x, x, x, x, x, x, x, x]',
    ...Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(', ')}]`),
  ].join('\n');
  expect(() => parse(bomb)).toThrow(/alias/);
});

test('knows the line of each resource', () => {
  expect(parseYaml('Resources:\n  A:\n    Type: X\n\n  # B\n  B: {Type: Y}\n', 'x.yaml').lines).toEqual({ A: 2, B: 6 });
});

import {
  hasWildcard,
  isBounded,
  isIdentity,
  matchesName,
  nameOf,
  type Piece,
  piecesOf,
} from '../../../lib/compliance/policies/pattern';

const text = (content: string): Piece => ({ kind: 'text', text: content });
const name = (variable: string): Piece => ({ kind: 'variable', name: variable });
const wild = (char: '*' | '?'): Piece => ({ kind: 'wildcard', text: char });

test.each<[string, Piece[]]>([
  ['', []],
  ['a/b', [text('a/b')]],
  ['a*b?c', [text('a'), wild('*'), text('b'), wild('?'), text('c')]],
  ['**', [wild('*'), wild('*')]],
  ['x/${a}/y', [text('x/'), name('a'), text('/y')]],
  ['${a}${b}', [name('a'), name('b')]],
  ['a${*}b$(?)c${$}', [text('a*b?c$')]],
  ['${open', [text('${open')]],
  ['a}${open', [text('a}${open')]],
  ['$x', [text('$x')]],
  ["${a, 'b'}", [{ kind: 'variable', name: 'a', fallback: " 'b'" }]],
  ['x'.repeat(20_001), [wild('*')]],
  ['x'.repeat(20_000), [text('x'.repeat(20_000))]],
])('%#: a pattern is taken apart', (pattern, pieces) => {
  expect(piecesOf(pattern)).toEqual(pieces);
});

test('a pattern is taken apart alike however many others were before', () => {
  const patterns = Array.from({ length: 2_500 }, (_, i) => `topic/${i}/\${thing${i}}/*`);
  const expected = patterns.map((_, i): Piece[] => [text(`topic/${i}/`), name(`thing${i}`), text('/'), wild('*')]);
  expect(patterns.map(piecesOf)).toEqual(expected);
  expect(patterns.map(piecesOf)).toEqual(expected);
  expect(piecesOf(`${'y'.repeat(300)}*`)).toEqual([text('y'.repeat(300)), wild('*')]);
  // What is short is kept, and what is long is not.
  expect(piecesOf('x'.repeat(256))).toBe(piecesOf('x'.repeat(256)));
  expect(piecesOf('x'.repeat(257))).not.toBe(piecesOf('x'.repeat(257)));
});

test.each([
  ['a', false],
  ['a*', true],
  ['a?', true],
  ['a${*}', false],
  ['a$(?)', false],
  ['${*}*', true],
])('%s has a wildcard: %s', (pattern, expected) => {
  expect(hasWildcard(pattern)).toBe(expected);
});

test.each([
  ['iot:Connection.Thing.ThingName', true],
  ['IOT:CONNECTION.THING.THINGNAME', true],
  ['iot:Connection.Thing.Attributes[site]', true],
  ['iot:CertificateId', true],
  ['iot:Certificate.SerialNumber', true],
  ['iot:Certificate.Subject.CommonName', true],
  ['iot:Certificate.Subject.CommonName.2', true],
  ['iot:Certificate.Subject.Country', false],
  ['iot:Certificate.Subject.Organization', false],
  ['iot:Certificate.Subject.OrganizationalUnit', false],
  ['iot:Certificate.Subject.State', false],
  ['iot:Certificate.Issuer.CommonName', false],
  ['iot:Connection.Thing.ThingTypeName', false],
  ['iot:ClientId', false],
])('%s stands for one device: %s', (variable, expected) => {
  expect(isIdentity(variable)).toBe(expected);
});

const OWN = '${own}';
test.each([
  [OWN, true],
  [`a/${OWN}`, true],
  [`a/${OWN}/*`, true],
  [`a/${OWN}/x*`, true],
  [`a/${OWN}-x/*`, true],
  [`a/${OWN}*`, false],
  [`a/${OWN}-*`, false],
  [`*/${OWN}`, false],
  [`?/${OWN}/*`, false],
  [`a/${OWN}x`, false],
  [`a/${OWN}x/b`, true],
  ['a/${other}/*', false],
  ['a', false],
  ['*', false],
])('%s is bounded: %s', (pattern, expected) => {
  expect(isBounded(piecesOf(pattern), (piece) => piece.kind === 'variable' && piece.name === 'own')).toBe(expected);
});

const ARN = 'arn:aws:iot:eu-central-1:123456789012:';
test.each([
  [`${ARN}topic/a/b`, 'topic', 'a/b'],
  [`${ARN}topic/a:b`, 'topic', 'a:b'],
  [`${ARN}topic/`, 'topic', ''],
  [`${ARN}topicfilter/a`, 'topic', undefined],
  [`${ARN}topic/a`, 'topicfilter', undefined],
  [`${ARN}client/a`, 'topic', undefined],
  [`${ARN}*`, 'topic', '*'],
  [`${ARN}top*`, 'topic', '*'],
  [`${ARN}t*/x`, 'topic', '*/x'],
  [`${ARN}topic?a`, 'topic', 'a'],
  [`${ARN}?opic/a`, 'topic', 'a'],
  [`${ARN}topi/a`, 'topic', undefined],
  [`${ARN}*/a`, 'topic', '*/a'],
  ['*', 'topic', '*'],
  ['arn:aws:iot:*', 'topic', '*'],
  ['arn:aws:iot:a', 'topic', undefined],
  ['x', 'topic', undefined],
])('%s, of type %s, is about %s', (resource, type, expected) => {
  expect(nameOf(resource, type)).toBe(expected);
});

test.each<[string, string, boolean]>([
  ['iot:publish', 'iot:publish', true],
  ['iot:publish', 'iot:receive', false],
  ['iot:p*', 'iot:publish', true],
  ['*:publis?', 'iot:publish', true],
  ['?'.repeat(11), 'iot:publish', true],
  ['?'.repeat(12), 'iot:publish', false],
  [`?${'*'.repeat(1_000)}`, 'iot:publish', true],
  [`?${'*'.repeat(1_000)}x`, 'iot:publish', false],
  ['*'.repeat(1_000_000), 'iot:publish', true],
  ['*?'.repeat(500_000), 'iot:publish', false],
  ['**iot:publish**', 'iot:publish', true],
  ['iot:publish*', 'iot:publis', false],
  ['', '', true],
  ['*', '', true],
])('%#: a pattern stands for a name, or does not, however long it is', (pattern, name, expected) => {
  expect(matchesName(pattern, name)).toBe(expected);
});

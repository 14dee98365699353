import { matches } from '../../../lib/policy/evaluator/glob';
import { Template } from '../../../lib/policy/evaluator/template';

const VALUES: { [name: string]: string } = { star: 'a*b', name: 'pump-7', empty: '' };
const values = { substitute: (name: string): string | undefined => VALUES[name] };

const text = (source: string): string | undefined => new Template(source).text(values);
const fits = (source: string, candidate: string): boolean => {
  const codes = new Template(source).pattern(values);
  return codes !== undefined && matches(codes, candidate);
};

describe('as a text', () => {
  test.each([
    ['', ''],
    ['plain', 'plain'],
    ['*?', '*?'],
    ['a*b*', 'a*b*'],
    ['${name}', 'pump-7'],
    ['x${name}y${name}', 'xpump-7ypump-7'],
    ['${empty}', ''],
    ['${*}${?}${$}', '*?$'],
    ['$(*)$(?)$($)', '*?$'],
    ['a$(*)b', 'a*b'],
    ['${$}{name}', '${name}'],
    ['$${name}', '$pump-7'],
    ['$aws/things/${name}', '$aws/things/pump-7'],
    ['${missing', '${missing'],
    ['$(name)', '$(name)'],
    ['$', '$'],
    ['${', '${'],
    ['${name}}', 'pump-7}'],
    ["${missing, 'other'}", 'other'],
    ["${missing, ''}", ''],
    ["${name, 'other'}", 'pump-7'],
    ["${missing, '*'}", '*'],
    ["${missing, 'it, 's'}", "it, 's"],
  ])('%p is %p', (source, expected) => {
    expect(text(source)).toBe(expected);
  });

  test.each([
    '${missing}',
    '${}',
    'a${missing}b',
    '${name }',
    "${missing,'other'}",
    "${missing, 'other}",
    "${missing, '}",
    '${a${name}}',
  ])('%p has no value', (source) => {
    expect(text(source)).toBeUndefined();
    expect(new Template(source).pattern(values)).toBeUndefined();
  });
});

describe('as a pattern', () => {
  test.each([
    ['*', 'anything/at/all', true],
    ['a?c', 'abc', true],
    ['${name}', 'pump-7', true],
    ['${name}*', 'pump-77', true],
    ['${star}', 'a*b', true],
    ['${star}', 'axb', false],
    ['${*}', '*', true],
    ['${*}', 'x', false],
    ['$(?)', '?', true],
    ['$(?)', 'x', false],
    ["${missing, 'a*'}", 'a*', true],
    ["${missing, 'a*'}", 'ab', false],
    ['**${*}', 'x*', true],
    ['**${*}', 'x', false],
    ['a${*}b*', 'a*bc', true],
  ])('%p and %p: %p', (source, candidate, expected) => {
    expect(fits(source, candidate)).toBe(expected);
  });

  test('never matches the literal text of a variable without a value', () => {
    expect(fits('${missing}', '${missing}')).toBe(false);
    expect(fits('*${missing}', 'x${missing}')).toBe(false);
  });
});

describe('an ARN', () => {
  test.each([
    ['arn:aws:iot:us-east-1:123456789012:topic/${name}', 'arn:aws:iot:us-east-1:123456789012:topic/pump-7'],
    ['arn:aws:iot:us-east-1:123456789012:${name}', 'arn:aws:iot:us-east-1:123456789012:pump-7'],
    ['arn:aws:iot:us-east-1:123456789012:a:${name}', 'arn:aws:iot:us-east-1:123456789012:a:pump-7'],
    ['arn:aws:iot:us-east-1:1${*}2:x', 'arn:aws:iot:us-east-1:1*2:x'],
    ['${name}:x', 'pump-7:x'],
  ])('%p is %p', (source, expected) => {
    expect(text(source)).toBe(expected);
  });

  test.each([
    'arn:aws:iot:${name}:123456789012:topic/x',
    'arn:aws:iot:us-east-1:${name}',
    "arn:aws:iot:us-east-1:${missing, 'x'}:topic/x",
    'arn:${name}',
  ])('%p: no variable is replaced before the fifth colon', (source) => {
    expect(text(source)).toBeUndefined();
    expect(new Template(source).pattern(values)).toBeUndefined();
  });
});

test('names the variables that have no value', () => {
  expect(new Template('${a}/${name}/${b}/${*}').unresolved(values)).toEqual(['a', 'b']);
  expect(new Template("${a, 'x'}").unresolved(values)).toEqual([]);
  expect(new Template('arn:aws:iot:${name}:1:x').unresolved(values)).toEqual(['name']);
});

test('says whether it has variables', () => {
  expect(new Template('a${name}').hasVariables).toBe(true);
  expect(new Template('a*${*}').hasVariables).toBe(false);
  expect(new Template('').hasVariables).toBe(false);
});

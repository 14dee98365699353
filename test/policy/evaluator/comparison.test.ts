import { comparisonOf } from '../../../lib/policy/evaluator/comparison';
import { ContextKeys } from '../../../lib/policy/evaluator/context-keys';

const keys = new ContextKeys();
keys.one('name', 'pump-7');
keys.one('star', 'a*');
keys.one('upper', 'PUMP');

function holds(operator: string, expected: string, actual: string): boolean {
  return comparisonOf(operator)!.compile(expected)(actual, keys);
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
describe.each<[string, [string, string, boolean][]]>([
  [
    'StringEquals',
    [
      ['a', 'a', true],
      ['a', 'A', false],
      ['a*', 'ab', false],
      ['a*', 'a*', true],
      ['', '', true],
      ['${name}', 'pump-7', true],
      ['${star}', 'ab', false],
      ['${star}', 'a*', true],
      ['${missing}', '${missing}', false],
      ['x${*}', 'x*', true],
    ],
  ],
  [
    'StringEqualsIgnoreCase',
    [
      ['preprod', 'PreProd', true],
      ['PREPROD', 'preprod', true],
      ['preprod', 'prod', false],
      ['${upper}', 'pump', true],
      ['${missing}', '', false],
    ],
  ],
  [
    'StringLike',
    [
      ['t1.*', 't1.micro', true],
      ['t1.*', 'm2.micro', false],
      ['A*', 'ab', false],
      ['?', 'a', true],
      ['home/${name}/', 'home/pump-7/', true],
      ['${star}', 'ab', false],
      ['*${name}', 'x-pump-7', true],
      ['${missing}*', 'a', false],
    ],
  ],
  [
    'NumericEquals',
    [
      ['10', '10.0', true],
      ['10', '11', false],
      ['10', 'ten', false],
    ],
  ],
  [
    'NumericLessThan',
    [
      ['10', '9', true],
      ['10', '10', false],
      ['10', '9a', false],
    ],
  ],
  [
    'NumericLessThanEquals',
    [
      ['10', '10', true],
      ['10', '10.1', false],
    ],
  ],
  [
    'NumericGreaterThan',
    [
      ['10', '11', true],
      ['10', '10', false],
    ],
  ],
  [
    'NumericGreaterThanEquals',
    [
      ['10', '10', true],
      ['10', '9.9', false],
    ],
  ],
  [
    'DateEquals',
    [
      ['2020-01-01', '2020-01-01T00:00:00Z', true],
      ['2020-01-01', '2020-01-01T00:00:01Z', false],
      ['2020-01-01', 'today', false],
    ],
  ],
  [
    'DateLessThan',
    [
      ['2020-01-01T00:00:01Z', '2020-01-01', true],
      ['2020-01-01', '2020-01-01', false],
    ],
  ],
  [
    'DateLessThanEquals',
    [
      ['2020-01-01', '2020-01-01', true],
      ['2020-01-01', '2020-01-02', false],
    ],
  ],
  [
    'DateGreaterThan',
    [
      ['2020-01-01T00:00:01Z', '1577836802', true],
      ['2020-01-01', '2020-01-01', false],
    ],
  ],
  [
    'DateGreaterThanEquals',
    [
      ['2020-01-01', '2020-01-01', true],
      ['2020-01-01', '2019-12-31', false],
    ],
  ],
  [
    'Bool',
    [
      ['true', 'true', true],
      ['True', 'true', true],
      ['false', 'true', false],
      ['${name}', 'pump-7', true],
    ],
  ],
  [
    'BinaryEquals',
    [
      ['QmluYXJ5VmFsdWVJbkJhc2U2NA==', 'QmluYXJ5VmFsdWVJbkJhc2U2NA==', true],
      ['QmluYXJ5VmFsdWVJbkJhc2U2NA==', 'ASIAIOSFODNN7EXAMPLE', false],
    ],
  ],
  [
    'IpAddress',
    [
      ['203.0.113.0/24', '203.0.113.1', true],
      ['203.0.113.0/24', '198.51.100.1', false],
      ['2001:DB8:1234:5678::/64', '2001:db8:1234:5678::9', true],
      ['203.0.113.0/24', '2001:db8::1', false],
      ['203.0.113.0/24', 'unknown', false],
    ],
  ],
  [
    'ArnLike',
    [
      ['arn:aws:sns:us-west-2:123456789012:TOPIC-ID', 'arn:aws:sns:us-west-2:123456789012:TOPIC-ID', true],
      ['arn:aws:sns:us-west-2:123456789012:TOPIC-ID', 'arn:aws:sns:us-west-2:777788889999:TOPIC-ID', false],
      ['arn:aws:sns:*:123456789012:*', 'arn:aws:sns:us-west-2:123456789012:a:b', true],
      ['arn:aws:sns:us-west-?:123456789012:a', 'arn:aws:sns:us-west-2:123456789012:a', true],
      ['arn:aws:*:a', 'arn:aws:sns:us-west-2:123456789012:a', false],
      ['arn:aws:sns:*:a', 'arn:aws:sns:us-west-2:1:a', false],
      ['arn:aws:iot:r:1:topic/${name}', 'arn:aws:iot:r:1:topic/pump-7', true],
      ['arn:aws:iot:r:1:topic/${missing}', 'arn:aws:iot:r:1:topic/', false],
      ['arn:aws:iot:r:1:topic/${star}', 'arn:aws:iot:r:1:topic/ab', false],
      ['*', 'anything', true],
      ['**', 'anything', false],
      ['a*', 'anything', false],
      ['a', 'anything', false],
      ['arn:aws:iot:r:1:*', 'not an arn', false],
      ['arn:aws:iot:r:1:*', 'arn:aws:iot:r:1', false],
      ['not an arn', 'arn:aws:iot:r:1:x', false],
      ['arn:AWS:iot:r:1:x', 'arn:aws:iot:r:1:x', false],
    ],
  ],
])('%s', (operator, cases) => {
  test.each(cases)('expected %p, actual %p: %p', (expected, actual, result) => {
    expect(holds(operator, expected, actual)).toBe(result);
  });
});

test('ArnEquals is the same as ArnLike', () => {
  expect(holds('ArnEquals', 'arn:aws:iot:*:1:x', 'arn:aws:iot:r:1:x')).toBe(true);
  expect(holds('ArnEquals', 'arn:aws:iot:*:1:y', 'arn:aws:iot:r:1:x')).toBe(false);
});

test.each([
  ['StringNotEquals', 'StringEquals'],
  ['StringNotEqualsIgnoreCase', 'StringEqualsIgnoreCase'],
  ['StringNotLike', 'StringLike'],
  ['NumericNotEquals', 'NumericEquals'],
  ['DateNotEquals', 'DateEquals'],
  ['NotIpAddress', 'IpAddress'],
  ['ArnNotEquals', 'ArnEquals'],
  ['ArnNotLike', 'ArnLike'],
])('%s is the negation of %s', (negated, base) => {
  expect(comparisonOf(negated)).toEqual({ ...comparisonOf(base), negated: true });
  expect(comparisonOf(base)!.negated).toBe(false);
  expect(comparisonOf(negated)!.compile).toBe(comparisonOf(base)!.compile);
});

test('only Null asks for presence', () => {
  expect(comparisonOf('Null')!.presence).toBe(true);
  expect(comparisonOf('Bool')!.presence).toBe(false);
  expect(comparisonOf('StringNotLike')!.presence).toBe(false);
});

test.each([
  '',
  'Equals',
  'stringequals',
  'StringEqual',
  'NumericNotLessThan',
  'NotBool',
  'DateLike',
  'NotNull',
  'constructor',
])('%p is no operator', (name) => {
  expect(comparisonOf(name)).toBeUndefined();
});

describe('values that a policy may give', () => {
  test.each([
    ['StringLike', ['', '*', '${x}']],
    ['ArnLike', ['*', 'anything']],
    ['NumericLessThan', ['1', '-1.5']],
    ['DateLessThan', ['2020', '1577836801']],
    ['Bool', ['true', 'FALSE', '${x}']],
    ['Null', ['true', 'False']],
    ['IpAddress', ['10.0.0.0/8', '::1']],
    ['NotIpAddress', ['10.0.0.1']],
    ['BinaryEquals', ['', 'QQ==', 'QUI=', 'QUJD']],
  ])('%s takes %p', (operator, values) => {
    for (const value of values) expect(comparisonOf(operator)!.refuse(value)).toBeUndefined();
  });

  test.each([
    ['NumericLessThan', ['', 'x', '${x}'], 'must be a number'],
    ['NumericNotEquals', ['x'], 'must be a number'],
    ['DateLessThan', ['', 'x', '${x}'], 'must be an ISO 8601 date or seconds since 1970'],
    ['Bool', ['', 'yes', '1', '*'], "must be 'true' or 'false'"],
    ['Null', ['', 'yes', '${x}'], "must be 'true' or 'false'"],
    ['IpAddress', ['', 'x', '${aws:SourceIp}', '10.0.0.0/40'], 'must be an IPv4 or IPv6 address or CIDR range'],
    ['BinaryEquals', ['a', 'ab=c', '====', 'Q===', 'äöüß'], 'must be base64'],
  ])('%s refuses %p', (operator, values, message) => {
    for (const value of values) expect([value, comparisonOf(operator)!.refuse(value)]).toEqual([value, message]);
  });
});

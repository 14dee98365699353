import { Condition, parseOperator } from '../../../lib/policy/evaluator/condition';
import { ContextKeys } from '../../../lib/policy/evaluator/context-keys';

/** A condition on one key, with what the request has for that key. */
function met(operator: string, expected: string[], actual?: string[]): boolean {
  const keys = new ContextKeys();
  if (actual !== undefined) keys.many('key', actual);
  return new Condition(parseOperator(operator)!, operator, 'key', expected).isMet(keys);
}

/**
 * The tables of the IAM guide. Where it contradicts itself (ForAllValues of a negated operator without the key) its text
 * counts: "returns true if there are no keys in the request".
 *
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
 */
describe.each<[string, string[], [string[] | undefined, boolean][]]>([
  [
    'StringEquals',
    ['iamuser-admin'],
    [
      [['iamuser-admin'], true],
      [['dev-ops'], false],
      [undefined, false],
    ],
  ],
  [
    'StringNotEquals',
    ['a'],
    [
      [['a'], false],
      [['b'], true],
      [undefined, true],
    ],
  ],
  [
    'StringLike',
    ['home/', 'home/martha/'],
    [
      [['home/'], true],
      [['home/martha/'], true],
      [['home/x/'], false],
      [undefined, false],
    ],
  ],
  [
    'StringNotLike',
    ['a*', 'b*'],
    [
      [['abc'], false],
      [['bcd'], false],
      [['cde'], true],
      [undefined, true],
    ],
  ],
  [
    'ForAllValues:StringEquals',
    ['environment', 'cost-center'],
    [
      [['environment'], true],
      [['cost-center'], true],
      [['environment', 'cost-center'], true],
      [['environment', 'dept'], false],
      [[], true],
      [undefined, true],
    ],
  ],
  [
    'ForAnyValue:StringEquals',
    ['environment'],
    [
      [['environment'], true],
      [['environment', 'costcenter'], true],
      [['Environment'], false],
      [['costcenter'], false],
      [[], false],
      [undefined, false],
    ],
  ],
  [
    'ForAnyValue:StringEquals',
    ['environment', 'cost-center'],
    [
      [['cost-center'], true],
      [['environment', 'dept'], true],
      [['dept'], false],
      [undefined, false],
    ],
  ],
  [
    'ForAllValues:StringNotLike',
    ['o/media/', 'o/sports/*'],
    [
      [['o/sales/'], true],
      [['o/media/'], false],
      [['o/sales/', 'o/sports/x'], false],
      [undefined, true],
    ],
  ],
  [
    'ForAnyValue:StringNotEquals',
    ['a'],
    [
      [['a'], false],
      [['a', 'b'], true],
      [['b'], true],
      [undefined, false],
    ],
  ],
  [
    'ForAllValues:StringNotEquals',
    ['a'],
    [
      [['a'], false],
      [['a', 'b'], false],
      [['b', 'c'], true],
      [undefined, true],
    ],
  ],
  [
    'NumericLessThanEquals',
    ['10'],
    [
      [['10'], true],
      [['11'], false],
      [undefined, false],
    ],
  ],
  [
    'NumericNotEquals',
    ['10'],
    [
      [['10'], false],
      [['11'], true],
      [['x'], true],
      [undefined, true],
    ],
  ],
  [
    'DateGreaterThan',
    ['2020-01-01T00:00:01Z'],
    [
      [['2020-06-01'], true],
      [['2019-06-01'], false],
      [undefined, false],
    ],
  ],
  [
    'Bool',
    ['false'],
    [
      [['false'], true],
      [['true'], false],
      [undefined, false],
    ],
  ],
  [
    'ForAllValues:Bool',
    ['true'],
    [
      [['true', 'true'], true],
      [['true', 'false'], false],
      [undefined, true],
    ],
  ],
  [
    'ForAnyValue:Bool',
    ['true'],
    [
      [['true', 'false'], true],
      [['false'], false],
      [undefined, false],
    ],
  ],
  [
    'BinaryEquals',
    ['QUJD'],
    [
      [['QUJD'], true],
      [['QQ=='], false],
      [undefined, false],
    ],
  ],
  [
    'IpAddress',
    ['203.0.113.0/24', '2001:DB8:1234:5678::/64'],
    [
      [['203.0.113.1'], true],
      [['2001:db8:1234:5678::1'], true],
      [['198.51.100.1'], false],
      [undefined, false],
    ],
  ],
  [
    'NotIpAddress',
    ['203.0.113.0/24'],
    [
      [['203.0.113.1'], false],
      [['198.51.100.1'], true],
      [undefined, true],
    ],
  ],
  [
    'ArnEquals',
    ['arn:aws:sns:us-west-2:1:T'],
    [
      [['arn:aws:sns:us-west-2:1:T'], true],
      [['arn:aws:sns:us-west-2:2:T'], false],
      [undefined, false],
    ],
  ],
  [
    'ArnNotEquals',
    ['arn:aws:sns:us-west-2:1:T'],
    [
      [['arn:aws:sns:us-west-2:1:T'], false],
      [['arn:aws:sns:us-west-2:2:T'], true],
      [undefined, true],
    ],
  ],
  [
    'ForAllValues:ArnLike',
    ['arn:aws:c::1:d/*'],
    [
      [['arn:aws:c::1:d/a', 'arn:aws:c::1:d/b'], true],
      [['arn:aws:c::1:d/a', 'arn:aws:c::7:d/b'], false],
      [undefined, true],
    ],
  ],
  [
    'StringLikeIfExists',
    ['t1.*', 't2.*'],
    [
      [['t1.micro'], true],
      [['m2.micro'], false],
      [undefined, true],
    ],
  ],
  [
    'StringNotEqualsIfExists',
    ['a'],
    [
      [['a'], false],
      [['b'], true],
      [undefined, true],
    ],
  ],
  [
    'BoolIfExists',
    ['true'],
    [
      [['false'], false],
      [['true'], true],
      [undefined, true],
    ],
  ],
  [
    'NotIpAddressIfExists',
    ['10.0.0.0/8'],
    [
      [['10.0.0.1'], false],
      [undefined, true],
    ],
  ],
  [
    'ForAnyValue:StringEqualsIfExists',
    ['a'],
    [
      [['b'], false],
      [['a'], true],
      [[], true],
      [undefined, true],
    ],
  ],
  [
    'ForAllValues:StringEqualsIfExists',
    ['a'],
    [
      [['b'], false],
      [undefined, true],
    ],
  ],
  [
    'Null',
    ['true'],
    [
      [['x'], false],
      [[], true],
      [undefined, true],
    ],
  ],
  [
    'Null',
    ['false'],
    [
      [['x'], true],
      [[''], true],
      [[], false],
      [undefined, false],
    ],
  ],
  [
    'Null',
    ['true', 'false'],
    [
      [['x'], true],
      [undefined, true],
    ],
  ],
])('%s %p', (operator, expected, cases) => {
  test.each(cases)('with %p: %p', (actual, result) => {
    expect(met(operator, expected, actual)).toBe(result);
  });
});

describe('a plain operator on several values', () => {
  test('needs all of them', () => {
    expect(met('StringEquals', ['a', 'b'], ['a', 'b'])).toBe(true);
    expect(met('StringEquals', ['a'], ['a', 'b'])).toBe(false);
    expect(met('StringNotEquals', ['a'], ['b', 'a'])).toBe(false);
  });

  test('is met by a key without any value, as the guide has it for connect attributes', () => {
    expect(met('StringEquals', ['LastWill'], [])).toBe(true);
    expect(met('StringNotEquals', ['LastWill'], [])).toBe(true);
  });
});

describe('without expected values', () => {
  test.each([
    ['StringEquals', ['a'], false],
    ['StringNotEquals', ['a'], true],
    ['ForAllValues:StringEquals', [], true],
    ['ForAllValues:StringEquals', ['a'], false],
    ['ForAnyValue:StringEquals', ['a'], false],
  ])('%s with %p: %p', (operator, actual, result) => {
    expect(met(operator, [], actual)).toBe(result);
  });
});

describe('a variable without a value', () => {
  test('is not equal to anything, and so passes a negated comparison', () => {
    expect(met('StringEquals', ['${x}'], ['${x}'])).toBe(false);
    expect(met('StringNotEquals', ['${x}'], ['${x}'])).toBe(true);
    expect(met('StringLike', ['*${x}'], ['a'])).toBe(false);
    expect(met('ArnNotLike', ['arn:aws:iot:r:1:${x}'], ['arn:aws:iot:r:1:a'])).toBe(true);
  });
});

describe('what is missing', () => {
  const missing = (operator: string, expected: string[], present: boolean): string[] => {
    const keys = new ContextKeys();
    if (present) keys.one('key', 'v');
    return new Condition(parseOperator(operator)!, operator, 'key', expected).missing(keys);
  };

  test.each([
    ['StringEquals', ['a'], true, []],
    ['StringEquals', ['a'], false, ['key']],
    ['StringEqualsIfExists', ['a'], false, []],
    ['Null', ['true'], false, []],
    ['ForAnyValue:StringLike', ['${x}', '${key}'], false, ['key', 'x', 'key']],
    ['StringLike', ['${x}', '${key}'], true, ['x']],
  ])('%s %p with the key there %p: %p', (operator, expected, present, result) => {
    expect(missing(operator, expected, present)).toEqual(result);
  });
});

test('names itself', () => {
  const condition = new Condition(parseOperator('StringEquals')!, 'StringEquals', 'iot:ClientId', []);
  expect(condition.description).toBe('StringEquals of iot:ClientId');
});

test.each([
  '',
  'IfExists',
  'ForAllValues:',
  'ForSomeValues:StringEquals',
  'forallvalues:StringEquals',
  'ForAllValues:ForAnyValue:StringEquals',
  'StringEqualsIfExistsIfExists',
  'NullIfExists',
  'ForAllValues:Null',
  'ForAnyValue:Null',
  'StringEqualz',
  'IfExistsStringEquals',
])('%p is no operator', (name) => {
  expect(parseOperator(name)).toBeUndefined();
});

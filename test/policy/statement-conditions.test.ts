import * as fc from 'fast-check';
import { Lazy, Stack, Token } from 'aws-cdk-lib';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Problems } from '../../lib/internal/problems';
import { PolicyEvaluator } from '../../lib/policy/evaluator';
import { AttachedPolicy } from '../../lib/policy/evaluator/attached-policy';
import { IotStatement } from '../../lib/policy/statement';
import { arnIn, renderDocument, ruleOf } from '../../lib/policy/rule';
import { copyConditions } from '../../lib/policy/statement-conditions';
import { testApp } from '../support/app';
import { errorOf, SCOPE } from './oracle';

type Conditions = Parameters<typeof copyConditions>[0];

function copy(given: unknown): Conditions {
  const problems = new Problems();
  const copied = copyConditions(given as Conditions, problems);
  problems.throwIfAny();
  return copied;
}

test.each([
  {},
  { StringEquals: { 'iot:DomainName': ['a', 'b'] }, Bool: { 'iot:Connection.Thing.IsAttached': ['TRUE'] } },
  { 'ForAllValues:StringEquals': { 'iot:ConnectAttributes': [] } },
  { NumericLessThanIfExists: { a: ['1'] }, Null: { a: ['true'] }, BinaryEquals: { a: ['YQ=='] } },
  {
    NotIpAddress: { 'aws:SourceIp': ['10.0.0.0/8', '2001:db8::/32'] },
    DateLessThan: { 'aws:CurrentTime': ['2030-01-01'] },
  },
  // What the deployment fills in cannot be judged.
  { IpAddress: { 'aws:SourceIp': ['${Token[TOKEN.1]}', '10.0.0.0/${Token[TOKEN.2]}'] } },
  { '${Token[TOKEN.1]}': { '${Token[TOKEN.2]}': ['x'] } },
])('passes and copies %j', (given) => {
  const copied = copy(given);
  expect(copied).toEqual(given);
  expect(copied).not.toBe(given);
  for (const [operator, keys] of Object.entries(copied)) {
    expect(keys).not.toBe(given[operator as keyof typeof given]);
    for (const values of Object.values(keys)) values.push('more');
  }
  expect(JSON.stringify(given)).not.toContain('more');
});

test.each<[unknown, string]>([
  [
    { StringEqual: { 'iot:ClientId': ['x'] } },
    "'conditions.StringEqual' is not an operator; use one such as StringEquals or 'ForAllValues:StringEquals'",
  ],
  [{ NullIfExists: { a: ['true'] } }, "'conditions.NullIfExists' is not an operator"],
  [
    { IpAddress: { 'aws:SourceIp': ['10.0.0.0/8', '10.0.0.0/99'] } },
    '\'conditions.IpAddress.aws:SourceIp\' must be an IPv4 or IPv6 address or CIDR range, got "10.0.0.0/99"',
  ],
  [{ Bool: { a: ['yes'] } }, "'conditions.Bool.a' must be 'true' or 'false', got \"yes\""],
  [{ StringEquals: {} }, "'conditions.StringEquals' must have at least one key, such as iot:DomainName"],
  [
    { StringEquals: Lazy.any({ produce: () => ({}) }) },
    "'conditions.StringEquals' must be an object that is known at synth",
  ],
  [
    { StringEquals: { a: Lazy.any({ produce: () => [] }) } },
    "'conditions.StringEquals.a' must be a list of texts that is known at synth",
  ],
  [
    { StringEquals: { a: Token.asList(Lazy.any({ produce: () => [] })) } },
    "'conditions.StringEquals.a' must be a list of texts that",
  ],
  [{ StringEquals: { a: 'x' } }, "'conditions.StringEquals.a' must be a list of texts that"],
  [{ StringEquals: { a: [1] } }, "'conditions.StringEquals.a' must be a list of texts that"],
  [{ StringEquals: null }, "'conditions.StringEquals' must be an object that"],
  [{ Bool: null }, "'conditions.Bool' must be an object that"],
  [{ Bool: {} }, "'conditions.Bool' must have at least one key"],
  [{ Bool: { a: 'true' } }, "'conditions.Bool.a' must be a list of texts that"],
  [{ Bool: { a: ['true', 'maybe'] } }, "'conditions.Bool.a' must be 'true' or 'false', got \"maybe\""],
  [
    { 'ForAllValues:StringEquals': { a: [1] } },
    "'conditions.ForAllValues:StringEquals.a' must be a list of texts that",
  ],
  [{ StringEquals: ['x'] }, "'conditions.StringEquals' must be an object that"],
  [{ StringEquals: 'x' }, "'conditions.StringEquals' must be an object that"],
  [Lazy.any({ produce: () => ({}) }), "'conditions' must be an object that is known at synth"],
  [null, "'conditions' must be an object that is known at synth"],
])('refuses %#', (given, message) => {
  const error = errorOf(() => copy(given));
  expect(error.code).toBe('PolicyStatementInvalid');
  expect(error.message).toContain(message);
});

test('a value that is yet to be looked up passes: the CDK finds it, and synthesizes again', () => {
  const stack = new Stack(testApp(), 'S', { env: { account: '111122223333', region: 'eu-west-1' } });
  const range = StringParameter.valueFromLookup(stack, '/office/range');
  expect(range).toBe('dummy-value-for-/office/range');
  const conditions = { IpAddress: { 'aws:SourceIp': [range] } };
  expect(() => IotStatement.allow({ actions: ['iot:Publish'], resources: ['topic/a'], conditions })).not.toThrow();
});

test('all at once', () => {
  expect(errorOf(() => copy({ A: { a: ['x'] }, Bool: { b: ['x', 'y'] } })).message).toMatch(
    /'conditions\.A' .*'conditions\.Bool\.b' .*"x"; 'conditions\.Bool\.b' .*"y"/,
  );
});

test('what passes is what the evaluator reads', () => {
  const operator = fc.constantFrom(
    'StringEquals',
    'StringEqual',
    'Bool',
    'IpAddress',
    'NumericEquals',
    'DateLessThan',
    'Null',
    'ForAnyValue:Null',
    'ForAnyValue:Bool',
    'BoolIfExists',
  );
  const value = fc.constantFrom(
    'x',
    'true',
    'FALSE',
    '10.0.0.0/8',
    '10.0.0.0/33',
    '7',
    '1e3',
    '2030-01-01',
    '2030-13-01',
    '${iot:ClientId}',
  );
  const conditions = fc.dictionary(
    operator,
    fc.dictionary(fc.constantFrom('a', 'b'), fc.array(value, { maxLength: 2 }), { minKeys: 1 }),
    { minKeys: 1, maxKeys: 2 },
  );
  const passes = (make: () => unknown): boolean => {
    try {
      make();
      return true;
    } catch {
      return false;
    }
  };
  let yes = 0;
  fc.assert(
    fc.property(conditions, (given) => {
      const Statement = [{ Effect: 'Deny', Action: 'iot:Publish', Resource: '*', Condition: given }];
      const read = passes(
        () =>
          new PolicyEvaluator({
            ...SCOPE,
            policies: [AttachedPolicy.onCertificate({ Version: '2012-10-17', Statement })],
          }),
      );
      expect(passes(() => copy(given))).toBe(read);
      if (!read) return;
      yes++;
      const rule = ruleOf(IotStatement.deny({ actions: ['iot:Publish'], resources: ['*'], conditions: given }));
      expect(renderDocument([rule], arnIn(SCOPE)).Statement).toHaveLength(1);
    }),
    { numRuns: 500 },
  );
  expect(yes).toBeGreaterThan(20);
});

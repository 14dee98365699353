import {
  PolicyDecision,
  PolicyVerdict,
  type PolicyCheck,
  type StatementReference,
} from '../../../lib/policy/evaluator/policy-decision';

function statement(label: string): StatementReference {
  return { policyName: 'p', target: 'certificate', statementIndex: 0, effect: 'Allow', label };
}

function check(verdict: PolicyVerdict, ...labels: string[]): PolicyCheck {
  return { action: 'iot:Publish', resource: 'r', verdict, because: labels.map(statement) };
}

function decisionOf(checks: PolicyCheck[], missing: string[] = []): PolicyDecision {
  return new PolicyDecision({ checks, missing, missingContextValues: [], assumptions: [] });
}

const allowed = check(PolicyVerdict.ALLOWED, 'A');
const alsoAllowed = check(PolicyVerdict.ALLOWED, 'B', 'C');
const denied = check(PolicyVerdict.EXPLICITLY_DENIED, 'D');
const lacking = check(PolicyVerdict.IMPLICITLY_DENIED);

test.each<[string, PolicyCheck[], PolicyVerdict, string[]]>([
  ['one permission', [allowed], PolicyVerdict.ALLOWED, ['A']],
  ['two permissions', [allowed, alsoAllowed], PolicyVerdict.ALLOWED, ['A', 'B', 'C']],
  ['one is lacking', [allowed, lacking], PolicyVerdict.IMPLICITLY_DENIED, []],
  ['one is denied', [allowed, denied], PolicyVerdict.EXPLICITLY_DENIED, ['D']],
  ['a deny outweighs a lack', [lacking, denied, allowed], PolicyVerdict.EXPLICITLY_DENIED, ['D']],
  ['nothing was asked', [], PolicyVerdict.IMPLICITLY_DENIED, []],
])('%s', (_name, checks, verdict, because) => {
  const decision = decisionOf(checks);
  expect(decision.verdict).toBe(verdict);
  expect(decision.allowed).toBe(verdict === PolicyVerdict.ALLOWED);
  expect(decision.because.map((item) => item.label)).toEqual(because);
  expect(decision.checks).toBe(checks);
});

test.each<[PolicyCheck[], string[], string]>([
  [[allowed], [], 'allowed by A'],
  [[alsoAllowed], [], 'allowed by B, C'],
  [[denied], ['x is denied'], 'explicitly denied by D: x is denied'],
  [[lacking], ['no statement allows x', 'nor y'], 'implicitly denied: no statement allows x; nor y'],
])('in words', (checks, missing, expected) => {
  expect(String(decisionOf(checks, missing))).toBe(expected);
});

test('is on one line, whatever it is told', () => {
  expect(String(decisionOf([check(PolicyVerdict.EXPLICITLY_DENIED, 'A\n')], ['x\r\u001b']))).toBe(
    'explicitly denied by A\\u000a: x\\u000d\\u001b',
  );
});

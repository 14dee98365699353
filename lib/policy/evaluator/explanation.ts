import type { Check } from './check';
import { Rule } from './decision-table';
import {
  type NearestAllow,
  PolicyAssumption,
  type PolicyCheck,
  PolicyDecision,
  PolicyVerdict,
  type StatementReference,
} from './policy-decision';
import type { Scope } from './scope';
import type { Statement } from './statement';

interface Candidate extends NearestAllow {
  readonly rank: number;
}

/** Decides every check of a request and says why. */
export function explain(scope: Scope, first: Check | undefined): PolicyDecision {
  const checks: PolicyCheck[] = [];
  const missing: string[] = [];
  const unresolved = new Set<string>();
  const assumptions = new Set<PolicyAssumption>();
  let nearest: NearestAllow | undefined;
  for (let check = first; check !== undefined; check = check.next) {
    const decided = decide(scope, check);
    checks.push(decided);
    for (const name of unresolvedOf(scope, check)) unresolved.add(name);
    for (const assumption of scope.assumptions(check)) assumptions.add(assumption);
    if (check.name.startsWith('$share/')) assumptions.add(PolicyAssumption.SHARED_SUBSCRIPTION_NEEDS_BOTH_FILTERS);
    if (decided.verdict === PolicyVerdict.ALLOWED) continue;
    const near = decided.verdict === PolicyVerdict.IMPLICITLY_DENIED ? nearestAllow(scope, check) : undefined;
    nearest ??= near;
    missing.push(lack(scope, check, decided, near));
  }
  return new PolicyDecision({
    checks,
    missing,
    unresolvedVariables: [...unresolved],
    nearestAllow: nearest,
    assumptions: [...assumptions],
  });
}

function decide(scope: Scope, check: Check): PolicyCheck {
  const base = { action: check.actionName, resource: scope.resource(check) };
  if (scope.refuses(check)) return { ...base, verdict: PolicyVerdict.IMPLICITLY_DENIED, because: [] };
  const table = scope.table(check);
  const denies = table.denies.filter((rule) => rule.covers(check.name));
  if (denies.length > 0) return { ...base, verdict: PolicyVerdict.EXPLICITLY_DENIED, because: denies.map(reference) };
  const allows = table.allows.filter((rule) => rule.covers(check.name));
  const verdict = allows.length > 0 ? PolicyVerdict.ALLOWED : PolicyVerdict.IMPLICITLY_DENIED;
  return { ...base, verdict, because: allows.map(reference) };
}

function reference(rule: Rule): StatementReference {
  return referenceTo(rule.statement);
}

function referenceTo({ source, denies }: Statement): StatementReference {
  const { policyName, target, index, sid } = source;
  const effect = denies ? 'Deny' : 'Allow';
  const name = sid === undefined ? '' : ` (${sid})`;
  const label = `${effect} in Statement[${index}]${name} of policy '${policyName}' on ${target}`;
  return { policyName, target, statementIndex: index, sid, effect, label };
}

function lack(scope: Scope, check: Check, decided: PolicyCheck, near: NearestAllow | undefined): string {
  const request = `${check.actionName} on ${decided.resource}`;
  if (decided.verdict === PolicyVerdict.EXPLICITLY_DENIED) return `${request} is denied`;
  if (scope.refuses(check)) {
    return `${request} names the thing '${check.thingHeader ?? ''}', which the certificate is not attached to`;
  }
  if (near === undefined) return `no statement allows ${check.actionName}`;
  return `no statement allows ${request}; nearest is ${near.statement.label}: ${near.reason}`;
}

function unresolvedOf(scope: Scope, check: Check): string[] {
  const keys = scope.keys(check);
  return scope.attached
    .filter((statement) => statement.covers(check.action))
    .flatMap((statement) => statement.unresolved(keys));
}

/** The allow that lacks least: first those that only a condition or the association keeps from applying. */
function nearestAllow(scope: Scope, check: Check): NearestAllow | undefined {
  const candidates = scope.attached
    .filter((statement) => !statement.denies && statement.covers(check.action))
    .map((statement) => candidate(scope, check, statement))
    .sort((a, b) => b.rank - a.rank);
  const [best] = candidates;
  return best === undefined ? undefined : { statement: best.statement, reason: best.reason };
}

function candidate(scope: Scope, check: Check, statement: Statement): Candidate {
  const as = (rank: number, reason: string): Candidate => ({ rank, reason, statement: referenceTo(statement) });
  const keys = scope.keys(check);
  const inapplicable = scope.inapplicable(statement, check);
  const condition = statement.unmet(keys);
  const covers = new Rule(statement, keys, '').covers(scope.resource(check));
  if (inapplicable !== undefined) return as(covers ? 4 : 2, inapplicable);
  if (covers && condition !== undefined) return as(3, `its condition ${condition.description} is not met`);
  const [variable] = statement.unresolved(keys);
  if (variable !== undefined) return as(1, `the variable '${variable}' has no value`);
  return as(0, 'its resource does not match');
}

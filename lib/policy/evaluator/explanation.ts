import { escapeInvisible } from '../../internal/quote';
import type { Check } from './check';
import { BoundStatement } from './decision-table';
import { type Codes, MANY, ONE } from './glob';
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
  const values = new Set<string>();
  const assumptions = new Set<PolicyAssumption>();
  let nearest: NearestAllow | undefined;
  for (let check = first; check !== undefined; check = check.next) {
    const decided = decide(scope, check);
    checks.push(decided);
    for (const name of missingValues(scope, check)) values.add(name);
    for (const assumption of scope.assumptions(check.kind)) assumptions.add(assumption);
    if (check.name.startsWith('$share/')) assumptions.add(PolicyAssumption.SHARED_SUBSCRIPTION_NEEDS_BOTH_FILTERS);
    if (decided.verdict === PolicyVerdict.ALLOWED) continue;
    const near = decided.verdict === PolicyVerdict.IMPLICITLY_DENIED ? nearestAllow(scope, check) : undefined;
    nearest ??= near;
    missing.push(escapeInvisible(lack(scope, check, decided, near)));
    if (scope.refusal(check) !== undefined) break;
  }
  return new PolicyDecision({
    checks,
    missing,
    missingContextValues: [...values],
    nearestAllow: nearest,
    assumptions: [...assumptions],
  });
}

function decide(scope: Scope, check: Check): PolicyCheck {
  const base = { action: check.kind.actionName, resource: scope.resource(check) };
  if (scope.refusal(check) !== undefined) return { ...base, verdict: PolicyVerdict.IMPLICITLY_DENIED, because: [] };
  const table = scope.table(check.kind);
  const denies = table.denies.filter((bound) => bound.covers(check.name));
  if (denies.length > 0) return { ...base, verdict: PolicyVerdict.EXPLICITLY_DENIED, because: denies.map(reference) };
  const allows = table.allows.filter((bound) => bound.covers(check.name));
  const verdict = allows.length > 0 ? PolicyVerdict.ALLOWED : PolicyVerdict.IMPLICITLY_DENIED;
  return { ...base, verdict, because: allows.map(reference) };
}

function reference(bound: BoundStatement): StatementReference {
  return referenceTo(bound.statement);
}

function referenceTo({ source, denies }: Statement): StatementReference {
  const { policyName, target, index, sid } = source;
  const effect = denies ? 'Deny' : 'Allow';
  const name = sid === undefined ? '' : ` (${sid})`;
  const label = escapeInvisible(`${effect} in Statement[${index}]${name} of policy '${policyName}' on ${target}`);
  return { policyName, target, statementIndex: index, sid, effect, label };
}

function lack(scope: Scope, check: Check, decided: PolicyCheck, near: NearestAllow | undefined): string {
  const request = `${check.kind.actionName} on ${decided.resource}`;
  if (decided.verdict === PolicyVerdict.EXPLICITLY_DENIED) return `${request} is denied`;
  const refusal = scope.refusal(check);
  if (refusal !== undefined) return `${request} ${refusal}`;
  if (near === undefined) return `no statement allows ${check.kind.actionName}`;
  return `no statement allows ${request}; nearest is ${near.statement.label}: ${near.reason}`;
}

function missingValues(scope: Scope, check: Check): string[] {
  const keys = scope.table(check.kind).keys;
  return scope.attached
    .filter((statement) => statement.covers(check.kind.action))
    .flatMap((statement) => statement.missing(keys));
}

/** The allow that lacks least: first those that only a condition or the association keeps from applying. */
function nearestAllow(scope: Scope, check: Check): NearestAllow | undefined {
  const [best] = scope.attached
    .filter((statement) => !statement.denies && statement.covers(check.kind.action))
    .map((statement) => candidate(scope, check, statement))
    .sort((a, b) => b.rank - a.rank);
  return best === undefined ? undefined : { statement: best.statement, reason: best.reason };
}

function candidate(scope: Scope, check: Check, statement: Statement): Candidate {
  const as = (rank: number, reason: string): Candidate => ({
    rank,
    reason: escapeInvisible(reason),
    statement: referenceTo(statement),
  });
  const keys = scope.table(check.kind).keys;
  const resource = scope.resource(check);
  const covers = new BoundStatement(statement, keys, '').covers(resource);
  const inapplicable = scope.inapplicable(statement, check.kind);
  if (inapplicable !== undefined) return as(covers ? 4 : 2, inapplicable);
  const condition = statement.unmet(keys);
  if (covers && condition !== undefined) return as(3, `its condition ${condition.description} is not met`);
  const [variable] = statement.unresolved(keys);
  if (variable !== undefined) return as(1, `the variable '${variable}' has no value`);
  if (statement.inverted) return as(0, 'it spares the resource (NotResource)');
  const [pattern, length] = closest(statement.patterns(keys), resource);
  // At most 1: a nearer resource never outranks another kind of reason.
  return as(length / (resource.length + 1), `its resource ${show(pattern)} does not match`);
}

/** The pattern that agrees with the resource for longest, and how long. */
function closest(patterns: readonly Codes[], resource: string): [Codes, number] {
  let best: [Codes, number] = [[], -1];
  for (const pattern of patterns) {
    const end = pattern.findIndex((code, i) => code !== resource.charCodeAt(i));
    const length = end < 0 ? pattern.length : end;
    if (length > best[1]) best = [pattern, length];
  }
  return best;
}

function show(codes: Codes): string {
  const text = codes.map((code) => (code === MANY ? '*' : code === ONE ? '?' : String.fromCharCode(code)));
  return `'${text.join('')}'`;
}

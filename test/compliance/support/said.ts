import type { Rule } from '../../../lib/compliance/rule';
import { type Case, judge } from './suite';
import type { Resources } from './rewrite';

/** What a rule says of resources, `unverified: ` before what it cannot verify. */
export function said(rule: Rule, resources: Resources, rest: object = {}, options: Partial<Case> = {}): string[] {
  const { findings } = judge([{ path: 't.json', body: { ...rest, Resources: resources } }], rule, options);
  return findings.map(({ ruleId, message }) =>
    ruleId === rule.id ? message : message.replace(/^ZTI-\w+ \(.*?\) cannot be verified: /, 'unverified: '),
  );
}

/** A condition that nobody knows before the deployment, and one that never holds. */
export const CONDITIONS = {
  Parameters: { Stage: { Type: 'String' } },
  Conditions: { Perhaps: { 'Fn::Equals': [{ Ref: 'Stage' }, 'b'] }, Never: { 'Fn::Equals': ['a', 'b'] } },
};

export const either = (one: unknown, other: unknown): object => ({ 'Fn::If': ['Perhaps', one, other] });

export function under(Condition: string, resources: Resources): Resources {
  return Object.fromEntries(Object.entries(resources).map(([id, each]) => [id, { ...(each as object), Condition }]));
}

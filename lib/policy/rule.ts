import { Problems } from '../internal/problems';
import { quote } from '../internal/quote';
import type { PolicyScope } from './policy-scope';
import { mayMatch } from './tokens';
import { type IotEffect, type IotStatement } from './statement';

/** A statement while it is minimised and split. Values are not changed in place. */
export interface Rule {
  readonly effect: IotEffect;
  readonly actions: readonly string[];
  /** Whether the statement applies to `resources` or to all but these. */
  readonly kind: 'Resource' | 'NotResource';
  readonly resources: readonly string[];
  readonly conditions: { readonly [operator: string]: { readonly [key: string]: readonly string[] } };
}

/** A policy document as JSON: what AWS IoT stores. */
export interface DocumentJson {
  readonly Version: '2012-10-17';
  readonly Statement: readonly object[];
}

export function ruleOf(statement: IotStatement): Rule {
  const spares = statement.notResources.length > 0;
  return {
    effect: statement.effect,
    actions: statement.actions,
    kind: spares ? 'NotResource' : 'Resource',
    resources: spares ? statement.notResources : statement.resources,
    conditions: statement.conditions,
  };
}

export function renderDocument(rules: readonly Rule[], arnOf: (resource: string) => string): DocumentJson {
  return { Version: '2012-10-17', Statement: rules.map((rule) => renderRule(rule, arnOf)) };
}

export function renderRule(rule: Rule, arnOf: (resource: string) => string): object {
  return {
    Effect: rule.effect,
    Action: oneOrMany(rule.actions),
    [rule.kind]: oneOrMany(rule.resources.map(arnOf)),
    ...(Object.keys(rule.conditions).length > 0 ? { Condition: renderConditions(rule) } : {}),
  };
}

/** ARN of a resource such as `topic/a`; whole ARNs and `*` stay. A part of the scope with a wildcard would widen them all. */
export function arnIn(scope: PolicyScope): (resource: string) => string {
  const problems = new Problems();
  const check = (property: string, value: string, pattern: RegExp, characters: RegExp, allowed: string): void => {
    if (!mayMatch(value, pattern, characters)) {
      problems.report('PolicyScopeInvalid', `'${property}' must be ${allowed}, got ${quote(value)}`);
    }
  };
  check('partition', scope.partition, /^aws[a-z-]{0,20}$/, /^[a-z-]*$/, 'a partition such as aws or aws-cn');
  check(
    'region',
    scope.region,
    /^[a-z]{2,5}(?:-[a-z]{1,20}){1,3}-[0-9]{1,2}$/,
    /^[a-z0-9-]*$/,
    'a region such as eu-west-1',
  );
  check('account', scope.account, /^[0-9]{12}$/, /^[0-9]*$/, 'an account id of 12 digits');
  problems.throwIfAny();
  const prefix = `arn:${scope.partition}:iot:${scope.region}:${scope.account}:`;
  return (resource) => (isRelative(resource) ? prefix + resource : resource);
}

export function isRelative(resource: string): boolean {
  return /^[a-z]+\//.test(resource);
}

function renderConditions(rule: Rule): object {
  return mapSorted(rule.conditions, (keys) => mapSorted(keys, (values) => oneOrMany([...values].sort())));
}

function mapSorted<T>(object: { readonly [key: string]: T }, map: (value: T) => unknown): { [key: string]: unknown } {
  return Object.fromEntries(
    Object.keys(object)
      .sort()
      .map((key) => [key, map(object[key] as T)]),
  );
}

/** A list of one is written without brackets, which saves two characters; order is not left to the caller. */
function oneOrMany(values: readonly string[]): string | readonly string[] {
  return values.length === 1 ? (values[0] as string) : values;
}

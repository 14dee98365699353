import { parseJson } from '../model/json-text';
import type { Model, Resource } from '../model/model';
import {
  at,
  Hole,
  isList,
  isMap,
  listOf,
  openHolesWithin,
  targetsOf,
  textOf,
  type Value,
  type ValueMap,
} from '../model/value';
import { excludes } from './source';

/** A statement of an IAM policy with scalars as lists, holes shown as `‹...›`. */
export interface IamGrant {
  readonly denies: boolean;
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  readonly resources: readonly string[];
  /** What its conditions ask for: for each key the values, of which one is enough. */
  readonly conditionValues: readonly (readonly string[])[];
  /** Depends on something that may hold anything. */
  readonly isOpen: boolean;
}

/** All that the templates say about a role's rights. */
export interface RoleRights {
  readonly role: Resource;
  readonly grants: readonly IamGrant[];
  /** Managed policies that are not in the templates, as text. */
  readonly managed: readonly string[];
  readonly trust: readonly ValueMap[];
  /** False where part of the trust policy is only known at deployment, or cannot be read. */
  readonly trustIsKnown: boolean;
}

/** The role that a property refers to by `Ref` or `GetAtt`; undefined where it is not in the templates. */
export function roleOf(model: Model, reference: Value | undefined): Resource | undefined {
  const referred = targetsOf(reference)
    .map(({ resource }) => model.byId(resource))
    .find((resource) => resource?.type === 'AWS::IAM::Role');
  const text = textOf(reference) ?? '';
  const name = text.slice(text.lastIndexOf('/') + 1);
  return referred ?? model.ofType('AWS::IAM::Role').find((role) => text.includes(':role/') && isCalled(role, name));
}

function isCalled(role: Resource, name: string): boolean {
  return role.variants.some(({ value }) => value.RoleName === name);
}

export function rightsOf(model: Model, role: Resource): RoleRights {
  const properties = role.variants.map(({ value }) => value);
  const managed = properties.flatMap((each) => [...listOf(each.ManagedPolicyArns)]);
  const own = managed.flatMap((arn) => targetsOf(arn).flatMap(({ resource }) => model.byId(resource) ?? []));
  const attached = model
    .ofType('AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy', 'AWS::IAM::RolePolicy')
    .filter((policy) => own.includes(policy) || policy.variants.some(({ value }) => names(value, role)));
  const documents = [
    ...properties.flatMap((each) => listOf(each.Policies).map((own) => (isMap(own) ? own.PolicyDocument : own))),
    ...attached.flatMap((policy) => policy.variants.map(({ value }) => value.PolicyDocument)),
  ];
  const trust = properties.flatMap((each) => statementsOf(each.AssumeRolePolicyDocument));
  return {
    role,
    grants: documents.flatMap((document) => grantsOf(document)),
    managed: managed
      .filter((arn) => !targetsOf(arn).some(({ resource }) => model.byId(resource)))
      .map((arn) => textOf(arn) ?? '‹unknown›'),
    trust: trust.filter(isMap),
    trustIsKnown: trust.every(isMap),
  };
}

/** Whether a policy resource is for the role, by reference or by name. */
function names(policy: ValueMap, role: Resource): boolean {
  const roles = [...listOf(policy.Roles), ...listOf(policy.RoleName)];
  const own = role.variants.map(({ value }) => value.RoleName).filter((name) => typeof name === 'string');
  return roles.some(
    (each) =>
      targetsOf(each).some(({ resource }) => resource === role.id) || (typeof each === 'string' && own.includes(each)),
  );
}

/** The statements of a document, which may be kept as JSON text; something unknown where it cannot be read. */
export function statementsOf(document: Value | undefined): readonly Value[] {
  if (document === undefined || isMap(document)) return listOf(at(document, 'Statement'));
  const parsed = parseJson(document);
  if (parsed.ok && isMap(parsed.value)) return listOf(parsed.value.Statement);
  return [new Hole('unknown', parsed.ok ? 'a document without statements' : `a document that ${parsed.reason}`, true)];
}

export function grantsOf(document: Value | undefined): IamGrant[] {
  return statementsOf(document).map((each) => {
    const statement = isMap(each) ? each : { Action: each, Resource: each };
    return {
      denies: statement.Effect === 'Deny',
      actions: texts(statement.Action),
      notActions: texts(statement.NotAction),
      resources: [...texts(statement.Resource), ...(statement.NotResource === undefined ? [] : ['*'])],
      conditionValues: valuesOf(statement.Condition),
      isOpen:
        openHolesWithin(statement.Action).length > 0 ||
        openHolesWithin(statement.Resource).some(({ isPlain }) => !isPlain),
    };
  });
}

/** The values that conditions ask for; those of operators that exclude values ask for nothing. */
function valuesOf(condition: Value | undefined): string[][] {
  if (!isMap(condition)) return [];
  return Object.entries(condition).flatMap(([operator, block]) =>
    isMap(block) && !excludes(operator) ? Object.values(block).map((value) => texts(value)) : [],
  );
}

function texts(value: Value | undefined): string[] {
  return listOf(value).map((item) => textOf(item) ?? '‹unknown›');
}

/** Whether a trust statement lets anybody in. */
export function trustsAnybody(statement: ValueMap): boolean {
  const principal = statement.Principal;
  const named = isMap(principal) ? Object.values(principal).flatMap((value) => texts(value)) : texts(principal);
  return statement.Effect !== 'Deny' && (named.includes('*') || statement.NotPrincipal !== undefined);
}

export function services(statement: ValueMap): string[] {
  const service = at(statement.Principal, 'Service');
  return (isList(service) ? service : listOf(service)).flatMap((each) => textOf(each) ?? []);
}

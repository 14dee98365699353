import type { DecidingStatement } from '../ports';
import { conditionHolds, type Context, UnknownFeature } from './conditions';
import { arnMatches, globMatches } from './glob';

/** Who asks: a role (a function, or a service that has assumed one), or a service as itself. */
export interface Caller {
  /** ARN of the role. */
  readonly roleArn?: string;
  /** `sns.amazonaws.com`. */
  readonly service?: string;
  readonly account: string;
}

export interface IamRequest {
  readonly caller: Caller;
  readonly action: string;
  readonly resource: string;
  readonly context: Context;
}

export interface NamedPolicy {
  readonly name: string;
  /** As in a template, without intrinsic functions. */
  readonly document: unknown;
}

interface RawStatement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string | readonly string[];
  readonly Principal?: unknown;
  readonly NotPrincipal?: unknown;
  readonly Condition?: unknown;
}

export interface Finding {
  readonly deny: readonly DecidingStatement[];
  readonly allow: readonly DecidingStatement[];
  /** Parts of statements about the request that are not understood. */
  readonly unknown: readonly string[];
}

/** What the statements of some policies say to a request. Policies of resources name principals; others do not. */
export function examine(policies: readonly NamedPolicy[], request: IamRequest, withPrincipals: boolean): Finding {
  const deny: DecidingStatement[] = [];
  const allow: DecidingStatement[] = [];
  const unknown: string[] = [];
  for (const { name, document } of policies)
    for (const [index, statement] of statementsOf(document).entries())
      try {
        if (!applies(statement, request, withPrincipals)) continue;
        (statement.Effect === 'Deny' ? deny : allow).push(reference(name, index, statement));
      } catch (error) {
        if (!(error instanceof UnknownFeature)) throw error;
        unknown.push(`${error.message} in ${name}`);
      }
  return { deny, allow, unknown };
}

export function statementsOf(document: unknown): readonly RawStatement[] {
  const { Statement } = (typeof document === 'string' ? JSON.parse(document) : (document ?? {})) as {
    Statement?: RawStatement | readonly RawStatement[];
  };
  return Statement === undefined
    ? []
    : Array.isArray(Statement)
      ? (Statement as RawStatement[])
      : [Statement as RawStatement];
}

function applies(statement: RawStatement, request: IamRequest, withPrincipals: boolean): boolean {
  const { Action, NotAction, Resource, NotResource } = statement;
  const acts = (patterns: string | readonly string[]) =>
    listOf(patterns).some((each) => globMatches(each, request.action, true));
  if (Action !== undefined ? !acts(Action) : NotAction === undefined || acts(NotAction)) return false;
  const fill = filler(request.context);
  const covers = (patterns: string | readonly string[]) =>
    listOf(patterns).some((each) => covered(filledResource(each, fill), request.resource));
  // A trust policy has no resource: it stands on what it is about.
  if (Resource !== undefined ? !covers(Resource) : NotResource !== undefined && covers(NotResource)) return false;
  if (withPrincipals && !names(statement, request.caller)) return false;
  return conditionHolds(statement.Condition, request.context, fill);
}

function covered(pattern: string | undefined, resource: string): boolean {
  if (pattern === undefined) return false;
  // An action without resource-level permissions asks for `*`, which only `*` gives.
  return resource === '*' ? pattern === '*' : arnMatches(pattern, resource);
}

/** Variables count after the fifth colon only: the service or the account of a resource cannot be one. */
function filledResource(pattern: string, fill: (text: string) => string | undefined): string | undefined {
  const [, before = '', after = pattern] = /^((?:[^:]*:){5})(.*)$/s.exec(pattern) ?? [];
  const filled = fill(after);
  return filled === undefined ? undefined : before + filled;
}

/** Fills policy variables; undefined where one has no value, and nothing matches then. */
function filler(context: Context): (text: string) => string | undefined {
  return (text) => {
    let missing = false;
    const filled = text.replace(/\$\{([^}]*)\}/g, (_all, name: string) => {
      if (name === '*' || name === '?' || name === '$') return name;
      const values = context.get((name.split(',')[0] ?? '').trim().toLowerCase());
      if (values?.length !== 1) missing = true;
      return values?.[0] ?? '';
    });
    return missing ? undefined : filled;
  };
}

function names({ Principal, NotPrincipal }: RawStatement, caller: Caller): boolean {
  if (NotPrincipal !== undefined) throw new UnknownFeature('NotPrincipal');
  if (Principal === '*') return true;
  return Object.entries((Principal ?? {}) as Record<string, string | readonly string[]>).some(([kind, values]) =>
    listOf(values).some((value) => isPrincipal(kind, value, caller)),
  );
}

function isPrincipal(kind: string, value: string, { roleArn, service, account }: Caller): boolean {
  if (kind === 'Service') return service === value;
  if (kind === 'AWS') {
    if (value === '*') return true;
    if (roleArn === undefined) return false;
    // The account stands for all its principals, as far as their own policies let them.
    return value === roleArn || value === account || new RegExp(`^arn:[^:]+:iam::${account}:root$`).test(value);
  }
  if (kind === 'Federated' || kind === 'CanonicalUser') return false;
  throw new UnknownFeature(`principal of kind ${kind}`);
}

/** Whether a statement gives to the whole account, and so only as far as a caller's own policies go. */
export function delegates(document: unknown, account: string, { statementIndex }: DecidingStatement): boolean {
  const principal = statementsOf(document)[statementIndex]?.Principal;
  const values =
    typeof principal === 'object' && principal !== null ? listOf((principal as { AWS?: string }).AWS ?? []) : [];
  return values.some((value) => value === account || value.endsWith(`::${account}:root`));
}

function reference(policyName: string, statementIndex: number, { Sid, Effect }: RawStatement): DecidingStatement {
  const label = `${Effect} statement ${Sid === undefined ? statementIndex : `'${Sid}'`} of ${policyName}`;
  return { policyName, statementIndex, effect: Effect, label, ...(Sid !== undefined && { sid: Sid }) };
}

function listOf(value: string | readonly string[]): readonly string[] {
  return typeof value === 'string' ? [value] : value;
}

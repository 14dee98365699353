import { ConfigurationError } from '../internal/configuration-error';
import {
  AttachedPolicy,
  ConnectionContext,
  type PolicyDecision,
  PolicyEvaluator,
  PolicyRequest,
  ThingAttachment,
} from '../policy/evaluator';
import { groupPoliciesOf, type GroupPolicies } from './attachments';
import type { Model } from './model/model';
import { isMap, targetsOf, textOf, type Value } from './model/value';
import { render, SOME_WORLD, type World } from './policies/document';
import { attachesExclusively, type FoundPolicy, policiesOf } from './policies/find';
import { worldsOf } from './policies/worlds';
import { isClaimPolicy } from './rules/support';

export type Action = 'connect' | 'publish' | 'retain' | 'subscribe' | 'receive';

export interface Question {
  readonly thing: string;
  readonly action: Action;
  /** Topic or filter; not for connect. */
  readonly topic?: string;
  readonly quarantined: boolean;
  /** @default - the thing name */
  readonly clientId?: string;
  /** Group that the thing is in, where there are several. */
  readonly group?: string;
}

export interface Answer {
  readonly allowed: boolean;
  /** The group that gives the thing its rights. */
  readonly group?: string;
  readonly verdict: string;
  /** The statements that decide. */
  readonly because: readonly string[];
  readonly missing: readonly string[];
  /** What the answer rests on that the templates do not say. */
  readonly assumptions: readonly string[];
}

/** The question cannot be answered from these templates. */
export class CannotTell extends Error {}

/** Whether a thing may do something, by the policies that the templates attach to its group and its certificate. */
export function explain(model: Model, question: Question): Answer {
  const groups = candidates(groupPoliciesOf(model), question);
  const certificate = certificatePolicies(model, question.thing);
  if (groups.length === 0) return withoutGroups(model, question, certificate);
  const answers = groups.map((group) => ({ group: group.name, ...decide(model, question, certificate, group) }));
  const [first, ...others] = answers;
  if (first === undefined || others.some(({ allowed }) => allowed !== first.allowed)) {
    throw new CannotTell(
      `it depends on the group: ${answers.map(({ group, allowed }) => `${group} (${allowed ? 'yes' : 'no'})`).join(', ')}; name one with --group`,
    );
  }
  return first;
}

function candidates(groups: readonly GroupPolicies[], { quarantined, group }: Question): GroupPolicies[] {
  const kind = groups.filter((each) => each.isQuarantine === quarantined);
  const named = group === undefined ? kind : kind.filter(({ name }) => name === group || name.endsWith(`/${group}`));
  if (named.length === 0 && (quarantined || group !== undefined)) {
    const known = kind.map(({ name }) => name).join(', ');
    throw new CannotTell(
      group === undefined
        ? 'there is no quarantine group with policies'
        : `there is no group '${group}' with policies; there are: ${known || 'none'}`,
    );
  }
  return named;
}

/** Policies on the certificates of the thing, where the templates make both. */
function certificatePolicies(model: Model, thing: string): FoundPolicy[] {
  const principals = model
    .ofType('AWS::IoT::ThingPrincipalAttachment')
    .flatMap(({ variants }) =>
      variants.filter(({ value }) => textOf(value.ThingName) === thing).map(({ value }) => keyOf(value.Principal)),
    );
  const named = model
    .ofType('AWS::IoT::PolicyPrincipalAttachment')
    .flatMap(({ variants }) =>
      variants
        .filter(({ value }) => principals.includes(keyOf(value.Principal)))
        .map(({ value }) => keyOf(value.PolicyName)),
    );
  return policiesOf(model).filter(({ resource }) => {
    const names = [resource.id, ...resource.variants.map(({ value }) => textOf(value.PolicyName))];
    return resource.type === 'AWS::IoT::Policy' && names.some((name) => name !== undefined && named.includes(name));
  });
}

function keyOf(value: Value | undefined): string {
  return targetsOf(value)[0]?.resource ?? textOf(value) ?? '';
}

/** Templates of other origins hang policies on certificates, which they do not show. */
function withoutGroups(model: Model, question: Question, certificate: readonly FoundPolicy[]): Answer {
  const all = certificate.length > 0 ? certificate : policiesOf(model).filter((policy) => !isClaimPolicy(policy));
  if (all.length === 0) throw new CannotTell('the templates hold no policy for devices');
  const answer = decide(model, question, all, undefined);
  const assumption = `no group has policies here: ${all.map(nameOf).join(', ')} taken to be on the certificate`;
  return { ...answer, assumptions: [...(certificate.length > 0 ? [] : [assumption]), ...answer.assumptions] };
}

function nameOf({ resource }: FoundPolicy): string {
  const name = resource.variants[0]?.value.PolicyName;
  return typeof name === 'string' ? name : resource.path;
}

function decide(
  model: Model,
  question: Question,
  certificate: readonly FoundPolicy[],
  group: GroupPolicies | undefined,
): Answer {
  const policies = [...certificate, ...(group?.policies ?? [])];
  const unknown = policies.flatMap((policy) =>
    [...policy.analysis.unknown, ...policy.analysis.refused]
      .filter((reason) => !reason.startsWith('it uses ${iot:ClientId}'))
      .map((reason) => `${nameOf(policy)}: ${reason}`),
  );
  if (unknown.length > 0) throw new CannotTell(unknown.join('; '));
  const answers = alternatives(policies).map((chosen) => decideOnce(model, question, chosen, group));
  const [first, ...others] = answers;
  if (first === undefined || others.some(({ allowed }) => allowed !== first.allowed)) {
    throw new CannotTell(
      `it depends on conditions of the templates: ${[...new Set(policies.flatMap(({ when }) => when))].join(', ')}`,
    );
  }
  return first;
}

/** One choice of documents for each combination of conditions that some policy depends on. */
function alternatives(policies: readonly FoundPolicy[]): FoundPolicy[][] {
  const byResource = new Map<string, FoundPolicy[]>();
  for (const policy of policies)
    byResource.set(policy.resource.id, [...(byResource.get(policy.resource.id) ?? []), policy]);
  const groups = [...byResource.values()];
  const first = groups.map((variants) => variants[0] as FoundPolicy);
  const varied = groups.flatMap((variants, index) =>
    variants.slice(1).map((variant) => first.map((policy, place) => (place === index ? variant : policy))),
  );
  return [first, ...varied];
}

function decideOnce(
  model: Model,
  question: Question,
  policies: readonly FoundPolicy[],
  group: GroupPolicies | undefined,
): Answer {
  const world = policies.flatMap(({ analysis }) => worldsOf(analysis.text.statements))[0] ?? SOME_WORLD;
  const evaluator = compile(policies, group, world);
  const context = new ConnectionContext({
    thingName: question.thing,
    clientId: question.clientId ?? question.thing,
    attachment: attachesExclusively(model) ? ThingAttachment.EXCLUSIVE_THING : ThingAttachment.NON_EXCLUSIVE_THING,
    ...(group === undefined ? {} : { thingGroupNames: [group.name] }),
  });
  const connect = evaluator.evaluate(context, PolicyRequest.connect());
  if (question.action === 'connect' || !connect.allowed)
    return answerOf(connect, question.action === 'connect' ? [] : ['it cannot connect']);
  return answerOf(evaluator.evaluate(context, requestOf(question)), []);
}

function compile(policies: readonly FoundPolicy[], group: GroupPolicies | undefined, world: World): PolicyEvaluator {
  const attached = policies.map((policy) => {
    const document = toJson(policy.document ?? null, world);
    const inGroup = group?.policies.includes(policy) === true;
    const attached = inGroup
      ? AttachedPolicy.onThingGroup(group.name, document, nameOf(policy))
      : AttachedPolicy.onCertificate(document, nameOf(policy));
    // What stands for values of the deployment can be longer than these.
    return attached._ofAnySize();
  });
  try {
    return new PolicyEvaluator({ ...world, policies: attached });
  } catch (error) {
    if (!ConfigurationError.is(error)) throw error;
    throw new CannotTell(`AWS IoT would refuse it: ${error.message}`);
  }
}

function requestOf({ action, topic = '' }: Question): PolicyRequest {
  if (action === 'publish') return PolicyRequest.publish(topic);
  if (action === 'retain') return PolicyRequest.retain(topic);
  if (action === 'subscribe') return PolicyRequest.subscribe(topic);
  return PolicyRequest.receive(topic);
}

function answerOf(decision: PolicyDecision, missing: readonly string[]): Answer {
  return {
    allowed: decision.allowed,
    verdict: decision.verdict,
    because: decision.because.map(({ label }) => label),
    missing: [...missing, ...decision.missing],
    assumptions: [
      ...decision.missingContextValues.map((name) => `${name} has no value here`),
      ...decision.assumptions.map((each) => String(each).toLowerCase().replaceAll('_', ' ')),
    ],
  };
}

/** The document as plain JSON, pseudo parameters filled in. */
function toJson(value: Value, world: World): unknown {
  if (Array.isArray(value)) return value.map((item: Value) => toJson(item, world));
  if (isMap(value)) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toJson(item, world)]));
  return typeof value === 'boolean' || typeof value === 'number' ? value : (render(value, world) ?? null);
}

import type { Authorizer, ContextValues, Need } from '../iam/authorizer';
import { sourceOf } from '../iam/authorizer';
import type { Decision, EventStream, Party, SeededRandom } from '../ports';
import type { RehearsalClock } from '../core/clock';
import type { Gateway } from './gateway';
import type { Place } from './operation';

/** What every modelled service works with. */
export interface World {
  readonly place: Place;
  readonly clock: RehearsalClock;
  readonly random: SeededRandom;
  readonly events: EventStream;
  readonly authorizer: Authorizer;
  readonly gateway: Gateway;
}

export function serviceParty(name: string): Party {
  return { kind: 'service', name };
}

/** A service that delivers to a resource as itself: the resource's own policy, and that of its key, must let it in. */
export function mayDeliver(
  { authorizer, place }: World,
  service: string,
  sourceArn: string,
  need: Need,
  keyArn?: string,
): Decision {
  const context: ContextValues = { ...sourceOf(place.account, sourceArn), ...need.context };
  const first = authorizer.service(service, { ...need, context });
  if (!first.allowed || keyArn === undefined) return first;
  const onKey = ['kms:GenerateDataKey', 'kms:Decrypt'].map((action) =>
    authorizer.service(service, { action, resource: keyArn, context }),
  );
  return onKey.find(({ allowed }) => !allowed) ?? first;
}

/** Tells of a call that a service makes, and of the refusal when there is one. Says whether it goes through. */
export function report(world: World, from: Party, to: Party, what: string, decision: Decision): boolean {
  const { allowed, action, resource, missing = '' } = decision;
  const outcome = allowed ? 'ok' : 'AccessDenied';
  world.events.emit({
    kind: 'call',
    who: from,
    toWhom: to,
    what,
    service: to.name,
    operation: action,
    outcome,
    decision,
  });
  if (!allowed)
    world.events.emit({
      kind: 'fault',
      who: from,
      toWhom: to,
      what: `${from.name} may not ${action} on ${resource}`,
      code: 'AccessDenied',
      detail: missing,
    });
  return allowed;
}

/** A service that takes on a role for a resource, and what it is about to do. */
export interface InRole {
  readonly service: string;
  readonly sourceArn: string;
  readonly roleArn: string;
  readonly from: Party;
  readonly to: Party;
  readonly what: string;
}

/** Whether a service may do something in a role that it takes on: the role's trust decides, then its policies. Tells of it. */
export function inRole(
  world: World,
  { service, sourceArn, roleArn, from, to, what }: InRole,
  needs: readonly Need[],
): Decision {
  const assumed = world.authorizer.assume(service, roleArn, sourceArn);
  const decisions = assumed.allowed ? needs.map((need) => world.authorizer.role(roleArn, need)) : [assumed];
  const decision = decisions.find(({ allowed }) => !allowed) ?? decisions[0] ?? assumed;
  report(world, from, to, what, decision);
  return decision;
}

/** Says that something that is not modelled was needed. */
export function gap(world: World, subject: string, meaning: string): void {
  const who = { kind: 'rehearsal', name: 'rehearsal' } as const;
  world.events.emit({ kind: 'gap', who, what: `${subject} is not modelled`, subject, meaning, onPath: true });
}

import type { CustomResourceRequest, Progress, ResourceHandler } from '../shared/custom-resource';
import { type Logger } from '../shared/logger';
import { dispensableVersions, isInPlace, leavingOf, planAttachments } from './decide';
import { type Attachable, type GroupPolicies, parseGroupPolicies } from './event';
import { Failure, groupFull, membersRemain } from './failures';
import type { GroupPoliciesPort } from './ports';

export interface GroupPoliciesDependencies {
  readonly iot: GroupPoliciesPort;
  readonly now: () => number;
  readonly log: Logger;
}

/** What a waiting request remembers. All of it may be lost: then a wait begins anew. */
interface Memory {
  /** Since when something is not as it must be, in milliseconds since the epoch. */
  readonly oddSince?: number;
  /** When what was detached can be deleted, likewise. */
  readonly settledAt?: number;
}

/** What was created a moment ago may not be found yet, what was changed not be listed. */
const PATIENCE_MS = 120_000;
const LOOK_AGAIN_SECONDS = 5;
/**
 * A detached policy cannot be deleted for up to five minutes, and CloudFormation's deletion of it, which comes next, does
 * not try again.
 *
 * @see https://docs.aws.amazon.com/iot/latest/apireference/API_DetachPolicy.html
 */
const SETTLE_MS = 310_000;
const SETTLE_STEP_SECONDS = 60;

/** Attaches IoT policies to a static thing group, which CloudFormation cannot. */
export function createGroupPolicies(deps: GroupPoliciesDependencies): ResourceHandler {
  return {
    physicalResourceId: (request) => `${read(request.ResourceProperties).groupArn}/policies`,
    create: (request, state) => converge(request, memoryOf(state), deps),
    update: (request, state) => converge(request, memoryOf(state), deps),
    delete: (request, state) => dismantle(request, memoryOf(state), deps),
  };
}

async function converge(
  request: CustomResourceRequest,
  memory: Memory,
  deps: GroupPoliciesDependencies,
): Promise<Progress> {
  const { groupArn, policies: desired } = read(request.ResourceProperties);
  const former = formerOf(request, groupArn);
  const leaving = leavingOf({ desired, former });
  if (memory.settledAt !== undefined) return settle(leaving, groupArn, memory.settledAt, deps);

  const before = await deps.iot.attachedTo(groupArn);
  if (before === 'missing') return odd(`there is no thing group ${groupArn}`, memory, deps);
  const plan = planAttachments({ listed: before, desired, former });
  if (plan.kind === 'full') throw groupFull(groupArn, desired.length, plan.foreign);
  for (const { kind, policy } of plan.steps) {
    const result =
      kind === 'attach' ? await deps.iot.attach(policy, groupArn) : await deps.iot.detach(policy, groupArn);
    if (result === 'missing') return odd(`there is no policy '${policy}', or no thing group ${groupArn}`, memory, deps);
    if (result === 'full')
      return odd(`AWS IoT refuses '${policy}': the limit of policies on ${groupArn} is reached`, memory, deps);
    deps.log.info(kind, { policy, groupArn });
  }
  const after = await deps.iot.attachedTo(groupArn);
  if (after === 'missing' || !isInPlace({ listed: after, desired, former }))
    return odd(`AWS IoT does not list the policies of ${groupArn} as they were set`, memory, deps);
  await prune(desired, deps);
  return leaving.length === 0 ? { kind: 'done' } : settle(leaving, groupArn, undefined, deps);
}

async function dismantle(
  request: CustomResourceRequest,
  memory: Memory,
  deps: GroupPoliciesDependencies,
): Promise<Progress> {
  const parsed = parseGroupPolicies(request.ResourceProperties);
  if (!parsed.ok) {
    // Such properties were refused when they came, so nothing was attached; and a stack must be deletable.
    deps.log.warn('nothing to detach', { reason: parsed.reason });
    return { kind: 'done' };
  }
  const { groupArn, policies } = parsed.value;
  await guard(parsed.value, deps);
  const leaving = [...policies].reverse();
  for (const { name } of leaving) await deps.iot.detach(name, groupArn);
  return settle(leaving, groupArn, memory.settledAt, deps);
}

/** Deleting a group lifts its policies from all its members at once, without a word. */
async function guard(resource: GroupPolicies, deps: GroupPoliciesDependencies): Promise<void> {
  const { groupName, groupArn, keepWhileMembers, policies } = resource;
  if (!keepWhileMembers) return;
  const members = await deps.iot.someMembersOf(groupName);
  if (members.length === 0) return;
  // A member that came after an earlier delivery of this request had begun to detach.
  for (const { name } of policies) await deps.iot.attach(name, groupArn);
  throw membersRemain(groupName, members);
}

/** Waits until what was detached can be deleted. */
async function settle(
  leaving: readonly Attachable[],
  groupArn: string,
  settledAt: number | undefined,
  deps: GroupPoliciesDependencies,
): Promise<Progress> {
  const { exists, attached } = await lookAfter(leaving, groupArn, deps);
  if (!exists) return { kind: 'done' };
  const now = deps.now();
  const until = settledAt ?? now + SETTLE_MS;
  if (now >= until && !attached) return { kind: 'done' };
  if (now >= until + PATIENCE_MS) {
    // Nothing more can be done here, and a stack must be deletable: CloudFormation will name the policy if it is in use.
    deps.log.warn('still listed under a detached policy', { groupArn });
    return { kind: 'done' };
  }
  return {
    kind: 'wait',
    because: 'a policy cannot be deleted for up to five minutes after it was detached',
    seconds: Math.min(SETTLE_STEP_SECONDS, Math.max((until - now) / 1000, LOOK_AGAIN_SECONDS)),
    state: { settledAt: until } satisfies Memory,
  };
}

async function lookAfter(
  leaving: readonly Attachable[],
  groupArn: string,
  deps: GroupPoliciesDependencies,
): Promise<{ exists: boolean; attached: boolean }> {
  let exists = false;
  let attached = false;
  for (const { name } of leaving) {
    const targets = await deps.iot.targetsOf(name);
    if (targets === 'missing') continue;
    exists = true;
    if (targets.includes(groupArn)) {
      attached = true;
      await deps.iot.detach(name, groupArn);
    } else if (targets.length > 0) {
      deps.log.warn('also attached elsewhere', { policy: name, targets: targets.length });
    }
  }
  return { exists, attached };
}

async function prune(policies: readonly Attachable[], deps: GroupPoliciesDependencies): Promise<void> {
  for (const { name } of policies.filter(({ owned }) => owned)) {
    for (const id of dispensableVersions(await deps.iot.versionsOf(name))) {
      const result = await deps.iot.deleteVersion(name, id);
      deps.log.info(`version ${result}`, { policy: name, version: id });
    }
  }
}

/** Waits for what may be a lag, and fails when it is none. */
function odd(because: string, memory: Memory, deps: GroupPoliciesDependencies): Progress {
  const now = deps.now();
  const oddSince = memory.oddSince ?? now;
  if (now - oddSince >= PATIENCE_MS) throw new Failure('NotSettled', because);
  return { kind: 'wait', because, seconds: LOOK_AGAIN_SECONDS, state: { oddSince } satisfies Memory };
}

/** Of another group nothing is given up: CloudFormation asks to delete that resource later. */
function formerOf(request: CustomResourceRequest, groupArn: string): readonly Attachable[] {
  if (request.RequestType !== 'Update') return [];
  const old = parseGroupPolicies(request.OldResourceProperties);
  return old.ok && old.value.groupArn === groupArn ? old.value.policies : [];
}

function read(properties: unknown): GroupPolicies {
  const parsed = parseGroupPolicies(properties);
  if (!parsed.ok) throw new Failure('InvalidProperties', parsed.reason);
  return parsed.value;
}

function memoryOf(state: unknown): Memory {
  return typeof state === 'object' && state !== null ? state : {};
}

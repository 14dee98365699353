import { MAX_POLICIES_PER_GROUP } from './contract';

/** A policy to be attached. */
export interface Attachable {
  readonly name: string;
  readonly denies: boolean;
  /** Written by this template: its old versions are pruned. */
  readonly owned: boolean;
}

export interface GroupPolicies {
  readonly groupName: string;
  readonly groupArn: string;
  /** What denies comes first. */
  readonly policies: readonly Attachable[];
  readonly keepWhileMembers: boolean;
}

export type Parsed =
  { readonly ok: true; readonly value: GroupPolicies } | { readonly ok: false; readonly reason: string };

const GROUP_NAME = /^[a-zA-Z0-9:_-]{1,128}$/;
const GROUP_ARN = /^arn:[a-z-]+:iot:[a-z0-9-]+:[0-9]{12}:thinggroup\/[a-zA-Z0-9:_-]{1,128}$/;
const POLICY_NAME = /^[\w+=,.@-]{1,128}$/;

/** Reads the properties as CloudFormation hands them over. */
export function parseGroupPolicies(raw: unknown): Parsed {
  const { ThingGroupName: groupName, ThingGroupArn: groupArn, Policies: list, KeepWhileMembers: keep } = record(raw);
  if (!matches(groupName, GROUP_NAME)) return refused('ThingGroupName is not the name of a thing group');
  if (!matches(groupArn, GROUP_ARN)) return refused('ThingGroupArn is not the ARN of a thing group');
  if (!groupArn.endsWith(`:thinggroup/${groupName}`))
    return refused('ThingGroupName and ThingGroupArn name two groups');
  if (!Array.isArray(list) || list.length > MAX_POLICIES_PER_GROUP)
    return refused(`Policies is not a list of at most ${MAX_POLICIES_PER_GROUP} policies`);
  const policies: Attachable[] = [];
  for (const item of list) {
    const { Name: name, Denies: denies, Digest: digest } = record(item);
    if (!matches(name, POLICY_NAME)) return refused('Policies has an item without the name of an IoT policy');
    if (policies.some((policy) => policy.name === name)) return refused(`Policies names '${name}' twice`);
    policies.push({ name, denies: denies === 'true', owned: typeof digest === 'string' });
  }
  policies.sort((a, b) => Number(b.denies) - Number(a.denies));
  return { ok: true, value: { groupName, groupArn, policies, keepWhileMembers: keep === 'true' } };
}

function refused(reason: string): Parsed {
  return { ok: false, reason };
}

function matches(value: unknown, pattern: RegExp): value is string {
  return typeof value === 'string' && pattern.test(value);
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

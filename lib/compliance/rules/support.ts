import type { Model, Resource } from '../model/model';
import type { ValueMap } from '../model/value';
import type { FoundPolicy } from '../policies/find';
import { policiesOf } from '../policies/find';
import { isForClaims } from '../policies/provisioning';
import type { Reach } from '../policies/reach';
import type { Observation } from '../rule';

export type Details = Omit<Observation, 'at' | 'message' | 'when'>;
export type Note = (message: string, details?: Details) => void;

/** Looks at each resource of the types, once for each combination of its conditions. */
export function eachResource(
  model: Model,
  types: readonly string[],
  visit: (properties: ValueMap, note: Note, resource: Resource) => void,
): Observation[] {
  const observations: Observation[] = [];
  for (const resource of model.ofType(...types)) {
    for (const { when, value } of resource.variants) {
      visit(
        value,
        (message, details) => observations.push({ at: resource, when, message: short(message), ...details }),
        resource,
      );
    }
  }
  return observations;
}

/** More than this of a template in a message helps nobody. */
const MAX_MESSAGE = 2000;

function short(message: string): string {
  return message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE)}...` : message;
}

/** Looks at each IoT policy. */
export function eachPolicy(model: Model, visit: (policy: FoundPolicy, note: Note) => void): Observation[] {
  const observations: Observation[] = [];
  for (const policy of policiesOf(model)) {
    visit(policy, (message, details) => {
      const location = policy.location + (details?.location === undefined ? '' : `/${details.location}`);
      observations.push({ at: policy.resource, when: policy.when, message: short(message), ...details, location });
    });
  }
  return observations;
}

/** One observation for each statement and resource pattern through which a device reaches what is another's. */
export function eachReach(
  model: Model,
  concerns: (reach: Reach, policy: FoundPolicy) => boolean,
  advice: string,
): Observation[] {
  return eachPolicy(model, (policy, note) => {
    const seen = new Set<string>();
    for (const reach of policy.analysis.reaches.filter((each) => concerns(each, policy))) {
      const key = `${reach.statement} ${reach.act.action} ${reach.pattern}`;
      if (seen.has(key)) continue;
      seen.add(key);
      note(`${reach.act.action} on ${reach.pattern}: ${reach.example}; ${advice}`, {
        location: statementPath(reach.statement),
      });
    }
  });
}

export function statementPath(index: number): string {
  return `Statement/${index}`;
}

/** Whether the policy is for devices that have no identity of their own yet. */
export function isClaimPolicy({ analysis }: FoundPolicy): boolean {
  return isForClaims(analysis);
}

export { isProvisioningTopic } from '../policies/provisioning';

export function isThingTopic(target: string): boolean {
  return target.startsWith('$aws/things/');
}

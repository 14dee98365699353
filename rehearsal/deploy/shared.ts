import type { Cloudlike } from '../cloud/parts';
import { documentOf } from './provider';

/** Tries of a record of a table's stream; the service's default is until it expires. */
export const STREAM_TRIES = 5;

/** A record of a table's stream is given up, and goes nowhere. */
export function failedStream(world: Cloudlike['world'], label: string): void {
  world.events.emit({
    kind: 'fault',
    who: { kind: 'service', name: label },
    what: `${label} gives up a record of its stream`,
    code: 'EventLost',
    detail: `tried ${STREAM_TRIES + 1} times`,
  });
}

/** Adds to the policy of a queue, topic, bucket, key or function. */
export function addResourcePolicy(
  { authorizer }: Cloudlike['world'],
  arn: string,
  name: string,
  document: unknown,
): void {
  const policies = authorizer.resourcePolicies.get(arn) ?? [];
  policies.push({ name, document: documentOf(document) });
  authorizer.resourcePolicies.set(arn, policies);
}

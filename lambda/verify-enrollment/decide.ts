import type { EnrollmentRequest } from './event';

/** The last time that a serial was allowed to enroll. */
export interface Claim {
  readonly certificateId: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** What the allow-list says about a serial. */
export interface Entry {
  readonly listed: boolean;
  readonly denied: boolean;
  readonly claim: Claim | undefined;
}

/** What the registry says about the thing of that serial. */
export interface Identity {
  readonly certificateIds: readonly string[];
  readonly groups: readonly string[];
}

export interface Rules {
  /** A serial enrolls once. Otherwise a device in the fleet may enroll again (a factory reset). */
  readonly oneTimeUse: boolean;
  readonly fleetGroup: string;
}

export type Refusal =
  /** Not on the list (any more). */
  | 'not-listed'
  /** Explicitly shut out: stolen, scrapped, retired. */
  | 'denied'
  /** Somebody was allowed with this serial a moment ago. */
  | 'in-progress'
  /** The thing lives with another certificate: a device tries to enroll again, or a thief tries to take its place. */
  | 'already-enrolled'
  /** The thing exists but is not in the fleet group: isolated, moved or stripped by somebody. Enrolling is no way out. */
  | 'not-in-fleet';

export type Decision =
  /** Allowed; `claim` says what must still be true of the last claim when this one is written. */
  | { readonly kind: 'allow'; readonly claim: { readonly previous: Claim | undefined } }
  /** Allowed again, to the same certificate: AWS IoT or the device repeats a request whose answer was lost. */
  | { readonly kind: 'repeat' }
  | { readonly kind: 'refuse'; readonly because: Refusal };

/**
 * How long nobody else may claim a serial that somebody was just allowed to use. Registering takes seconds; after this a
 * claim that led to no thing was a failure, and the device may try again without anybody's help.
 */
export const LEASE_MS = 120_000;

const refuse = (because: Refusal): Decision => ({ kind: 'refuse', because });

/** May this device become the thing of its serial? `identity` is undefined while there is no such thing. */
export function decide(
  request: EnrollmentRequest,
  entry: Entry | undefined,
  identity: Identity | undefined,
  rules: Rules,
  now: number,
): Decision {
  if (entry?.listed !== true) return refuse('not-listed');
  if (entry.denied) return refuse('denied');
  const { claim } = entry;
  const repeated = claim?.certificateId === request.certificateId;
  const state = stateOf(identity, claim, rules.fleetGroup);
  if (state === 'elsewhere') return refuse('not-in-fleet');
  if (repeated) return { kind: 'repeat' };
  if (state === 'enrolled') {
    return rules.oneTimeUse ? refuse('already-enrolled') : { kind: 'allow', claim: { previous: claim } };
  }
  // Registering an existing thing keeps its groups where serials are reusable, so a half-made one would stay outside.
  if (state === 'half-made' && !rules.oneTimeUse) return refuse('not-in-fleet');
  if (claim !== undefined && now - claim.at < LEASE_MS) return refuse('in-progress');
  return { kind: 'allow', claim: { previous: claim } };
}

type State = 'absent' | 'half-made' | 'enrolled' | 'elsewhere';

/**
 * `half-made`: an earlier registration stopped before the thing had both its certificate and its group. Only the very
 * certificate of that claim may hang on it; anything else was done by somebody on purpose.
 */
function stateOf(identity: Identity | undefined, claim: Claim | undefined, fleetGroup: string): State {
  if (identity === undefined) return 'absent';
  const { certificateIds, groups } = identity;
  const inFleet = groups.includes(fleetGroup);
  if (inFleet && certificateIds.length > 0) return 'enrolled';
  if (inFleet && groups.length === 1) return 'half-made';
  const leftover = certificateIds.every((id) => id === claim?.certificateId);
  return groups.length === 0 && leftover ? 'half-made' : 'elsewhere';
}

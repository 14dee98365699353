import { MESSAGE, type Response, type Severity, type Verdict } from '../shared/incident/contract';
import { type Incident, isClosed } from '../shared/incident/incident';
import { includesResponse } from '../shared/incident/respond';
import { subjectOf } from '../shared/incident/signal';
import { apply } from '../shared/incident/transition';

export interface Given {
  readonly by: string;
  readonly why: string;
  readonly time: number;
  readonly verdict?: Verdict;
}

export type Decision =
  | { readonly kind: 'refuse'; readonly status: 404 | 409; readonly because: string }
  | { readonly kind: 'send'; readonly queue: 'tasks' | 'release'; readonly message: object }
  | { readonly kind: 'save'; readonly incident: Incident };

/** On the word of a person a device is isolated also where it is protected, or where the blast radius is reached. */
export function decideIsolate(
  known: Incident | undefined,
  subject: string,
  response: Response,
  given: Given,
): Decision {
  if (known?.state === 'held' && includesResponse(known.response, response))
    return { kind: 'send', queue: 'tasks', message: orderOn(known, given) };
  return { kind: 'send', queue: 'tasks', message: reportOn(subject, { response, ...given }) };
}

/** Without a response it is for the playbook to say what is done. */
export function decideReport(subject: string, severity: Severity, given: Given): Decision {
  return { kind: 'send', queue: 'tasks', message: reportOn(subject, { severity, ...given }) };
}

/** With a verdict also where nothing is to be given back (any more): Device Defender is told all the same. */
export function decideRelease(known: Incident | undefined, given: Given): Decision {
  if (known === undefined) return { kind: 'refuse', status: 404, because: 'no incident of this device' };
  if (given.verdict === undefined) {
    if (isClosed(known)) return closed(known);
    if (known.state === 'detected')
      return { kind: 'refuse', status: 409, because: 'nothing was taken from the device' };
  }
  const { subject, episode } = known;
  return { kind: 'send', queue: 'release', message: { schema: MESSAGE.release, subject, episode, ...given } };
}

export function decideHold(known: Incident | undefined, given: Given): Decision {
  if (known === undefined) return { kind: 'refuse', status: 404, because: 'no incident of this device' };
  if (isClosed(known)) return closed(known);
  const order = { verb: 'hold', ...given } as const;
  const incident = apply(known, { type: 'hold', because: given.why, order }, given.time);
  return incident === undefined
    ? { kind: 'refuse', status: 409, because: `the device is ${known.state}; try again in a moment` }
    : { kind: 'save', incident };
}

function closed({ state }: Incident): Decision {
  const because = `the incident is ${state} already`;
  // Its certificates are revoked, and nobody can take that back.
  return {
    kind: 'refuse',
    status: 409,
    because: state === 'retired' ? `${because}; enroll the device anew` : because,
  };
}

function orderOn({ subject, episode }: Incident, given: Given): object {
  return { schema: MESSAGE.order, subject, episode, ...given };
}

function reportOn(key: string, said: object): object {
  const subject = subjectOf(key);
  const named = subject.kind === 'thing' ? { thingName: subject.name } : { certificateId: subject.id };
  return { schema: MESSAGE.order, ...named, ...said };
}

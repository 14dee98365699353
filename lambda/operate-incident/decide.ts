import { MESSAGE, type Response } from '../shared/incident/contract';
import { type Incident, isClosed } from '../shared/incident/incident';
import { subjectOf } from '../shared/incident/signal';
import { apply } from '../shared/incident/transition';

export interface Given {
  readonly by: string;
  readonly why: string;
  readonly time: number;
}

export type Decision =
  | { readonly kind: 'refuse'; readonly status: 404 | 409; readonly because: string }
  | { readonly kind: 'send'; readonly queue: 'signals' | 'release'; readonly message: object }
  | { readonly kind: 'save'; readonly incident: Incident };

/** On the word of a person a device is isolated also where it is protected, or where the blast radius is reached. */
export function decideIsolate(
  known: Incident | undefined,
  subject: string,
  response: Response,
  given: Given,
): Decision {
  if (known?.state === 'held' && response !== 'retire')
    return { kind: 'send', queue: 'signals', message: orderOn(known, given) };
  return { kind: 'send', queue: 'signals', message: report(subject, response, given) };
}

export function decideRelease(known: Incident | undefined, given: Given): Decision {
  if (known === undefined) return { kind: 'refuse', status: 404, because: 'no incident of this device' };
  if (isClosed(known)) return { kind: 'refuse', status: 409, because: `the incident is ${known.state} already` };
  if (known.state === 'detected') return { kind: 'refuse', status: 409, because: 'nothing was taken from the device' };
  const { subject, episode } = known;
  return { kind: 'send', queue: 'release', message: { schema: MESSAGE.release, subject, episode, ...given } };
}

export function decideHold(known: Incident | undefined, given: Given): Decision {
  if (known === undefined) return { kind: 'refuse', status: 404, because: 'no incident of this device' };
  if (isClosed(known)) return { kind: 'refuse', status: 409, because: `the incident is ${known.state} already` };
  const order = { verb: 'hold', ...given } as const;
  const incident = apply(known, { type: 'hold', because: given.why, order }, given.time);
  return incident === undefined
    ? { kind: 'refuse', status: 409, because: `the device is ${known.state}; try again in a moment` }
    : { kind: 'save', incident };
}

function orderOn({ subject, episode }: Incident, given: Given): object {
  return { schema: MESSAGE.order, subject, episode, ...given };
}

function report(key: string, response: Response, given: Given): object {
  const subject = subjectOf(key);
  const named = subject.kind === 'thing' ? { thingName: subject.name } : { certificateId: subject.id };
  return { schema: MESSAGE.order, ...named, response, ...given };
}

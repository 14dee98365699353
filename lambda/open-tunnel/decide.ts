import { type Incident, isContained } from '../shared/incident/incident';
import { tunnelLabel } from '../shared/incident/tunnel-label';

/** When the next tunnel may be opened, by whichever process. */
export interface Turn {
  readonly version: number;
  /** In milliseconds. */
  readonly nextAt: number;
}

export const FIRST_TURN: Turn = { version: 0, nextAt: 0 };

/**
 * AWS IoT opens one tunnel a second for the whole account.
 *
 * @see https://docs.aws.amazon.com/general/latest/gr/iot_device_management.html
 */
const APART_MS = 1_000;
/** A person waits so long in front of a request; who comes later is told to come again. */
export const LONGEST_WAIT_MS = 10_000;

export type Reservation =
  | { readonly kind: 'turn'; readonly wait: number; readonly at: number; readonly next: Turn }
  | { readonly kind: 'busy'; readonly seconds: number };

/** The place in the line of all who want a tunnel now. */
export function reserve(turn: Turn, now: number): Reservation {
  const wait = Math.max(0, turn.nextAt - now);
  if (wait > LONGEST_WAIT_MS) return { kind: 'busy', seconds: Math.ceil((wait - LONGEST_WAIT_MS) / 1000) };
  const at = now + wait;
  return { kind: 'turn', wait, at, next: { version: turn.version + 1, nextAt: at + APART_MS } };
}

/** Why a device gets no tunnel; undefined where it may have one. Only what is isolated may be reached this way. */
export function refusalOf(
  incident: Incident | undefined,
): { readonly status: number; readonly because: string } | undefined {
  if (incident === undefined) return { status: 404, because: 'no incident of this device' };
  if (isContained(incident) && incident.state !== 'isolating') return undefined;
  return { status: 409, because: `the device is ${incident.state}; tunnels lead to devices that are isolated` };
}

/**
 * AWS IoT takes no character of Unicode's category "Other" in a description, which a joined emoji has and each has that is younger
 * than the tables there. The record has the reason as it was said.
 */
const NOT_TAKEN = /[\p{C}\u{10000}-\u{10ffff}]/gu;

/**
 * What stands beside the tunnel in the console: printable, and never longer than AWS IoT takes (2,048).
 *
 * @see https://docs.aws.amazon.com/iot/latest/apireference/API_iot-secure-tunneling_OpenTunnel.html
 */
export function descriptionOf({ subject, episode }: Incident, by: string, why: string): string {
  return `${tunnelLabel(subject, episode)}${by}: ${why.replace(NOT_TAKEN, '?')}`;
}

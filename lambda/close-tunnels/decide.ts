import { tunnelLabel } from '../shared/incident/tunnel-label';
import type { Closing } from './event';

/** What AWS IoT says of a tunnel. */
export interface Tunnel {
  readonly id: string;
  readonly isOpen: boolean;
  readonly description: string;
}

/** AWS IoT closes one tunnel a second, and a message must be done within the time of the function. */
export const MOST_CLOSES = 5;

/**
 * A request that stood in line when the device was released may have got its tunnel after the first look: the function that opens
 * tunnels is given up after 28 seconds. Lists are made up a little later, too.
 */
const LOOKS = 2;
export const LOOK_AGAIN_SECONDS = 60;

export interface Decision {
  readonly close: readonly string[];
  readonly again?: { readonly closing: Closing; readonly seconds: number };
}

/** Which tunnels of a thing are those of an incident that is over, and whether it is to be looked at once more. */
export function decide(closing: Closing, tunnels: readonly Tunnel[]): Decision {
  const label = tunnelLabel(closing.thing, closing.episode);
  const open = tunnels.filter(({ isOpen, description }) => isOpen && description.startsWith(label)).map(({ id }) => id);
  const close = open.slice(0, MOST_CLOSES);
  if (open.length > MOST_CLOSES) return { close, again: { closing, seconds: 0 } };
  if (closing.look >= LOOKS) return { close };
  return { close, again: { closing: { ...closing, look: closing.look + 1 }, seconds: LOOK_AGAIN_SECONDS } };
}

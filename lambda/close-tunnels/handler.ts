import { createConsumer, type Outcome } from '../shared/incident/consumer';
import type { Logger } from '../shared/logger';
import { CLOSING, METRIC } from './contract';
import { decide } from './decide';
import { type Closing, parseClosing } from './event';
import type { QueuePort, TunnelPort } from './ports';

export interface Deps {
  readonly tunnels: TunnelPort;
  readonly queue: QueuePort;
  readonly random: () => number;
  readonly log: Logger;
}

/** Closes the tunnels of incidents that are over: who looked at an isolated device has no business on it once it works again. */
export function createHandler(deps: Deps) {
  return createConsumer<Closing>({
    refuse: deps.queue.refuse,
    retry: deps.queue.retry,
    parse: parseClosing,
    laneOf: ({ thing }) => thing,
    handle: async (closing) => [await closeAll(deps, closing)],
    random: deps.random,
    log: deps.log,
  });
}

async function closeAll(deps: Deps, closing: Closing): Promise<Outcome> {
  const { thing: subject, episode } = closing;
  const { close, again } = decide(closing, await deps.tunnels.of(subject));
  for (const tunnelId of close) {
    const became = await deps.tunnels.close(tunnelId);
    deps.log.info(became, { subject, episode, tunnelId });
    if (became === 'closed') deps.log.count(METRIC.closed, 1, { subject });
  }
  // Last: what failed before comes again by itself, and must not have begun a second line of looks.
  if (again !== undefined) await deps.queue.again({ schema: CLOSING, ...again.closing }, again.seconds);
  return { done: 'looked', because: `${close.length} tunnels to close` };
}

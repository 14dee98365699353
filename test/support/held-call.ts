import { AsyncLocalStorage } from 'node:async_hooks';
import type { Lane } from './memory-response';
import { TIME } from '../lambda/shared/incident/messages';
import type { ResponseWorld } from './response-world';

export const PUMP = 'pump-0';
export const ORDERED = TIME + 10_000;
export const HOUR = 3_600_000;
export const TASK = { subject: PUMP, episode: 1 };
export const RELEASE = { kind: 'release', name: PUMP, time: ORDERED } as const;

/** Why it is isolated: a doubt locks it out. */
export type Kind = 'alarm' | 'doubt';

export const signalOf = (world: ResponseWorld, kind: Kind) => world.messageOf({ kind, name: PUMP, time: TIME });

/** Isolated long ago, with everything done and looked at. */
export async function isolated(world: ResponseWorld, kind: Kind): Promise<void> {
  await world.happen({ kind, name: PUMP, time: TIME });
  await world.settle();
  world.now += HOUR;
}

export interface Message {
  readonly queue: Lane;
  readonly body: string;
}

/** Whose call it is. */
export const actor = new AsyncLocalStorage<{
  calls: number;
  readonly at: (call: number) => Promise<void> | undefined;
}>();

function watched(world: ResponseWorld): void {
  world.toll = async () => {
    const self = actor.getStore();
    if (self !== undefined) await self.at(self.calls++);
  };
}

function signalled() {
  let done!: () => void;
  const promise = new Promise<void>((resolve) => (done = resolve));
  return { promise, done };
}

/** Delivers a message, and waits until that call of it is held, or it is done. */
export async function start(world: ResponseWorld, { queue, body }: Message, held: number) {
  const [reached, resume, over] = [signalled(), signalled(), signalled()];
  let wasHeld = false;
  watched(world);
  const at = (call: number) => {
    if (call !== held) return undefined;
    wasHeld = true;
    reached.done();
    return resume.promise;
  };
  const underWay = actor.run({ calls: 0, at }, () => world.once(queue, body).finally(() => over.done()));
  await Promise.race([reached.promise, underWay]);
  return { underWay, resume, over, wasHeld };
}

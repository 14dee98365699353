import { MESSAGE } from '../../../lambda/shared/incident/contract';
import {
  isolated,
  type Kind,
  type Message,
  ORDERED,
  PUMP,
  RELEASE,
  signalOf,
  start,
  TASK,
} from '../../support/held-call';
import { ResponseWorld } from '../../support/response-world';

/** What is under way when something else happens to the device, to its very end. */
interface Turn {
  readonly name: string;
  readonly kind: Kind;
  readonly prepare: (world: ResponseWorld) => Promise<Message>;
  readonly meanwhile: (world: ResponseWorld, message: Message) => Promise<void>;
  readonly state: string;
}

const isolateAnew = (world: ResponseWorld, kind: Kind = 'doubt') =>
  world.happen({ kind, name: PUMP, time: ORDERED + 1 });

const CHECK: Message = {
  queue: 'release',
  body: JSON.stringify({ schema: MESSAGE.release, ...TASK, by: 'ada', why: 'sure', time: ORDERED, again: true }),
};

/** Of something that was under way when the device was isolated: all that was to come is done, and the device is released. */
async function finishAndRelease(world: ResponseWorld, { queue, body }: Message): Promise<void> {
  await world.until(queue, body);
  await world.drain();
  await world.happen(RELEASE);
}

const TURNS: readonly Turn[] = (['alarm', 'doubt'] as const).flatMap((kind): Turn[] => [
  {
    name: 'a release, delivered twice, while the device is isolated anew',
    kind,
    prepare: async (world) => {
      await isolated(world, kind);
      return world.messageOf(RELEASE);
    },
    meanwhile: async (world, { queue, body }) => {
      await world.until(queue, body);
      await isolateAnew(world, kind);
    },
    state: 'isolated',
  },
  {
    name: 'the check of a release while the device is isolated anew',
    kind,
    prepare: async (world) => {
      await isolated(world, kind);
      await world.happen(RELEASE);
      return CHECK;
    },
    meanwhile: (world) => isolateAnew(world, kind),
    state: 'isolated',
  },
  {
    name: 'the check of a release while the device is retired',
    kind,
    prepare: async (world) => {
      await isolated(world, kind);
      await world.happen(RELEASE);
      return CHECK;
    },
    meanwhile: (world) => world.happen({ kind: 'retire', name: PUMP, time: ORDERED + 1 }),
    state: 'retired',
  },
  {
    name: 'an isolation, delivered twice, while the device is released and raises an alarm that isolates nothing',
    kind,
    prepare: (world) => Promise.resolve(signalOf(world, kind)),
    meanwhile: async (world, message) => {
      await finishAndRelease(world, message);
      await world.happen({ kind: 'mild', name: PUMP, time: ORDERED + 1 });
    },
    state: 'detected',
  },
  {
    name: 'an isolation, delivered twice, while the device is released and isolated anew',
    kind,
    prepare: (world) => Promise.resolve(signalOf(world, kind)),
    meanwhile: async (world, message) => {
      await finishAndRelease(world, message);
      await isolateAnew(world, kind);
    },
    state: 'isolated',
  },
  {
    name: 'a lock-out, delivered twice, while the device is released and isolated anew',
    kind,
    prepare: async (world) => {
      const { queue, body } = signalOf(world, 'doubt');
      await world.until(queue, body);
      return world.response.sent.splice(0, 1)[0]!;
    },
    meanwhile: async (world, message) => {
      await finishAndRelease(world, message);
      await isolateAnew(world, kind);
    },
    state: 'isolated',
  },
]);

test.each(TURNS)('$name ($kind): ends as the newer one says, and is given back exactly', async (turn) => {
  for (let held = 0, wasHeld = true; wasHeld; held += 1) {
    const world = new ResponseWorld();
    const message = await turn.prepare(world);
    const started = await start(world, message, held);
    wasHeld = started.wasHeld;
    await turn.meanwhile(world, message);
    started.resume.done();
    if ((await started.underWay).batchItemFailures.length > 0) await world.until(message.queue, message.body);
    await world.drain();
    await world.settle();
    const { state, response, groups: is } = world.end(PUMP);
    const free = turn.state === 'detected';
    expect([held, state, is]).toEqual([held, turn.state, free ? ['pumps', 'site'] : ['quarantine', 'site']]);
    const off: Record<string, string> = { lockOut: 'INACTIVE', retire: 'REVOKED' };
    expect([held, world.certificate(), world.isDenied()]).toEqual([
      held,
      off[response ?? ''] ?? 'ACTIVE',
      off[response ?? ''] !== undefined,
    ]);
    if (state !== 'isolated') continue;
    await world.happen({ ...RELEASE, time: ORDERED + 100 });
    await world.settle();
    expect([held, world.end(PUMP).state, world.groupsOf(PUMP)]).toEqual([held, 'released', ['pumps', 'site']]);
    expect([held, world.certificate(), world.isDenied()]).toEqual([held, 'ACTIVE', false]);
  }
});

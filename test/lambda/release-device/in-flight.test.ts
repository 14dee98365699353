import fc from 'fast-check';
import { MESSAGE } from '../../../lambda/shared/incident/contract';
import { dice } from '../../support/dice';
import {
  actor,
  HOUR,
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
import { ResponseWorld, type WorldOptions } from '../../support/response-world';
import { SEED } from '../../support/seed';
import { TIME } from '../shared/incident/messages';

/** A message that takes something is under way while the device is released. */
interface Scene {
  readonly name: string;
  readonly options?: WorldOptions;
  readonly kind: Kind;
  /** How far isolating has come before, and what is under way then. */
  readonly prepare: (world: ResponseWorld) => Promise<Message>;
  /** What else happens once it is under way, before the release. */
  readonly meanwhile?: (world: ResponseWorld, message: Message) => Promise<void>;
}

const look = (attempt: number): Message => ({
  queue: 'look',
  body: JSON.stringify({ schema: MESSAGE.look, ...TASK, attempt }),
});

function groups(world: ResponseWorld): Set<string> {
  return world.response.groups.get(PUMP)!;
}

const LOOKS: Scene[] = (['alarm', 'doubt'] as const).flatMap((kind) =>
  (
    [
      ['as it should be', 1, () => undefined],
      ['in its group again', 2, (world: ResponseWorld) => void groups(world).add('pumps')],
      ['out of quarantine', 3, (world: ResponseWorld) => void groups(world).delete('quarantine')],
      ['given back by hand', 1, (world: ResponseWorld) => void groups(world).add('pumps').delete('quarantine')],
    ] as const
  ).map(([what, attempt, spoil]) => ({
    name: `look ${attempt} at a device that is ${what}, isolated for a ${kind}`,
    kind,
    prepare: async (world: ResponseWorld) => {
      await isolated(world, kind);
      spoil(world);
      return look(attempt);
    },
  })),
);

const SCENES: readonly Scene[] = [
  ...LOOKS,
  {
    name: 'look 1 at a device without a group of the fleet, out of quarantine',
    kind: 'alarm',
    options: { groups: ['site'] },
    prepare: async (world) => {
      await isolated(world, 'alarm');
      groups(world).delete('quarantine');
      return look(1);
    },
  },
  ...(['alarm', 'doubt'] as const).map((kind): Scene => ({
    name: `the signal of an isolation, delivered twice, for a ${kind}`,
    kind,
    prepare: (world) => Promise.resolve(signalOf(world, kind)),
    meanwhile: async (world, { queue, body }) => {
      await world.until(queue, body);
      await world.drain();
    },
  })),
  {
    name: 'a lock-out, delivered twice',
    kind: 'doubt',
    prepare: async (world) => {
      const { queue, body } = signalOf(world, 'doubt');
      await world.until(queue, body);
      const [lockOut] = world.response.sent.splice(0, 1);
      return lockOut!;
    },
    meanwhile: async (world, { queue, body }) => {
      await world.drain();
      await world.until(queue, body);
    },
  },
  {
    name: 'a lock-out that was off before, delivered twice',
    kind: 'doubt',
    options: { status: 'INACTIVE' },
    prepare: async (world) => {
      const { queue, body } = signalOf(world, 'doubt');
      await world.until(queue, body);
      return world.response.sent.splice(0, 1)[0]!;
    },
    meanwhile: (world, { queue, body }) => world.until(queue, body),
  },
  {
    name: 'the order of a person on what was held while it was isolated, delivered twice',
    kind: 'alarm',
    prepare: async (world) => {
      await isolated(world, 'alarm');
      await world.happen({ kind: 'hold', name: PUMP, time: ORDERED - 9 });
      const order = { schema: MESSAGE.order, ...TASK, by: 'ada', why: 'sure', time: ORDERED - 5 };
      return { queue: 'look', body: JSON.stringify(order) };
    },
    meanwhile: async (world, { queue, body }) => {
      await world.until(queue, body);
      await world.drain();
    },
  },
];

class Crash extends Error {}

interface Course {
  /** The call of what is under way that waits for the release. */
  readonly held: number;
  /** The call of the release that waits until what was under way is done. */
  readonly upTo?: number;
  /** The call of the release at which it stops, before that takes effect, which is after the one before, and is delivered again. */
  readonly crash?: number;
}

/** How far it has come before, which is the same in each course. */
interface Start {
  readonly world: ResponseWorld;
  readonly message: Message;
}

/** False where that call is not reached. */
async function play(scene: Scene, { world: before, message }: Start, { held, upTo, crash }: Course) {
  const world = before.copy();
  const { underWay, resume, over, wasHeld } = await start(world, message, held);
  await scene.meanwhile?.(world, message);
  let [crashed, waited] = [false, false];
  const release = world.messageOf(RELEASE);
  const releasing = () =>
    actor.run(
      {
        calls: 0,
        at: async (call) => {
          if (call === upTo) {
            waited = true;
            resume.done();
            await over.promise;
          }
          if (crash !== call || crashed) return;
          crashed = true;
          throw new Crash();
        },
      },
      () => world.once(release.queue, release.body),
    );
  for (let tried = 0; (await releasing()).batchItemFailures.length > 0; tried += 1)
    if (tried === 50) throw new Error('comes to no end');
  resume.done();
  // What was held and failed is delivered again, as SQS does it.
  if ((await underWay).batchItemFailures.length > 0) await world.until(message.queue, message.body);
  world.toll = () => Promise.resolve();
  await world.drain();
  await world.settle();
  return { world, wasHeld, waited, crashed };
}

function expectReleased(world: ResponseWorld, scene: Scene, course: unknown): void {
  const { status = 'ACTIVE', groups: before = ['pumps', 'site'] } = scene.options ?? {};
  expect({ course, state: world.end(PUMP).state, groups: world.groupsOf(PUMP), status: world.certificate() }).toEqual({
    course,
    state: 'released',
    groups: [...before].sort(),
    status,
  });
  expect([course, world.isDenied()]).toEqual([course, false]);
}

describe.each(SCENES)('$name', (scene) => {
  let before: Start;
  beforeAll(async () => {
    const world = new ResponseWorld(scene.options);
    before = { world, message: await scene.prepare(world) };
  });

  test('ends as released where it is held at any call while the release is carried out, or up to any of its calls', async () => {
    let met = 0;
    for (let held = 0; ; held += 1) {
      const whole = await play(scene, before, { held });
      if (!whole.wasHeld) break;
      expectReleased(whole.world, scene, { held });
      for (let upTo = 0; ; upTo += 1) {
        const { world, waited } = await play(scene, before, { held, upTo });
        if (!waited) break;
        expectReleased(world, scene, { held, upTo });
        met += 1;
      }
    }
    expect(met).toBeGreaterThan(0);
  });

  test('ends as released where the release stops at any call, too, and is delivered again', async () => {
    for (let held = 0; ; held += 1) {
      if (!(await play(scene, before, { held })).wasHeld) break;
      for (let crash = 0; ; crash += 1) {
        const { world, crashed } = await play(scene, before, { held, crash });
        if (!crashed) break;
        expectReleased(world, scene, { held, crash });
      }
    }
  });
});

test('any of them at once, in any order of calls that may fail, ends as the record says', async () => {
  const kinds = fc.uniqueArray(fc.constantFrom('look', 'lockOut', 'signal', 'hold', 'isolate', 'retire', 'alarm'), {
    minLength: 1,
    maxLength: 4,
  });
  // Nobody asks here whose call it is, which would cost something with each promise.
  actor.disable();
  const isolatedFor = { alarm: new ResponseWorld(), doubt: new ResponseWorld() };
  for (const kind of ['alarm', 'doubt'] as const) await isolatedFor[kind].happen({ kind, name: PUMP, time: TIME });
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      kinds,
      fc.constantFrom('alarm' as const, 'doubt' as const),
      fc.constantFrom(0, 1, HOUR),
      fc.integer({ min: -2, max: 2 }),
      fc.nat(),
      async (scheduler, happening, kind, since, lead, seed) => {
        const world = isolatedFor[kind].copy();
        world.now += since;
        const random = dice(seed);
        if (random() < 0.3) groups(world).add('pumps');
        if (random() < 0.3) groups(world).delete('quarantine');
        const trouble = async () => {
          await scheduler.schedule(Promise.resolve());
          if (random() < 0.03) throw new Crash();
        };
        world.toll = trouble;
        world.answer = () => (random() < 0.02 ? Promise.reject(new Crash()) : Promise.resolve());
        const deliver = async ({ queue, body }: Message) => {
          await world.until(queue, body);
          await world.drain();
        };
        const lockOut: Message = { queue: 'slow', body: JSON.stringify({ schema: MESSAGE.lockOut, ...TASK }) };
        const acts: Record<string, () => Promise<void>> = {
          look: () => deliver(look(1)),
          lockOut: () => deliver(lockOut),
          signal: () => deliver(signalOf(world, kind)),
          hold: () => world.happen({ kind: 'hold', name: PUMP, time: ORDERED + lead }),
          isolate: () => world.happen({ kind: 'isolate', name: PUMP, time: ORDERED + lead }),
          retire: () => world.happen({ kind: 'retire', name: PUMP, time: ORDERED + lead }),
          alarm: () => world.happen({ kind: 'alarm', name: PUMP, time: ORDERED + lead }),
        };
        await scheduler.waitFor(
          Promise.all([world.happen(RELEASE), world.happen(RELEASE), ...happening.map((name) => acts[name]!())]),
        );
        world.toll = () => Promise.resolve();
        world.answer = () => Promise.resolve();
        await world.drain();
        await world.settle();
        const { state, response } = world.end(PUMP);
        const certificate = world.certificate();
        const is = { state, happening, groups: world.groupsOf(PUMP), certificate, denied: world.isDenied() };
        const { notRestored = [] } = world.response.incident(PUMP)!;
        // An order to retire it that came before was half carried out: what is revoked stays so, and the record says it.
        const revoked = certificate === 'REVOKED' && notRestored.join().includes('is REVOKED, was ACTIVE');
        if (state === 'released')
          expect(is).toEqual({
            ...is,
            groups: ['pumps', 'site'],
            certificate: revoked ? 'REVOKED' : 'ACTIVE',
            denied: false,
          });
        else {
          expect(is).toEqual({ ...is, groups: ['quarantine', 'site'], denied: response !== 'isolate' });
          // Switched off by what was overtaken after it was revoked, it is as dead.
          const off = { isolate: ['ACTIVE'], lockOut: ['INACTIVE'], retire: ['REVOKED', 'INACTIVE'] };
          expect(off[response as keyof typeof off]).toContain(certificate);
        }
        if (state === 'isolated' || state === 'held') {
          await world.happen({ ...RELEASE, time: ORDERED + 100 });
          await world.settle();
          expect([happening, world.groupsOf(PUMP), world.isDenied()]).toEqual([happening, ['pumps', 'site'], false]);
          expect([happening, world.certificate()]).toEqual([happening, 'ACTIVE']);
        }
        expect(['released', 'isolated', 'held', 'retired']).toContain(state);
      },
    ),
    { numRuns: 500, seed: SEED },
  );
});

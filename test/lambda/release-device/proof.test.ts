import fc from 'fast-check';
import { createHandler } from '../../../lambda/prove-health/handler';
import { REMINDER } from '../../../lambda/prove-health/contract';
import { isBeingReleased } from '../../../lambda/shared/incident/incident';
import { createLogger } from '../../../lambda/shared/logger';
import { dice } from '../../support/dice';
import { HOUR, isolated, PUMP, RELEASE } from '../../support/held-call';
import { record } from '../../support/memory-response';
import { ResponseWorld } from '../../support/response-world';
import { SEED } from '../../support/seed';
import { TIME } from '../shared/incident/messages';

const CONTEXT = { getRemainingTimeInMillis: () => 60_000 };

/** The proof of health at work on the same record: its windows are over, and it releases by itself. */
async function prove(world: ResponseWorld): Promise<void> {
  const call = async <T>(act: () => T): Promise<T> => {
    await world.toll('prove');
    const result = act();
    await world.answer('prove');
    return result;
  };
  const { response } = world;
  const handler = createHandler({
    incidents: {
      latest: (subject) => call(() => response.incident(subject)),
      save: (incident) => call(() => response.save(incident)),
    },
    jobs: { executionOf: () => call(() => ({ status: 'SUCCEEDED', at: TIME + 120_000 })) },
    queue: {
      remind: () => call(() => undefined),
      release: (message) =>
        call(() => void response.sent.push({ queue: 'release', body: JSON.stringify(message), seconds: 0 })),
      refuse: () => Promise.reject(new Error('refused')),
      retry: () => Promise.resolve(),
    },
    rule: { windows: 1, windowSeconds: 1, requireCleared: false, silentSeconds: 1, automaticReleases: 9 },
    jobId: 'j',
    now: () => world.now,
    random: () => 0.5,
    log: createLogger({ service: 'test', write: () => undefined }),
  });
  const watch = response.incident(PUMP)?.watch ?? 0;
  const body = JSON.stringify({ schema: REMINDER, subject: PUMP, watch, due: TIME });
  for (let tried = 0; tried < 100; tried += 1) {
    const answer = await handler({ Records: [record(body, 0, 'look')] }, CONTEXT);
    if (answer.batchItemFailures.length === 0) return world.drain();
  }
  throw new Error('comes to no end');
}

test('a proof releases by itself, where nothing comes in between', async () => {
  const world = new ResponseWorld();
  await isolated(world, 'alarm');
  await prove(world);
  expect(world.end(PUMP)).toMatchObject({ state: 'released', groups: ['pumps', 'site'] });
});

const events = fc.uniqueArray(fc.constantFrom('release', 'hold', 'isolate', 'retire', 'alarm', 'prove'), {
  minLength: 1,
  maxLength: 3,
});

test('a proof that releases, persons and alarms at once end as one of them says, and no order is lost', async () => {
  const before = new ResponseWorld();
  await isolated(before, 'alarm');
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      events,
      fc.integer({ min: -1, max: 1 }),
      fc.nat(),
      async (scheduler, happening, lead, seed) => {
        const world = before.copy();
        const time = world.now + lead;
        const random = dice(seed);
        world.toll = async () => {
          await scheduler.schedule(Promise.resolve());
          if (random() < 0.03) throw new Error('throttled');
        };
        world.answer = () => (random() < 0.02 ? Promise.reject(new Error('lost')) : Promise.resolve());
        const acts = happening.map((event) =>
          event === 'prove' ? prove(world) : world.happen({ kind: event, name: PUMP, time }),
        );
        await scheduler.waitFor(Promise.all([prove(world), ...acts]));
        world.toll = () => Promise.resolve();
        world.answer = () => Promise.resolve();
        const known = world.response.incident(PUMP)!;
        // What the proof had decided is carried out, as its next reminder would have it.
        if (known.state === 'proving') await prove(world);
        await world.drain();
        await world.settle();
        const { state, response, groups } = world.end(PUMP);
        const incident = world.response.incident(PUMP)!;
        expect([happening, isBeingReleased(incident)]).toEqual([happening, false]);
        const free = state === 'released';
        expect([happening, state, groups]).toEqual([
          happening,
          state,
          free ? ['pumps', 'site'] : ['quarantine', 'site'],
        ]);
        if (response !== 'retire') expect([happening, world.certificate()]).toEqual([happening, 'ACTIVE']);
        // The proof covers no alarm of now, whoever was first; a person who releases settles it.
        if (happening.includes('alarm') && !happening.includes('release'))
          expect([happening, state]).not.toEqual([happening, 'released']);
        if (free || state === 'retired') return;
        await world.happen({ ...RELEASE, time: world.now + HOUR });
        await world.settle();
        expect([happening, world.groupsOf(PUMP), world.certificate()]).toEqual([
          happening,
          ['pumps', 'site'],
          'ACTIVE',
        ]);
      },
    ),
    { numRuns: 300, seed: SEED },
  );
});

test('an order of a proof that a person has overruled is not carried out by its message, which comes late', async () => {
  const world = new ResponseWorld();
  await isolated(world, 'alarm');
  const sent: string[] = [];
  const { response } = world;
  const push = response.sent.push.bind(response.sent);
  response.sent.push = (...messages) => {
    for (const message of messages) if (message.queue === 'release') sent.push(message.body);
    return push(...messages.filter(({ queue }) => queue !== 'release'));
  };
  await prove(world);
  response.sent.push = push;
  expect(world.end(PUMP).state).toBe('proving');
  await world.happen({ kind: 'hold', name: PUMP, time: world.now + 1 });
  await world.until('release', sent[0]!);
  await world.drain();
  expect(world.end(PUMP)).toMatchObject({ state: 'held', groups: ['quarantine', 'site'] });
});

import fc from 'fast-check';
import { includesResponse } from '../../../lambda/shared/incident/respond';
import { isBeingReleased, isContained } from '../../../lambda/shared/incident/incident';
import { dice } from '../../support/dice';
import { type Happening, NAMES, ResponseWorld } from '../../support/response-world';
import { SEED } from '../../support/seed';
import { CERTIFICATE, TIME } from '../shared/incident/messages';

const ORDERED = TIME + 10_000;

const someone = fc.constantFrom(...NAMES);
const anyEvent: fc.Arbitrary<Happening> = fc.record({
  kind: fc.constantFrom('doubt', 'alarm', 'release', 'release', 'hold'),
  name: someone,
  time: fc.integer({ min: ORDERED - 2, max: ORDERED + 2 }),
});

/** Who, by the records, is locked out. */
const lockedOut = ({ response }: ResponseWorld) =>
  NAMES.filter((name) => {
    const known = response.incident(name);
    if (known === undefined) return false;
    if (known.state === 'retired') return true;
    return isContained(known) && includesResponse(known.response, 'lockOut') && !isBeingReleased(known);
  });

test.each(['ACTIVE', 'INACTIVE'])(
  'a certificate of two devices that was %s is off while one of them is locked out, and then what it was, in any order of calls',
  async (status) => {
    const lockedOutBefore = new Map<string, ResponseWorld>();
    for (const before of [[], ['pump-0'], ['pump-1'], NAMES] as const) {
      const world = new ResponseWorld({ status });
      for (const name of before) await world.happen({ kind: 'doubt', name, time: TIME });
      lockedOutBefore.set(before.join(), world);
    }
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.subarray([...NAMES]),
        fc.uniqueArray(anyEvent, { minLength: 2, maxLength: 4, selector: (event) => `${event.kind} ${event.name}` }),
        fc.nat(),
        async (scheduler, before, events, seed) => {
          const world = lockedOutBefore.get(before.join())!.copy();
          const random = dice(seed);
          world.toll = async () => {
            await scheduler.schedule(Promise.resolve());
            if (random() < 0.03) throw new Error('throttled');
          };
          await scheduler.waitFor(Promise.all(events.map((event) => world.happen(event))));
          world.toll = () => Promise.resolve();
          for (const event of events) await world.happen(event);
          await world.settle();
          const held = lockedOut(world);
          expect([held, world.certificate()]).toEqual([held, held.length > 0 ? 'INACTIVE' : status]);
          expect([held, world.denied.get(CERTIFICATE)?.denied ?? false]).toEqual([held, held.length > 0]);
          // What is left is released, and all is as it was.
          for (const name of NAMES) await world.happen({ kind: 'release', name, time: ORDERED + 100 });
          await world.settle();
          expect(world.certificate()).toBe(status);
          for (const name of NAMES) expect(world.end(name).groups).toEqual(['pumps', 'site']);
        },
      ),
      { numRuns: 500, seed: SEED },
    );
  },
);

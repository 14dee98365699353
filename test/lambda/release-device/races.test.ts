import fc from 'fast-check';
import type { BatchResponse } from '../../../lambda/shared/incident/consumer';
import { MESSAGE } from '../../../lambda/shared/incident/contract';
import { includesResponse } from '../../../lambda/shared/incident/respond';
import { isBeingReleased, isContained } from '../../../lambda/shared/incident/incident';
import { apply } from '../../../lambda/shared/incident/transition';
import { dice } from '../../support/dice';
import { MemoryResponse, record } from '../../support/memory-response';
import { PLAYBOOK } from '../../support/response-rig';
import { SEED } from '../../support/seed';
import { CERTIFICATE, own, TIME } from '../shared/incident/messages';

const NAMES = ['pump-0', 'pump-1'] as const;
type Name = (typeof NAMES)[number];
const ORDERED = TIME + 10_000;
const CALM = { now: () => TIME + 60_000, sleep: () => Promise.resolve() };
const CONTEXT = { getRemainingTimeInMillis: () => 60_000 };

type Sent = MemoryResponse['sent'][number];

/** Something that happens to two devices with one certificate. */
type Event =
  | { readonly kind: 'doubt' | 'alarm'; readonly name: Name; readonly time: number }
  | { readonly kind: 'release' | 'hold' | 'retire'; readonly name: Name; readonly time: number };

/** Both functions and their queues in memory, with a scheduler that says whose call comes next, and calls that fail. */
class World {
  public readonly denied = new Map<string, { readonly for: string; readonly denied: boolean }>();
  public readonly response: MemoryResponse;
  private readonly later: Sent[] = [];
  public toll: () => Promise<void> = () => Promise.resolve();

  constructor(status: string) {
    this.response = new MemoryResponse({
      playbook: PLAYBOOK,
      clock: CALM,
      toll: () => this.toll(),
      gate: {
        deny: (id, subject) => this.toll().then(() => void this.denied.set(id, { for: subject, denied: true })),
        admit: (id, subject) =>
          this.toll().then(() => {
            if (this.denied.get(id)?.for !== subject) return false;
            this.denied.set(id, { for: subject, denied: false });
            return true;
          }),
      },
    });
    for (const name of NAMES) {
      this.response.groups.set(name, new Set(['pumps', 'site']));
      this.response.certificates.set(name, new Map([[CERTIFICATE, status]]));
    }
  }

  public async happen({ kind, name, time }: Event): Promise<void> {
    const by = { by: 'ada', why: 'sure', time };
    const { response } = this;
    if (kind === 'release') {
      const message = { schema: MESSAGE.release, subject: name, episode: response.incident(name)?.episode ?? 1, ...by };
      await this.until(() => this.release(JSON.stringify(message)));
    } else if (kind === 'hold') await this.hold(name, time);
    else if (kind === 'retire') {
      const message = JSON.stringify({ schema: MESSAGE.order, thingName: name, response: 'retire', ...by });
      await this.until(() => response.deliver([message], 'look'));
    } else {
      const signal = own({
        thingName: name,
        id: `${kind} ${time}`,
        time,
        kind: kind === 'doubt' ? 'identity' : 'behavior',
      });
      await this.until(() => response.deliver([JSON.stringify(signal)]));
    }
    await this.drain();
  }

  /** What is for later comes when nothing is under way any more. */
  public async drain(): Promise<void> {
    const { sent } = this.response;
    for (let next = sent.shift(); next !== undefined; next = sent.shift()) {
      if (next.seconds > 0) this.later.push(next);
      else await this.deliver(next);
    }
  }

  public async check(): Promise<void> {
    for (let next = this.later.shift(); next !== undefined; next = this.later.shift()) {
      await this.deliver(next);
      await this.drain();
    }
  }

  private async deliver({ queue, body }: Sent): Promise<void> {
    await this.until(() => (queue === 'release' ? this.release(body) : this.response.deliver([body], queue)));
  }

  public end(name: Name) {
    const { state, response } = this.response.incident(name) ?? {};
    return { state, response, groups: [...(this.response.groups.get(name) ?? [])].sort() };
  }

  public certificate(): string | undefined {
    return this.response.certificates.get('pump-0')?.get(CERTIFICATE);
  }

  private release(body: string): Promise<BatchResponse> {
    const message = { ...record(body, 0, 'look'), eventSourceARN: 'arn:aws:sqs:eu-west-1:123456789012:release' };
    return this.response.releasing()({ Records: [message] }, CONTEXT);
  }

  /** As the operators' entry does it. */
  private async hold(name: Name, time: number): Promise<void> {
    for (;;) {
      await this.toll().catch(() => undefined);
      const known = this.response.incident(name);
      const order = { verb: 'hold', by: 'bob', why: 'wait', time } as const;
      const held = known && apply(known, { type: 'hold', because: 'wait', order }, CALM.now());
      if (held === undefined || this.response.save(held) !== 'conflict') return;
    }
  }

  /** As SQS does it. */
  private async until(deliver: () => Promise<BatchResponse>): Promise<void> {
    for (let tried = 0; (await deliver()).batchItemFailures.length > 0; tried += 1)
      if (tried === 100) throw new Error('comes to no end');
  }
}

const someone = fc.constantFrom(...NAMES);
const anyEvent: fc.Arbitrary<Event> = fc.record({
  kind: fc.constantFrom('doubt', 'alarm', 'release', 'release', 'hold'),
  name: someone,
  time: fc.integer({ min: ORDERED - 2, max: ORDERED + 2 }),
});

/** Who, by the records, is locked out. */
const lockedOut = ({ response }: World) =>
  NAMES.filter((name) => {
    const known = response.incident(name);
    if (known === undefined) return false;
    if (known.state === 'retired') return true;
    return isContained(known) && includesResponse(known.response, 'lockOut') && !isBeingReleased(known);
  });

test.each(['ACTIVE', 'INACTIVE'])(
  'a certificate of two devices that was %s is off while one of them is locked out, and then what it was, in any order of calls',
  async (status) => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.subarray([...NAMES]),
        fc.uniqueArray(anyEvent, { minLength: 2, maxLength: 4, selector: (event) => `${event.kind} ${event.name}` }),
        fc.nat(),
        async (scheduler, before, events, seed) => {
          const world = new World(status);
          for (const name of before) await world.happen({ kind: 'doubt', name, time: TIME });
          const random = dice(seed);
          world.toll = async () => {
            await scheduler.schedule(Promise.resolve());
            if (random() < 0.03) throw new Error('throttled');
          };
          await scheduler.waitFor(Promise.all(events.map((event) => world.happen(event))));
          world.toll = () => Promise.resolve();
          for (const event of events) await world.happen(event);
          await world.check();
          const held = lockedOut(world);
          expect([held, world.certificate()]).toEqual([held, held.length > 0 ? 'INACTIVE' : status]);
          expect([held, world.denied.get(CERTIFICATE)?.denied ?? false]).toEqual([held, held.length > 0]);
          // What is left is released, and all is as it was.
          for (const name of NAMES) await world.happen({ kind: 'release', name, time: ORDERED + 100 });
          await world.check();
          expect(world.certificate()).toBe(status);
          for (const name of NAMES) expect(world.end(name).groups).toEqual(['pumps', 'site']);
        },
      ),
      { numRuns: 500, seed: SEED },
    );
  },
);

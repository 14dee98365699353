// A shard that is split within a window while windows spill and the table and the topic fail: whatever call stops the function, what
// is said is what one shard without a fault would have said.
import fc from 'fast-check';
import { METRIC } from '../../../lambda/evaluate-behaviors/contract';
import { pageOf } from '../../../lambda/evaluate-behaviors/hash';
import {
  behavior,
  documentOf,
  EPOCH,
  message,
  presence,
  type Put,
  report,
  StreamRig,
  WINDOW_MS,
} from '../../support/stream';

const per = { windowSeconds: 300 };
const DOCUMENT = documentOf([
  behavior({ metric: 'messages-sent', operator: 'atMost', threshold: 2, datapointsToClear: 2, ...per }),
  behavior({ metric: 'messages-sent', name: 'often', operator: 'atMost', threshold: 1, datapointsToAlarm: 2, ...per }),
  behavior({ metric: 'message-size', operator: 'lessThan', threshold: 150 }),
  behavior({ metric: 'disconnects', operator: 'atMost', threshold: 1, ...per }),
  behavior({ metric: 'bytes-out', operator: 'atMost', threshold: 1_000, ...per }),
]);
const WINDOWS = 2;
const PARENT = 'shardId-000000000000';
const CHILDREN = ['shardId-000000000001', 'shardId-000000000002'] as const;
/** On one page, which the split goes through, and one on another. */
const DEVICES = (() => {
  const page = pageOf('pump-1');
  const names = Array.from({ length: 20_000 }, (_, index) => `pump-${index}`).filter((name) => pageOf(name) === page);
  return ['pump-1', ...names.filter((name) => name !== 'pump-1').slice(0, 2), 'fan'];
})();
const childOf = (device: string): string => CHILDREN[DEVICES.indexOf(device) % 2] as string;

interface Happening {
  readonly window: number;
  readonly device: string;
  readonly early: boolean;
  readonly record: object;
}

let made = 0;
const happening: fc.Arbitrary<Happening> = fc
  .record({
    window: fc.nat(WINDOWS - 1),
    device: fc.constantFrom(...DEVICES),
    kind: fc.nat(3),
    size: fc.nat(5),
    early: fc.boolean(),
  })
  .map(({ window, device, kind, size, early }) => {
    made += 1;
    const at = EPOCH + window * WINDOW_MS + (early ? 1_000 : 2_000);
    const session = { sessionIdentifier: String(made), versionNumber: made };
    const makers = [
      () => message(device, at, { bytes: size * 40 }),
      () => message(device, at, { bytes: size }),
      () => presence(device, 'disconnected', at, session),
      () => report(device, at, { metrics: { network_stats: { bytes_out: size * 300 } } }, made),
    ];
    return { window, device, early, record: makers[kind]!() };
  });

interface Call {
  readonly window: number;
  readonly puts: readonly Put[];
  readonly shard: string;
  readonly more: Record<string, unknown>;
}

/** As often as the mapping of the stream tries; what a property throws must be less, or all of it on one call ends the test. */
const ATTEMPTS = 50;
const MOST_TROUBLES = 40;

/** The table, the topic or the function itself fails. */
class Trouble extends Error {}

/** What happens between two calls, and how often it is asked: throw `Trouble` to stop the function there. */
type Troubling = (point: number) => void;

class Replay {
  public readonly rig = new StreamRig(DOCUMENT);
  public points = 0;

  constructor(private readonly trouble: Troubling = () => undefined) {}

  /** Lambda calls until it succeeds, each time with the state that it was answered last. */
  private async call({ window, puts, shard, more }: Call, state: object): Promise<object> {
    const { rig } = this;
    const ask = (): void => {
      this.points += 1;
      this.trouble(this.points);
    };
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      rig.state.before = ask;
      rig.state.after = ask;
      rig.publishing = ask;
      try {
        return (await rig.invoke(rig.event(window, puts, { ...more, shardId: shard, state }))).state;
      } catch (error) {
        // Anything else is a fault of the engine, which trying again must not hide.
        if (!(error instanceof Trouble)) throw error;
        rig.restarted();
      } finally {
        rig.state.before = rig.state.after = rig.publishing = () => undefined;
      }
    }
    throw new Error('never succeeded');
  }

  public async batches(window: number, shard: string, batches: readonly Put[][], more: object): Promise<void> {
    let state: object = {};
    for (const puts of batches.slice(0, -1)) state = await this.call({ window, puts, shard, more: {} }, state);
    const puts = batches.at(-1) ?? [];
    await this.call({ window, puts, shard, more: { isFinalInvokeForWindow: true, ...more } }, state);
  }
}

const SIGN = { v: 1, source: 'subscription', eventType: 'subscribed' };

/** In one shard, without a fault; or split in the first window, with states that do not fit, and trouble. */
async function judged(trace: readonly Happening[], split: boolean, trouble?: Troubling) {
  const replay = new Replay(trouble);
  const { rig } = replay;
  if (split) {
    rig.mostState = 0;
    rig.restarted();
  }
  for (let window = 0; window < WINDOWS; window += 1) {
    const start = EPOCH + window * WINDOW_MS;
    const put = ({ record }: Pick<Happening, 'record'>): Put => rig.put(record, start + 1_000);
    const mine = trace.filter((one) => one.window === window);
    // Heard of after the split. Of a device that is not, what was handed on waits for the schedule.
    const signs = DEVICES.map((device) => ({
      device,
      record: { ...SIGN, clientId: device, timestamp: start + 3_000 },
    }));
    const early = mine.filter((one) => one.early).map(put);
    const rest = [...mine.filter((one) => !one.early), ...signs].map((one) => ({
      shard: childOf(one.device),
      put: put(one),
    }));
    const halves = (puts: Put[]): Put[][] => [puts.slice(0, puts.length / 2), puts.slice(puts.length / 2)];
    if (!split) {
      rig.now = start + WINDOW_MS + 500;
      await replay.batches(window, PARENT, [early, rest.map((one) => one.put)], {});
      continue;
    }
    rig.now = start + 60_000;
    const ofParent = window === 0 ? early : [];
    if (ofParent.length > 0) await replay.batches(window, PARENT, halves(ofParent), { isWindowTerminatedEarly: true });
    rig.now = start + WINDOW_MS + 500;
    for (const shard of CHILDREN) {
      const before =
        window === 0
          ? []
          : early.filter((_, index) => childOf(mine.filter((one) => one.early)[index]!.device) === shard);
      const after = rest.filter((one) => one.shard === shard).map((one) => one.put);
      await replay.batches(window, shard, halves([...before, ...after]), {});
    }
  }
  await rig.sweep(EPOCH + WINDOWS * WINDOW_MS + 600_000);
  const said = new Map(rig.signals.map((signal) => [signal.id, JSON.stringify(signal)]));
  // The same id is the same word: whoever hears it twice knows it again.
  for (const signal of rig.signals) expect(JSON.stringify(signal)).toBe(said.get(signal.id));
  return {
    said: [...said.keys()].sort(),
    points: replay.points,
    spilled: rig.counts.get(METRIC.spilled) ?? 0,
    rig,
  };
}

const [one, two, three] = DEVICES as [string, string, string, string];
const TRACE: readonly Happening[] = [one, two, three, 'fan'].flatMap((device, index) =>
  [true, true, false].map((early, place): Happening => {
    const at = EPOCH + place;
    return { window: 0, device, early, record: message(device, at, { bytes: index === 0 ? 200 : 10 }) };
  }),
);

test('halves of a shard judge the devices that each has, also on a page that both write', async () => {
  const whole = await judged(TRACE, false);
  expect(whole.said.length).toBeGreaterThan(4);
  const split = await judged(TRACE, true);
  expect(split.said).toEqual(whole.said);
  expect(split.spilled).toBeGreaterThan(3);
  expect(split.rig.counts.get(METRIC.overflowed)).toBeUndefined();
});

test('a function that stops at any call of the table or the topic, before or after it took effect, loses nothing', async () => {
  const { said, points } = await judged(TRACE, true);
  expect(points).toBeGreaterThan(40);
  for (let stop = 1; stop <= points; stop += 1) {
    let stopped = false;
    const trouble = (point: number): void => {
      if (point !== stop) return;
      stopped = true;
      throw new Trouble('stopped');
    };
    const { said: again } = await judged(TRACE, true, trouble);
    expect([stop, stopped, again]).toEqual([stop, true, said]);
  }
});

function* zeros(): Generator<number> {
  for (;;) yield 0;
}

test('any trace, any failures: the same is said', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { maxLength: 30 }), fc.infiniteStream(fc.nat(99)), async (trace, dice) => {
      let left = MOST_TROUBLES;
      const trouble = (): void => {
        if ((dice.next().value as number) < 8 && left > 0) {
          left -= 1;
          throw new Trouble('ProvisionedThroughputExceededException');
        }
      };
      expect((await judged(trace, true, trouble)).said).toEqual((await judged(trace, false)).said);
    }),
    // Seen once: every failure that there is on calls of one half, more than it was tried again then.
    { numRuns: 150, examples: [[TRACE.slice(0, 2), fc.stream(zeros())]] },
  );
});

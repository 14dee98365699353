import fc from 'fast-check';
import { pageOf } from '../../../lambda/evaluate-behaviors/hash';
import {
  decodeMemory,
  encodeMemory,
  inherited,
  isTold,
  type Memory,
  parentsOf,
  type Shards,
  spanOf,
  withShard,
} from '../../../lambda/evaluate-behaviors/memory';
import { behavior, documentOf, EPOCH, log, message, report, StreamRig, WINDOW_MS } from '../../support/stream';

const memory = (more: Partial<Memory> = {}): Memory => ({
  w: 100,
  span: [3, 900],
  told: 90,
  hashes: { often: Uint32Array.of(1, 2, 3), seldom: Uint32Array.of(0xffffffff) },
  ...more,
});
const hashes = (...often: number[]): Memory['hashes'] => ({
  often: Uint32Array.from(often),
  seldom: new Uint32Array(),
});

describe('what a shard remembers', () => {
  test('is read as it was written', () => {
    expect(decodeMemory(encodeMemory(memory()))).toEqual(memory());
    const empty = memory({ hashes: hashes() });
    expect(decodeMemory(encodeMemory(empty))).toEqual(empty);
  });

  test('spans all pages that it ever saw', () => {
    expect(spanOf([])).toBeUndefined();
    expect(spanOf([7])).toEqual([7, 7]);
    expect(spanOf([7, 3, 5])).toEqual([3, 7]);
    expect(spanOf([4], [3, 7])).toEqual([3, 7]);
    expect(spanOf([9, 1], [3, 7])).toEqual([1, 9]);
    expect(spanOf([], [3, 7])).toEqual([3, 7]);
  });

  test('is told anew where its pages are others, and once a month', () => {
    expect(isTold(memory(), [3, 900], 91)).toBe(true);
    expect(isTold(memory(), [2, 900], 91)).toBe(false);
    expect(isTold(memory(), [3, 901], 91)).toBe(false);
    expect(isTold(memory(), [3, 900], 90 + 30 * 288 - 1)).toBe(true);
    expect(isTold(memory(), [3, 900], 90 + 30 * 288)).toBe(false);
  });

  test('is forgotten with a shard that has not told of itself for two months', () => {
    const shards: Shards = { old: [0, 1_023, 10], lately: [0, 511, 11] };
    expect(withShard(shards, 'new', [512, 600], 10 + 60 * 288)).toEqual({
      lately: [0, 511, 11],
      new: [512, 600, 10 + 60 * 288],
    });
    expect(withShard({ new: [5, 6, 1] }, 'new', [4, 6], 2)).toEqual({ new: [4, 6, 2] });
  });

  test('is for the shards that have some of its pages', () => {
    const shards: Shards = { low: [0, 511, 1], high: [512, 1_023, 1] };
    expect(parentsOf(shards, [0, 1_023])).toEqual(['low', 'high']);
    expect(parentsOf(shards, [100, 200])).toEqual(['low']);
    expect(parentsOf(shards, [511, 511])).toEqual(['low']);
    expect(parentsOf(shards, [512, 512])).toEqual(['high']);
    expect(parentsOf({}, [0, 1_023])).toEqual([]);
  });

  test('is of several what can come again, the newest of each last', () => {
    expect(inherited([], 100)).toEqual(hashes());
    const one = memory({ hashes: hashes(1, 2, 3) });
    const other = memory({ w: 98, hashes: hashes(9) });
    expect(inherited([one, other, memory({ w: 97, hashes: hashes(4) })], 101)).toEqual(hashes(1, 2, 3, 9));
    expect(inherited([one], 104)).toEqual(hashes());
  });
});

const per = { windowSeconds: 300 };
const DOCUMENT = documentOf([
  behavior({ metric: 'messages-sent', operator: 'atMost', threshold: 1, datapointsToAlarm: 2, ...per }),
  behavior({ metric: 'messages-sent', name: 'long', operator: 'atMost', threshold: 3, windowSeconds: 600 }),
  behavior({ metric: 'authorization-failures', operator: 'atMost', threshold: 1, datapointsToClear: 2, ...per }),
  behavior({ metric: 'bytes-out', operator: 'atMost', threshold: 100, ...per }),
  behavior({ metric: 'messages-sent', name: 'learned', confidence: 'LOW' }),
]);
const WINDOWS = 4;
/** Two on each half of the pages. */
const DEVICES = [false, true].flatMap((high) =>
  Array.from({ length: 40 }, (_, index) => `pump-${index}`)
    .filter((name) => pageOf(name) >= 512 === high)
    .slice(0, 2),
);

interface Happening {
  readonly window: number;
  readonly record: object;
  readonly device: string;
  /** How many windows later it comes again; 0: never. */
  readonly again: number;
}

let made = 0;
const happening: fc.Arbitrary<Happening> = fc
  .record({ window: fc.nat(WINDOWS - 1), device: fc.constantFrom(...DEVICES), kind: fc.nat(2), again: fc.nat(2) })
  .map(({ window, device, kind, again }) => {
    made += 1;
    const at = EPOCH + window * WINDOW_MS + 1_000 + (made % 1_000);
    const makers = [
      () => message(device, at),
      () => log(device, at),
      () => report(device, at, { metrics: { network_stats: { bytes_out: 60 } } }, made),
    ];
    return { window, device, again, record: makers[kind]!() };
  });

/** Each window has a place at which its shards become others, or none: one shard is split, or two are merged. */
async function judged(trace: readonly Happening[], cuts: readonly (number | undefined)[]) {
  const rig = new StreamRig(DOCUMENT);
  let shards = [0];
  let made = 1;
  const shardOf = (device: string): number => (shards.length === 1 || pageOf(device) < 512 ? shards[0]! : shards[1]!);
  const part = async (window: number, records: readonly { device: string; record: object }[], over: boolean) => {
    const start = EPOCH + window * WINDOW_MS;
    for (const shard of shards) {
      const mine = records.filter(({ device }) => shardOf(device) === shard);
      if (mine.length === 0) continue;
      const puts = mine.map(({ record }) => rig.put(record, start + 2_000));
      rig.now = over ? start + WINDOW_MS + 500 : start + 60_000;
      await rig.invoke(rig.event(window, puts, { shardId: `shardId-${shard}`, isFinalInvokeForWindow: true }));
    }
  };
  for (let window = 0; window < WINDOWS; window += 1) {
    const mine = trace.filter((one) => one.window === window || one.window + one.again === window);
    const timestamp = EPOCH + window * WINDOW_MS + 3_000;
    // All are heard of in the last part. Of a device that is not, what was handed on waits for the schedule.
    const signs = DEVICES.map((clientId) => ({
      device: clientId,
      record: { v: 1, source: 'subscription', eventType: 'subscribed', clientId, timestamp },
    }));
    const cut = cuts[window];
    if (cut !== undefined) {
      await part(window, mine.slice(0, cut), false);
      shards = shards.length === 1 ? [made, made + 1] : [made];
      made += 2;
    }
    await part(window, [...mine.slice(cut ?? 0), ...signs], true);
  }
  await rig.sweep(EPOCH + WINDOWS * WINDOW_MS + 600_000);
  return rig.signals.map(({ id }) => id).sort();
}

const trace = fc.array(happening, { minLength: 5, maxLength: 40 });

test('shards that are split and merged at any point count what comes again once, and go on with each device', async () => {
  const cuts = fc.array(fc.option(fc.nat(12), { nil: undefined }), { minLength: WINDOWS, maxLength: WINDOWS });
  await fc.assert(
    fc.asyncProperty(trace, cuts, async (happenings, at) => {
      expect(await judged(happenings, at)).toEqual(await judged(happenings, []));
    }),
    { numRuns: 80 },
  );
});

test('the trials are not empty: signals are raised in them', async () => {
  const raised = await Promise.all(fc.sample(trace, { numRuns: 40, seed: 7 }).map((one) => judged(one, [])));
  expect(raised.filter((ids) => ids.length > 0).length).toBeGreaterThan(10);
});

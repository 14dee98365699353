import fc from 'fast-check';
import { METRIC, STATE } from '../../../lambda/evaluate-behaviors/contract';
import { hash32 } from '../../../lambda/evaluate-behaviors/hash';
import { SETTLED } from '../../../lambda/evaluate-behaviors/learn';
import { decodePage, type Learned } from '../../../lambda/evaluate-behaviors/page';
import { RUNGS } from '../../../lambda/evaluate-behaviors/tail';
import {
  behavior,
  documentOf,
  EPOCH,
  log,
  message,
  presence,
  report,
  StreamRig,
  WINDOW_MS,
} from '../../support/stream';

const WINDOWS = 3;
const DEVICES = ['pump-1', 'pump-2', 'fan'];
const per = { windowSeconds: 300 };
const DOCUMENT = documentOf(
  [
    behavior({ metric: 'messages-sent', operator: 'atMost', threshold: 2, datapointsToAlarm: 2, ...per }),
    behavior({ metric: 'messages-sent', name: 'long', operator: 'atMost', threshold: 4, windowSeconds: 600 }),
    behavior({ metric: 'message-size', operator: 'lessThan', threshold: 180 }),
    behavior({ metric: 'disconnects', operator: 'atMost', threshold: 1, datapointsToClear: 2, ...per }),
    behavior({ metric: 'connection-attempts', operator: 'atMost', threshold: 1, ...per }),
    behavior({ metric: 'authorization-failures', operator: 'lessThan', threshold: 2, target: '0', ...per }),
    behavior({ metric: 'source-ip', operator: 'within', texts: ['192.0.2.0/25'] }),
    behavior({ metric: 'bytes-out', operator: 'atMost', threshold: 1_000, ...per }),
    behavior({ metric: 'bytes-in', percentile: 'p50', operator: 'atMost', ...per }),
    behavior({ metric: 'messages-sent', name: 'learned', confidence: 'LOW' }),
  ],
  { topics: [] },
);

interface Happening {
  readonly window: number;
  readonly record: object;
  /** Where it goes among those of its window, whether it comes twice there, and once more in the next one. */
  readonly place: number;
  readonly twice: boolean;
  readonly later: boolean;
}

const happeningOf = (kinds: fc.Arbitrary<number>): fc.Arbitrary<Happening> =>
  fc
    .record({
      window: fc.nat(WINDOWS - 1),
      device: fc.constantFrom(...DEVICES),
      kind: kinds,
      size: fc.nat(5),
      place: fc.nat(1_000_000),
      twice: fc.boolean(),
      later: fc.boolean(),
    })
    .map(({ window, device, kind, size, place, twice, later }) => {
      const at = EPOCH + window * WINDOW_MS + 1_000 + size;
      const session = { sessionIdentifier: String(place), versionNumber: place, ipAddress: `192.0.2.${size * 40}` };
      const makers = [
        () => message(device, at, { bytes: size * 40 }),
        () => message(device, at, { bytes: size }),
        () => presence(device, 'connected', at, session),
        () => presence(device, 'disconnected', at, session),
        () => presence(device, 'connect_failed', at + (place % 60_000), { ipAddress: '192.0.2.1' }),
        () => log(device, at, { principalId: 'a'.repeat(64) }),
        () => report(device, at, { metrics: { network_stats: { bytes_out: size * 300, bytes_in: size } } }, place),
      ];
      return { window, place, twice, later, record: (makers[kind] ?? makers[0]!)() };
    });

const happening = happeningOf(fc.nat(6));

function rigOf(): StreamRig {
  const rig = new StreamRig(DOCUMENT, { 0: ['Fleet'] });
  rig.groups.set('pump-1', ['Fleet']);
  return rig;
}

const idsOf = (rig: StreamRig): string[] => [...new Set(rig.signals.map(({ id }) => id))].sort();

async function calm(happenings: readonly Happening[], rig = rigOf()): Promise<StreamRig> {
  for (let window = 0; window < WINDOWS; window += 1)
    await rig.window(
      window,
      happenings.filter((one) => one.window === window).map(({ record }) => record),
    );
  return rig;
}

/**
 * The same happenings in another order, some twice, and again when the next window has begun, in batches of any size, each of
 * which Lambda may call again.
 */
async function stormy(happenings: readonly Happening[], dice: () => number, rig = rigOf()): Promise<StreamRig> {
  for (let window = 0; window < WINDOWS; window += 1) {
    const start = EPOCH + window * WINDOW_MS;
    const records = happenings
      .filter((one) => one.window === window || (one.later && one.window === window - 1))
      .flatMap((one) => (one.twice ? [one, { ...one, place: one.place * 7 }] : [one]))
      .sort((a, b) => (a.place % 1_009) - (b.place % 1_009))
      .map(({ record }) => rig.put(record, start + 2_000));
    let state: object = {};
    rig.now = start + 3_000;
    for (let rest = records; rest.length > 0;) {
      const size = 1 + (dice() % rest.length);
      // Of what was processed already some comes along again.
      const again = records.slice(0, records.length - rest.length).slice(-(dice() % 3));
      const event = rig.event(window, [...(dice() % 2 ? again : []), ...rest.slice(0, size)], { state });
      if (dice() % 3 === 0) await rig.invoke(event);
      if (dice() % 3 === 0) rig.restarted();
      ({ state } = await rig.invoke(event));
      rest = rest.slice(size);
    }
    rig.now = start + WINDOW_MS + 500;
    await persist(rig, rig.event(window, [], { state, isFinalInvokeForWindow: true }), dice);
  }
  return rig;
}

/** Made once, since its stack is what takes time. */
const REFUSED = new Error('ProvisionedThroughputExceededException');

/** The last call of a window, with a table and a topic that fail now and then; Lambda calls until it succeeds. */
async function persist(rig: StreamRig, event: object, dice: () => number): Promise<void> {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    let calls = attempt < 6 ? dice() % 6 : Infinity;
    const fail = (): void => {
      calls -= 1;
      if (calls < 0) throw REFUSED;
    };
    rig.state.before = fail;
    rig.state.after = fail;
    rig.publishing = fail;
    try {
      await rig.invoke(event);
      return;
    } catch {
      if (dice() % 2 === 0) rig.restarted();
    } finally {
      rig.state.before = () => undefined;
      rig.state.after = () => undefined;
      rig.publishing = () => undefined;
    }
  }
  throw new Error('never succeeded');
}

test('duplicated, reordered, split and repeated batches, and failures at any point, leave the same signals', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(happening, { maxLength: 40 }),
      fc.infiniteStream(fc.nat(1_000)),
      async (happenings, stream) => {
        const dice = (): number => stream.next().value as number;
        expect(idsOf(await stormy(happenings, dice))).toEqual(idsOf(await calm(happenings)));
      },
    ),
    { numRuns: 1_000 },
  );
});

test('the trials are not empty: signals are raised, and repeated', async () => {
  const happenings = fc.sample(fc.array(happening, { minLength: 40, maxLength: 40 }), { numRuns: 5, seed: 7 });
  for (const one of happenings) expect(idsOf(await calm(one)).length).toBeGreaterThan(5);
});

describe('past its training, learned behavior', () => {
  const KEY = hash32('learned').toString(36);
  const PRIOR = {
    age: 4_000,
    total: 1e5,
    scale: 1,
    tails: [2, 0.4, 2, 0.4],
    // No device ever left its normal, so that little is enough for an alarm.
    ladder: [1e5, ...RUNGS.map(() => 0)],
    w: EPOCH / WINDOW_MS - SETTLED - 1,
    bounds: { LOW: 0, MEDIUM: 1, HIGH: 2 },
  };
  const mostlyMessages = happeningOf(fc.nat(20).map((kind) => (kind < 7 ? kind : 1)));
  let trained: StreamRig;
  beforeAll(async () => {
    trained = rigOf();
    const body = Buffer.from(JSON.stringify({ b: { [KEY]: PRIOR }, c: {} }));
    trained.state.items.set(STATE.fleetKey, { version: 1, body });
    for (let window = -SETTLED - 1; window < 0; window += 1)
      await trained.window(
        window,
        DEVICES.map((name) => message(name, EPOCH + window * WINDOW_MS)),
      );
  });

  /** Devices that the fleet learns from, and a fleet that is known. */
  function seasoned(): StreamRig {
    const rig = rigOf();
    for (const [key, item] of trained.state.items) rig.state.items.set(key, item);
    return rig;
  }

  /** All that was said of it, bounds and distances too, and all that was learned, of devices and of the fleet. */
  function learnedBy({ signals, state: { items } }: StreamRig) {
    const said = signals.filter(({ about }) => about.endsWith('/learned'));
    const devices = [...items].flatMap(([key, { body }]) =>
      key.startsWith(STATE.pagePrefix)
        ? Object.entries(decodePage(body).d).map(([name, { l }]): [string, Learned | undefined] => [name, l?.[KEY]])
        : [],
    );
    return {
      said: Object.fromEntries(said.map(({ id, evidence, ...rest }) => [id, { ...rest, evidence }])),
      devices: Object.fromEntries(devices),
      fleet: JSON.parse(Buffer.from(items.get(STATE.fleetKey)?.body ?? []).toString('utf8')) as object,
    };
  }

  test('says the same after the same faults, and learns the same of each device and of the fleet', async () => {
    let alarms = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(mostlyMessages, { minLength: 10, maxLength: 40 }),
        fc.infiniteStream(fc.nat(1_000)),
        async (happenings, stream) => {
          const expected = learnedBy(await calm(happenings, seasoned()));
          alarms += Object.keys(expected.said).length;
          const dice = (): number => stream.next().value as number;
          expect(learnedBy(await stormy(happenings, dice, seasoned()))).toEqual(expected);
        },
      ),
      { numRuns: 100 },
    );
    expect(alarms).toBeGreaterThan(20);
  });

  test('is judged by what was known at the first attempt, and teaches what that had learned', async () => {
    const [plain, troubled] = [seasoned(), seasoned()];
    const others = {
      b: { [KEY]: { ...PRIOR, tails: [9, 9, 9, 9], bounds: { LOW: 50, MEDIUM: 60, HIGH: 70 } } },
      c: {},
    };
    const close = async (rig: StreamRig) => {
      const records = DEVICES.flatMap((name) => Array.from({ length: 40 }, () => rig.put(message(name, EPOCH), EPOCH)));
      rig.now = EPOCH + 2_000;
      const { state } = await rig.invoke(rig.event(0, records));
      rig.now = EPOCH + WINDOW_MS + 500;
      return rig.event(0, [], { state, isFinalInvokeForWindow: true });
    };
    await plain.invoke(await close(plain));
    const final = await close(troubled);
    let pages = 0;
    troubled.state.after = (key) => {
      if (key.startsWith(STATE.pagePrefix)) pages += 1;
      if (pages > 0) throw new Error('stopped');
    };
    await expect(troubled.invoke(final)).rejects.toThrow('stopped');
    expect(pages).toBe(1);
    troubled.state.after = () => undefined;
    // Another shard teaches the fleet something else in between.
    troubled.state.items.set(STATE.fleetKey, { version: 1e6, body: Buffer.from(JSON.stringify(others)) });
    troubled.restarted();
    await troubled.invoke(final);
    const [expected, actual] = [learnedBy(plain), learnedBy(troubled)];
    expect(Object.keys(expected.said)).toHaveLength(DEVICES.length);
    expect({ ...actual, fleet: undefined }).toEqual({ ...expected, fleet: undefined });
    expect(actual.fleet).toMatchObject({ b: { [KEY]: { total: PRIOR.total + DEVICES.length, w: EPOCH / WINDOW_MS } } });
  });
});

test('a function that stops before it published says later what it decided', async () => {
  const rig = rigOf();
  const records = Array.from({ length: 4 }, () => rig.put(message('fan', EPOCH, { bytes: 500 }), EPOCH));
  rig.publishing = () => {
    throw new Error('stopped');
  };
  await expect(rig.batches(0, [records])).rejects.toThrow('stopped');
  rig.publishing = () => undefined;
  rig.restarted();
  await rig.sweep(EPOCH + 2 * WINDOW_MS);
  expect(rig.said()).toEqual(['0 fan message-size alarm']);
  await rig.sweep(EPOCH + 3 * WINDOW_MS);
  expect(rig.said()).toHaveLength(1);
});

test('late and future records are counted, and judge nobody', async () => {
  const rig = rigOf();
  const old = Array.from({ length: 3 }, () => message('fan', EPOCH - 700_000, { bytes: 900 }));
  const early = Array.from({ length: 3 }, () => message('fan', EPOCH + 700_000, { bytes: 900 }));
  await rig.window(0, [...old, ...early, message('fan', EPOCH - 500_000)]);
  expect(rig.said()).toEqual([]);
  expect(rig.counts.get(METRIC.late)).toBe(6);
  expect(rig.counts.get(METRIC.records)).toBe(1);
});

test('a fault of the code is thrown for Lambda to bisect, and what was counted stays counted', async () => {
  const rig = rigOf();
  const good = [1, 2].map(() => rig.put(message('fan', EPOCH, { bytes: 900 }), EPOCH));
  const event = rig.event(0, good) as { Records: object[] };
  await expect(rig.invoke({ ...event, Records: [...event.Records, { kinesis: {} }] })).rejects.toThrow('Kinesis');
  await rig.batches(0, [good]);
  expect(rig.said()).toEqual(['0 fan message-size alarm']);
});

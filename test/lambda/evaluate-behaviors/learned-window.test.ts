import { METRIC, STATE } from '../../../lambda/evaluate-behaviors/contract';
import { hash32 } from '../../../lambda/evaluate-behaviors/hash';
import { DEVICE_TRAINING, type Prior, SETTLED } from '../../../lambda/evaluate-behaviors/learn';
import { decodePage, type Learned } from '../../../lambda/evaluate-behaviors/page';
import { RUNGS } from '../../../lambda/evaluate-behaviors/tail';
import { behavior, documentOf, EPOCH, message, StreamRig, WINDOW_MS } from '../../support/stream';

const LEARNED = behavior({ metric: 'messages-sent', name: 'usual', confidence: 'HIGH' });
const KEY = hash32('usual').toString(36);
const TRAINED: Prior = {
  age: 4_000,
  total: 1e5,
  scale: 1,
  tails: [2, 0.4, 2, 0.4],
  ladder: [1e5, ...RUNGS.map((rung) => 4_000 * Math.exp(-rung))],
  w: EPOCH / WINDOW_MS,
  bounds: { LOW: Math.log(40), MEDIUM: Math.log(400), HIGH: Math.log(4_000) },
};

function rigOf(more: Parameters<typeof documentOf>[1] = {}, prior: object | null = TRAINED): StreamRig {
  const rig = new StreamRig(documentOf([LEARNED], more));
  const body = Buffer.from(JSON.stringify({ b: prior === null ? {} : { [KEY]: prior }, c: {} }));
  rig.state.items.set(STATE.fleetKey, { version: 1, body });
  return rig;
}

const messages = (count: number, window: number, name = 'pump-1') =>
  Array.from({ length: count }, () => message(name, EPOCH + window * WINDOW_MS));

async function train(rig: StreamRig, windows: number, count = 30): Promise<void> {
  for (let window = 0; window < windows; window += 1) await rig.window(window, messages(count, window));
}

const fleetOf = (rig: StreamRig) =>
  JSON.parse(Buffer.from(rig.state.items.get(STATE.fleetKey)?.body ?? []).toString('utf8')) as {
    b: Record<string, Prior>;
    c: Record<string, number>;
  };

/** What is kept of a device. */
function learnedOf(rig: StreamRig, name = 'pump-1'): Learned | undefined {
  const pages = [...rig.state.items].filter(([key]) => key.startsWith('d#')).map(([, { body }]) => decodePage(body));
  return pages.map(({ d }) => d[name]?.l?.[KEY]).find((one) => one !== undefined);
}

test('a device trains, and that is counted; then what it never did is an anomaly, told with the bound that it left', async () => {
  const rig = rigOf();
  await train(rig, DEVICE_TRAINING);
  expect(rig.counts.get(METRIC.training)).toBe(DEVICE_TRAINING);
  await rig.window(DEVICE_TRAINING, messages(30, DEVICE_TRAINING));
  expect(rig.counts.get(METRIC.training)).toBe(DEVICE_TRAINING);
  expect(rig.signals).toEqual([]);
  await rig.window(DEVICE_TRAINING + 1, messages(300, DEVICE_TRAINING + 1));
  expect(rig.said()).toEqual([`${DEVICE_TRAINING + 1} pump-1 usual alarm`]);
  const [signal] = rig.signals;
  expect(signal).toMatchObject({
    kind: 'anomaly',
    severity: 'HIGH',
    evidence: { metric: 'messages-sent', value: 300 },
  });
  const { bound = 0, distance = 0 } = signal?.evidence ?? {};
  expect(Number(bound)).toBeGreaterThan(40);
  expect(Number(bound)).toBeLessThan(150);
  expect(Number(distance)).toBeGreaterThan(8.29);
});

test('silence is told as well: a window in which the device is heard of and sends nothing is one of zero', async () => {
  const rig = rigOf();
  await train(rig, DEVICE_TRAINING + 1, 100);
  await rig.window(DEVICE_TRAINING + 1, [
    { v: 1, source: 'message', on: 'other', clientId: 'pump-1', id: 'x', at: rig.now },
  ]);
  expect(rig.said()).toEqual([`${DEVICE_TRAINING + 1} pump-1 usual alarm`]);
  expect(Number(rig.signals[0]?.evidence.bound)).toBeLessThan(100);
});

test.each([
  ['the dry run of the detector', { dryRun: true }],
  ['the dry run of learned behaviors', { learnedDryRunSeconds: 14 * 86_400 }],
])('in %s it is counted and nobody is told', async (_, more) => {
  const rig = rigOf(more);
  await train(rig, DEVICE_TRAINING);
  await rig.window(DEVICE_TRAINING, messages(300, DEVICE_TRAINING));
  expect(rig.signals).toEqual([]);
  expect(rig.counts.get(METRIC.alarms)).toBe(1);
  expect(rig.counts.get(METRIC.withheld)).toBe(1);
});

test('while the fleet is new, every device trains', async () => {
  const rig = rigOf({}, null);
  await train(rig, DEVICE_TRAINING + 2);
  await rig.window(DEVICE_TRAINING + 2, messages(3_000, DEVICE_TRAINING + 2));
  expect(rig.signals).toEqual([]);
  expect(rig.counts.get(METRIC.training)).toBe(DEVICE_TRAINING + 3);
  expect(fleetOf(rig).b[KEY]).toMatchObject({ age: DEVICE_TRAINING + 3, total: DEVICE_TRAINING + 3 });
});

test('what an older version of this code has kept of the fleet begins anew', async () => {
  const rig = rigOf({}, { level: 1, between: 1, within: 1, bins: { 3: 5_000 } });
  await train(rig, DEVICE_TRAINING + 1);
  expect(rig.counts.get(METRIC.training)).toBe(DEVICE_TRAINING + 1);
  expect(fleetOf(rig).b[KEY]).toMatchObject({ total: DEVICE_TRAINING + 1 });
});

test('a window that is closed again after a failure teaches once', async () => {
  const [plain, troubled] = [rigOf(), rigOf()];
  await train(plain, 3);
  await train(troubled, 2);
  const records = messages(30, 2).map((one) => troubled.put(one, EPOCH + 2 * WINDOW_MS + 1_000));
  troubled.now = EPOCH + 2 * WINDOW_MS + 2_000;
  const { state } = await troubled.invoke(troubled.event(2, records));
  troubled.now = EPOCH + 3 * WINDOW_MS + 500;
  const final = troubled.event(2, [], { state, isFinalInvokeForWindow: true });
  // The device is written, and the function stops before the fleet is.
  troubled.state.before = (call, key) => {
    if (call === 'save' && key === STATE.fleetKey) throw new Error('throttled');
  };
  await expect(troubled.invoke(final)).rejects.toThrow('throttled');
  troubled.state.before = () => undefined;
  await troubled.invoke(final);
  await troubled.invoke(final);
  expect(learnedOf(troubled)).toEqual(learnedOf(plain));
  expect(learnedOf(troubled)?.[0]).toBe(3);
});

test('what all devices do at once is told, counted, and teaches the fleet no more than one of them would', async () => {
  const names = Array.from({ length: 10 }, (_, at) => `pump-${at}`);
  const flooded = async (devices: number) => {
    const rig = rigOf();
    const all = (window: number, count: (at: number) => number) =>
      names.flatMap((name, at) => messages(count(at), window, name));
    for (let window = 0; window < SETTLED; window += 1)
      await rig.window(
        window,
        all(window, () => 3),
      );
    expect(rig.counts.get(METRIC.held)).toBeUndefined();
    await rig.window(
      SETTLED,
      all(SETTLED, (at) => (at < devices ? 60 : 3)),
    );
    expect(rig.said()).toHaveLength(devices);
    return { held: rig.counts.get(METRIC.held) ?? 0, ...(fleetOf(rig).b[KEY] as Prior) };
  };
  const [one, ten] = [await flooded(1), await flooded(10)];
  expect(one.held).toBe(0);
  expect(ten.held).toBeGreaterThanOrEqual(8);
  expect(ten.bounds.HIGH).toBeLessThan(1.05 * one.bounds.HIGH);
  expect(ten.bounds.MEDIUM).toBeLessThan(1.05 * one.bounds.MEDIUM);
});

test('of a device and metric less than 128 characters are kept after a day of windows, its habits among them', async () => {
  const rig = rigOf();
  for (let window = 0; window < 290; window += 1) await rig.window(window, messages(20 + ((window * 7) % 13), window));
  const json = JSON.stringify(learnedOf(rig));
  expect(json.length).toBeLessThan(128);
  expect(learnedOf(rig)?.[10]).toHaveLength(24);
});

test('what the fleet is not taught since others write without an end is taught when the window is closed again', async () => {
  const rig = rigOf();
  await train(rig, 2);
  const records = messages(30, 2).map((one) => rig.put(one, EPOCH + 2 * WINDOW_MS + 1_000));
  rig.now = EPOCH + 2 * WINDOW_MS + 2_000;
  const { state } = await rig.invoke(rig.event(2, records));
  rig.now = EPOCH + 3 * WINDOW_MS + 500;
  const final = rig.event(2, [], { state, isFinalInvokeForWindow: true });
  const before = fleetOf(rig).b[KEY]!.total;
  rig.state.before = (call, key) => {
    if (call !== 'save' || key !== STATE.fleetKey) return;
    const { version, body } = rig.state.items.get(key)!;
    rig.state.items.set(key, { version: version + 1, body });
  };
  await expect(rig.invoke(final)).rejects.toThrow('written by others');
  expect(fleetOf(rig).b[KEY]!.total).toBe(before);
  rig.state.before = () => undefined;
  rig.restarted();
  await rig.invoke(final);
  await rig.invoke(final);
  expect(fleetOf(rig).b[KEY]!.total).toBe(before + 1);
  expect(rig.counts.get(METRIC.devices)).toBe(3);
});

describe('a window that is handed on and that nobody closes', () => {
  /** The device is trained, floods, and is not heard of after its shard was split. */
  async function handedOn(): Promise<StreamRig> {
    const rig = rigOf();
    await train(rig, DEVICE_TRAINING + 1);
    const at = EPOCH + (DEVICE_TRAINING + 1) * WINDOW_MS;
    rig.now = at + 2_000;
    const records = messages(300, DEVICE_TRAINING + 1).map((one) => rig.put(one, at + 1_000));
    const more = { isFinalInvokeForWindow: true, isWindowTerminatedEarly: true };
    await rig.invoke(rig.event(DEVICE_TRAINING + 1, records, more));
    return rig;
  }
  const later = (windows: number) => EPOCH + (DEVICE_TRAINING + windows) * WINDOW_MS + 1_000;

  test('is judged by what was learned, and the fleet learns from it, once', async () => {
    const rig = await handedOn();
    const { total } = fleetOf(rig).b[KEY]!;
    for (const windows of [5, 6, 7]) await rig.sweep(later(windows));
    // The fleet forgets in a day which sweep taught it last.
    const { b } = fleetOf(rig);
    rig.state.items.set(STATE.fleetKey, { version: 1e6, body: Buffer.from(JSON.stringify({ b, c: {} })) });
    await rig.sweep(later(400));
    expect(rig.said()).toEqual([`${DEVICE_TRAINING + 1} pump-1 usual alarm`]);
    expect(rig.counts.get(METRIC.training)).toBe(DEVICE_TRAINING);
    expect(fleetOf(rig).b[KEY]!.total).toBe(total + 1);
  });

  test('teaches the fleet with the next sweep when one stops before it has', async () => {
    const rig = await handedOn();
    const { total } = fleetOf(rig).b[KEY]!;
    rig.state.before = (call, key) => {
      if (call === 'save' && key === STATE.fleetKey) throw new Error('throttled');
    };
    for (const windows of [5, 6]) await expect(rig.sweep(later(windows))).rejects.toThrow('throttled');
    expect(fleetOf(rig).b[KEY]!.total).toBe(total);
    expect(rig.counts.get(METRIC.alarms)).toBe(1);
    rig.state.before = () => undefined;
    for (const windows of [7, 8]) await rig.sweep(later(windows));
    expect(fleetOf(rig).b[KEY]!.total).toBe(total + 1);
    expect(rig.said()).toHaveLength(1);
  });
});

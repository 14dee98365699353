import { decodePage, emptyPage, encodePage, type Part } from '../../../lambda/evaluate-behaviors/page';
import { planOf } from '../../../lambda/evaluate-behaviors/plan';
import {
  FORGOTTEN_WINDOWS,
  invalidated,
  isForgotten,
  isOver,
  orphans,
  SILENT_WINDOWS,
} from '../../../lambda/evaluate-behaviors/sweep';
import { behavior, documentOf, EPOCH, log, message, presence, StreamRig, WINDOW_MS } from '../../support/stream';

/** What time alone changes: devices that say nothing any more, and windows that nobody closed. */
const at = (window: number, more = 1_000): number => EPOCH + window * WINDOW_MS + more;
const DAY = 288;
const per = { windowSeconds: 300 };
const SENT = behavior({ metric: 'messages-sent', operator: 'atMost', threshold: 3, ...per });
const LONG = behavior({ ...SENT, name: 'long', windowSeconds: 900 });
const sent = (count: number, window: number, name = 'pump-1') =>
  Array.from({ length: count }, () => message(name, at(window)));
const kept = (rig: StreamRig): number => [...rig.state.items.values()].reduce((sum, { version }) => sum + version, 0);

async function handedOn(rig: StreamRig, window: number, records: readonly object[]): Promise<void> {
  rig.now = at(window, 60_000);
  const puts = records.map((record) => rig.put(record, at(window)));
  await rig.invoke(rig.event(window, puts, { isFinalInvokeForWindow: true, isWindowTerminatedEarly: true }));
}

test.each([
  [4, ['5 pump-1 long alarm']],
  [3, []],
])('a long window in which a device fell silent after %i messages is judged when it is over', async (count, said) => {
  const rig = new StreamRig(documentOf([LONG, behavior({ ...LONG, name: 'daily', windowSeconds: 86_400 })]));
  await rig.window(0, sent(count, 0));
  // Up to two minutes after its end a window may still be closed, and a failing function tries again.
  await rig.sweep(at(5));
  expect(rig.said()).toEqual([]);
  await rig.sweep(at(6));
  expect(rig.said()).toEqual(said);
  const before = kept(rig);
  await rig.sweep(at(6));
  await rig.sweep(at(7));
  expect(rig.signals).toHaveLength(said.length);
  expect(kept(rig)).toBe(before);
});

test('windows that nobody closed are judged one after the other', async () => {
  const rig = new StreamRig(documentOf([{ ...SENT, datapointsToAlarm: 2 }]));
  await handedOn(rig, 0, sent(4, 0));
  await handedOn(rig, 1, [...sent(5, 1), ...sent(1, 1, 'pump-2')]);
  await rig.sweep(at(6));
  expect(rig.said()).toEqual(['1 pump-1 messages-sent alarm']);
  expect(rig.signals[0]!.evidence).toMatchObject({ value: 5 });
});

test('whose groups nobody knows is looked up before a window that nobody closed is judged', async () => {
  const rig = new StreamRig(documentOf([{ ...SENT, target: '0' }]), { 0: ['Fleet-1A'] });
  rig.groups.set('pump-1', ['Fleet-1A']);
  await handedOn(rig, 0, [...sent(4, 0), ...sent(4, 0, 'fan-1')]);
  await rig.sweep(at(5));
  expect(rig.said()).toEqual(['0 pump-1 messages-sent alarm']);
  expect(rig.lookUps).toBe(2);
});

test('a window that is still waited for is left to the one who closes it', async () => {
  const rig = new StreamRig(documentOf([SENT]));
  await handedOn(rig, 1, sent(3, 1));
  await rig.window(0, sent(4, 0));
  expect(rig.said()).toEqual(['0 pump-1 messages-sent alarm']);
  await rig.window(1, sent(1, 1));
  expect(rig.said()).toHaveLength(1);
  await rig.window(2, sent(1, 2));
  expect(rig.said()).toEqual(['0 pump-1 messages-sent alarm', '2 pump-1 messages-sent cleared']);
});

test('nobody is told that an alarm is invalid where nobody was told of the alarm', async () => {
  for (const more of [{ dryRun: true }, {}]) {
    const quiet = { ...SENT, suppressed: !('dryRun' in more) };
    const rig = new StreamRig(documentOf([quiet], more));
    await rig.window(0, sent(4, 0));
    await rig.sweep(at(3 * DAY));
    expect(rig.signals).toEqual([]);
    // The alarm itself has ended: it is raised anew.
    await rig.window(3 * DAY + 1, sent(4, 3 * DAY + 1));
    expect(rig.counts.get('BehaviorAlarms')).toBe(2);
  }
});

test('how long a device is disconnected holds on, however long it says nothing', async () => {
  const duration = behavior({ metric: 'disconnect-duration', operator: 'atMost', threshold: 14 });
  const rig = new StreamRig(documentOf([duration, SENT]));
  await rig.window(0, [...sent(4, 0), presence('pump-1', 'disconnected', at(0))]);
  await rig.sweep(at(6));
  await rig.sweep(at(3 * DAY));
  await rig.sweep(at(20 * DAY));
  expect(rig.said().map((one) => one.replace(/^\d+ /, ''))).toEqual([
    'pump-1 messages-sent alarm',
    'pump-1 messages-sent invalidated',
    'pump-1 disconnect-duration alarm',
  ]);
  await rig.window(20 * DAY, [presence('pump-1', 'connected', at(20 * DAY))]);
  expect(rig.said().at(-1)).toContain('pump-1 disconnect-duration cleared');
});

test.each([
  [13, 1],
  [15, 0],
])('after %i days %i devices are known by what they connected with', async (days, foreign) => {
  const refused = behavior({ metric: 'authorization-failures', operator: 'atMost', threshold: 0, ...per });
  const rig = new StreamRig(documentOf([refused]));
  await rig.window(0, [presence('pump-1', 'connected', at(0), { principalIdentifier: 'own' })]);
  await rig.sweep(at(days * DAY));
  await rig.window(days * DAY + 1, [log('pump-1', at(days * DAY + 1), { principalId: 'other' })]);
  // Of a device of which nothing is known any more, all is held to be its own.
  expect(rig.counts.get('ForeignReports') ?? 0).toBe(foreign);
  expect(rig.said()).toHaveLength(1 - foreign);
});

test('a device is not forgotten on the way to an alarm that has only ended', async () => {
  const refused = behavior({ metric: 'authorization-failures', operator: 'atMost', threshold: 0, ...per });
  const rig = new StreamRig(documentOf([{ ...refused, datapointsToAlarm: 3 }]));
  await rig.window(0, [presence('pump-1', 'connected', at(0), { principalIdentifier: 'own' })]);
  await rig.window(1, [log('pump-1', at(1), { principalId: 'own' })]);
  await rig.sweep(at(15 * DAY));
  for (const window of [1, 2]) {
    const w = 15 * DAY + window;
    await rig.window(w, [log('pump-1', at(w), { principalId: 'other' })]);
  }
  expect(rig.said()).toEqual([]);
});

test('nothing is kept of a device whose long window ended as it should', async () => {
  const rig = new StreamRig(documentOf([LONG]));
  await rig.window(0, sent(3, 0));
  await rig.sweep(at(6));
  expect(rig.said()).toEqual([]);
  const pages = [...rig.state.items].filter(([key]) => key.startsWith('d#'));
  expect(pages.map(([, { body }]) => decodePage(body).d)).toEqual([{}]);
});

test('a device that was isolated long ago is told to be in its limits again, where the target has the group it is in', async () => {
  const rig = new StreamRig(documentOf([{ ...SENT, target: '0' }]), { 0: ['Fleet-1A', 'Quarantine-1A'] });
  rig.groups.set('pump-1', ['Fleet-1A']);
  await rig.window(0, sent(4, 0));
  rig.groups.set('pump-1', ['Quarantine-1A']);
  // After an hour its groups are looked up again.
  await rig.window(24, sent(1, 24));
  expect(rig.said()).toEqual(['0 pump-1 messages-sent alarm', '24 pump-1 messages-sent cleared']);
});

test('a device that left a group is not held to its normal, and begins anew when it is back', async () => {
  const left = behavior({ metric: 'disconnects', operator: 'atMost', threshold: 0, target: '1', ...per });
  const rig = new StreamRig(documentOf([{ ...SENT, target: '0' }, left]), { 0: ['Fleet-1A'], 1: ['All'] });
  const gone = (window: number) => presence('pump-1', 'disconnected', at(window), { versionNumber: window });
  rig.groups.set('pump-1', ['Fleet-1A', 'All']);
  await rig.window(0, sent(4, 0));
  rig.groups.set('pump-1', ['All']);
  // Its groups are looked up for the sake of another alarm.
  await rig.window(1, [...sent(4, 1), gone(1)]);
  await rig.window(2, sent(1, 2));
  expect(rig.said()).toEqual([
    '0 pump-1 messages-sent alarm',
    '1 pump-1 disconnects alarm',
    '2 pump-1 disconnects cleared',
  ]);
  rig.groups.set('pump-1', ['Fleet-1A', 'All']);
  await rig.window(3, sent(4, 3));
  expect(rig.said().at(-1)).toBe('3 pump-1 messages-sent alarm');
});

describe('what it reads', () => {
  const many = async (): Promise<StreamRig> => {
    const rig = new StreamRig(documentOf([SENT]));
    await rig.window(0, Array.from({ length: 40 }, (_, device) => sent(4, 0, `pump-${device}`)).flat());
    expect(rig.said()).toHaveLength(40);
    return rig;
  };
  const ended = (rig: StreamRig): Set<string> =>
    new Set(rig.signals.filter(({ phase }) => phase === 'invalidated').map(({ id }) => id));

  test('is what there is: of a table without pages it reads none', async () => {
    const rig = new StreamRig(documentOf([SENT]));
    await rig.sweep(at(6));
    expect([rig.state.loads, rig.state.saves]).toEqual([0, 0]);
    expect(rig.state.shares).toBe(4);
  });

  test('is each page once, and nothing else of the table', async () => {
    const rig = await many();
    const others = [...rig.state.items].filter(([key]) => !key.startsWith('d#'));
    expect(others.map(([key]) => key)).toContain('recent#shardId-000000000000');
    rig.state.loads = 0;
    await rig.sweep(at(3 * DAY));
    expect(ended(rig).size).toBe(40);
    expect(rig.state.loads).toBe(0);
    expect([...rig.state.items].filter(([key]) => !key.startsWith('d#'))).toEqual(others);
  });

  test.each([0, 1, 5, 9, 12])(
    'a table that throttles at answer %i ends one sweep, and the next goes on',
    async (answer) => {
      const rig = await many();
      let answers = 0;
      rig.state.before = (call) => {
        if (call === 'share' && answers++ >= answer) throw new Error('ProvisionedThroughputExceededException');
      };
      await expect(rig.sweep(at(3 * DAY))).rejects.toThrow('Throughput');
      rig.state.before = () => undefined;
      await rig.sweep(at(3 * DAY + 1));
      expect(ended(rig).size).toBe(40);
      expect(rig.signals).toHaveLength(80);
    },
  );

  test('a page that a window changed since it was read is judged as it is now', async () => {
    const rig = await many();
    const writes: string[] = [];
    rig.state.before = (call, key) => {
      if (call !== 'save' || writes.length > 0) return;
      writes.push(key);
      // The device spoke again: whoever wrote that was quicker.
      const { version, body } = rig.state.items.get(key)!;
      const page = decodePage(body);
      for (const record of Object.values(page.d)) record.w += 3 * DAY;
      rig.state.items.set(key, { version: version + 1, body: encodePage(page) });
    };
    await rig.sweep(at(3 * DAY));
    const page = decodePage(rig.state.items.get(writes[0]!)!.body);
    expect(ended(rig).size).toBe(40 - Object.keys(page.d).length);
  });
});

describe('to the window', () => {
  const plan = planOf(documentOf([SENT]));
  const key = plan.watches[0]!.key;
  const part = (w: number, more: Partial<Part> = {}): Part => ({
    w,
    shard: 'one',
    seq: '1',
    final: true,
    keys: plan.counters.map((counter) => counter.key),
    devices: { 'pump-1': { c: [0, 1] } },
    ...more,
  });

  test('a device is forgotten after two weeks, unless an alarm of it stands', () => {
    expect(isForgotten({ w: 0 }, FORGOTTEN_WINDOWS)).toBe(false);
    expect(isForgotten({ w: 0 }, FORGOTTEN_WINDOWS + 1)).toBe(true);
    expect(isForgotten({ w: 0, b: { [key]: [0, 2] } }, FORGOTTEN_WINDOWS + 1)).toBe(true);
    expect(isForgotten({ w: 0, b: { other: [0, 2], [key]: [1, 0] } }, FORGOTTEN_WINDOWS + 1)).toBe(false);
  });

  test('an alarm is invalid after two days, and a device that has none is left as it is', () => {
    const record = { w: 0, b: { [key]: [1, 0] as const } };
    expect(invalidated(plan, 'pump-1', record, SILENT_WINDOWS)).toEqual({ record, signals: [] });
    const ended = invalidated(plan, 'pump-1', record, SILENT_WINDOWS + 1);
    expect(ended.record).toEqual({ w: 0, b: {} });
    expect(ended.signals.map(({ phase }) => phase)).toEqual(['invalidated']);
    const calm = { w: 0, b: {} };
    expect(invalidated(plan, 'pump-1', calm, SILENT_WINDOWS + 1).record).toBe(calm);
  });

  test('parts of a window are waited for until two more are over', () => {
    expect([isOver(part(98), 100), isOver(part(97), 100)]).toEqual([false, true]);
  });

  test('what was handed on and not closed is judged by window, the oldest first, each once', () => {
    const parts = [
      part(90),
      part(80, { seq: '2' }),
      part(90, { shard: 'two' }),
      part(70, { final: undefined }),
      part(98),
    ];
    const found = orphans(plan, { ...emptyPage(), p: parts }, 100);
    expect(found.map(({ w, counted }) => [w, counted.get('pump-1')?.values[0]])).toEqual([
      [80, 1],
      [90, 2],
    ]);
  });
});

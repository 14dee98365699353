import { METRIC } from '../../../lambda/evaluate-behaviors/contract';
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

/** What is kept of one device and window has bounds, and beyond them the count is never too high. */
const at = (window: number, more = 0): number => EPOCH + window * WINDOW_MS + 1_000 + more;
const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
const per = { windowSeconds: 300 };
const custom = (number: number, place: number) =>
  report('pump-1', at(0, place), { custom_metrics: { own: [{ number }] } }, place);
const own = { metric: 'own', customType: 'number' } as const;
const refusals = (more: object = {}) =>
  behavior({ metric: 'authorization-failures', operator: 'atMost', ...more, ...per });

test('a message whose size nobody knows has none', async () => {
  const small = behavior({ metric: 'message-size', operator: 'greaterThan', threshold: 50 });
  const rig = new StreamRig(documentOf([small]));
  await rig.window(0, [message('pump-1', at(0), { bytes: undefined })]);
  expect(rig.said()).toEqual([]);
  await rig.window(1, [message('pump-1', at(1), { bytes: 50 })]);
  expect(rig.said()).toEqual(['1 pump-1 message-size alarm']);
});

test('more connections than are told apart are counted, and known again within the shard', async () => {
  const attempts = behavior({ metric: 'connection-attempts', operator: 'atMost', threshold: 69, ...per });
  const rig = new StreamRig(documentOf([attempts]));
  const connected = (index: number) => presence('pump-1', 'connected', at(0), { versionNumber: index });
  await rig.window(0, [...times(69, connected), ...times(69, connected)]);
  expect(rig.said()).toEqual([]);
  await rig.window(
    1,
    times(70, (index) => presence('pump-1', 'connected', at(1), { versionNumber: 100 + index })),
  );
  expect(rig.said()).toEqual(['1 pump-1 connection-attempts alarm']);
});

test('a flood of reports is cut, and said to be', async () => {
  const rig = new StreamRig(documentOf([behavior({ ...own, operator: 'atMost', threshold: 1 })]));
  await rig.window(0, [...times(64, (index) => custom(0, index)), custom(9, 64)]);
  // Of a gauge 20 datapoints are judged, of reports 64 are read.
  expect(rig.counts.get(METRIC.cut)).toBe(45);
  expect(rig.counts.get(METRIC.records)).toBe(20);
  expect(rig.said()).toEqual([]);
});

test('of a datapoint beyond the twentieth nothing is judged', async () => {
  const rig = new StreamRig(documentOf([behavior({ ...own, operator: 'atMost', threshold: 1 })]));
  await rig.window(0, [...times(19, (index) => custom(0, index)), custom(9, 19)]);
  expect(rig.said()).toEqual(['0 pump-1 own alarm']);
  const late = new StreamRig(documentOf([behavior({ ...own, operator: 'atMost', threshold: 1 })]));
  await late.window(0, [...times(20, (index) => custom(0, index)), custom(9, 20)]);
  expect(late.said()).toEqual([]);
  expect(late.counts.get(METRIC.cut)).toBe(1);
});

test('of more strangers than are kept apart nothing is held against the device', async () => {
  const rig = new StreamRig(documentOf([refusals({ threshold: 8 })]));
  await rig.window(
    0,
    times(9, (index) => log('pump-1', at(0), { principalId: `stranger-${index}` })),
  );
  expect(rig.said()).toEqual([]);
  const few = new StreamRig(documentOf([refusals({ threshold: 7 })]));
  await few.window(
    0,
    times(8, (index) => log('pump-1', at(0), { principalId: `stranger-${index}` })),
  );
  expect(few.said()).toEqual(['0 pump-1 authorization-failures alarm']);
});

test('what strangers beyond these did and was told twice leaves no count below zero', async () => {
  const attempts = behavior({ metric: 'connection-attempts', operator: 'atMost', threshold: 0, ...per });
  const rig = new StreamRig(documentOf([attempts]));
  const failed = (index: number) =>
    presence('pump-1', 'connect_failed', at(0, index), { principalIdentifier: `stranger-${index}` });
  await rig.window(0, times(9, failed));
  expect(rig.said()).toEqual(['0 pump-1 connection-attempts alarm']);
  // By a shard that knows of none of them: only the device's own record knows them again.
  rig.state.items.delete('recent#shardId-000000000000');
  await rig.window(1, times(9, failed), { shardId: 'shardId-000000000001' });
  expect(rig.said()).toContain('1 pump-1 connection-attempts cleared');
});

test('of events that are far apart the later one stands, whatever its version', async () => {
  const rig = new StreamRig(
    documentOf([behavior({ metric: 'disconnect-duration', operator: 'atMost', threshold: 2 })]),
  );
  await rig.window(0, [
    presence('pump-1', 'connected', at(0, 250_000), { versionNumber: 0 }),
    presence('pump-1', 'disconnected', at(0), { versionNumber: 7 }),
    presence('pump-2', 'disconnected', at(0), { versionNumber: 7 }),
    presence('pump-2', 'connected', at(0, 200_000), { versionNumber: 0 }),
  ]);
  await rig.sweep(at(3));
  expect(rig.said()).toEqual(['2 pump-2 disconnect-duration alarm']);
});

test('an event that is late says where a device stands, and nothing of the window', async () => {
  const rig = new StreamRig(
    documentOf([
      behavior({ metric: 'disconnect-duration', operator: 'atMost', threshold: 2 }),
      behavior({ metric: 'disconnects', operator: 'atMost', threshold: 0, ...per }),
    ]),
  );
  await rig.window(0, [presence('pump-1', 'disconnected', at(0, -700_000))]);
  await rig.sweep(at(3));
  expect(rig.said()).toEqual(['2 pump-1 disconnect-duration alarm']);
  expect(rig.counts.get(METRIC.late)).toBe(1);
});

test('a device of which only something late is heard has done nothing in that window', async () => {
  const rig = new StreamRig(
    documentOf([
      behavior({ metric: 'messages-sent', operator: 'atLeast', threshold: 1, ...per }),
      behavior({ metric: 'disconnect-duration', operator: 'atMost', threshold: 600 }),
    ]),
  );
  const late = () => presence('pump-1', 'connected', at(0, -700_000));
  await rig.window(0, [late()]);
  // Also where other records follow, and where the window was spilled.
  await rig.batches(1, [[rig.put(late(), at(1))], [rig.put(message('pump-2', at(1)), at(1))]]);
  rig.mostState = 0;
  rig.restarted();
  await rig.batches(2, [[rig.put(late(), at(2))], [rig.put(message('pump-2', at(2)), at(2))]]);
  await rig.batches(2, [[rig.put(late(), at(2))], [rig.put(late(), at(2))]], { shardId: 'shardId-000000000009' });
  expect(rig.said()).toEqual([]);
  // Whatever else is heard of it makes it a device that sent nothing.
  await rig.batches(3, [[rig.put(late(), at(3))], [rig.put(presence('pump-1', 'disconnected', at(3)), at(3))]]);
  await rig.batches(4, [[rig.put(late(), at(4))], [rig.put(message('pump-1', at(4)), at(4))]]);
  expect(rig.said()).toEqual(['3 pump-1 messages-sent alarm', '4 pump-1 messages-sent cleared']);
});

test('a device that was heard before something late of it came has sent nothing', async () => {
  const rig = new StreamRig(
    documentOf([
      behavior({ metric: 'messages-sent', operator: 'atLeast', threshold: 1, ...per }),
      behavior({ metric: 'disconnect-duration', operator: 'atMost', threshold: 600 }),
    ]),
  );
  const [known, late] = [at(0), at(0, -700_000)].map((time) => presence('pump-1', 'connected', time));
  await rig.window(0, [known, late]);
  expect(rig.said()).toEqual(['0 pump-1 messages-sent alarm']);
});

test('an event that comes late does not undo what a newer one said in a window before', async () => {
  const rig = new StreamRig(
    documentOf([behavior({ metric: 'disconnect-duration', operator: 'atMost', threshold: 2 })]),
  );
  await rig.window(0, [presence('pump-1', 'connected', at(0, 1_000), { versionNumber: 5 })]);
  await rig.window(1, [presence('pump-1', 'disconnected', at(0, -400_000), { versionNumber: 4 })]);
  await rig.window(2, [presence('pump-1', 'disconnected', at(0, -400_000), { versionNumber: 4 })]);
  // Nor does one that is not late, but older, over the end of a window.
  await rig.window(3, [presence('pump-2', 'connected', at(3, 290_000), { versionNumber: 1 })]);
  await rig.window(4, [presence('pump-2', 'disconnected', at(3, 280_000), { versionNumber: 0 })]);
  await rig.sweep(at(7));
  expect(rig.said()).toEqual([]);
  await rig.window(7, [presence('pump-2', 'disconnected', at(7), { versionNumber: 1 })]);
  await rig.sweep(at(10));
  expect(rig.said()).toEqual(['9 pump-2 disconnect-duration alarm']);
});

test('of two connections with the same version the later one is whose the device is', async () => {
  const rig = new StreamRig(documentOf([refusals({ threshold: 0 })]));
  const by = (principalIdentifier: string, more: number) =>
    presence('pump-1', 'connected', at(0, more), { principalIdentifier, sessionIdentifier: principalIdentifier });
  await rig.window(0, [by('second', 10_000), by('first', 0)]);
  await rig.window(1, [log('pump-1', at(1), { principalId: 'first' })]);
  expect(rig.said()).toEqual([]);
  await rig.window(2, [log('pump-1', at(2), { principalId: 'second' })]);
  expect(rig.said()).toEqual(['2 pump-1 authorization-failures alarm']);
});

describe('a behavior that is narrowed to topics', () => {
  const topics = [{ id: 'secrets', filters: ['secrets/#'], excluded: false }];
  const on = 'secrets';
  const documented = (more: object) =>
    new StreamRig(documentOf([behavior({ operator: 'atMost', threshold: 0, on, ...more } as never)], { topics }));

  test.each([
    ['authorization-failures', {}],
    ['messages-received', { eventType: 'Publish-Out', status: 'Success' }],
  ])('(%s) counts what is on them', async (metric, entry) => {
    const rig = documented({ metric, ...per });
    const said = (topicName: string | undefined, device: string) => log(device, at(0), { ...entry, topicName });
    await rig.window(0, [said('secrets/1', 'pump-1'), said('public/1', 'pump-2'), said(undefined, 'pump-3')]);
    expect(rig.said()).toEqual([`0 pump-1 ${metric} alarm`]);
  });

  test('(source-ip) judges where messages on them come from', async () => {
    const rig = documented({ metric: 'source-ip', operator: 'within', threshold: undefined, texts: ['192.0.2.0/24'] });
    const sent = (device: string, topicName: string, sourceIp: string | undefined) =>
      log(device, at(0), { status: 'Success', topicName, sourceIp });
    await rig.window(0, [
      sent('pump-1', 'secrets/1', '198.51.100.1'),
      sent('pump-2', 'public/1', '198.51.100.1'),
      sent('pump-3', 'secrets/1', '192.0.2.1'),
      sent('pump-4', 'secrets/1', undefined),
    ]);
    expect(rig.said()).toEqual(['0 pump-1 source-ip alarm']);
  });
});

describe('a behavior over more than one window of the stream', () => {
  const long = { windowSeconds: 900 };

  test('says nothing of a device that was heard of and had no value', async () => {
    const rig = new StreamRig(
      documentOf([behavior({ metric: 'bytes-out', operator: 'atLeast', threshold: 5, ...long })]),
    );
    const sign = { v: 1, source: 'subscription', clientId: 'pump-1', eventType: 'subscribed', timestamp: at(0) };
    for (const window of [0, 1, 2, 3]) await rig.window(window, [{ ...sign, timestamp: at(window) }]);
    expect(rig.said()).toEqual([]);
    expect([...rig.state.items.keys()]).toEqual(['shards', 'recent#shardId-000000000000']);
  });

  test.each([
    ['atMost', 3, [1, 4, 1], true],
    ['atMost', 3, [3, 3, 3], false],
    ['atLeast', 3, [9, 2, 9], true],
    ['atLeast', 3, [3, 9, 9], false],
  ] as const)('%s %d open ports: the worst of %j counts', async (operator, threshold, totals, alarmed) => {
    const metric = 'listening-tcp-port-count';
    const rig = new StreamRig(documentOf([behavior({ metric, operator, threshold, ...long })]));
    for (const [window, total] of totals.entries())
      await rig.window(window, [report('pump-1', at(window), { metrics: { listening_tcp_ports: { total } } })]);
    expect(rig.said()).toEqual(alarmed ? [`2 pump-1 ${metric} alarm`] : []);
  });
});

test('the last value of a window is what a percentile is taken of, in whatever parts it comes', async () => {
  const ranked = behavior({ ...own, operator: 'atMost', percentile: 'p50', ...per });
  const records = (last: number) => [
    custom(99, 1),
    custom(last, 2),
    ...['fan-1', 'fan-2'].map((name) => ({ ...custom(-0.5 + 1, 3), clientId: name, thing: name })),
  ];
  for (const parts of [1, 2])
    for (const last of [0.25, 7.25]) {
      const rig = new StreamRig(documentOf([ranked]));
      const puts = records(last).map((record) => rig.put(record, at(0)));
      if (parts === 1) await rig.batches(0, [puts.slice(0, 1), puts.slice(1)]);
      else {
        rig.now = at(0, 60_000);
        const early = { isFinalInvokeForWindow: true, isWindowTerminatedEarly: true };
        await rig.invoke(rig.event(0, puts.slice(0, 1), early));
        await rig.batches(0, [puts.slice(1)]);
      }
      expect(rig.said()).toEqual(last > 1 ? ['0 pump-1 own alarm'] : []);
    }
});

test('a fraction is the same after the window was handed from process to process', async () => {
  const ranked = behavior({ ...own, operator: 'atMost', percentile: 'p50', ...per });
  const rig = new StreamRig(documentOf([ranked]));
  const value = (name: string, number: number) => ({ ...custom(number, 1), clientId: name, thing: name });
  let state: object = {};
  for (const record of [value('pump-1', 2.5), value('fan-1', 0.5), value('fan-2', 0.5)]) {
    rig.restarted();
    state = (await rig.invoke(rig.event(0, [rig.put(record, at(0))], { state }))).state;
  }
  rig.now = at(1);
  await rig.invoke(rig.event(0, [], { state, isFinalInvokeForWindow: true }));
  expect(rig.said()).toEqual(['0 pump-1 own alarm']);
  expect(rig.signals[0]!.evidence).toMatchObject({ value: 2.5, bound: 0.5 });
});

test.each(['__proto__', 'constructor', 'w'])(
  'what is known of a device that is called %s is its own, and kept',
  async (name) => {
    const rig = new StreamRig(documentOf([refusals({ threshold: 0, datapointsToAlarm: 2, datapointsToClear: 2 })]));
    rig.mostState = 10;
    for (const window of [0, 1]) {
      const refused = [name, 'pump-1'].map((device) => rig.put(log(device, at(window)), at(window)));
      await rig.batches(
        window,
        refused.map((put) => [put]),
      );
    }
    expect(rig.said()).toEqual(
      [`1 ${name} authorization-failures alarm`, '1 pump-1 authorization-failures alarm'].sort(),
    );
    await rig.sweep(at(2 + 577));
    expect(rig.said()).toContain(`1 ${name} authorization-failures invalidated`);
  },
);

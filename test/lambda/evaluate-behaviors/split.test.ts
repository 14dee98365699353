import fc from 'fast-check';
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

/**
 * A window whose shard is split or merged, or whose state outgrows Lambda's, comes in parts; whoever closes it judges all of them.
 */
const per = { windowSeconds: 300 };
const own = { metric: 'own', customType: 'number' } as const;
const DOCUMENT = documentOf([
  behavior({ metric: 'messages-sent', operator: 'atMost', threshold: 2, ...per }),
  behavior({ metric: 'message-size', operator: 'lessThan', threshold: 150 }),
  behavior({ metric: 'message-size', name: 'small', operator: 'greaterThan', threshold: 50 }),
  behavior({ metric: 'disconnects', operator: 'atMost', threshold: 1, ...per }),
  behavior({ metric: 'connection-attempts', operator: 'atMost', threshold: 1, ...per }),
  behavior({ metric: 'disconnect-duration', operator: 'atMost', threshold: 4 }),
  behavior({ metric: 'authorization-failures', operator: 'lessThan', threshold: 2, ...per }),
  behavior({ metric: 'source-ip', operator: 'within', texts: ['192.0.2.0/25'] }),
  behavior({ metric: 'bytes-out', operator: 'atMost', threshold: 1_000, ...per }),
  behavior({ metric: 'listening-tcp-port-count', operator: 'atMost', threshold: 3, ...per }),
  behavior({ metric: 'listening-tcp-port-count', name: 'few', operator: 'atLeast', threshold: 2, ...per }),
  behavior({ metric: 'listening-tcp-ports', operator: 'within', numbers: [1, 2, 3], datapointsToAlarm: 2 }),
  behavior({ ...own, operator: 'atMost', threshold: 2, datapointsToAlarm: 2, datapointsToClear: 2 }),
]);
const WINDOWS = 2;
const OWN = 'a'.repeat(64);
const DEVICES = ['pump-1', 'fan'];
const SIGN = { v: 1, source: 'subscription', eventType: 'subscribed' };

let made = 0;
const happening = fc
  .record({
    window: fc.nat(WINDOWS - 1),
    device: fc.constantFrom(...DEVICES),
    kind: fc.nat(7),
    size: fc.nat(5),
  })
  .map(({ window, device, kind, size }) => {
    made += 1;
    const place = made;
    const at = EPOCH + window * WINDOW_MS + 1_000 + size;
    const session = { sessionIdentifier: String(place), versionNumber: place, ipAddress: `192.0.2.${size * 40}` };
    const ports = Array.from({ length: size }, (_, port) => ({ port }));
    const metrics = { network_stats: { bytes_out: size * 300 }, listening_tcp_ports: { ports } };
    const makers = [
      () => message(device, at, { bytes: size * 40 }),
      () => presence(device, 'connected', at, session),
      () => presence(device, 'disconnected', at, session),
      () => presence(device, 'connect_failed', at + (place % 6_000) * 10, { principalIdentifier: OWN }),
      () => presence(device, 'connect_failed', at + (place % 6_000) * 10, { principalIdentifier: 'b'.repeat(64) }),
      () => log(device, at, { principalId: size % 2 ? OWN : 'b'.repeat(64) }),
      () => report(device, at, { metrics }, place),
      () => report(device, at, { custom_metrics: { own: [{ number: size - 1 }] } }, place),
    ];
    return { window, record: makers[kind]!() };
  });

/** Where the parts end, for each window. */
async function judged(
  trace: readonly { window: number; record: object }[],
  cuts: (most: number) => number[],
  document = DOCUMENT,
) {
  const rig = new StreamRig(document);
  for (let window = 0; window < WINDOWS; window += 1) {
    const start = EPOCH + window * WINDOW_MS;
    const mine = trace.filter((one) => one.window === window).map(({ record }) => record);
    // All are heard of in the last part. Of a device that is not, what was handed on waits for the schedule.
    const signs = DEVICES.map((clientId) => ({ ...SIGN, clientId, timestamp: start + 1_000 }));
    const puts = [...mine, ...signs].map((record) => rig.put(record, start + 2_000));
    const ends = [...cuts(mine.length), puts.length];
    rig.now = start + 60_000;
    for (const [part, end] of ends.entries()) {
      const last = part === ends.length - 1;
      if (last) rig.now = start + WINDOW_MS + 500;
      const more = { isFinalInvokeForWindow: true, isWindowTerminatedEarly: !last };
      await rig.invoke(rig.event(window, puts.slice(ends[part - 1] ?? 0, end), more));
    }
  }
  await rig.sweep(EPOCH + WINDOWS * WINDOW_MS + 600_000);
  return rig.signals.map(({ id }) => id).sort();
}

test('a window in parts is judged as one', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(happening, { maxLength: 30 }),
      fc.array(fc.nat(30), { maxLength: 3 }),
      async (trace, at) => {
        const cuts = (most: number) => at.map((cut) => Math.min(cut, most)).sort((one, other) => one - other);
        expect(await judged(trace, cuts)).toEqual(await judged(trace, () => []));
      },
    ),
    { numRuns: 200 },
  );
});

test('parts are judged in the order in which they came, by who closes the window and by the schedule', async () => {
  const trace = [9, 9, 0].map((number, index) => ({
    window: 0,
    record: report('fan', EPOCH + index, { custom_metrics: { own: [{ number }] } }, index),
  }));
  const document = documentOf([behavior({ ...own, operator: 'atMost', threshold: 2 })]);
  const whole = await judged(trace, () => [], document);
  expect(whole).toHaveLength(2);
  expect(await judged(trace, () => [2, 3], document)).toEqual(whole);
  const rig = new StreamRig(document);
  rig.now = EPOCH + 60_000;
  for (const { record } of trace)
    await rig.invoke(
      rig.event(0, [rig.put(record, EPOCH)], { isFinalInvokeForWindow: true, isWindowTerminatedEarly: true }),
    );
  await rig.sweep(EPOCH + 6 * WINDOW_MS);
  expect(rig.signals.map(({ id }) => id).sort()).toEqual(whole);
});

test.each([
  ['atMost', [4, 1], true],
  ['atMost', [1, 4], true],
  ['atMost', [3, 1], false],
  ['atLeast', [1, 4], true],
  ['atLeast', [4, 1], true],
  ['atLeast', [3, 4], false],
] as const)('%s 3 open ports: the worst of the parts (%j) counts', async (operator, totals, alarmed) => {
  const document = documentOf([behavior({ metric: 'listening-tcp-port-count', operator, threshold: 3, ...per })]);
  const trace = totals.map((total, index) => ({
    window: 0,
    record: report('fan', EPOCH + index, { metrics: { listening_tcp_ports: { total } } }, index),
  }));
  for (const cuts of [[], [1]]) expect(await judged(trace, () => cuts, document)).toHaveLength(alarmed ? 1 : 0);
});

test.each([undefined, 'b'.repeat(64)])(
  'a failed attempt (by %s) that comes again in another part or window is one',
  async (principalIdentifier) => {
    const failed = (at: number) => presence('fan', 'connect_failed', at, { principalIdentifier });
    const document = documentOf([
      behavior({ metric: 'connection-attempts', operator: 'atMost', threshold: 1, ...per }),
    ]);
    const once = { window: 0, record: failed(EPOCH) };
    expect(await judged([once, once], () => [1], document)).toEqual([]);
    expect(
      await judged(
        [once, { ...once, window: 1 }, { window: 1, record: failed(EPOCH + WINDOW_MS) }],
        () => [],
        document,
      ),
    ).toEqual([]);
    expect(await judged([once, { window: 0, record: failed(EPOCH + 1) }], () => [1], document)).toHaveLength(2);
  },
);

test.each([
  [['198.51.100.7', '192.0.2.1'], 1],
  [['192.0.2.1', '198.51.100.7'], 1],
  [['192.0.2.1', '192.0.2.2'], 0],
])(
  'connections from %j in two parts of a window are one datapoint, outside if one of them is',
  async (from, alarms) => {
    const document = documentOf([behavior({ metric: 'source-ip', operator: 'within', texts: ['192.0.2.0/24'] })]);
    const trace = from.map((ipAddress, index) => ({
      window: 0,
      record: presence('fan', 'connected', EPOCH + index, { ipAddress, versionNumber: index }),
    }));
    for (const cuts of [[], [1]]) expect(await judged(trace, () => cuts, document)).toHaveLength(alarms);
  },
);

import { RECENT } from '../../../lambda/evaluate-behaviors/aggregate';
import { METRIC } from '../../../lambda/evaluate-behaviors/contract';
import { decodePage, type Page } from '../../../lambda/evaluate-behaviors/page';
import { parseRecord } from '../../../lambda/evaluate-behaviors/record';
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

const per = { windowSeconds: 300 };
const OTHER_SHARD = { shardId: 'shardId-000000000001' };
const at = (window: number, more = 0): number => EPOCH + window * WINDOW_MS + more;
const own = { principalIdentifier: 'a'.repeat(64) };

const bytesOut = (window: number, id: number) =>
  report('pump-1', at(window, id), { metrics: { network_stats: { bytes_out: 100 } } }, id);

/** What happens once in each window is normal; what is counted in two windows is not. */
const SOURCES: readonly [string, ReturnType<typeof behavior>, (window: number, id: number) => object][] = [
  [
    'messages',
    behavior({ metric: 'messages-sent', operator: 'atMost', threshold: 1, ...per }),
    (w) => message('pump-1', at(w)),
  ],
  [
    'refusals in the log',
    behavior({ metric: 'authorization-failures', operator: 'atMost', threshold: 1, ...per }),
    (w) => log('pump-1', at(w)),
  ],
  [
    'deliveries in the log',
    behavior({ metric: 'messages-received', operator: 'atMost', threshold: 1, ...per }),
    (w) => log('pump-1', at(w), { status: 'Success', eventType: 'Publish-Out' }),
  ],
  [
    'connections',
    behavior({ metric: 'connection-attempts', operator: 'atMost', threshold: 1, ...per }),
    (w, id) => presence('pump-1', 'connected', at(w, id), { ...own, versionNumber: id }),
  ],
  [
    'disconnects',
    behavior({ metric: 'disconnects', operator: 'atMost', threshold: 1, ...per }),
    (w, id) => presence('pump-1', 'disconnected', at(w, id), { ...own, versionNumber: id }),
  ],
  ['reports', behavior({ metric: 'bytes-out', operator: 'atMost', threshold: 100, ...per }), bytesOut],
];

describe.each(SOURCES)('%s that a source puts on the stream again', (_what, normal, make) => {
  test.each(['the same process', 'another process'])('when their window is over count once, in %s', async (process) => {
    const rig = new StreamRig(documentOf([normal]));
    const [first, second] = [make(0, 1), make(1, 2)];
    await rig.window(0, [first]);
    if (process === 'another process') rig.restarted();
    await rig.window(1, [first, second, first]);
    expect(rig.said()).toEqual([]);
    expect(rig.counts.get(METRIC.closed)).toBe(2);
  });

  test('are no sign of life: a window that has nothing else judges nobody', async () => {
    const rig = new StreamRig(documentOf([normal]));
    const flood = [1, 2].map((id) => make(0, id));
    await rig.window(0, flood);
    expect(rig.said()).toEqual([`0 pump-1 ${normal.name} alarm`]);
    await rig.window(1, flood);
    expect(rig.said()).toHaveLength(1);
    await rig.window(2, [make(2, 3)]);
    expect(rig.said()).toContain(`2 pump-1 ${normal.name} cleared`);
  });

  test('where the window ended early, and its shard goes on in it, count once', async () => {
    const rig = new StreamRig(documentOf([normal]));
    const first = make(0, 1);
    const early = { isFinalInvokeForWindow: true, isWindowTerminatedEarly: true };
    await rig.invoke(rig.event(0, [rig.put(first, at(0, 1_000))], early));
    await rig.batches(0, [[rig.put(first, at(0, 2_000))]]);
    await rig.sweep(at(6));
    expect(rig.said()).toEqual([]);
  });
});

test.each([1, 2])('what a shard counted %i windows ago is known to one that comes of it', async (later) => {
  for (const [what, normal, make] of SOURCES) {
    const rig = new StreamRig(documentOf([normal]));
    const first = make(0.9, 1);
    await rig.window(0, [first]);
    const second = what === 'reports' ? [] : [make(later, 2)];
    await rig.window(later, [first, ...second], OTHER_SHARD);
    expect([what, rig.said(), rig.counts.get(METRIC.late)]).toEqual([what, [], undefined]);
  }
});

test('where what a shard counted is lost, the next takes back what the device keeps: connections and reports', async () => {
  for (const [what, normal, make] of SOURCES) {
    const rig = new StreamRig(documentOf([normal]));
    const first = make(0, 1);
    await rig.window(0, [first]);
    rig.state.items.delete('recent#shardId-000000000000');
    const second = what === 'reports' ? [] : [make(1, 2)];
    await rig.window(1, [first, ...second], OTHER_SHARD);
    const isKept = ['connections', 'disconnects', 'reports'].includes(what);
    expect([what, rig.said().length]).toEqual([what, isKept ? 0 : 1]);
  }
});

test('as many as a shard remembers are known again: messages push out messages, not refusals', async () => {
  const documents = documentOf([
    behavior({ metric: 'messages-sent', operator: 'atMost', threshold: 1, ...per }),
    behavior({ metric: 'authorization-failures', operator: 'atMost', threshold: 0, ...per }),
  ]);
  const said = async (others: number): Promise<string[]> => {
    const rig = new StreamRig(documents);
    const mine = [message('pump-1', at(0)), log('pump-1', at(0))];
    const crowd = Array.from({ length: others }, (_, index) => message(`fan-${index}`, at(0)));
    await rig.window(0, [...mine, ...crowd]);
    rig.signals.length = 0;
    await rig.window(1, [...mine, message('pump-1', at(1))]);
    return rig.said();
  };
  const cleared = '1 pump-1 authorization-failures cleared';
  expect(await said(RECENT.often - 1)).toEqual([cleared]);
  expect(await said(RECENT.often)).toEqual([cleared, '1 pump-1 messages-sent alarm']);
});

test('a record that the version before read is known to it by as much as that one kept', async () => {
  const rig = new StreamRig(documentOf([SOURCES[0]![1]]));
  const first = message('pump-1', at(0));
  rig.now = at(0, 2_000);
  const { state } = await rig.invoke(rig.event(0, [rig.put(first)]));
  const before = Object.fromEntries(Object.entries(state).filter(([key]) => key !== 's'));
  rig.restarted();
  rig.now = at(1, 500);
  await rig.invoke(rig.event(0, [rig.put(first)], { state: before, isFinalInvokeForWindow: true }));
  expect(rig.said()).toEqual([]);
});

test.each([
  ['a subscription', { v: 1, source: 'subscription', clientId: 'pump-1', eventType: 'subscribed' }],
  ['a line of the log', { ...log('pump-1', at(0), { status: 'Success', eventType: 'Connect' }) }],
])('%s that comes again is no sign of life', async (_what, sign) => {
  const rig = new StreamRig(
    documentOf([behavior({ metric: 'messages-sent', operator: 'atLeast', threshold: 1, ...per })]),
  );
  const record = 'entry' in sign ? sign : { ...sign, sessionIdentifier: 's', timestamp: at(0) };
  expect(parseRecord(JSON.stringify(record))).toMatchObject({ ok: true, value: { kind: 'sign' } });
  await rig.window(0, [record]);
  expect(rig.said()).toEqual(['0 pump-1 messages-sent alarm']);
  await rig.window(1, [message('pump-1', at(1)), record]);
  await rig.window(2, [record]);
  expect(rig.said()).toEqual(['0 pump-1 messages-sent alarm', '1 pump-1 messages-sent cleared']);
});

test('what an invocation spilled that never answered is not counted beside what is called again, and does not stay', async () => {
  const rig = new StreamRig(
    documentOf([behavior({ metric: 'messages-sent', operator: 'atMost', threshold: 3, ...per })]),
  );
  rig.mostState = 0;
  rig.restarted();
  const puts = [1, 2, 3].map(() => rig.put(message('pump-1', at(0)), at(0, 1_000)));
  rig.now = at(0, 2_000);
  await rig.invoke(rig.event(0, puts.slice(0, 2)));
  const pages = (): Page[] =>
    [...rig.state.items].filter(([key]) => key.startsWith('d#')).map(([, { body }]) => decodePage(body));
  expect(pages().map(({ p }) => p.length)).toEqual([1]);
  // It ran out of time; Lambda calls again, with one more.
  await rig.batches(0, [puts]);
  expect(rig.said()).toEqual([]);
  expect(pages().map(({ p }) => p.length)).toEqual([0]);
});

test('reports without an id of AWS IoT are known by the one that the device gave, in their window and the next', async () => {
  const rig = new StreamRig(documentOf([SOURCES[5]![1]]));
  const nameless = { ...bytesOut(0, 1), id: undefined };
  await rig.window(0, [nameless, nameless]);
  await rig.window(1, [nameless]);
  expect(rig.said()).toEqual([]);
});

test('a device that gives its report the id of another one takes nothing from that one', async () => {
  const rig = new StreamRig(documentOf([behavior({ metric: 'bytes-out', operator: 'atMost', threshold: 99, ...per })]));
  const traced = (device: string) => report(device, at(0), { metrics: { network_stats: { bytes_out: 100 } } }, 4_711);
  await rig.window(0, [traced('fan'), traced('pump-1')]);
  expect(rig.said()).toEqual(['0 fan bytes-out alarm', '0 pump-1 bytes-out alarm']);
});

test('a device whose clock stands still, so that its reports have one id, is judged by each that says something else', async () => {
  const rig = new StreamRig(documentOf([behavior({ metric: 'bytes-out', operator: 'atMost', threshold: 99, ...per })]));
  const sent = (window: number, bytes: number) =>
    report('pump-1', at(window), { metrics: { network_stats: { bytes_out: bytes } } }, 0);
  await rig.window(0, [sent(0, 50)]);
  await rig.window(1, [sent(1, 100)]);
  await rig.window(2, [sent(2, 60)]);
  expect(rig.said()).toEqual(['1 pump-1 bytes-out alarm', '2 pump-1 bytes-out cleared']);
});

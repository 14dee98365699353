import { Aggregate } from '../../../lambda/evaluate-behaviors/aggregate';
import { planOf } from '../../../lambda/evaluate-behaviors/plan';
import { decodeState, encodeState } from '../../../lambda/evaluate-behaviors/window-state';
import { behavior, documentOf, EPOCH, log, message, presence, StreamRig, WINDOW_MS } from '../../support/stream';

/** A document that is deployed within a window: what both count goes on, the rest begins or ends there. */
const at = (window: number, more = 1_000): number => EPOCH + window * WINDOW_MS + more;
const per = { windowSeconds: 300 };
const SENT = behavior({ metric: 'messages-sent', operator: 'atMost', threshold: 3, ...per });
const REFUSED = behavior({ metric: 'authorization-failures', operator: 'atMost', threshold: 1, ...per });
const FROM = behavior({ metric: 'source-ip', operator: 'within', texts: ['192.0.2.0/24'] });
const records = (count: number): object[] => [
  ...Array.from({ length: count }, () => message('pump-1', at(0))),
  log('pump-1', at(0), { principalId: 'somebody' }),
  presence('pump-1', 'connected', at(0, 1_000 + count), {
    ipAddress: '198.51.100.7',
    sessionIdentifier: String(count),
    principalIdentifier: undefined,
  }),
];

async function redeployed(before: object[], after: object[], spilled: boolean): Promise<string[]> {
  const rig = new StreamRig(documentOf(before as never));
  rig.now = at(0, 60_000);
  const puts = (count: number) => records(count).map((record) => rig.put(record, at(0)));
  const early = { isFinalInvokeForWindow: true, isWindowTerminatedEarly: true };
  const { state } = await rig.invoke(rig.event(0, puts(2), spilled ? early : {}));
  rig.document = documentOf(after as never);
  rig.restarted();
  const next = await rig.invoke(rig.event(0, puts(2), { state }));
  rig.now = at(1, 500);
  await rig.invoke(rig.event(0, [], { state: next.state, isFinalInvokeForWindow: true }));
  return rig.said();
}

describe.each([
  ['its state', false],
  ['the table', true],
])('what %s has of the window', (_name, spilled) => {
  const all = ['authorization-failures', 'messages-sent', 'source-ip'].map((metric) => `0 pump-1 ${metric} alarm`);

  test('goes on where both count it, in whatever order', async () => {
    expect(await redeployed([SENT, REFUSED, FROM], [FROM, REFUSED, SENT], spilled)).toEqual(all);
  });

  test('ends where nobody counts it any more', async () => {
    expect(await redeployed([SENT, REFUSED, FROM], [SENT], spilled)).toEqual(['0 pump-1 messages-sent alarm']);
    expect(await redeployed([FROM, SENT, REFUSED], [REFUSED], spilled)).toEqual([
      '0 pump-1 authorization-failures alarm',
    ]);
  });

  test('begins where nobody counted it before', async () => {
    expect(await redeployed([REFUSED], [SENT, REFUSED], spilled)).toEqual(['0 pump-1 authorization-failures alarm']);
  });
});

test('a state says all that is known of a window', () => {
  const plan = planOf(documentOf([SENT, REFUSED, FROM]));
  const aggregate = new Aggregate(plan, { often: [7, 2 ** 32 - 1], seldom: [8] });
  aggregate.sequence = '49590338271490256608559692538361571095921575989136588898';
  for (const [place, name] of ['pump-12', 'pump-1', 'fan', 'pump-11'].entries()) {
    const device = aggregate.device(name);
    aggregate.set(device, place % 3, [300, -1, 0.5, 2 ** 52][place]!);
  }
  const extra = aggregate.extra(1);
  extra.ids.push(1, 2 ** 32 - 1);
  extra.presence = [EPOCH, 3, 1];
  extra.principal = 2 ** 31;
  extra.strangers.push([9, 1, 200]);
  extra.examples.set(2, '2001:db8::ü');
  aggregate.extra(3).presence = [EPOCH, 0, 0];
  aggregate.extra(0);
  const pages = new Set([0, 9, 1_023]);
  const state = JSON.parse(JSON.stringify(encodeState({ aggregate, parts: ['1', '2'], pages }))) as object;
  const open = decodeState(plan, state as never);
  expect(open.parts).toEqual(['1', '2']);
  expect(open.pages).toEqual(pages);
  expect(open.aggregate.sequence).toBe(aggregate.sequence);
  expect(open.aggregate.names).toEqual(['fan', 'pump-1', 'pump-11', 'pump-12']);
  expect(open.aggregate.recent.list()).toEqual({ often: Uint32Array.of(7, 2 ** 32 - 1), seldom: Uint32Array.of(8) });
  for (const [device, name] of aggregate.names.entries()) {
    const read = open.aggregate.device(name);
    expect([0, 1, 2].map((slot) => open.aggregate.get(read, slot))).toEqual(
      [0, 1, 2].map((slot) => aggregate.get(device, slot)),
    );
    expect(open.aggregate.extras.get(read)).toEqual(aggregate.extras.get(device));
  }
});

test.each([{}, { v: 2 }])('a state of nothing (%j) is a new window', (state) => {
  const open = decodeState(planOf(documentOf([SENT])), state);
  expect(open).toMatchObject({ parts: [], pages: new Set() });
  expect(open.aggregate).toMatchObject({ names: [], sequence: '' });
});

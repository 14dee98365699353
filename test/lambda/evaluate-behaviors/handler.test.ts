import { createHash } from 'node:crypto';
import { METRIC, METRIC_SOURCES } from '../../../lambda/evaluate-behaviors/contract';
import { parseDocument } from '../../../lambda/evaluate-behaviors/document';
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

const at = (window: number, seconds = 1): number => EPOCH + window * WINDOW_MS + seconds * 1_000;
const many = (count: number, make: (index: number) => object): object[] =>
  Array.from({ length: count }, (_, i) => make(i));

const SENT = behavior({ metric: 'messages-sent', operator: 'atMost', threshold: 3, windowSeconds: 300 });

test('a device that leaves its normal is told of once, and once more when it is back', async () => {
  const rig = new StreamRig(documentOf([SENT]));
  await rig.window(
    0,
    many(3, () => message('pump-1', at(0))),
  );
  expect(rig.said()).toEqual([]);
  await rig.window(
    1,
    many(4, () => message('pump-1', at(1))),
  );
  await rig.window(
    2,
    many(9, () => message('pump-1', at(2))),
  );
  await rig.window(3, [message('pump-1', at(3))]);
  await rig.window(4, [message('pump-1', at(4))]);
  expect(rig.said()).toEqual(['1 pump-1 messages-sent alarm', '3 pump-1 messages-sent cleared']);
  expect(rig.signals[0]).toEqual({
    schema: 'zero-trust-iot/signal@1',
    id: expect.stringMatching(/^[0-9a-f]{64}$/),
    time: EPOCH + 2 * WINDOW_MS,
    thingName: 'pump-1',
    phase: 'alarm',
    kind: 'behavior',
    severity: 'HIGH',
    about: 'Pumps/messages-sent',
    evidence: { metric: 'messages-sent', value: 4, normal: 'atMost', bound: 3, seconds: 300 },
  });
});

test('devices that conform leave nothing in the table but what their shard counted last', async () => {
  const rig = new StreamRig(documentOf([SENT]));
  await rig.window(
    0,
    many(50, (index) => message(`pump-${index}`, at(0))),
  );
  expect([...rig.state.items.keys()]).toEqual(['shards', 'recent#shardId-000000000000']);
  expect(rig.counts.get(METRIC.devices)).toBe(50);
  expect(rig.counts.get(METRIC.closed)).toBe(1);
});

test('what cannot be read is counted and holds up nothing', async () => {
  const rig = new StreamRig(documentOf([SENT]));
  const foreign = { ...report('pump-2', at(0), { metrics: {} }), thing: 'pump-1' };
  await rig.window(0, ['{', foreign, { v: 2 }, ...many(4, () => message('pump-1', at(0)))] as object[]);
  expect(rig.said()).toEqual(['0 pump-1 messages-sent alarm']);
  expect(rig.counts.get(METRIC.refused)).toBe(2);
  expect(rig.counts.get(METRIC.foreign)).toBe(1);
});

test('lifecycle events that come twice and out of order count once', async () => {
  const rig = new StreamRig(
    documentOf([behavior({ metric: 'disconnects', operator: 'atMost', threshold: 1, windowSeconds: 300 })]),
  );
  const first = presence('pump-1', 'disconnected', at(0), { versionNumber: 1 });
  const second = presence('pump-1', 'disconnected', at(0, 9), { versionNumber: 2, sessionIdentifier: 'b' });
  await rig.window(0, [first, first, presence('pump-1', 'connected', at(0)), first]);
  // Once more, after the window ended.
  await rig.window(1, [first, second]);
  expect(rig.said()).toEqual([]);
  await rig.window(
    2,
    [second, first].concat([3, 4].map((versionNumber) => presence('pump-1', 'disconnected', at(2), { versionNumber }))),
  );
  expect(rig.said()).toEqual(['2 pump-1 disconnects alarm']);
});

test('one who poses as a device raises no alarm about it', async () => {
  const denied = behavior({ metric: 'authorization-failures', operator: 'atMost', threshold: 2, windowSeconds: 300 });
  const rig = new StreamRig(documentOf([denied]));
  await rig.window(0, [presence('pump-1', 'connected', at(0), { principalIdentifier: 'own' })]);
  await rig.window(
    1,
    many(5, () => log('pump-1', at(1), { principalId: 'stranger' })),
  );
  expect(rig.said()).toEqual([]);
  expect(rig.counts.get(METRIC.foreign)).toBe(5);
  await rig.window(
    2,
    many(5, () => log('pump-1', at(2), { principalId: 'own' })),
  );
  expect(rig.said()).toEqual(['2 pump-1 authorization-failures alarm']);
});

test('who is refused before it is known who it is, is nobody, unless its certificate was locked', async () => {
  const denied = behavior({ metric: 'authorization-failures', operator: 'atMost', threshold: 2, windowSeconds: 300 });
  const rig = new StreamRig(documentOf([denied, { ...SENT, operator: 'greaterThan', threshold: 0 }]));
  const refused = (window: number, reason: string, principalId?: string) =>
    many(5, () => log('pump-1', at(window), { eventType: 'Connection.AuthNError', reason, principalId }));
  await rig.window(0, [
    presence('pump-1', 'connected', at(0), { principalIdentifier: 'own' }),
    message('pump-1', at(0)),
  ]);
  for (const [index, reason] of ['DEVICE_CERTIFICATE_NOT_REGISTERED', 'NOT_AUTHENTICATED', 'SNI_MISUSED'].entries())
    await rig.window(1 + index, refused(1 + index, reason, 'own'));
  await rig.window(4, refused(4, 'DEVICE_CERTIFICATE_REVOKED'));
  // Nor is it a sign of life: no window is one without a message.
  expect(rig.said()).toEqual([]);
  expect(rig.counts.get(METRIC.foreign)).toBe(20);
  expect(rig.counts.get(METRIC.refused)).toBeUndefined();
  await rig.window(5, [...refused(5, 'DEVICE_CERTIFICATE_INACTIVE', 'stranger'), message('pump-1', at(5))]);
  expect(rig.said()).toEqual([]);
  expect(rig.counts.get(METRIC.foreign)).toBe(25);
  await rig.window(6, [...refused(6, 'DEVICE_CERTIFICATE_INACTIVE', 'own'), message('pump-1', at(6))]);
  expect(rig.said()).toEqual(['6 pump-1 authorization-failures alarm']);
});

test('an alarm of disconnects says why, the same in whatever order they came', async () => {
  const reasons = ['DUPLICATE_CLIENTID', 'MQTT_KEEP_ALIVE_TIMEOUT', undefined, 'not a word', 'CLIENT_ERROR'];
  const told = async (order: readonly (string | undefined)[]) => {
    const rig = new StreamRig(documentOf([behavior({ metric: 'disconnects', operator: 'atMost', threshold: 1 })]));
    await rig.window(
      0,
      order.map((disconnectReason, index) =>
        presence('pump-1', 'disconnected', at(0), { disconnectReason, versionNumber: index }),
      ),
    );
    return rig.signals.map(({ evidence }) => evidence);
  };
  const expected = [expect.objectContaining({ metric: 'disconnects', value: 5, example: 'CLIENT_ERROR' })];
  expect(await told(reasons)).toEqual(expected);
  expect(await told(reasons.toReversed())).toEqual(expected);
});

test('a window that does not fit into its state is spilled, and judged as a whole', async () => {
  const many = behavior({ metric: 'messages-sent', operator: 'atMost', threshold: 1, windowSeconds: 300 });
  const rig = new StreamRig(documentOf([many]));
  const digest = (text: string): string => createHash('sha512').update(text).digest('hex').slice(0, 100);
  const names = Array.from({ length: 9_000 }, (_, index) => digest(String(index)));
  const half = names.map((name) => rig.put(message(name, at(0)), at(0)));
  const rest = [...names.slice(0, 3), ...names.slice(8_990)].map((name) => rig.put(message(name, at(0)), at(0)));
  await rig.batches(0, [half, rest]);
  expect(rig.counts.get(METRIC.spilled)).toBe(1);
  expect(rig.signals.map(({ thingName }) => thingName).sort()).toEqual(
    [...names.slice(0, 3), ...names.slice(8_990)].sort(),
  );
  for (const { body } of rig.state.items.values()) expect(body.length).toBeGreaterThan(0);
});

test('a shard that ends within a window hands it on', async () => {
  const rig = new StreamRig(documentOf([SENT]));
  const half = (shard: string, final: object) =>
    rig.event(
      0,
      many(2, () => message('pump-1', at(0))).map((one) => rig.put(one, at(0))),
      { shardId: shard, ...final },
    );
  rig.now = at(0, 60);
  await rig.invoke(half('parent', { isFinalInvokeForWindow: true }));
  expect(rig.said()).toEqual([]);
  rig.now = at(1, 1);
  await rig.invoke(half('child', { isFinalInvokeForWindow: true }));
  expect(rig.said()).toEqual(['0 pump-1 messages-sent alarm']);
});

test('a window that nobody goes on with is closed by the sweep', async () => {
  const rig = new StreamRig(documentOf([SENT]));
  rig.now = at(0, 60);
  const records = many(5, () => message('pump-1', at(0))).map((one) => rig.put(one, at(0)));
  await rig.invoke(rig.event(0, records, { isFinalInvokeForWindow: true, isWindowTerminatedEarly: true }));
  await rig.sweep(at(2));
  expect(rig.said()).toEqual([]);
  await rig.sweep(at(5));
  await rig.sweep(at(5));
  expect(rig.said()).toEqual(['0 pump-1 messages-sent alarm']);
});

test('an alarm of a device that is silent for more than two days is invalid', async () => {
  const rig = new StreamRig(documentOf([SENT]));
  await rig.window(
    0,
    many(5, () => message('pump-1', at(0))),
  );
  await rig.sweep(at(576));
  expect(rig.said()).toHaveLength(1);
  await rig.sweep(at(578));
  await rig.sweep(at(579));
  expect(rig.said()).toEqual(['0 pump-1 messages-sent alarm', '0 pump-1 messages-sent invalidated']);
  expect(rig.counts.get(METRIC.silent)).toBe(1);
});

test('how long a device is disconnected is judged while it says nothing', async () => {
  const rig = new StreamRig(
    documentOf([behavior({ metric: 'disconnect-duration', operator: 'atMost', threshold: 14 })]),
  );
  await rig.window(0, [presence('pump-1', 'connected', at(0)), presence('pump-1', 'disconnected', at(0, 9))]);
  await rig.sweep(at(2));
  expect(rig.said()).toEqual([]);
  await rig.sweep(at(3, 20));
  await rig.sweep(at(4));
  expect(rig.said()).toEqual(['2 pump-1 disconnect-duration alarm']);
  await rig.window(5, [presence('pump-1', 'connected', at(5), { versionNumber: 1 })]);
  expect(rig.said()).toContain('5 pump-1 disconnect-duration cleared');
});

test('a behavior of a group is for its members', async () => {
  const rig = new StreamRig(documentOf([{ ...SENT, target: '0' }]), { 0: ['Fleet-1A'] });
  rig.groups.set('pump-1', ['Fleet-1A']);
  rig.groups.set('fan-1', ['Other']);
  await rig.window(
    0,
    ['pump-1', 'fan-1', 'gone-1'].flatMap((name) => many(5, () => message(name, at(0)))),
  );
  expect(rig.said()).toEqual(['0 pump-1 messages-sent alarm']);
  expect(rig.lookUps).toBe(3);
});

test.each([
  ['another client', { clientId: 'pump-2' }],
  ['a role of IAM', { principal: 'AROAEXAMPLEID1234567:session' }],
  ['a user of IAM', { principal: 'AIDACKCEVSQ6C2EXAMPLE' }],
  ['an account', { principal: '123456789012' }],
  ['an identity of Cognito', { principal: 'eu-west-1:7b6b2f3e-0000-4000-8000-000000000000' }],
])('what %s reports of a device is not believed, and counted', async (_name, who) => {
  const rig = new StreamRig(documentOf([behavior({ metric: 'bytes-out', operator: 'atMost', threshold: 1 })]));
  const body = { metrics: { network_stats: { bytes_out: 9 } } };
  await rig.window(0, [{ ...report('pump-1', at(0), body), ...who }]);
  expect(rig.said()).toEqual([]);
  expect(rig.counts.get(METRIC.foreign)).toBe(1);
  await rig.window(1, [{ ...report('pump-1', at(1), body), principal: 'legacySensor7' }]);
  expect(rig.said()).toEqual(['1 pump-1 bytes-out alarm']);
});

test.each(Object.keys(METRIC_SOURCES))(
  'a metric of the fleet called %s is judged like one of any other name',
  async (name) => {
    const said = async (metric: string) => {
      const percentile = { operator: 'lessThan', percentile: 'p90' } as const;
      const behaviors = [
        behavior({ metric, name: 'most', customType: 'number', operator: 'atMost', threshold: 5 }),
        behavior({ metric, name: 'rank', customType: 'number', ...percentile, windowSeconds: 600 }),
        behavior({ metric, name: 'numbers', customType: 'number-list', operator: 'within', numbers: [1] }),
        behavior({ metric, name: 'texts', customType: 'string-list', operator: 'notWithin', texts: ['::/0'] }),
      ];
      const document = documentOf(behaviors);
      expect(parseDocument(JSON.stringify(document)).behaviors).toHaveLength(behaviors.length);
      const rig = new StreamRig(document);
      for (const window of [0, 1, 2, 3])
        await rig.window(
          window,
          ['fan', 'pump-1', 'pump-2'].flatMap((device, index) => [
            message(device, at(window)),
            presence(device, window % 2 === 0 ? 'connected' : 'disconnected', at(window), { ipAddress: '192.0.2.1' }),
            log(device, at(window), { sourceIp: '192.0.2.1' }),
            report(device, at(window, 2), {
              custom_metrics: { [metric]: [{ number: window === 2 ? 0 : index * 4 }] },
            }),
            report(device, at(window, 3), { custom_metrics: { [metric]: [{ number_list: [index % 2] }] } }),
            report(device, at(window, 4), {
              custom_metrics: { [metric]: [{ string_list: index ? ['::/0'] : ['a'] }] },
            }),
          ]),
        );
      await rig.sweep(at(400));
      return {
        said: rig.said(),
        by: new Set(rig.signals.map(({ reportedBy, thingName }) => reportedBy === thingName)),
      };
    };
    const expected = await said('own');
    expect(expected.said.length).toBeGreaterThan(5);
    expect(expected.by).toEqual(new Set([true]));
    expect(await said(name)).toEqual(expected);
  },
);

import { MESSAGE } from '../../../lambda/shared/incident/contract';
import { type Trouble, AwsFault } from '../../support/fake-aws';
import { FLEET, QUARANTINE, ResponseRig } from '../../support/response-rig';
import { CERTIFICATE, own } from '../shared/incident/messages';

const NOW = Date.now();
const TIME = NOW - 3_600_000;
const OTHER = 'cd'.repeat(32);
/** After which a process asks again how many signals wait. */
const FORGOTTEN_MS = 6_000;

interface Scenario {
  readonly name: string;
  readonly queue?: string;
  readonly body: object;
  /** Sets the fleet up; what it delivers is not disturbed. */
  readonly prepare: (rig: ResponseRig) => unknown;
  /** What the end has to be, whatever happens on the way. */
  readonly ends?: object;
}

const signal = (values: object = {}) => own({ time: TIME, ...values });
const task = { subject: 'pump-7', episode: 1 };

const SCENARIOS: readonly Scenario[] = [
  {
    name: 'isolation within a blast radius',
    body: signal({ clientId: 'evader' }),
    prepare: (rig) => rig.thing('pump-7').fleet.sessions.set('evader', 1),
  },
  {
    name: 'lock-out of a device with two certificates, one of which is on another thing',
    queue: 'slow',
    body: { schema: MESSAGE.lockOut, ...task },
    prepare: async (rig) => {
      rig.thing('pump-7', ['site', FLEET], [CERTIFICATE, OTHER]).thing('twin', [FLEET], [CERTIFICATE]);
      await rig.deliver([signal({ kind: 'identity' })]);
      rig.pending = [];
    },
  },
  {
    name: 'an order to retire a device that nothing was known of',
    body: { schema: MESSAGE.order, thingName: 'pump-7', response: 'retire', by: 'ada', why: 'stolen', time: TIME },
    prepare: (rig) => rig.thing('pump-7', ['site', FLEET], [CERTIFICATE]),
    ends: {
      records: [{ state: 'retired', response: 'retire', orders: [{ verb: 'retire', by: 'ada' }] }],
      things: [['pump-7', [QUARANTINE, 'site']]],
      certificates: [[CERTIFICATE, 'REVOKED']],
      denied: [[CERTIFICATE, { denied: true }]],
      sessions: [],
    },
  },
  {
    name: 'an order to retire a device that is locked out, one of whose certificates was off before',
    queue: 'slow',
    body: { schema: MESSAGE.lockOut, ...task },
    prepare: async (rig) => {
      rig.thing('pump-7', ['site', FLEET], [CERTIFICATE, OTHER]);
      rig.fleet.certificates.set(OTHER, 'INACTIVE');
      await rig.deliver([signal({ kind: 'identity' })]);
      await rig.drain();
      const order = { thingName: 'pump-7', response: 'retire', by: 'ada', why: 'stolen', time: TIME };
      await rig.deliver([{ schema: MESSAGE.order, ...order }]);
      rig.pending = [];
    },
    ends: {
      records: [
        { state: 'retired', prior: { left: [FLEET], certificates: [{ status: 'ACTIVE' }, { status: 'INACTIVE' }] } },
      ],
      certificates: [
        [CERTIFICATE, 'REVOKED'],
        [OTHER, 'REVOKED'],
      ],
    },
  },
  {
    name: "a person's order on a device that is held",
    body: { schema: MESSAGE.order, ...task, by: 'ada', why: 'sure', time: TIME },
    prepare: async (rig) => {
      rig.thing('pump-7', [FLEET, 'protected']);
      await rig.deliver([signal()]);
    },
  },
  {
    name: 'a second look at a device that is back in its group',
    body: { schema: MESSAGE.look, ...task },
    prepare: async (rig) => {
      rig.thing('pump-7');
      await rig.deliver([signal()]);
      rig.fleet.things.get('pump-7')!.groups = ['site', FLEET];
      rig.fleet.sessions.set('pump-7', 1);
      rig.pending = [];
    },
  },
  {
    name: 'a signal about a thing that does not exist',
    body: signal({ thingName: 'ghost' }),
    prepare: (rig) => rig.fleet.sessions.set('ghost', 1),
  },
];

// A warm process remembers for seconds how many signals wait: how fast this machine is must not decide how many calls there are.
let now = NOW;
beforeAll(() => jest.spyOn(Date, 'now').mockImplementation(() => now));
afterAll(() => jest.restoreAllMocks());

/** All that matters in the end; when it happened, and how often it was written, does not. */
function endOf(rig: ResponseRig): unknown {
  const records = rig.incidents.all().map((incident) => ({
    ...incident,
    version: undefined,
    openedAt: undefined,
    updatedAt: undefined,
    closedAt: incident.closedAt !== undefined,
    containedAt: incident.containedAt !== undefined,
    lockedAt: incident.lockedAt !== undefined,
    takenAt: incident.takenAt !== undefined,
  }));
  const budget = [...rig.incidents.items.values()].find((item) => item.subject?.S?.startsWith('#'))?.version;
  return {
    records,
    budget,
    things: [...rig.fleet.things].map(([name]) => [name, rig.groupsOf(name)]),
    certificates: [...rig.fleet.certificates],
    denied: [...rig.incidents.denied],
    sessions: [...rig.fleet.sessions],
    refused: rig.refused,
  };
}

describe.each(SCENARIOS)('$name', ({ body, prepare, queue, ends = {} }) => {
  let rig: ResponseRig;
  let prepared: () => void;
  let crashes: (() => Promise<void>)[];
  let expected: unknown;
  let calls: number;
  beforeAll(async () => {
    now = NOW;
    rig = await ResponseRig.start({ blastRadius: { devices: 5, seconds: 3_600 } }, true);
    await prepare(rig);
    prepared = rig.keep();
    const before = rig.aws.calls.length;
    crashes = await rig.crashes(body, queue);
    calls = rig.aws.calls.length - before;
    await rig.drain();
    expected = endOf(rig);
    expect(expected).toMatchObject(ends);
  });
  afterAll(() => rig.stop());

  // To stop after the effect of one call is to stop before the next one, so only the first call is also stopped before.
  test('a crash at any call, and a second delivery', async () => {
    expect(crashes).toHaveLength(1 + calls);
    for (const [call, crash] of crashes.entries()) {
      await crash();
      expect(await rig.deliver([body], queue, 2)).toEqual([]);
      await rig.drain();
      expect({ call, end: endOf(rig) }).toEqual({ call, end: expected });
    }
  });

  const TROUBLES: [string, Trouble][] = [
    ['throttled', { after: 'nothing', then: new AwsFault('ThrottlingException', 'slow down', 429) }],
    [
      'answered with 500 after it took effect',
      { after: 'effect', then: new AwsFault('InternalFailureException', 'x', 500) },
    ],
    ['cut off after it took effect', { after: 'effect', then: 'drop' }],
    ['refused', { after: 'nothing', then: new AwsFault('AccessDeniedException', 'no', 403) }],
  ];
  // Each call meets two of the four; with the calls beside it, every kind of call meets all of them.
  test.each([0, 2])('any call in trouble, the kinds in turn from number %d', async (offset) => {
    for (let call = 0; call < calls; call += 1) {
      prepared();
      now += FORGOTTEN_MS;
      const [, trouble] = TROUBLES[(call + offset) % TROUBLES.length]!;
      let met = false;
      rig.aws.trouble = (_call, index) => {
        if (index !== call) return undefined;
        met = true;
        return trouble;
      };
      const failed = await rig.deliver([body], queue);
      rig.aws.trouble = () => undefined;
      if (failed.length > 0) await rig.deliver([body], queue, 2);
      await rig.drain();
      expect({ call, met, end: endOf(rig) }).toEqual({ call, met: true, end: expected });
    }
  });
});

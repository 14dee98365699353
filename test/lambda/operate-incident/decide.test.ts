import { decideHold, decideIsolate, decideRelease, decideReport } from '../../../lambda/operate-incident/decide';
import { type RESPONSES, type Verdict } from '../../../lambda/shared/incident/contract';
import { type Incident, openIncident, type State } from '../../../lambda/shared/incident/incident';
import { CERTIFICATE, TIME } from '../shared/incident/messages';

const GIVEN = { by: 'ada', why: 'sure', time: TIME };
const VERDICT: Verdict = 'FALSE_POSITIVE';
const incident = (state: State, values: Partial<Incident> = {}): Incident => ({
  ...openIncident(
    {
      source: 'engine',
      id: 's',
      time: TIME,
      subject: { kind: 'thing', name: 'pump-7' },
      phase: 'alarm',
      kind: 'behavior',
      severity: 'HIGH',
      about: 'a',
      evidence: {},
    },
    'isolate',
    2,
    TIME,
  ),
  state,
  ...values,
});

describe('to isolate', () => {
  const release = { schema: 'zero-trust-iot/order@1', ...GIVEN };

  test('a device that is held is an order on its incident', () => {
    for (const response of ['isolate', 'notify', 'observe'] as const)
      expect(decideIsolate(incident('held'), 'pump-7', response, GIVEN)).toEqual({
        kind: 'send',
        queue: 'tasks',
        message: { ...release, subject: 'pump-7', episode: 2 },
      });
  });

  test.each<[string, Incident | undefined, (typeof RESPONSES)[number]]>([
    ['a device without an incident', undefined, 'isolate'],
    ['a device that is held, more than it would be', incident('held'), 'lockOut'],
    ['a device that is isolated already', incident('isolated'), 'isolate'],
    ['a device that was released', incident('released'), 'retire'],
  ])('%s is a report with that response', (_what, known, response) => {
    expect(decideIsolate(known, 'pump-7', response, GIVEN)).toEqual({
      kind: 'send',
      queue: 'tasks',
      message: { ...release, thingName: 'pump-7', response },
    });
  });

  test('a certificate that is on no thing names it', () => {
    expect(decideIsolate(undefined, `certificate/${CERTIFICATE}`, 'lockOut', GIVEN)).toMatchObject({
      message: { certificateId: CERTIFICATE, response: 'lockOut' },
    });
  });
});

test('a report leaves it to the playbook what is done', () => {
  expect(decideReport('pump-7', 'MEDIUM', GIVEN)).toEqual({
    kind: 'send',
    queue: 'tasks',
    message: { schema: 'zero-trust-iot/order@1', thingName: 'pump-7', severity: 'MEDIUM', ...GIVEN },
  });
});

describe('to release', () => {
  test.each<State>(['held', 'isolating', 'isolated', 'repairing', 'proving'])(
    'a device that is %s is an order',
    (state) => {
      expect(decideRelease(incident(state), GIVEN)).toEqual({
        kind: 'send',
        queue: 'release',
        message: { schema: 'zero-trust-iot/release@1', subject: 'pump-7', episode: 2, ...GIVEN },
      });
    },
  );

  test.each<[Incident | undefined, number, string]>([
    [undefined, 404, 'no incident of this device'],
    [incident('released'), 409, 'the incident is released already'],
    [incident('retired'), 409, 'the incident is retired already; enroll the device anew'],
    [incident('detected'), 409, 'nothing was taken from the device'],
  ])('is refused where there is nothing to give back (%#)', (known, status, because) => {
    expect(decideRelease(known, GIVEN)).toEqual({ kind: 'refuse', status, because });
  });

  test('with a verdict Device Defender is told, also where nothing is given back', () => {
    for (const state of ['released', 'retired', 'detected'] as const)
      expect(decideRelease(incident(state), { ...GIVEN, verdict: VERDICT })).toMatchObject({
        kind: 'send',
        queue: 'release',
        message: { verdict: VERDICT },
      });
    expect(decideRelease(undefined, { ...GIVEN, verdict: VERDICT })).toMatchObject({ kind: 'refuse', status: 404 });
  });
});

describe('to hold', () => {
  test.each<State>(['detected', 'held', 'isolated', 'repairing', 'proving'])('%s is kept as it is', (state) => {
    expect(decideHold(incident(state), GIVEN)).toMatchObject({
      kind: 'save',
      incident: { state: 'held', because: 'sure', orders: [{ verb: 'hold', ...GIVEN }] },
    });
  });

  test.each<[Incident | undefined, number, string]>([
    [undefined, 404, 'no incident of this device'],
    [incident('released'), 409, 'the incident is released already'],
    [incident('retired'), 409, 'the incident is retired already; enroll the device anew'],
    [incident('isolating'), 409, 'the device is isolating; try again in a moment'],
  ])('is refused (%#)', (known, status, because) => {
    expect(decideHold(known, GIVEN)).toEqual({ kind: 'refuse', status, because });
  });
});

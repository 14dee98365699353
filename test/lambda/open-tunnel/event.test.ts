import fc from 'fast-check';
import {
  descriptionOf,
  FIRST_TURN,
  LONGEST_WAIT_MS,
  refusalOf,
  reserve,
  type Turn,
} from '../../../lambda/open-tunnel/decide';
import { parseRequest } from '../../../lambda/open-tunnel/event';
import { type Incident, openIncident, type State } from '../../../lambda/shared/incident/incident';
import { TIME } from '../shared/incident/messages';

const LIMITS = { services: ['SSH', 'VNC'], minutes: 60 };
const ARN = 'arn:aws:sts::123456789012:assumed-role/analysts/ada';
const request = (body: unknown, values: object = {}) => ({
  routeKey: 'POST /tunnel',
  requestContext: { authorizer: { iam: { userArn: ARN } } },
  body: JSON.stringify(body),
  ...values,
});
const body = (values: object = {}) => ({ subject: 'pump-7', why: 'look at its log', ...values });
const parse = (given: unknown) => parseRequest(given, LIMITS);

describe('a request', () => {
  test('is read, and IAM says who makes it', () => {
    expect(parse(request(body({ by: 'somebody else' })))).toMatchObject({ ok: false });
    expect(parse(request(body()))).toEqual({
      ok: true,
      value: { thing: 'pump-7', by: ARN, why: 'look at its log', services: ['SSH', 'VNC'], minutes: 60 },
    });
    expect(parse(request(body({ services: ['VNC'], minutes: 1 })))).toMatchObject({
      value: { services: ['VNC'], minutes: 1 },
    });
    const encoded = { body: Buffer.from(JSON.stringify(body())).toString('base64'), isBase64Encoded: true };
    expect(parse(request({}, encoded)).ok).toBe(true);
  });

  test.each<[string, unknown, string]>([
    ['another route', request(body(), { routeKey: 'GET /tunnel' }), 'route'],
    ['nothing', undefined, 'route'],
    ['nobody', request(body(), { requestContext: {} }), 'IAM'],
    ['no body', request(body(), { body: undefined }), 'body'],
    ['a body that is a list', request([1]), 'body'],
    ['no reason', request(body({ why: '' })), 'why'],
    ['no device', request(body({ subject: undefined })), 'subject'],
    ['a certificate', request(body({ subject: `certificate/${'ab'.repeat(32)}` })), 'subject'],
    ['a service that is not offered', request(body({ services: ['SSH', 'RDP'] })), 'services'],
    ['a service twice', request(body({ services: ['SSH', 'SSH'] })), 'services'],
    ['no service', request(body({ services: [] })), 'services'],
    ['services that are no list', request(body({ services: 'SSH' })), 'services'],
    ['no minute', request(body({ minutes: 0 })), 'minutes: 1 to 60'],
    ['61 minutes', request(body({ minutes: 61 })), 'minutes'],
    ['half a minute', request(body({ minutes: 1.5 })), 'minutes'],
    ['minutes in words', request(body({ minutes: '5' })), 'minutes'],
  ])('of %s is refused with a reason', (_name, given, reason) => {
    expect(parse(given)).toEqual({ ok: false, reason: expect.stringContaining(reason) });
  });
});

describe('the line', () => {
  test('gives one turn a second', () => {
    expect(reserve(FIRST_TURN, TIME)).toEqual({
      kind: 'turn',
      wait: 0,
      at: TIME,
      next: { version: 1, nextAt: TIME + 1_000 },
    });
    expect(reserve({ version: 4, nextAt: TIME + 300 }, TIME)).toEqual({
      kind: 'turn',
      wait: 300,
      at: TIME + 300,
      next: { version: 5, nextAt: TIME + 1_300 },
    });
    expect(reserve({ version: 1, nextAt: TIME + LONGEST_WAIT_MS }, TIME).kind).toBe('turn');
    expect(reserve({ version: 1, nextAt: TIME + LONGEST_WAIT_MS + 1 }, TIME)).toEqual({ kind: 'busy', seconds: 1 });
    expect(reserve({ version: 1, nextAt: TIME + LONGEST_WAIT_MS + 2_500 }, TIME)).toEqual({ kind: 'busy', seconds: 3 });
  });

  test('never opens two within a second, however many come at once, and lets nobody wait for long', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 3_000 }), { maxLength: 60 }), (gaps) => {
        let now = TIME;
        let turn: Turn = FIRST_TURN;
        const opened: number[] = [];
        for (const gap of gaps) {
          now += gap;
          const place = reserve(turn, now);
          if (place.kind === 'busy') continue;
          expect(place.wait).toBeLessThanOrEqual(LONGEST_WAIT_MS);
          opened.push(now + place.wait);
          turn = place.next;
        }
        return opened.every((at, index) => index === 0 || at - opened[index - 1]! >= 1_000);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('a device', () => {
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
      1,
      TIME,
    ),
    state,
    ...values,
  });

  test.each<State>(['isolated', 'repairing', 'proving'])('that is %s may be reached', (state) => {
    expect(refusalOf(incident(state))).toBeUndefined();
  });

  test('that is held may be reached if it was isolated before', () => {
    expect(refusalOf(incident('held', { containedAt: TIME }))).toBeUndefined();
    expect(refusalOf(incident('held'))).toMatchObject({ status: 409 });
  });

  test.each<State>(['detected', 'isolating', 'released', 'retired'])('that is %s may not', (state) => {
    expect(refusalOf(incident(state))).toEqual({ status: 409, because: expect.stringContaining(`is ${state};`) });
  });

  test('without a record may not', () => expect(refusalOf(undefined)).toMatchObject({ status: 404 }));

  test('is named beside its tunnel, with who asked and why', () => {
    const text = descriptionOf(incident('isolated', { subject: 'x'.repeat(128) }), 'b'.repeat(640), 'w'.repeat(512));
    expect(text.length).toBeLessThanOrEqual(2_048);
    expect(descriptionOf(incident('isolated'), 'ada', 'why')).toBe('Incident pump-7, episode 1, for ada: why');
  });
});

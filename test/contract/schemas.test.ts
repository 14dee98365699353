import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv, { type ValidateFunction } from 'ajv';
import fc from 'fast-check';
import { eventOf } from '../../lambda/record-incident/describe';
import { RESPONSES, SEVERITIES } from '../../lambda/shared/incident/contract';
import { STATES } from '../../lambda/shared/incident/incident';
import { parsePlain } from '../../lambda/shared/incident/parse-plain';
import { ROOT } from '../support/sources';
import { incident, note } from '../lambda/record-incident/samples';
import { CERTIFICATE, plain, TIME } from '../lambda/shared/incident/messages';

function validatorOf(name: string): ValidateFunction {
  const schema = JSON.parse(readFileSync(join(ROOT, 'schema', name), 'utf8')) as object;
  return new Ajv({ strict: true, strictRequired: false, allErrors: true, formats: { 'date-time': isDate } }).compile(
    schema,
  );
}

function isDate(text: string): boolean {
  return new Date(text).toISOString() === text;
}

/** The blocks of JSON in the documentation. */
const SAMPLES = [...readFileSync(join(ROOT, 'docs/signals.md'), 'utf8').matchAll(/```json\n([^`]+)```/g)].map(
  ([, text]) => JSON.parse(text!) as object,
);
const read = (message: object = {}) =>
  parsePlain(message as Record<string, unknown>, { kind: 'generic', severity: 'HIGH' });

describe('the schema of signals', () => {
  const isSignal = validatorOf('signal.schema.json');

  test('takes what is documented, and it is read', () => {
    expect(isSignal(SAMPLES[0])).toBe(true);
    expect(read(SAMPLES[0])).toMatchObject({ ok: true, value: { kind: 'anomaly', time: TIME } });
  });

  const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 5 }), fc.constantFrom('', 'a', 'a'.repeat(129)));
  const odd = fc.oneof(text, fc.constantFrom<unknown>(null, 0, -1, NaN, true, [], {}));
  const often = <T>(good: fc.Arbitrary<T>) => fc.oneof({ weight: 9, arbitrary: good }, { weight: 1, arbitrary: odd });
  const message = fc.record(
    {
      id: often(fc.constantFrom('s1', 'x'.repeat(600), 'ü')),
      time: often(fc.constantFrom<unknown>(TIME, '2026-11-22T12:00:00Z', '2026-11-22T12:00:00.5Z', 1_577_836_800_000)),
      thingName: often(fc.constantFrom('pump-7', 'A:b_c-9', 'x'.repeat(128))),
      certificateId: often(fc.constant(CERTIFICATE)),
      about: often(fc.constantFrom('messages-sent', 'x'.repeat(200), ' ')),
      severity: often(fc.constantFrom(...SEVERITIES)),
      phase: often(fc.constantFrom('alarm', 'cleared', 'invalidated')),
      kind: often(fc.constantFrom('behavior', 'anomaly', 'identity', 'posture', 'finding')),
      clientId: often(fc.constantFrom('evader', 'a/b')),
      evidence: often(fc.dictionary(text, odd, { maxKeys: 12 })),
      more: fc.anything(),
    },
    { requiredKeys: ['id', 'time', 'about'] },
  );

  test('takes no signal that is then refused', () => {
    let taken = 0;
    fc.assert(
      fc.property(message, (value) => {
        const body = JSON.parse(JSON.stringify(value)) as Record<string, unknown>;
        if (!isSignal(body)) return;
        taken += 1;
        expect(read(body)).toMatchObject({ ok: true });
      }),
      { numRuns: 2_000 },
    );
    expect(taken).toBeGreaterThan(100);
  });

  test.each<[string, Record<string, unknown>]>([
    ['neither a thing nor a certificate', { thingName: undefined }],
    ['both', { certificateId: CERTIFICATE }],
    ['a name that is none', { thingName: 'pump 7' }],
    ['no id', { id: '' }],
    ['a time before this project', { time: Date.UTC(2019, 0, 1) }],
    ['a kind that is not known', { kind: 'rumor' }],
    ['a report, which is for persons', { kind: 'report' }],
    ['a severity in other words', { severity: 'high' }],
    ['a phase that is not known', { phase: 'over' }],
    ['a client id of AWS', { clientId: '$aws' }],
  ])('refuses, as the function does: %s', (_what, values) => {
    const body = JSON.parse(JSON.stringify(plain(values))) as Record<string, unknown>;
    expect(isSignal(body)).toBe(false);
    expect(read(body)).toMatchObject({ ok: false });
  });

  test('a device accuses itself, and nobody else', () => {
    expect(read(plain({ reportedBy: 'pump-7' }))).toMatchObject({ ok: true });
    expect(read(plain({ reportedBy: 'pump-8' }))).toMatchObject({ ok: false });
  });
});

describe('the schema of events', () => {
  const isEvent = validatorOf('incident-event.schema.json');
  const order = { verb: 'release', by: 'ada', why: 'well', time: TIME } as const;

  test('takes what is documented', () => expect(isEvent(SAMPLES[1])).toBe(true));

  test.each(STATES.flatMap((state) => RESPONSES.map((response) => [state, response] as const)))(
    'holds for %s with %s',
    (state, response) => {
      for (const values of [
        {},
        { because: 'x', orders: [order], restored: ['group a'], notRestored: ['group b: gone'] },
      ])
        for (const subject of ['pump-7', `certificate/${CERTIFICATE}`]) {
          const after = incident({ state, response, subject, signals: [note], ...values });
          const event = JSON.parse(JSON.stringify(eventOf({ incident: after, before: incident() }))) as object;
          expect(isEvent(event) ? [] : isEvent.errors).toEqual([]);
        }
    },
  );

  test('names every field that an event can have', () => {
    const schema = JSON.parse(readFileSync(join(ROOT, 'schema/incident-event.schema.json'), 'utf8')) as {
      properties: object;
    };
    const tunnel = { by: 'ada', why: 'look', time: TIME, services: ['SSH'], minutes: 5 };
    const all = [
      eventOf({ incident: incident({ subject: `certificate/${CERTIFICATE}` }) }),
      eventOf({
        incident: incident({ because: 'x', orders: [order], tunnels: [tunnel], restored: [], notRestored: [] }),
        before: incident(),
      }),
    ];
    const fields = new Set(all.flatMap((event) => Object.keys(event)));
    expect([...fields].sort()).toEqual(Object.keys(schema.properties).sort());
  });

  test.each([{ schema: 'zero-trust-iot/incident@2' }, { state: 'gone' }, { thingName: 'a b' }, { episode: 0 }])(
    'refuses %j',
    (values) => {
      const event = JSON.parse(JSON.stringify(eventOf({ incident: incident() }))) as object;
      expect(isEvent(event)).toBe(true);
      expect(isEvent({ ...event, ...values })).toBe(false);
    },
  );
});

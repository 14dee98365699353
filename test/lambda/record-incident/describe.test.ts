import { EVENT } from '../../../lambda/record-incident/contract';
import { GONE, NOT_OURS, OVERTAKEN } from '../../../lambda/shared/incident/contract';
import { eventOf, isAlert, isTransition, keyOf, messageOf, textOf } from '../../../lambda/record-incident/describe';
import { parseChange } from '../../../lambda/record-incident/event';
import { type Incident, type Order, type State, STATES } from '../../../lambda/shared/incident/incident';
import { CERTIFICATE, TIME } from '../shared/incident/messages';
import { change, incident, note } from './samples';

/** When the incidents of these tests began, as it stands in the keys of their evidence. */
const OPENED = '20261122T120000000Z';
const PLACES = {
  region: 'eu-west-1',
  partition: 'aws',
  bucket: 'evidence',
  operatorUrl: 'https://api.example.com',
};

describe('a write of the table', () => {
  test('is read with what was there before', () => {
    expect(parseChange(change({}, { state: 'isolating' }))).toEqual({
      incident: incident(),
      before: incident({ state: 'isolating' }),
    });
    expect(parseChange(change({}))).toEqual({ incident: incident() });
  });

  test.each([undefined, {}, { dynamodb: {} }, { dynamodb: { NewImage: 7 } }])('fails for %j', (raw) => {
    expect(() => parseChange(raw)).toThrow('a record of the stream has no new image');
  });

  test('is a transition when the state or the response changed', () => {
    const at = (values: Partial<Incident>) => ({ incident: incident(values), before: incident() });
    expect(isTransition({ incident: incident() })).toBe(true);
    expect(isTransition(at({ state: 'repairing' }))).toBe(true);
    expect(isTransition(at({ response: 'lockOut' }))).toBe(true);
    expect(isTransition(at({ severity: 'CRITICAL', version: 9 }))).toBe(false);
  });

  test('is a transition when the device has proved its health, and a person has to release it', () => {
    const waiting = incident({ state: 'proving', proof: { since: TIME } });
    const proven = incident({ state: 'proving', proof: { since: TIME, proven: TIME + 1 } });
    expect(isTransition({ incident: proven, before: waiting })).toBe(true);
    expect(isTransition({ incident: waiting, before: waiting })).toBe(false);
    expect(isTransition({ incident: proven, before: proven })).toBe(false);
  });

  test('is told when an order to release is not carried out, each time', () => {
    const order: Order = { verb: 'release', by: 'ada', why: 'well', time: TIME };
    const refused = incident({ because: OVERTAKEN, orders: [order] });
    const again = incident({ because: OVERTAKEN, orders: [order, { ...order, time: TIME + 1 }] });
    expect(isTransition({ incident: refused, before: incident() })).toBe(true);
    expect(isTransition({ incident: refused, before: refused })).toBe(false);
    expect(isTransition({ incident: again, before: refused })).toBe(true);
    expect(isAlert({ incident: refused, before: incident() })).toBe(true);
    for (const state of ['isolated', 'held', 'repairing'] as const)
      expect(textOf({ ...refused, state })).toContain('an alarm came after the order to release it');
  });

  test('is nothing to wake a person for where the device is of another fleet', () => {
    expect(isAlert({ incident: incident({ state: 'detected', because: NOT_OURS }) })).toBe(false);
    expect(isAlert({ incident: incident({ state: 'detected', because: 'dry run' }) })).toBe(true);
  });

  test.each([
    ['detected', 'observe', false],
    ['detected', 'notify', true],
    ['detected', 'isolate', true],
    ['held', 'isolate', true],
    ['isolating', 'isolate', false],
    ['isolated', 'isolate', true],
    ['released', 'isolate', true],
    ['retired', 'retire', true],
  ] as const)('%s with %s alerts: %s', (state, response, expected) => {
    expect(isAlert({ incident: incident({ state, response }) })).toBe(expected);
  });

  test('does not alert twice for one state', () => {
    expect(isAlert({ incident: incident(), before: incident() })).toBe(false);
  });
});

describe('the event', () => {
  test('says all that a machine needs', () => {
    const order = { verb: 'isolate', by: 'ada', why: 'sure', time: TIME } as const;
    const event = eventOf({ incident: incident({ orders: [order] }), before: incident({ state: 'isolating' }) });
    expect(event).toEqual({
      schema: EVENT.schema,
      thingName: 'pump:7',
      episode: 2,
      version: 3,
      state: 'isolated',
      previousState: 'isolating',
      response: 'isolate',
      severity: 'HIGH',
      time: new Date(TIME).toISOString(),
      about: ['profile/size'],
      groupsLeft: ['pumps'],
      by: 'ada',
      why: 'sure',
      text: 'Device pump:7 is isolated; groups left: pumps. Reason: HIGH profile/size (detect).',
    });
  });

  test('says how many tunnels were asked for, so that they can be closed when it is over', () => {
    const tunnel = { by: 'ada', why: 'look', time: TIME, services: ['SSH'], minutes: 5 };
    const over = incident({ state: 'released', tunnels: [tunnel, { ...tunnel, tunnelId: 't2' }] });
    expect(eventOf({ incident: over })).toMatchObject({ tunnels: 2 });
    expect(JSON.stringify(eventOf({ incident: over }))).not.toContain('t2');
    expect(JSON.parse(JSON.stringify(eventOf({ incident: incident() })))).not.toHaveProperty('tunnels');
  });

  test('names a certificate that is on no thing, and each behavior once', () => {
    const signals = [note, { ...note, id: 's2' }, { ...note, about: 'other', phase: 'cleared' as const }];
    const event = eventOf({ incident: incident({ subject: `certificate/${CERTIFICATE}`, signals, prior: undefined }) });
    expect(event).toMatchObject({ certificateId: CERTIFICATE, about: ['profile/size'], groupsLeft: [] });
    expect(event).not.toHaveProperty('thingName');
  });
});

describe('the words', () => {
  test.each([
    ['detected', {}, 'Device pump:7 raised an alarm and was left alone'],
    ['detected', { because: 'dry run' }, 'left alone (dry run)'],
    ['held', { because: 'blast radius reached' }, 'would be isolated and waits for a person (blast radius reached)'],
    ['held', {}, 'waits for a person (held)'],
    ['isolating', {}, 'is being isolated'],
    ['isolated', { response: 'lockOut' }, 'is isolated and its certificates are off; groups left: pumps'],
    ['isolated', { prior: undefined }, 'groups left: none'],
    ['isolated', { because: 'the session could not be cut' }, 'groups left: pumps; the session could not be cut'],
    ['repairing', {}, 'is being repaired'],
    ['isolated', { response: 'lockOut' }, 'is isolated and its certificates are off; groups left: pumps'],
    ['held', { containedAt: TIME, because: 'wait' }, 'pump:7 stays isolated and waits for a person (wait)'],
    ['held', {}, 'pump:7 would be isolated and waits for a person (held)'],
    ['proving', {}, 'has to prove its health'],
    ['proving', { orders: [{ verb: 'release', by: 'ada', why: 'well', time: TIME }] }, 'is being released'],
    ['isolated', { subject: `certificate/${CERTIFICATE}`, response: 'lockOut' }, 'abab is switched off. Reason'],
    ['proving', { proof: { since: TIME, proven: TIME + 1 } }, 'has proved its health'],
    ['released', { restored: ['pumps'], notRestored: [] }, 'is released; restored: pumps; not restored: none'],
    ['retired', { because: 'stolen' }, 'is retired (stolen)'],
    ['retired', {}, 'is retired. Reason'],
  ] as const)('for %s with %j', (state, values, expected) => {
    expect(textOf(incident({ state, ...values }))).toContain(expected);
  });

  test('say nothing of a reason that nobody gave', () => {
    expect(textOf(incident({ state: 'detected' }))).toBe(
      'Device pump:7 raised an alarm and was left alone. Reason: HIGH profile/size (detect).',
    );
  });

  test('give alarms as the reason, and not that one is over', () => {
    const over = { ...note, id: 's0', about: 'profile/over', phase: 'cleared' as const };
    expect(textOf(incident({ signals: [over, note] }))).toContain('Reason: HIGH profile/size (detect).');
  });

  test('for people have a subject that SNS takes, however long the name', () => {
    const subjectOf = (length: number) => messageOf(incident({ subject: 'x'.repeat(length) }), PLACES).subject;
    expect(subjectOf(128)).toMatch(/^IoT incident: Device x+\.\.\. isolated$/);
    expect(subjectOf(128)).toHaveLength(100);
    const longest = 100 - 'IoT incident: Device  isolated'.length;
    expect(subjectOf(longest)).toBe(`IoT incident: Device ${'x'.repeat(longest)} isolated`);
    expect(subjectOf(longest + 1)).toContain('... isolated');
  });

  test('count what else there is, and say when there is nothing', () => {
    expect(textOf(incident({ signals: [note, { ...note, id: 's2' }] }))).toContain('(detect), and 1 more.');
    expect(textOf(incident({ signals: [] }))).toContain('Reason: no alarm.');
  });

  test('for people have a subject, what to do next and where to look', () => {
    const message = messageOf(incident(), PLACES);
    expect(message.subject).toBe('IoT incident: Device pump:7 isolated');
    expect(message.body.split('\n')).toEqual([
      textOf(incident()),
      'Incident: pump:7, episode 2, severity HIGH, response isolate.',
      'Next: Find the cause through its repair channel, repair it, then release or retire it.',
      'Device: https://eu-west-1.console.aws.amazon.com/iot/home?region=eu-west-1#/thing/pump%3A7',
      'Record: GET https://api.example.com/incident?subject=pump%3A7',
      `Trail: s3://evidence/incidents/pump:7/2-${OPENED}/`,
    ]);
  });

  test.each([
    ['aws-cn', 'https://r.console.amazonaws.cn/'],
    ['aws-us-gov', 'https://r.console.amazonaws-us-gov.com/'],
  ])('link to the console of %s', (partition, expected) => {
    const places = { ...PLACES, region: 'r', partition };
    const { body, subject } = messageOf(incident({ subject: `certificate/${CERTIFICATE}` }), places);
    expect(body).toContain(`${expected}iot/home?region=r#/certificate/${CERTIFICATE}`);
    expect(body).toContain(`/incident?subject=certificate%2F${CERTIFICATE}`);
    expect(subject).toMatch(/^IoT incident: Certificate [a-f0-9]{64} isolated$/);
  });

  const bodyOf = (values: Partial<Incident>) => messageOf(incident(values), PLACES).body;
  const ordered = (verb: Order['verb']): Order => ({ verb, by: 'ada', why: 'patched, job 4711', time: TIME });

  test.each<[Partial<Incident>, string]>([
    [{ state: 'detected' }, 'Look at the evidence; isolate the device if it must not go on.'],
    [{ state: 'held' }, 'Decide: isolate it, or release it.'],
    [{ state: 'held', containedAt: TIME }, 'Decide: release it, or retire it.'],
    [{ state: 'isolating' }, 'Nothing: it is under way.'],
    [
      { state: 'isolated', response: 'lockOut' },
      'It cannot connect: examine it where it is, then release or retire it.',
    ],
    [{ state: 'repairing' }, 'Nothing yet: its patch job runs, and you are told how it ends.'],
    [{ state: 'proving', proof: { since: TIME } }, 'Nothing yet: you are told when it has proved its health.'],
    [{ state: 'proving', proof: { since: TIME, proven: TIME + 1 } }, 'Decide: release it.'],
    [{ state: 'proving', orders: [ordered('release')] }, 'Nothing: what was taken is given back now.'],
    [{ state: 'released' }, 'Watch it for a while.'],
    [{ state: 'released', notRestored: [] }, 'Watch it for a while.'],
    [
      { state: 'released', notRestored: ['group x: not found'] },
      'Give back by hand what could not be restored, and watch it.',
    ],
    [{ state: 'retired' }, 'Replace the device; its identity does not come back.'],
    [
      { state: 'retired', because: GONE },
      'Check the name: no such thing is registered. Nothing was taken, but its session was cut.',
    ],
  ])('say what to do next for %j', (values, next) => {
    expect(bodyOf(values).split('\n')).toContain(`Next: ${next}`);
  });

  test.each(STATES)('say something to do for %s', (state) => {
    expect(bodyOf({ state })).toMatch(/\nNext: .+\.\n/);
  });

  test.each<[State, Order['verb']]>([
    ['held', 'hold'],
    ['isolated', 'isolate'],
    ['proving', 'release'],
    ['released', 'release'],
    ['retired', 'retire'],
  ])('say who had a device %s, and why', (state, verb) => {
    expect(bodyOf({ state, orders: [ordered('hold'), ordered(verb)] })).toContain(
      '\nOrdered by ada: patched, job 4711\n',
    );
    const other = verb === 'isolate' ? 'release' : 'isolate';
    expect(bodyOf({ state, orders: [ordered(verb), ordered(other)] })).not.toContain('Ordered by');
  });

  test('say it as it was said, in any script, below a subject of ASCII', () => {
    const why = 'Prüfstand 4: 点検済み 👩🏽‍🔧';
    const told = messageOf(incident({ state: 'released', orders: [{ ...ordered('release'), why }] }), PLACES);
    expect(told.body).toContain(`\nOrdered by ada: ${why}\n`);
    expect(told.subject).toMatch(/^[\x20-\x7e]{1,100}$/);
  });

  test('say what the first alarm rests on', () => {
    const over = { ...note, phase: 'cleared' as const, evidence: { value: 1 } };
    const alarm = { ...note, id: 's2', evidence: { value: 5_126, normal: 'at most 5000' } };
    expect(bodyOf({ signals: [over, alarm] })).toContain('\nEvidence: value 5126; normal at most 5000\n');
    for (const signals of [[over], [note], []]) expect(bodyOf({ signals })).not.toContain('Evidence');
  });

  test('say when an isolation ends that ends by itself', () => {
    const values = { containedAt: TIME, isolationMs: 3_600_000 };
    expect(bodyOf(values)).toContain(
      `\nWithout a further alarm it is released after ${new Date(TIME + 3_600_000).toISOString()}.\n`,
    );
    expect(bodyOf({ ...values, orders: [ordered('isolate')] })).not.toContain('Without a further alarm');
  });

  test('lie under a key of their own for each write', () => {
    expect(keyOf(incident())).toBe(`incidents/pump:7/2-${OPENED}/000003-isolated.json`);
  });

  test('lie elsewhere for an incident that has the number of one whose record has expired', () => {
    expect(keyOf(incident({ openedAt: TIME + 1 }))).not.toBe(keyOf(incident()));
  });
});

import { events } from '../../../lambda/adopt-account-settings/events';

test('wants events on', () => {
  expect(events.parse({ EventTypes: ['JOB', 'THING'] })).toEqual({
    ok: true,
    value: { wants: { 'event:JOB': 'true', 'event:THING': 'true' }, replace: false },
  });
});

test('fails without events', () => {
  expect(events.parse({})).toEqual({ ok: false, reason: 'EventTypes must name an event type' });
});

test('reads what the account has, and turns on only', () => {
  expect(events.flatten({ JOB: true, THING: false })).toEqual({ 'event:JOB': 'true', 'event:THING': 'false' });
  expect(events.rule('event:JOB', 'true', { 'event:JOB': 'false' }, false)).toBe('true');
});

test('a call names what changes; what was not there is off', () => {
  expect(events.steps({}, { 'event:JOB': 'true', 'event:THING': 'false', 'event:POLICY': null }, 0)).toEqual({
    steps: [{ call: { JOB: true, THING: false, POLICY: false } }],
    cannot: [],
  });
});

test('there is one version, nothing waits, each event goes by itself, and no role is passed', () => {
  expect(events.version({ wants: {}, replace: false })).toBe('1');
  expect(events.defer('event:JOB')).toBe(false);
  expect(events.group('event:JOB')).toBe('event:JOB');
  expect(events.passesRole('event:JOB')).toBe(false);
});

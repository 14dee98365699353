import { parseWaiver } from '../../lib/compliance/waiver';

const TODAY = '2026-11-22';
const REASON = 'One gateway reads for all pumps';
const parse = (reason: string) => parseWaiver({ id: 'ZeroTrustIoT::ZTI-POL3', reason, scope: 'App/S' }, TODAY);

test('is a reason, an owner and an end, in any order', () => {
  const reason = `owner=jo   ${REASON} until=2026-12-31.`;
  expect(parse(reason)).toEqual({
    ok: true,
    waiver: {
      id: 'ZeroTrustIoT::ZTI-POL3',
      ruleId: 'ZTI-POL3',
      reason,
      scope: 'App/S',
      owner: 'jo',
      until: '2026-12-31',
      text: REASON,
    },
  });
});

test.each([
  ['today', TODAY],
  ['in a year', '2027-11-22'],
  ['in a leap year', '2027-11-23'],
])('holds until %s', (_name, until) => {
  expect(parse(`${REASON} owner=jo until=${until}`).ok).toBe(true);
});

test.each([
  ['too short a reason', 'because owner=jo until=2026-12-31', 'has no reason of at least 20 characters'],
  ['a reason that is one character short', `${'x'.repeat(19)} owner=jo until=2026-12-31`, 'has no reason'],
  ['no owner', `${REASON} until=2026-12-31`, 'has no owner'],
  ['an owner without a name', `${REASON} owner= until=2026-12-31`, 'has no owner'],
  ['no end', `${REASON} owner=jo`, 'has no end'],
  ['an end that is no day', `${REASON} owner=jo until=2026-02-30`, "ends on '2026-02-30', which is no day"],
  ['an end that is no date', `${REASON} owner=jo until=2026-13-01`, "ends on '2026-13-01', which is no day"],
  ['an end in other words', `${REASON} owner=jo until=x2026-12-31`, "ends on 'x2026-12-31', which is no day"],
  ['an end with a time', `${REASON} owner=jo until=2026-12-31T00:00`, "ends on '2026-12-31T00:00', which is no day"],
  ['an end that was', `${REASON} owner=jo until=2026-11-21`, 'ended on 2026-11-21'],
  ['an end that is far away', `${REASON} owner=jo until=2027-11-24`, 'ends only on 2027-11-24'],
])('%s is no waiver', (_name, reason, problem) => {
  const parsed = parse(reason);
  expect(parsed.ok ? '' : parsed.problem).toContain(`the waiver of ZTI-POL3 ${problem}`);
});

test.each([
  ['2028-02-28', '2028-02-29', true],
  ['2028-02-29', '2028-02-29', true],
  ['2028-03-01', '2028-02-29', false],
  ['2027-02-28', '2027-02-29', false],
  ['2028-02-29', '2029-02-28', true],
  ['2028-02-29', '2029-03-02', false],
])('on %s one until %s holds: %s', (today, until, holds) => {
  const written = { id: 'ZeroTrustIoT::ZTI-POL3', reason: `${REASON} owner=jo until=${until}`, scope: 'App/S' };
  expect(parseWaiver(written, today).ok).toBe(holds);
});

test('twenty characters are a reason', () => {
  expect(parse('known to plant no. 47 owner=jo until=2026-12-31').ok).toBe(true);
  expect(parse('known to plant no. 4 owner=jo until=2026-12-31').ok).toBe(true);
  expect(parse('known to plant no 4 owner=jo until=2026-12-31').ok).toBe(false);
});

test.each([
  ['one letter', 'x'.repeat(25)],
  ['a few letters', 'abcdef abcdef fedcba abc def'],
  ['one word again and again', 'temporary Temporary TEMPORARY temporary'],
  ['two words again and again', 'fix later, fix later, fix later'],
  ['few words again and again', 'to be done: to be done: to be done'],
  ['one long word', 'https://tickets.example.com'.replaceAll(/[^a-z]/g, '')],
  ['signs', '-------------------------------'],
])('%s is no reason', (_name, text) => {
  const parsed = parse(`${text} owner=jo until=2026-12-31`);
  expect(parsed.ok ? '' : parsed.problem).toBe(
    'the waiver of ZTI-POL3 has a reason that says nothing: write in a sentence why the finding may stay',
  );
});

test('a reason may be in any script', () => {
  expect(parse('このゲートウェイは全てのポンプのデータを読み取ります。 owner=jo until=2026-12-31').ok).toBe(true);
  expect(parse('Шлюз читает данные всех насосов завода owner=jo until=2026-12-31').ok).toBe(true);
});

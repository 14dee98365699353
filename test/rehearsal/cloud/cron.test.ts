import { cronOf } from '../../../rehearsal/cloud/cron';

const NOW = Date.UTC(2026, 0, 5, 8, 30);

function times(text: string, count = 1, after = NOW): (string | undefined)[] {
  const next = cronOf(text);
  const found: (string | undefined)[] = [];
  let at: number | undefined = after;
  for (let i = 0; i < count && at !== undefined; i++) {
    at = next?.(at);
    found.push(at === undefined ? undefined : new Date(at).toISOString().slice(0, 16));
  }
  return found;
}

test.each([
  ['cron(0 3 * * ? *)', ['2026-01-06T03:00', '2026-01-07T03:00']],
  ['cron(30 8 * * ? *)', ['2026-01-06T08:30', '2026-01-07T08:30']],
  ['cron(0/15 * * * ? *)', ['2026-01-05T08:45', '2026-01-05T09:00']],
  ['cron(5,35 8-10 * * ? *)', ['2026-01-05T08:35', '2026-01-05T09:05']],
  ['cron(0 18 ? * MON-FRI *)', ['2026-01-05T18:00', '2026-01-06T18:00']],
  ['cron(0 0 ? * 1 *)', ['2026-01-11T00:00', '2026-01-18T00:00']],
  ['cron(0 8 1 * ? *)', ['2026-02-01T08:00', '2026-03-01T08:00']],
  ['cron(0 0 31 jan,MAR ? *)', ['2026-01-31T00:00', '2026-03-31T00:00']],
  ['cron(0 0 29 2 ? *)', ['2028-02-29T00:00', '2032-02-29T00:00']],
  ['cron(0/5 8-17 ? * MON-FRI 2026)', ['2026-01-05T08:35', '2026-01-05T08:40']],
])('%s is next at %j', (text, expected) => {
  expect(times(text, 2)).toEqual(expected);
});

test('a schedule of the past has no next time', () => {
  expect(times('cron(0 0 * * ? 2025)')).toEqual([undefined]);
});

test.each([
  'rate(5 minutes)',
  'cron(0 3 * * ?)',
  'cron(0 3 * * * *)',
  'cron(0 3 ? * ? *)',
  'cron(60 3 * * ? *)',
  'cron(0 3 L * ? *)',
  'cron(0 3 ? * 2#1 *)',
  'cron(0 3 3W * ? *)',
  'cron(5-1 3 * * ? *)',
  'cron(0/0 3 * * ? *)',
  'cron(0 3 * FOO ? *)',
  'cron()',
])('%s is not understood', (text) => {
  expect(cronOf(text)).toBeUndefined();
});

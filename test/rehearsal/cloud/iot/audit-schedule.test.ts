import { nextRun, problemWith } from '../../../../rehearsal/cloud/iot/audit/schedule';

/** A Monday. */
const MADE = Date.UTC(2026, 0, 5, 8);

function days(schedule: Parameters<typeof nextRun>[0], count: number, madeAt = MADE): string[] {
  const found: string[] = [];
  let last: number | undefined;
  for (let i = 0; i < count; i++) {
    last = nextRun(schedule, madeAt, last);
    found.push(new Date(last).toISOString().slice(0, 16));
  }
  return found;
}

test('an audit of every day runs first an hour after it was made', () => {
  expect(days({ frequency: 'DAILY' }, 3)).toEqual(['2026-01-05T09:00', '2026-01-06T09:00', '2026-01-07T09:00']);
});

test('an audit of a day of the week runs on it, also on the day on which it was made', () => {
  expect(days({ frequency: 'WEEKLY', dayOfWeek: 'MON' }, 2)).toEqual(['2026-01-05T09:00', '2026-01-12T09:00']);
  expect(days({ frequency: 'WEEKLY', dayOfWeek: 'SUN' }, 2)).toEqual(['2026-01-11T09:00', '2026-01-18T09:00']);
});

test('an audit of every second week leaves one out', () => {
  expect(days({ frequency: 'BIWEEKLY', dayOfWeek: 'WED' }, 3)).toEqual([
    '2026-01-07T09:00',
    '2026-01-21T09:00',
    '2026-02-04T09:00',
  ]);
});

test('an audit of a day of the month runs on the last one where the month is too short', () => {
  expect(days({ frequency: 'MONTHLY', dayOfMonth: '5' }, 2)).toEqual(['2026-01-05T09:00', '2026-02-05T09:00']);
  const long = ['2026-01-31T09:00', '2026-02-28T09:00', '2026-03-31T09:00', '2026-04-30T09:00'];
  expect(days({ frequency: 'MONTHLY', dayOfMonth: '31' }, 4)).toEqual(long);
  expect(days({ frequency: 'MONTHLY', dayOfMonth: 'LAST' }, 4)).toEqual(long);
});

test('an hour later may be another day', () => {
  const late = Date.UTC(2026, 0, 31, 23, 30);
  expect(days({ frequency: 'DAILY' }, 1, late)).toEqual(['2026-02-01T00:30']);
  expect(days({ frequency: 'MONTHLY', dayOfMonth: 'LAST' }, 1, late)).toEqual(['2026-02-28T00:30']);
});

test.each([
  [{ frequency: 'HOURLY' }, 'HOURLY is no frequency'],
  [{ frequency: 'WEEKLY' }, 'WEEKLY takes a dayOfWeek'],
  [{ frequency: 'BIWEEKLY', dayOfWeek: 'MONDAY' }, 'BIWEEKLY takes a dayOfWeek'],
  [{ frequency: 'MONTHLY' }, 'MONTHLY takes a dayOfMonth'],
  [{ frequency: 'MONTHLY', dayOfMonth: '32' }, 'MONTHLY takes a dayOfMonth'],
  [{ frequency: 'MONTHLY', dayOfMonth: '0' }, 'MONTHLY takes a dayOfMonth'],
])('%j is no schedule', (schedule, problem) => {
  expect(problemWith(schedule)).toContain(problem);
});

test.each([
  { frequency: 'DAILY' },
  { frequency: 'WEEKLY', dayOfWeek: 'SAT' },
  { frequency: 'MONTHLY', dayOfMonth: 'LAST' },
  { frequency: 'MONTHLY', dayOfMonth: '10' },
])('%j is one', (schedule) => {
  expect(problemWith(schedule)).toBeUndefined();
});

/** When a scheduled audit runs, as a template or the API says it. */
export interface AuditSchedule {
  readonly frequency: string;
  readonly dayOfWeek?: string;
  readonly dayOfMonth?: string;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

/**
 * The service chooses the time of day and tells nobody: here it is one hour after the audit was made, so that a story need not
 * wait for the night. In a month that is too short, the last day is meant.
 *
 * @see https://docs.aws.amazon.com/iot/latest/apireference/API_CreateScheduledAudit.html
 */
export function nextRun({ frequency, dayOfWeek, dayOfMonth }: AuditSchedule, madeAt: number, last?: number): number {
  const first = madeAt + HOUR_MS;
  if (frequency === 'DAILY') return last === undefined ? first : last + DAY_MS;
  const pause = frequency === 'BIWEEKLY' ? 14 : 1;
  let at = last === undefined ? first : last + pause * DAY_MS;
  const isDay = frequency === 'MONTHLY' ? isDayOfMonth(dayOfMonth) : isDayOfWeek(dayOfWeek);
  while (!isDay(new Date(at))) at += DAY_MS;
  return at;
}

/** What is wrong with a schedule, if anything. */
export function problemWith({ frequency, dayOfWeek, dayOfMonth }: AuditSchedule): string | undefined {
  switch (frequency) {
    case 'DAILY':
      return undefined;
    case 'WEEKLY':
    case 'BIWEEKLY':
      return DAYS.includes(dayOfWeek ?? '')
        ? undefined
        : `an audit that is ${frequency} takes a dayOfWeek: ${DAYS.join(', ')}`;
    case 'MONTHLY':
      return /^([1-9]|[12][0-9]|3[01]|LAST)$/.test(dayOfMonth ?? '')
        ? undefined
        : 'an audit that is MONTHLY takes a dayOfMonth: 1 to 31, or LAST';
    default:
      return `${frequency} is no frequency: there are DAILY, WEEKLY, BIWEEKLY and MONTHLY`;
  }
}

function isDayOfWeek(day: string | undefined): (date: Date) => boolean {
  return (date) => DAYS[date.getUTCDay()] === day;
}

function isDayOfMonth(day: string | undefined): (date: Date) => boolean {
  return (date) => {
    const end = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
    return date.getUTCDate() === (day === 'LAST' ? end : Math.min(Number(day), end));
  };
}

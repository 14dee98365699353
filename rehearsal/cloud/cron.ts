type Field = (value: number) => boolean;

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** A leap day that is a certain day of the week comes once in 28 years. */
const MOST_DAYS = 29 * 366;

/** The next time of a schedule after a time; undefined where there is none. */
export type Cron = (after: number) => number | undefined;

/**
 * Reads `cron(minutes hours day-of-month month day-of-week year)`, in UTC. Undefined: it is none, or it has what is not
 * modelled (L, W and #).
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
 */
export function cronOf(text: string): Cron | undefined {
  const parts = /^cron\((.+)\)$/.exec(text)?.[1]?.trim().split(/\s+/) ?? [];
  if (parts.length !== 6) return undefined;
  const [minute, hour, date, month, day, year] = [
    field(parts[0], 0, 59),
    field(parts[1], 0, 23),
    field(parts[2], 1, 31),
    field(parts[3], 1, 12, MONTHS, 1),
    field(parts[4], 1, 7, DAYS, 1),
    field(parts[5], 1970, 2199),
  ];
  // One of both days has to be left open.
  if ((parts[2] === '?') === (parts[4] === '?')) return undefined;
  if (!minute || !hour || !date || !month || !day || !year) return undefined;
  return (after) => {
    const begin = after - (after % MINUTE_MS) + MINUTE_MS;
    const firstDay = begin - (begin % DAY_MS);
    for (let at = firstDay; at < firstDay + MOST_DAYS * DAY_MS; at += DAY_MS) {
      const today = new Date(at);
      const isDay =
        year(today.getUTCFullYear()) &&
        month(today.getUTCMonth() + 1) &&
        date(today.getUTCDate()) &&
        day(today.getUTCDay() + 1);
      if (!isDay) continue;
      for (let minutes = 0; minutes < 24 * 60; minutes++) {
        const time = at + minutes * MINUTE_MS;
        if (time >= begin && hour(Math.floor(minutes / 60)) && minute(minutes % 60)) return time;
      }
    }
    return undefined;
  };
}

/** Values, ranges and steps, separated by commas; names are those of months and days, the first of which has this number. */
function field(text = '', least: number, most: number, names: readonly string[] = [], first = 0): Field | undefined {
  if (text === '*' || text === '?') return () => true;
  const number = (word: string): number => {
    const at = names.indexOf(word.toUpperCase());
    const value = at >= 0 ? at + first : /^\d+$/.test(word) ? Number(word) : NaN;
    return value >= least && value <= most ? value : NaN;
  };
  const wanted = new Set<number>();
  for (const part of text.split(',')) {
    const [range = '', step = '1', ...more] = part.split('/');
    const [from = '', to = from, ...rest] = range.split('-');
    const start = from === '*' ? least : number(from);
    const end = from === '*' || (to === from && part.includes('/')) ? most : number(to);
    const by = /^[1-9]\d*$/.test(step) ? Number(step) : NaN;
    if (more.length > 0 || rest.length > 0 || Number.isNaN(start + end + by) || start > end) return undefined;
    for (let value = start; value <= end; value += by) wanted.add(value);
  }
  return (value) => wanted.has(value);
}

const NUMBER = /^[+-]?(\d+(\.\d+)?|\.\d+)$/;
const DATE = /^\d{4}(-\d{2}(-\d{2})?)?$/;
const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;
/** Longer than a year: seconds since 1970. */
const EPOCH = /^\d{5,12}$/;

export function parseNumber(text: string): number | undefined {
  return NUMBER.test(text) ? Number(text) : undefined;
}

/**
 * Milliseconds since 1970 of an ISO 8601 date, a date with time and zone, or seconds since 1970.
 *
 * @see https://www.w3.org/TR/NOTE-datetime
 */
export function parseTime(text: string): number | undefined {
  if (EPOCH.test(text)) return Number(text) * 1000;
  if (!DATE.test(text) && !DATE_TIME.test(text)) return undefined;
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}

import { SERIAL_ALLOWED, SERIAL_PATTERN, THING_NAME_MAX_LENGTH } from '../../lambda/verify-enrollment/contract';
import { Problems } from '../internal/problems';
import { quote } from '../internal/quote';

const MOST_SERIALS = 2_000_000;
const MOST_REPORTED = 10;
const PRIVATE_KEY = 'PRIVATE KEY-----';
/** What the first column of an exported table is called. */
const HEADER = /^(serials?|sn|s\/n|serial[ _-]?(number|no|num|nr)s?\.?|device[ _-]?(id|serial|name)|thing[ _-]?name)$/i;

/** A list of serials, each legal, each once, in ascending order of their bytes. */
export interface SerialList {
  readonly serials: readonly string[];
  readonly longest: number;
}

/**
 * The serials of a text or CSV file: the first column of each line. Blank lines, lines that start with `#` and a heading
 * are left out; line breaks may be of any system.
 */
export function serialsOfText(text: string, source: string): SerialList {
  const problems = new Problems();
  if (text.includes(PRIVATE_KEY)) {
    problems.report('PrivateKeyGiven', `${source} holds a private key (not shown) where serial numbers belong`);
  } else if (isNotText(text)) {
    problems.report(
      'AllowListUnreadable',
      `${source} is not UTF-8 text (a spreadsheet, or UTF-16?); export it as CSV in UTF-8`,
    );
  }
  problems.throwIfAny();
  const lines = text.replace(/^\ufeff/, '').split(/\r\n|\n|\r/);
  return checked(serialsOfLines(lines), source, (index) => `line ${index + 1}`);
}

/** A zero byte, or what Node.js puts where bytes are not UTF-8. */
function isNotText(text: string): boolean {
  return text.includes('\0') || text.includes('\ufffd');
}

/** The serials of a list in code. */
export function serialsOfItems(items: readonly string[], property: string): SerialList {
  return checked(items, `'${property}'`, (index) => `item ${index + 1}`);
}

/** The serial of each line, in place; undefined for lines that hold none. */
function serialsOfLines(lines: readonly string[]): (string | undefined)[] {
  let headingMayCome = true;
  return lines.map((line) => {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#')) return undefined;
    const field = firstField(trimmed);
    const isHeading = headingMayCome && HEADER.test(field);
    headingMayCome = false;
    return isHeading ? undefined : field;
  });
}

function firstField(line: string): string {
  if (line.startsWith('"')) return (/^"([^"]*)"\s*(?:[,;\t]|$)/.exec(line)?.[1] ?? line).trim();
  const end = line.search(/[,;\t]/);
  return end < 0 ? line : line.slice(0, end).trim();
}

function checked(items: readonly (string | undefined)[], source: string, place: (index: number) => string): SerialList {
  const problems = new Problems();
  const count = items.reduce((sum, item) => (item === undefined ? sum : sum + 1), 0);
  if (count > MOST_SERIALS) {
    problems.report('AllowListTooLong', `${source} must have at most ${MOST_SERIALS} serial numbers, got ${count}`);
    problems.throwIfAny();
  }
  const serials: string[] = [];
  let wrong = 0;
  let longest = 0;
  items.forEach((serial, index) => {
    if (serial === undefined) return;
    if (serial.length <= THING_NAME_MAX_LENGTH && SERIAL_PATTERN.test(serial)) {
      serials.push(serial);
      longest = Math.max(longest, serial.length);
      return;
    }
    wrong += 1;
    if (wrong <= MOST_REPORTED)
      problems.report('AllowListInvalid', `${place(index)} of ${source}: got ${quote(serial)}`);
  });
  if (wrong > 0) {
    const more = wrong > MOST_REPORTED ? ` (${wrong - MOST_REPORTED} more lines are wrong)` : '';
    problems.report(
      'AllowListInvalid',
      `a serial number must have 1 to ${THING_NAME_MAX_LENGTH} of ${SERIAL_ALLOWED}${more}`,
    );
  }
  sortOnce(serials);
  reportDuplicates(serials, items, source, place, problems);
  problems.throwIfAny();
  return { serials, longest };
}

/** Most lists come sorted from where they were made; comparing them once is ten times cheaper than sorting. */
function sortOnce(serials: string[]): void {
  for (let index = 1; index < serials.length; index += 1) {
    if ((serials[index - 1] as string) > (serials[index] as string)) {
      serials.sort();
      return;
    }
  }
}

function reportDuplicates(
  sorted: readonly string[],
  items: readonly (string | undefined)[],
  source: string,
  place: (index: number) => string,
  problems: Problems,
): void {
  const twice = [...new Set(sorted.filter((serial, index) => index > 0 && serial === sorted[index - 1]))];
  for (const serial of twice.slice(0, MOST_REPORTED)) {
    const first = items.indexOf(serial);
    const second = items.indexOf(serial, first + 1);
    problems.report(
      'AllowListDuplicate',
      `${quote(serial)} stands twice in ${source}: ${place(first)} and ${place(second)}`,
    );
  }
  const more = twice.length - MOST_REPORTED;
  if (more > 0) problems.report('AllowListDuplicate', `${more} more serial numbers stand twice`);
}

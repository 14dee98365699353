/** Somebody's decision to live with a finding, as it was written down. */
export interface WaiverText {
  /** `ZeroTrustIoT::ZTI-POL3`. */
  readonly id: string;
  readonly reason: string;
  /** Construct path, or `<file>#<logical id>`, at and below which it holds. */
  readonly scope: string;
}

/** A waiver that was understood. */
export interface Waiver extends WaiverText {
  readonly ruleId: string;
  readonly owner: string;
  /** Year-month-day; it holds until the end of that day (UTC). */
  readonly until: string;
  /** The reason without owner and end. */
  readonly text: string;
}

/** Prefix of the ids under which findings are acknowledged. */
export const PLUGIN_NAME = 'ZeroTrustIoT';

const MIN_REASON = 20;
/** Fewer different letters are a key that was held down, fewer words a ticket or a link. */
const MIN_LETTERS = 8;
const MIN_WORDS = 3;
/** Without signs, and each word once. */
const MIN_SAID = 16;
const MAX_DAYS = 366;
const DAY = 24 * 60 * 60 * 1000;

export type ParsedWaiver =
  { readonly ok: true; readonly waiver: Waiver } | { readonly ok: false; readonly problem: string };

/** Reads a waiver; `today` is year-month-day. */
export function parseWaiver(written: WaiverText, today: string): ParsedWaiver {
  const ruleId = written.id.slice(`${PLUGIN_NAME}::`.length);
  const words = written.reason.split(/\s+/).filter((word) => word !== '');
  const owner = valueOf(words, 'owner=');
  const until = valueOf(words, 'until=');
  const text = words.filter((word) => !word.startsWith('owner=') && !word.startsWith('until=')).join(' ');
  const problem = problemOf({ owner, until, text }, today);
  if (problem !== undefined) return { ok: false, problem: `the waiver of ${ruleId} ${problem}` };
  return { ok: true, waiver: { ...written, ruleId, owner, until, text } };
}

function valueOf(words: readonly string[], prefix: string): string {
  return (
    words
      .find((word) => word.startsWith(prefix))
      ?.slice(prefix.length)
      .replace(/[.,;]$/, '') ?? ''
  );
}

function problemOf(
  waiver: { readonly owner: string; readonly until: string; readonly text: string },
  today: string,
): string | undefined {
  if (waiver.text.length < MIN_REASON) return `has no reason of at least ${MIN_REASON} characters`;
  if (isEmptyTalk(waiver.text)) return 'has a reason that says nothing: write in a sentence why the finding may stay';
  if (waiver.owner === '') return 'has no owner: write owner=<who answers for it>';
  if (waiver.until === '') return 'has no end: write until=<year-month-day>';
  const end = dateOf(waiver.until);
  if (end === undefined) return `ends on '${waiver.until}', which is no day: write until=<year-month-day>`;
  const now = dateOf(today) ?? 0;
  if (end < now) return `ended on ${waiver.until}`;
  return end - now > MAX_DAYS * DAY ? `ends only on ${waiver.until}: at most a year is allowed` : undefined;
}

/** One letter again and again, the same words again and again, or a single long word. */
function isEmptyTalk(text: string): boolean {
  const words = [...new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [])];
  const said = words.join(' ');
  if (new Set(said).size < MIN_LETTERS) return true;
  // Some scripts put no spaces between words.
  return /^[\0-\u024F]*$/.test(said) && (words.length < MIN_WORDS || said.length < MIN_SAID);
}

/** Milliseconds of a real calendar day. */
function dateOf(text: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined;
  const time = Date.parse(`${text}T00:00:00Z`);
  return Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== text ? undefined : time;
}

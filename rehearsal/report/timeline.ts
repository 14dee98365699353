import { printable } from '../../lib/compliance/report/printable';
import type { RehearsalEvent } from '../ports';
import type { RunRecord } from './record';

/** What a person wants to see pass by; the rest is in the report. */
export function isTelling(event: RehearsalEvent): boolean {
  switch (event.kind) {
    case 'decision':
      return !event.decision.allowed;
    case 'call':
      return event.decision?.allowed === false;
    case 'deploy':
      return event.outcome === 'failed';
    case 'gap':
      return event.onPath;
    // That a new alarm finds everything in order is nothing to tell.
    case 'alarm':
      return event.to === 'ALARM' || event.from === 'ALARM';
    case 'message':
    case 'step':
      return false;
    case 'audit':
    case 'connection':
    case 'function':
    case 'incident':
    case 'fault':
    case 'time':
      return true;
  }
}

/** One line for an event, safe for a terminal. */
export function lineOf(event: RehearsalEvent, startedAt: number): string {
  const detail =
    event.kind === 'decision'
      ? reasonOf(event)
      : event.kind === 'fault' || event.kind === 'function'
        ? event.detail?.split('\n')[0]
        : undefined;
  const more = detail === undefined || detail === '' ? '' : ` - ${detail}`;
  return printable(`${clockOf(event.at - startedAt)}  ${event.what}${more}`);
}

/** The run as a person reads it in a terminal. */
export function timeline(record: RunRecord): string {
  const lines: string[] = [];
  for (const story of record.stories) {
    lines.push('', printable(story.title), '-'.repeat(Math.min(story.title.length, 100)));
    const startedAt = story.events[0]?.at ?? 0;
    const begun = story.events.findIndex(({ kind }) => kind === 'step');
    lines.push(`    ${deploymentOf(story.events)}`, ...notModelled(story.gaps));
    for (const event of story.events.slice(Math.max(0, begun))) {
      if (event.kind === 'step' && event.outcome !== 'begun') lines.push(stepLine(event));
      else if (isTelling(event)) lines.push(`    ${lineOf(event, startedAt)}`);
    }
    for (const { text, outcome } of story.steps) if (outcome === 'not reached') lines.push(printable(`  - ${text}`));
    lines.push('', story.green ? 'green: everything went as the story says' : 'red:');
    lines.push(...story.reasons.map((reason) => printable(`  ${reason}`)));
  }
  return `${lines.join('\n').trimStart()}\n`;
}

const MOST_GAPS = 12;

/** What the assembly has that is not acted out, and what that means: once for all that it is the same of. */
function notModelled(gaps: RunRecord['stories'][number]['gaps']): string[] {
  const same = new Map<string, { readonly where: string; readonly words: string; others: number }>();
  for (const { where, subject, meaning } of gaps) {
    const words = `${subject}, ${meaning}`;
    const known = same.get(words);
    if (known === undefined) same.set(words, { where, words, others: 0 });
    else known.others++;
  }
  const told = [...same.values()].slice(0, MOST_GAPS).map(({ where, words, others }) => {
    const more = others === 0 ? '' : ` and ${others} more`;
    return printable(`    not modelled: ${where}${more}: ${words}`);
  });
  const more = same.size - told.length;
  return more > 0 ? [...told, `    and ${more} more, which the report lists`] : told;
}

function deploymentOf(events: readonly RehearsalEvent[]): string {
  const outcomes = events.flatMap((event) => (event.kind === 'deploy' ? [event.outcome] : []));
  const skipped = outcomes.filter((outcome) => outcome === 'skipped').length;
  const more = skipped === 0 ? '' : `; ${skipped} ${skipped === 1 ? 'is' : 'are'} not modelled`;
  return `deployed ${outcomes.filter((outcome) => outcome === 'created').length} resources${more}`;
}

function stepLine(event: Extract<RehearsalEvent, { kind: 'step' }>): string {
  return event.outcome === 'met'
    ? printable(`  ok ${event.what}`)
    : printable(`  NO ${event.what}: ${event.reason ?? ''}`);
}

function reasonOf({ decision }: Extract<RehearsalEvent, { kind: 'decision' }>): string | undefined {
  return decision.because.map(({ label }) => label).join(', ') || decision.missing;
}

/** Hours, minutes and seconds since the beginning, in virtual time. */
export function clockOf(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(Math.floor(seconds / 3_600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

import { createHash } from 'node:crypto';
import { PAGE_SCRIPT } from './page-script';
import { PAGE_STYLE } from './page-style';
import type { RehearsalEvent } from '../ports';
import type { RunRecord } from './record';
import { isTelling } from './timeline';

/** Events of a story that the report shows; a browser has to hold them all. */
const MAX_EVENTS = 20_000;

/** An event that stands for so many that follow each other and differ in nothing that is shown. */
type Shown = RehearsalEvent & { times?: number };

/**
 * The report: one file that loads nothing, in a browser that would let it load nothing. What is in the page is text, data
 * that no markup can end, and one script that the policy knows by its hash.
 */
export function htmlReport(record: RunRecord): string {
  const stories = record.stories.map((story) => {
    const merged = merge(story.events);
    const events = thin(merged);
    return { ...story, events, leftOut: merged.length - events.length };
  });
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(PAGE_SCRIPT)}'`,
    // Positions of arrows are style attributes set by the script, which no policy on inline style concerns.
    `style-src '${hashOf(PAGE_STYLE)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const verdict = record.green ? 'green' : 'red';
  const seconds = (record.tookMs / 1_000).toFixed(1);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Rehearsal: ${verdict}</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<a class="skip" href="#stories">To the stories</a>
<header>
<h1>Rehearsal <span class="verdict ${record.green ? 'good' : 'bad'}">${verdict}</span></h1>
<p class="quiet">of <code>${escape(record.assembly)}</code> with seed <code>${escape(record.seed)}</code>, in ${seconds} seconds; times are virtual</p>
</header>
<main id="stories" tabindex="-1"><noscript><p>This report is drawn by a script inside it. It loads nothing from anywhere.</p></noscript></main>
<footer>A rehearsal, not a cloud: what it does not model it names. ${escape(record.tool.name)} ${escape(record.tool.version)}</footer>
<script type="application/json" id="record">${dataOf({ ...record, stories })}</script>
<script>${PAGE_SCRIPT}</script>
</body>
</html>
`;
}

function merge(events: readonly RehearsalEvent[]): Shown[] {
  const merged: Shown[] = [];
  let last: string | undefined;
  for (const event of events) {
    const shown = { ...event, seq: undefined };
    const key = event.kind === 'step' ? undefined : JSON.stringify(shown);
    const before = merged.at(-1);
    if (key !== undefined && key === last && before !== undefined) before.times = (before.times ?? 1) + 1;
    else merged.push({ ...event });
    last = key;
  }
  return merged;
}

/** Of a long run: what went wrong and what changed, all of it, and of the rest as much as there is room for. */
function thin(events: readonly Shown[]): readonly Shown[] {
  if (events.length <= MAX_EVENTS) return events;
  let room = MAX_EVENTS - events.filter(isTold).length;
  return events.filter((event) => isTold(event) || room-- > 0);
}

function isTold(event: RehearsalEvent): boolean {
  return event.kind === 'step' || event.kind === 'incident' || isTelling(event);
}

/** JSON that cannot end the element it stands in. */
function dataOf(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

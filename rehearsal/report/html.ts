import { createHash } from 'node:crypto';
import { PAGE_SCRIPT } from './page-script';
import { PAGE_STYLE } from './page-style';
import type { RunRecord } from './record';

/** Events of a story that the report shows; a browser has to hold them all. */
const MAX_EVENTS = 20_000;

/**
 * The report: one file that loads nothing, in a browser that would let it load nothing. What is in the page is text, data
 * that no markup can end, and one script that the policy knows by its hash.
 */
export function htmlReport(record: RunRecord): string {
  const stories = record.stories.map((story) => ({ ...story, events: story.events.slice(0, MAX_EVENTS) }));
  const cut = record.stories.some(({ events }) => events.length > MAX_EVENTS);
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
<header>
<h1>Rehearsal <span class="verdict ${record.green ? 'good' : 'bad'}">${verdict}</span></h1>
<p class="quiet">of <code>${escape(record.assembly)}</code> with seed <code>${escape(record.seed)}</code>, in ${seconds} seconds; times are virtual${cut ? `; the first ${MAX_EVENTS} events of each story` : ''}</p>
</header>
<main><noscript><p>This report is drawn by a script inside it. It loads nothing from anywhere.</p></noscript></main>
<footer>A rehearsal, not a cloud: what it does not model it names. ${escape(record.tool.name)} ${escape(record.tool.version)}</footer>
<script type="application/json" id="record">${dataOf({ ...record, stories })}</script>
<script>${PAGE_SCRIPT}</script>
</body>
</html>
`;
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

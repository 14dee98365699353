import { matrixMarkdown } from '../access/markdown';
import { code, text } from '../report/markdown';
import type { Evidence, ReportedFinding, RuleEvidence } from './evidence';
import {
  countsOf,
  extentOf,
  frameworksOf,
  placeOf,
  RUNTIME_STATES,
  STATES,
  tenetViews,
  type TenetView,
  TITLE,
  verdictOf,
} from './words';

/** The report as Markdown. */
export function evidenceMarkdown(evidence: Evidence): string {
  const { tool, scope, notes } = evidence;
  const counts = countsOf(evidence).map(({ label, value }) => `${value} ${label}`);
  const lines = [
    `# ${TITLE}`,
    '',
    `${verdictOf(evidence)} ${counts.join(', ')}.`,
    '',
    `${text(tool.name)} ${text(tool.version)}, profile ${text(scope.profile)}, account baseline ${text(scope.accountBaseline)}.`,
    '',
    ...notes.flatMap((note) => [`> ${note}`, '>']).slice(0, -1),
    '',
    '## The seven tenets',
    '',
    'Of NIST SP 800-207, section 2.1, in short.',
    '',
    '| tenet | what the templates say |',
    '| --- | --- |',
    ...evidence.tenets.map(({ number, title, state }) => `| ${number}. ${title} | ${STATES[state]} |`),
    '',
    ...tenetViews(evidence).flatMap(tenetLines),
    '## Who may do what',
    '',
    ...matrixMarkdown(evidence.access, 3),
    '## Other catalogs',
    '',
    'Evidence for parts of these items, never for all of one.',
    '',
    ...frameworkLines(evidence),
    '## What was read',
    '',
    '| template | SHA-256 |',
    '| --- | --- |',
    ...scope.templates.map(({ path, sha256 }) => `| ${code(path, true)} | ${sha256 ?? ''} |`),
    '',
    '| resources | number |',
    '| --- | --- |',
    ...Object.entries(scope.inventory).map(([type, number]) => `| ${code(type, true)} | ${number} |`),
  ];
  return `${lines.join('\n')}\n`;
}

function tenetLines(view: TenetView): string[] {
  const { tenet, shown, idle, notRun, findings, waived, known, notVerified, runtime } = view;
  return [
    `## ${tenet.number}. ${tenet.title}`,
    '',
    `**${STATES[tenet.state]}.**`,
    '',
    ...list('What the templates show', shown.map(ruleLine)),
    ...list('What fails', findings.map(findingLine)),
    ...list('What is known from before', known.map(findingLine)),
    ...list(
      'What is waived',
      waived.map(
        (each) =>
          `${findingLine(each)}  \n  Reason: ${text(each.reason)}. Owner: ${text(each.owner)}. Until ${text(each.until)}.`,
      ),
    ),
    ...list('What cannot be verified', [...notVerified.map(findingLine), ...notRun.map((id) => `${id} did not run`)]),
    ...(idle.length === 0 ? [] : [`Nothing to judge for: ${idle.join(', ')}.`, '']),
    '### What only the running account shows',
    '',
    tenet.runtime,
    '',
    ...(runtime.length === 0 ? [] : ['| check or behavior | shows | here |', '| --- | --- | --- |']),
    ...runtime.map(
      ({ name, shows, state, where }) =>
        `| ${code(name, true)} | ${text(shows)} | ${RUNTIME_STATES[state]}${where.length === 0 ? '' : `: ${where.map((each) => code(each, true)).join(', ')}`} |`,
    ),
    ...(runtime.length === 0 ? [] : ['']),
  ];
}

function list(title: string, items: readonly string[]): string[] {
  return items.length === 0 ? [] : [`### ${title}`, '', ...items.map((item) => `- ${item}`), ''];
}

function ruleLine(rule: RuleEvidence): string {
  const { id, title, docs, proven } = rule;
  const places = proven.slice(0, 10).map((place) => code(placeOf(place)));
  const more = proven.length > places.length ? ', and more' : '';
  return `[${id}](${docs}) ${text(title)}: ${extentOf(rule)}${places.length === 0 ? '' : ` (${places.join(', ')}${more})`}`;
}

function findingLine(finding: ReportedFinding): string {
  const when = finding.when.length === 0 ? '' : ` (when ${text(finding.when.join(', '))})`;
  return `${finding.severity} ${text(finding.rule)} at ${code(placeOf(finding))}: ${text(finding.message)}${when}`;
}

function frameworkLines(evidence: Evidence): string[] {
  return frameworksOf(evidence).flatMap(({ name, source, items }) => [
    `### [${text(name)}](${source})`,
    '',
    '| item | evidence for it | against it | nothing to judge |',
    '| --- | --- | --- | --- |',
    ...items.map(
      ({ id, title, evidence: holds, against, notApplicable }) =>
        `| ${text(id)} ${text(title)} | ${holds.join(', ')} | ${against.join(', ')} | ${notApplicable.join(', ')} |`,
    ),
    '',
  ]);
}

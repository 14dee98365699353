import type { AccessMatrix, AccessRow, MatrixGrant } from '../access/matrix';
import { sentenceCase } from '../access/text';
import { BELONGS_TITLES, emptyReason, limitsOf, linesOf } from '../access/words';
import { escape } from '../report/html';
import type { Evidence, ReportedFinding, ReportedWaiver, RuleEvidence } from './evidence';
import { STYLE } from './style';
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

/** The report as one page: nothing is loaded from elsewhere, and no script runs. */
export function evidenceHtml(evidence: Evidence): string {
  const { tool, scope, notes } = evidence;
  const policy = "default-src 'none'; style-src 'unsafe-inline'";
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${TITLE}</title>
<style>${STYLE}</style>
</head>
<body>
<a class="skip" href="#tenets">To the tenets</a>
<header>
<h1>${TITLE}</h1>
<p class="verdict">${escape(verdictOf(evidence))}</p>
<ul class="counts">${countsOf(evidence)
    .map(({ label, value }) => `<li><b>${value}</b> <span class="soft">${label}</span></li>`)
    .join('')}</ul>
<p class="soft small">${escape(`${tool.name} ${tool.version}`)}, profile ${escape(scope.profile)}, account baseline ${escape(scope.accountBaseline)}.</p>
${notes.map((note) => `<p class="soft small">${escape(note)}</p>`).join('\n')}
</header>
<main>
<h2 id="tenets">The seven tenets</h2>
<p class="soft">Of NIST SP 800-207, section 2.1, in short.</p>
<ol class="tenets">
${evidence.tenets.map(({ number, title, state }) => `<li><a href="#tenet-${number}">${number}. ${escape(title)}</a><span class="state ${state}">${STATES[state]}</span></li>`).join('\n')}
</ol>
${tenetViews(evidence).map(tenetSection).join('\n')}
<h2 id="access">Who may do what</h2>
<p class="soft">By the AWS IoT policies of the templates.</p>
${matrix(evidence.access)}
<h2 id="catalogs">Other catalogs</h2>
<p class="soft">Evidence for parts of these items, never for all of one.</p>
${frameworks(evidence)}
<h2 id="read">What was read</h2>
${table(
  'Templates',
  ['template', 'SHA-256'],
  scope.templates.map(({ path, sha256 }) => [code(path), `<span class="hash">${sha256 ?? ''}</span>`]),
)}
${disclosure(
  `Resources by type (${Object.keys(scope.inventory).length} types)`,
  table(
    'Resources by type',
    ['type', 'number'],
    Object.entries(scope.inventory).map(([type, number]) => [code(type), String(number)]),
  ),
)}
</main>
<footer><p class="soft small">Digest of the rules: <span class="hash">${tool.rulesDigest}</span></p></footer>
</body>
</html>
`;
}

function tenetSection(view: TenetView): string {
  const { tenet, shown, idle, notRun, findings, waived, known, notVerified, runtime } = view;
  const unverified = [...notVerified.map(finding), ...notRun.map((id) => `${id} did not run`)];
  return [
    `<section aria-labelledby="tenet-${tenet.number}">`,
    `<h2 id="tenet-${tenet.number}">${tenet.number}. ${escape(tenet.title)}</h2>`,
    `<p><span class="state ${tenet.state}">${STATES[tenet.state]}</span></p>`,
    list('What fails', findings.map(finding)),
    list('What cannot be verified', unverified),
    list('What is waived', waived.map(waiver)),
    list('What is known from before', known.map(finding)),
    list('What the templates show', shown.map(rule)),
    idle.length === 0 ? '' : `<p class="soft small">Nothing to judge for ${idle.join(', ')}.</p>`,
    '<h3>What only the running account shows</h3>',
    `<p>${escape(tenet.runtime)}</p>`,
    runtime.length === 0 ? '' : disclosure(runtimeSummary(view), runtimeTable(view)),
    '</section>',
  ]
    .filter((part) => part !== '')
    .join('\n');
}

function list(title: string, items: readonly string[]): string {
  if (items.length === 0) return '';
  return `<h3>${title}</h3>\n<ul class="plain">\n${items.map((item) => `<li>${item}</li>`).join('\n')}\n</ul>`;
}

function rule(each: RuleEvidence): string {
  const head = `<a href="${escape(each.docs)}">${escape(each.id)}</a> ${escape(each.title)}`;
  const extent = `<span class="soft">${extentOf(each)}</span>`;
  if (each.proven.length === 0) return `${head} ${extent}`;
  const places = each.proven.map((place) => `<li>${code(placeOf(place))}</li>`).join('');
  return `<details><summary>${head} ${extent}</summary><div><ul class="plain small">${places}</ul></div></details>`;
}

function finding(each: ReportedFinding): string {
  const when = each.when.length === 0 ? '' : ` <span class="soft">when ${escape(each.when.join(', '))}</span>`;
  return `<span class="tag ${each.severity}">${each.severity}</span> ${escape(each.rule)} at ${code(placeOf(each))}: ${escape(each.message)}${when}<br><span class="soft small">${escape(each.fix)}</span>`;
}

function waiver(each: ReportedWaiver): string {
  return `${finding(each)}<br><b>Reason:</b> ${escape(each.reason)} <b>Owner:</b> ${escape(each.owner)} <b>Until:</b> ${escape(each.until)}`;
}

function runtimeSummary({ runtime }: TenetView): string {
  const on = runtime.filter(({ state }) => state === 'on').length;
  return `${on} of ${runtime.length} checks and behaviors that show some of it are on in these templates`;
}

function runtimeTable({ runtime }: TenetView): string {
  const rows = runtime.map(({ name, shows, state, where }) => [
    code(name),
    escape(shows),
    `<span class="tag ${state}">${RUNTIME_STATES[state]}</span> ${where.map(code).join(' ')}`,
  ]);
  return table('Checks and behaviors', ['check or behavior', 'shows', 'here'], rows);
}

function matrix({ identities, unattached, gaps, assumptions }: AccessMatrix): string {
  return [
    identities.length === 0 ? '<p>Nobody: the templates hold no AWS IoT policy.</p>' : '',
    ...identities.map(identity),
    list('Policies that hang on nothing here', unattached.map(code)),
    list('Not looked at', gaps.map(escape)),
    list('Assumed', assumptions.map(escape)),
  ]
    .filter((part) => part !== '')
    .join('\n');
}

function identity(row: AccessRow): string {
  const policies = row.policies.map(({ name, on }) => `${code(name)} on ${escape(on)}`).join(', ');
  const cells = linesOf(row).flatMap(({ title, grants, instead }) =>
    instead === undefined
      ? grants.map((grant, index) => grantCells(index === 0 ? escape(title) : '', grant))
      : [[escape(title), `<span class="soft">${escape(instead)}</span>`, '', '']],
  );
  const content = [
    policies === '' ? '' : `<p class="soft small">By ${policies}.</p>`,
    ...row.unknown.map((reason) => `<p><span class="tag unknown">cannot be verified</span> ${escape(reason)}</p>`),
    cells.length === 0 ? `<p>${emptyReason(row)}</p>` : table(row.title, ['may', 'names', 'whose', 'only'], cells),
  ];
  return disclosure(sentenceCase(row.title), content.join('\n'), cells.length > 0 && row.kind !== 'policy');
}

function grantCells(title: string, grant: MatrixGrant): string[] {
  return [
    title,
    code(grant.pattern),
    `<span class="tag ${grant.belongs}">${BELONGS_TITLES[grant.belongs]}</span>`,
    escape(limitsOf(grant).join('; ')),
  ];
}

function frameworks(evidence: Evidence): string {
  return frameworksOf(evidence)
    .map(({ name, source, items }) => {
      const rows = items.map(({ id, title, evidence: holds, against, notApplicable }) => [
        `<b>${escape(id)}</b> ${escape(title)}`,
        whole(holds),
        whole(against),
        whole(notApplicable),
      ]);
      return `<h3><a href="${escape(source)}">${escape(name)}</a></h3>\n${table(name, ['item', 'evidence for it', 'against it', 'nothing to judge'], rows)}`;
    })
    .join('\n');
}

function disclosure(summary: string, content: string, isOpen = false): string {
  return `<details${isOpen ? ' open' : ''}><summary>${escape(summary)}</summary><div>${content}</div></details>`;
}

/** Cells are HTML already; the heads are ours. On a narrow screen each cell stands on a line of its own. */
function table(label: string, heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const cell = (content: string, index: number): string =>
    `<td${index > 1 && content !== '' ? ` data-label="${heads[index] ?? ''}"` : ''}>${content}</td>`;
  const body = rows.map((row) => `<tr>${row.map(cell).join('')}</tr>`).join('\n');
  const head = heads.map((each) => `<th scope="col">${each}</th>`).join('');
  return `<div class="scroll" role="region" aria-label="${escape(label)}" tabindex="0"><table class="stack"><thead><tr>${head}</tr></thead><tbody>\n${body}\n</tbody></table></div>`;
}

function code(raw: string): string {
  return `<code>${escape(raw)}</code>`;
}

/** Ids that no line breaks in two. */
function whole(ids: readonly string[]): string {
  return ids.map((id) => `<span class="nowrap">${id}</span>`).join(', ');
}

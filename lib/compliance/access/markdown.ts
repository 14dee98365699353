import { code, text } from '../report/markdown';
import type { AccessChange, AccessDiff } from './diff';
import type { AccessMatrix, AccessRow } from './matrix';
import { sentenceCase, summary } from './text';
import { BELONGS_TITLES, emptyReason, limitsOf, linesOf } from './words';

/** The matrix as Markdown; `level` is that of its headings. */
export function matrixMarkdown(matrix: AccessMatrix, level = 2): string[] {
  return [
    ...(matrix.identities.length === 0 ? ['Nobody: the templates hold no AWS IoT policy.', ''] : []),
    ...matrix.identities.flatMap((row) => rowLines(row, level)),
    ...list('Policies that hang on nothing here', matrix.unattached, level),
    ...list('Not looked at', matrix.gaps, level),
    ...list('Assumed', matrix.assumptions, level),
  ];
}

function rowLines(row: AccessRow, level: number): string[] {
  const cells = linesOf(row).flatMap(({ title, grants, instead }) =>
    instead === undefined
      ? grants.map((grant, index) => [
          index === 0 ? text(title) : '',
          code(grant.pattern, true),
          BELONGS_TITLES[grant.belongs],
          text(limitsOf(grant).join('; ')),
        ])
      : [[text(title), instead, '', '']],
  );
  const policies = row.policies.map(({ name, on }) => `${code(name)} on ${text(on)}`);
  return [
    `${'#'.repeat(level)} ${text(sentenceCase(row.title))}`,
    '',
    ...(policies.length === 0 ? [] : [`By ${policies.join(', ')}.`, '']),
    ...(cells.length === 0
      ? [emptyReason(row)]
      : [
          '| may | names | whose | only |',
          '| --- | --- | --- | --- |',
          ...cells.map((cell) => `| ${cell.join(' | ')} |`),
        ]),
    '',
    ...row.unknown.flatMap((reason) => [`**Cannot be verified:** ${text(reason)}`, '']),
  ];
}

function list(title: string, items: readonly string[], level: number): string[] {
  return items.length === 0 ? [] : [`${'#'.repeat(level)} ${title}`, '', ...items.map((item) => `- ${text(item)}`), ''];
}

/** The difference as Markdown, as a comment on a pull request. */
export function diffMarkdown(diff: AccessDiff): string {
  const lines = [
    '## Who may do what: the change',
    '',
    `${sentenceCase(text(summary(diff)))}.`,
    '',
    ...changes('Widens', diff.widens),
    ...changes('Narrows', diff.narrows),
    ...list('Cannot be told', diff.unknown, 3),
    ...list(
      'Taken for the same',
      diff.renamed.map(({ from, to }) => `${from}, now ${to}`),
      3,
    ),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}

function changes(title: string, all: readonly AccessChange[]): string[] {
  const items = all.flatMap(({ sentence, because, before, direction }) => [
    `- ${text(sentenceCase(sentence))}`,
    ...because.map((each) => `  - by ${text(each)}`),
    ...(before.length === 0
      ? []
      : [
          `  - ${direction === 'widens' ? 'before' : 'left'}: ${before
            .slice(0, 5)
            .map((each) => code(each))
            .join(', ')}`,
        ]),
  ]);
  return items.length === 0 ? [] : [`### ${title}`, '', ...items, ''];
}

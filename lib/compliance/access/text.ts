import { printable } from '../report/printable';
import type { AccessChange, AccessDiff } from './diff';
import type { AccessMatrix, AccessRow } from './matrix';
import { BELONGS_TITLES, emptyReason, limitsOf, linesOf } from './words';

/** The matrix for a terminal. */
export function matrixText(matrix: AccessMatrix): string {
  const blocks = matrix.identities.flatMap((row) => [...rowLines(row), '']);
  const lines = [
    ...(matrix.identities.length === 0 ? ['Nobody: the templates hold no AWS IoT policy.', ''] : blocks),
    ...section('Policies that hang on nothing here', matrix.unattached),
    ...section('Not looked at', matrix.gaps),
    ...section('Assumed', matrix.assumptions),
  ];
  return `${lines.map(printable).join('\n').trimEnd()}\n`;
}

function rowLines(row: AccessRow): string[] {
  const lines = linesOf(row).flatMap(({ title, grants, instead }) =>
    instead === undefined
      ? grants.map((grant, index) => {
          const limits = limitsOf(grant).map((each) => `; ${each}`);
          const belongs = grant.belongs === 'own' ? '' : `  (${BELONGS_TITLES[grant.belongs]})`;
          return `${heading(index === 0 ? title : '')}${grant.pattern}${belongs}${limits.join('')}`;
        })
      : [`${heading(title)}${instead}`],
  );
  const policies = row.policies.map(({ name, on }) => `${name} on ${on}`);
  return [
    sentenceCase(row.title),
    ...(policies.length === 0 ? [] : [`  by ${policies.join(', ')}`]),
    ...(lines.length === 0 ? [`  ${emptyReason(row)}`] : lines),
    ...row.unknown.map((reason) => `  cannot be verified: ${reason}`),
  ];
}

function heading(title: string): string {
  return `  ${title.padEnd(26)}`;
}

function section(title: string, items: readonly string[]): string[] {
  return items.length === 0 ? [] : [`${title}:`, ...items.map((item) => `  ${item}`), ''];
}

export function sentenceCase(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

/** The difference for a terminal: what widens comes first. */
export function diffText(diff: AccessDiff): string {
  const lines = [
    ...diff.widens.flatMap(changeLines),
    ...diff.narrows.flatMap(changeLines),
    ...diff.unknown.map((reason) => `cannot be told: ${reason}`),
    ...diff.renamed.map(({ from, to }) => `taken for the same: ${from}, now ${to}`),
    summary(diff),
  ];
  return `${lines.map(printable).join('\n')}\n`;
}

function changeLines({ direction, sentence, because, before }: AccessChange): string[] {
  return [
    `${direction}: ${sentence}`,
    ...because.map((each) => `  by ${each}`),
    ...(before.length === 0
      ? []
      : [
          `  ${direction === 'widens' ? 'before' : 'left'}: ${before.slice(0, 5).join(', ')}${before.length > 5 ? ', ...' : ''}`,
        ]),
  ];
}

export function summary({ widens, narrows, unknown }: AccessDiff): string {
  if (widens.length + narrows.length + unknown.length === 0) return 'nobody may do more or less than before';
  const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;
  return [
    count(widens.length, 'widening'),
    count(narrows.length, 'narrowing'),
    ...(unknown.length === 0 ? [] : [`${count(unknown.length, 'point')} that cannot be told`]),
  ].join(', ');
}

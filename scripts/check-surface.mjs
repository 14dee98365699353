// Whether the public surface is told of in full, by its jsii assembly: each class, enum, method and property has a summary, what is
// optional has its default, and each class, enum and option stands in an example that is compiled (of the docs, README or examples/).
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Structs that are answers: a user reads them, and gives none. */
const ANSWERS = [
  'BehaviorSpec',
  'NearestAllow',
  'PolicyCheck',
  'PolicyDecisionProps',
  'PolicySize',
  'StatementReference',
];
/** Answers in the same way: a word of what was found. */
const ANSWERED_WORDS = ['AuditSeverity', 'BehaviorOperator'];

export function surfaceProblems(assembly, root) {
  const types = Object.values(assembly.types);
  const files = ['README.md', ...readdirSync(join(root, 'examples')).map((name) => `examples/${name}/app.ts`)];
  const examples = [
    ...files.map((file) => readFileSync(join(root, file), 'utf8')),
    ...types.flatMap((type) => [type, ...membersOf(type)].map(({ docs }) => docs?.example ?? '')),
  ].join('\n');
  const shown = new Set(examples.match(/\w+/g));
  return types.flatMap((type) => [
    ...[type, ...membersOf(type)]
      .filter(({ docs }) => !docs?.summary)
      .map((each) => `${placeOf(type, each)} has no summary`),
    ...(type.datatype ? (type.properties ?? []) : [])
      .filter(({ optional, docs }) => optional && !docs?.default)
      .map((each) => `${placeOf(type, each)} does not say its @default`),
    ...namesOf(type)
      .filter((name) => !shown.has(name))
      .map((name) => `${name === type.name ? name : `${type.name}.${name}`} stands in no example`),
  ]);
}

function membersOf({ properties = [], methods = [], members = [] }) {
  return [...properties, ...methods, ...members];
}

function placeOf(type, each) {
  return each === type ? type.name : `${type.name}.${each.name}`;
}

/** What of a type an example must show. */
function namesOf({ kind, name, datatype, docs, properties = [] }) {
  if (ANSWERS.includes(name) || ANSWERED_WORDS.includes(name)) return [];
  if (datatype) return properties.map((property) => property.name);
  return kind === 'interface' || docs?.example ? [] : [name];
}

import {
  isMap,
  isScalar,
  LineCounter,
  Pair,
  parseDocument,
  Scalar,
  type ScalarTag,
  type Tags,
  YAMLMap,
  type YAMLSeq,
} from 'yaml';
import type { Parser } from '../../lib/compliance/source/assembly';

/** Functions with a short form (`!Sub`), by the long form's name. */
const FUNCTIONS = [
  'Base64',
  'Cidr',
  'FindInMap',
  'GetAZs',
  'ImportValue',
  'Join',
  'Select',
  'Split',
  'Sub',
  'If',
  'And',
  'Equals',
  'Not',
  'Or',
  'Transform',
  'GetAtt',
  'Length',
  'ToJsonString',
  'ForEach',
  // Of the section Rules.
  'Contains',
  'EachMemberEquals',
  'EachMemberIn',
  'RefAll',
  'ValueOf',
  'ValueOfAll',
];

/** Each short form in its long form: as a scalar, a list or a map, as the template writes it. */
const TAGS: Tags = [
  ...FUNCTIONS.map((name) => [`!${name}`, `Fn::${name}`] as const),
  ['!Ref', 'Ref'] as const,
  ['!Condition', 'Condition'] as const,
].flatMap(([tag, long]) => [
  { tag, resolve: (text: string) => ({ [long]: text }) } satisfies ScalarTag,
  { tag, collection: 'seq' as const, resolve: (node: YAMLMap | YAMLSeq) => wrapped(long, node) },
  { tag, collection: 'map' as const, resolve: (node: YAMLMap | YAMLSeq) => wrapped(long, node) },
]);

/** Stays a node, so that aliases within find their anchors. */
function wrapped(name: string, node: YAMLMap | YAMLSeq): YAMLMap {
  const map = new YAMLMap();
  map.add(new Pair(new Scalar(name), node));
  return map;
}

/** `y` and `n` are words for CloudFormation, not booleans. */
const BOOLEANS: { readonly [source: string]: RegExp } = {
  true: /^(?:[Yy]es|YES|[Tt]rue|TRUE|[Oo]n|ON)$/,
  false: /^(?:[Nn]o|NO|[Ff]alse|FALSE|[Oo]ff|OFF)$/,
};

/** Parses a template in YAML; throws for what is no YAML. */
export const parseYaml: Parser = (text) => {
  const counter = new LineCounter();
  // Version 1.1, as CloudFormation reads it: dates stay text below, yes and no are booleans.
  const document = parseDocument(text, {
    version: '1.1',
    customTags: (tags) => [...tags.filter((tag) => !isTimestamp(tag)).map(withoutLetters), ...TAGS] as Tags,
    lineCounter: counter,
    prettyErrors: true,
  });
  // A tag that is not known would silently become plain text.
  const [error] = [...document.errors, ...document.warnings];
  if (error !== undefined) throw error;
  return { body: document.toJS({ maxAliasCount: 100 }) as unknown, lines: linesOf(document.get('Resources'), counter) };
};

/** `Version: 2012-10-17` is text for CloudFormation. */
function isTimestamp(tag: Tags[number]): boolean {
  return typeof tag === 'object' && tag.tag === 'tag:yaml.org,2002:timestamp';
}

function withoutLetters(tag: Tags[number]): Tags[number] {
  if (typeof tag !== 'object' || tag.tag !== 'tag:yaml.org,2002:bool') return tag;
  return { ...tag, test: BOOLEANS[String((tag as ScalarTag).test?.test('true'))] } as ScalarTag;
}

function linesOf(resources: unknown, counter: LineCounter): { [logicalId: string]: number } {
  if (!isMap(resources)) return {};
  const entries = resources.items.flatMap(({ key }) =>
    isScalar(key) && key.range ? [[String(key.value), counter.linePos(key.range[0]).line] as const] : [],
  );
  return Object.fromEntries(entries);
}

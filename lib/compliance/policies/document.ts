import {
  type Hole,
  isList,
  isMap,
  isUnresolved,
  listOf,
  openHolesWithin,
  partsOf,
  textOf,
  type Value,
  type ValueMap,
} from '../model/value';

/** A statement of an IoT policy, with scalars as lists and unknown parts rendered as names. */
export interface PolicyStatement {
  readonly index: number;
  readonly denies: boolean;
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  readonly resources: readonly string[];
  readonly notResources: readonly string[];
  /** Operator, key, values. */
  readonly conditions: readonly PolicyCondition[];
}

export interface PolicyCondition {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

/** An account and region that a policy's resources are in. */
export interface World {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
}

/** Where no resource of a policy says otherwise. */
export const SOME_WORLD: World = { partition: 'aws', region: 'us-east-1', account: '111122223333' };

/** A document as far as it is known, and what is not. */
export interface PolicyText {
  readonly statements: readonly PolicyStatement[];
  /** Why parts of it cannot be judged. */
  readonly unknown: readonly string[];
  readonly characters: number;
}

/**
 * The version of the policy language that has variables. For IAM the older one, also meant where a document names none, takes
 * them as text; what AWS IoT does is not documented.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
 */
const VERSION = '2012-10-17';

/** Reads a policy document whose intrinsic functions are worked out. `world` fills in the pseudo parameters. */
export function readDocument(document: Value, world: World): PolicyText {
  const unknown = openHolesWithin(document)
    .filter(({ isPlain }) => !isPlain)
    .map(dependsOn);
  if (!isMap(document))
    return { statements: [], unknown: [...unknown, 'the document is not a JSON object'], characters: 0 };
  const raw = listOf(document.Statement);
  const statements: PolicyStatement[] = [];
  raw.forEach((statement, index) => {
    if (isMap(statement)) statements.push(readStatement(statement, index, world, unknown));
    else unknown.push(`Statement[${index}] is not an object`);
  });
  if (raw.length === 0) unknown.push('it has no statements');
  if (textOf(document.Version) !== VERSION && statements.some(usesVariables))
    unknown.push(`its Version is not ${VERSION}, with which alone \${...} is known to be a variable`);
  return { statements, unknown: [...new Set(unknown)], characters: characters(document) };
}

function usesVariables({ resources, notResources, conditions }: PolicyStatement): boolean {
  const texts = [...resources, ...notResources, ...conditions.flatMap(({ values }) => values)];
  return texts.some((text) => text.includes('${'));
}

function dependsOn(hole: Hole): string {
  return `it depends on ${hole.toString()}`;
}

function readStatement(statement: ValueMap, index: number, world: World, unknown: string[]): PolicyStatement {
  const effect = textOf(statement.Effect);
  if (effect !== 'Allow' && effect !== 'Deny') unknown.push(`Statement[${index}] has no known effect`);
  // Here a name without wildcards may still be anything.
  for (const hole of openHolesWithin([statement.Action ?? null, statement.NotAction ?? null]))
    unknown.push(dependsOn(hole));
  const texts = (name: string): string[] =>
    listOf(statement[name]).flatMap((value) => {
      const text = render(value, world);
      if (text === undefined) unknown.push(`Statement[${index}].${name} is not text`);
      return text === undefined ? [] : [text];
    });
  return {
    index,
    // What is not known to deny is judged as if it allowed.
    denies: effect === 'Deny',
    actions: texts('Action'),
    notActions: texts('NotAction'),
    resources: texts('Resource'),
    notResources: texts('NotResource'),
    conditions: readConditions(statement.Condition, index, world, unknown),
  };
}

function readConditions(block: Value | undefined, index: number, world: World, unknown: string[]): PolicyCondition[] {
  if (block === undefined) return [];
  if (!isMap(block)) {
    unknown.push(`Statement[${index}].Condition is not an object`);
    return [];
  }
  return Object.entries(block).flatMap(([operator, keys]) => {
    if (!isMap(keys)) {
      unknown.push(`Statement[${index}].Condition.${operator} is not an object`);
      return [];
    }
    return Object.entries(keys).map(([key, values]) => ({
      operator,
      key,
      values: listOf(values).flatMap((value) => render(value, world) ?? []),
    }));
  });
}

/** A text as the evaluator sees it: pseudo parameters filled in, other holes as a name that matches nothing else. */
export function render(value: Value, world: World): string | undefined {
  return partsOf(value)
    ?.map((part) => (typeof part === 'string' ? part : renderHole(part, world)))
    .join('');
}

function renderHole(hole: Hole, world: World): string {
  if (hole.known !== undefined) return hole.known;
  if (hole.label === 'AWS::Partition') return world.partition;
  if (hole.label === 'AWS::Region') return world.region;
  if (hole.label === 'AWS::AccountId') return world.account;
  // Characters that mean something in an ARN or a pattern must not come from a label.
  return `<${hole.label.replace(/[^\w.-]+/g, '.')}>`;
}

/** Longest values of today, where the document leaves them to CloudFormation. */
const LENGTHS: { readonly [label: string]: number } = { 'AWS::Partition': 10, 'AWS::Region': 15, 'AWS::AccountId': 12 };

/** Characters without white space, as AWS counts them, at the least. */
function characters(value: Value): number {
  if (isList(value)) return 2 + sum(value.map(characters)) + Math.max(value.length - 1, 0);
  if (isUnresolved(value)) {
    const parts = partsOf(value) as readonly (string | Hole)[];
    return (
      2 +
      sum(
        parts.map((part) =>
          typeof part === 'string' ? quotedLength(part) : (LENGTHS[part.label] ?? part.known?.length ?? 1),
        ),
      )
    );
  }
  if (isMap(value)) {
    const members = Object.entries(value);
    return (
      2 + sum(members.map(([key, item]) => quotedLength(key) + 3 + characters(item))) + Math.max(members.length - 1, 0)
    );
  }
  return typeof value === 'string' ? quotedLength(value) + 2 : String(value).length;
}

/** Most texts are made of these alone, and none of them is quoted or white. */
const PLAIN = /^[!#-[\]-~]*$/;

function quotedLength(text: string): number {
  if (PLAIN.test(text)) return text.length;
  return JSON.stringify(text).replace(/\s/g, '').length - 2;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

import { createHash } from 'node:crypto';
import { Token } from 'aws-cdk-lib';
import { type BehaviorDraft, type Criterion, factsOf, metricNameOf } from './behavior-draft';
import type { BehaviorSpec } from './behavior-spec';
import { criterionKey } from './criterion-problems';
import { PERCENTILE_KEYS } from './metrics';
import { type BehaviorOperator, Severity } from './terms';

const MAX_LENGTH = 128;
const DIGEST_LENGTH = 8;

/** Behaviors with their names and defaults, and the places of those whose names are taken. */
export interface NamedBehaviors {
  readonly specs: BehaviorSpec[];
  /** Pairs of places: the second has the name of the first. */
  readonly taken: { readonly first: number; readonly second: number; readonly name: string }[];
}

/**
 * Gives every behavior a name. A name that a user gave stays; the others say metric and criterion without the bound, so that tuning a
 * bound does not make a new alarm, and add a digest of the whole behavior only where two would be called alike. The order of
 * behaviors is irrelevant.
 */
export function nameBehaviors(drafts: readonly BehaviorDraft[]): NamedBehaviors {
  const short = drafts.map((draft) => draft.name ?? shortName(draft));
  const specs = drafts.map((draft, index) => {
    const name = short[index] as string;
    const alone = short.filter((other) => other === name).length === 1;
    return toSpec(draft, draft.name ?? (alone ? name : withDigest(name, digestOf(toSpec(draft, '')))));
  });
  const taken: { first: number; second: number; name: string }[] = [];
  const places = new Map<string, number>();
  specs.forEach(({ name }, second) => {
    const first = places.get(name);
    if (first === undefined) places.set(name, second);
    else if (!Token.isUnresolved(name)) taken.push({ first, second, name });
  });
  return { specs, taken };
}

function shortName(draft: BehaviorDraft): string {
  const { measured, criterion, scope } = draft;
  const words = [
    ...(measured.kind === 'custom' ? ['custom'] : []),
    metricNameOf(measured),
    kebab(criterionKey(criterion)),
    ...(scope === undefined ? [] : [scope.excluded ? 'except-on-topics' : 'on-topics']),
  ];
  const name = words.join('-');
  return name.length <= MAX_LENGTH ? name : withDigest(name, digestOf(name));
}

function withDigest(name: string, digest: string): string {
  return `${name.slice(0, MAX_LENGTH - DIGEST_LENGTH - 1)}-${digest}`;
}

function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value, withoutTokens)).digest('hex').slice(0, DIGEST_LENGTH);
}

/** Tokens are numbered in the order in which they were made, which would make names depend on unrelated code. */
function withoutTokens(_key: string, value: unknown): unknown {
  return Token.isUnresolved(value) ? 'token' : value;
}

function kebab(words: string): string {
  return words.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function operatorOf(criterion: Criterion): BehaviorOperator | undefined {
  if (criterion.kind === 'learned') return undefined;
  return criterion.kind === 'percentile' ? PERCENTILE_KEYS[criterion.bound] : criterion.operator;
}

function toSpec(draft: BehaviorDraft, name: string): BehaviorSpec {
  const { measured, criterion, scope } = draft;
  return {
    name,
    metric: metricNameOf(measured),
    customType: measured.kind === 'custom' ? measured.usedAs : undefined,
    operator: operatorOf(criterion),
    threshold: criterion.kind === 'threshold' ? criterion.threshold : undefined,
    percentile: criterion.kind === 'percentile' ? criterion.percentile : undefined,
    confidence: criterion.kind === 'learned' ? criterion.confidence : undefined,
    texts: criterion.kind === 'texts' ? [...criterion.values] : undefined,
    numbers: criterion.kind === 'numbers' ? [...criterion.values] : undefined,
    windowSeconds: draft.windowSeconds,
    datapointsToAlarm: draft.datapointsToAlarm ?? factsOf(measured).alarmAfter,
    datapointsToClear: draft.datapointsToClear ?? 1,
    severity: draft.severity ?? Severity.MEDIUM,
    suppressed: draft.suppressed ?? false,
    exported: draft.exported ?? false,
    topicFilters: scope?.filters === undefined ? undefined : [...scope.filters],
    dimensionName: scope?.dimension?.dimensionRef.dimensionName,
    topicsExcluded: scope?.excluded,
  };
}

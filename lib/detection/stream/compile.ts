import { createHash } from 'node:crypto';
import {
  ALL_TOPICS,
  type BehaviorsDocument,
  type CompiledBehavior,
  METRIC_SOURCES,
  type RecordSource,
  TARGETS,
  type TopicSelection,
} from '../../../lambda/evaluate-behaviors/contract';
import type { BehaviorSpec } from '../behavior-spec';
import type { DetectionTarget } from '../detection-target';

const ALL: Readonly<Record<string, string>> = {
  'all/things': TARGETS.all,
  'all/registered-things': TARGETS.registered,
  'all/unregistered-things': TARGETS.unregistered,
};
/** The key of the one group of a detector in the environment of its function. */
export const GROUP = '0';

export interface CompileOptions {
  readonly detector: string;
  readonly dryRun: boolean;
  readonly learnedDryRunSeconds: number;
  readonly target: DetectionTarget;
}

/** The document that the function reads: the same behaviors give the same text, in every process and stack. */
export function compile(specs: readonly BehaviorSpec[], options: CompileOptions): BehaviorsDocument {
  const target = options.target._thingGroup === undefined ? (ALL[options.target._key()] as string) : GROUP;
  const topics = new Map<string, TopicSelection>();
  const behaviors = specs.map((spec) => {
    const selection = selectionOf(spec);
    if (selection !== undefined) topics.set(selection.id, selection);
    return behaviorOf(spec, target, selection?.id);
  });
  const { detector, dryRun, learnedDryRunSeconds } = options;
  return { v: 1, detector, dryRun, learnedDryRunSeconds, topics: [...topics.values()].sort(byId), behaviors };
}

/** Where the values of behaviors come from. */
export function sourcesOf(specs: readonly BehaviorSpec[]): Set<RecordSource> {
  return new Set(specs.flatMap(sourcesOfBehavior));
}

export function sourcesOfBehavior(spec: BehaviorSpec): readonly RecordSource[] {
  return spec.customType === undefined ? (METRIC_SOURCES[spec.metric] ?? []) : ['report'];
}

/** Whether what a behavior measures is counted by rules on messages. */
export function countsMessages({ metric, customType }: CompiledBehavior): boolean {
  return customType === undefined && METRIC_SOURCES[metric]?.includes('message') === true;
}

/** The selections whose messages are counted, and whether their size is needed; all topics where a behavior is not narrowed. */
export function countedMessages(document: BehaviorsDocument): { selection: TopicSelection; withBytes: boolean }[] {
  const counted = document.behaviors.filter(countsMessages);
  const everything: TopicSelection = { id: ALL_TOPICS, filters: ['#'], excluded: false };
  return [...document.topics, everything].flatMap((selection) => {
    const users = counted.filter(({ on }) => (on ?? ALL_TOPICS) === selection.id);
    const withBytes = users.some(({ metric }) => metric === 'message-size');
    return users.length === 0 ? [] : [{ selection, withBytes }];
  });
}

/** Field by field, in one order: the text of the document is what is compared, and what other engines need stays out of it. */
function behaviorOf(spec: BehaviorSpec, target: string, on: string | undefined): CompiledBehavior {
  const { name, metric, customType, operator, threshold, percentile, confidence, texts, numbers } = spec;
  const { windowSeconds, datapointsToAlarm, datapointsToClear, severity, suppressed } = spec;
  const criterion = { operator, threshold, percentile, confidence, texts, numbers };
  const counting = { windowSeconds, datapointsToAlarm, datapointsToClear };
  return { name, metric, customType, ...criterion, ...counting, severity, suppressed, target, on };
}

function selectionOf(spec: BehaviorSpec): TopicSelection | undefined {
  if (spec.topicFilters === undefined) return undefined;
  const excluded = spec.topicsExcluded === true;
  const filters = spec.topicFilters;
  const digest = createHash('sha256')
    .update(JSON.stringify([excluded, filters]))
    .digest('hex')
    .slice(0, 8);
  return { id: `t${digest}`, filters, excluded };
}

function byId(one: TopicSelection, other: TopicSelection): number {
  return one.id < other.id ? -1 : 1;
}

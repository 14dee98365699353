import { asList, asObject, type Json } from '../shared/incident/text';
import { SEVERITIES } from '../shared/incident/contract';
import { type BehaviorsDocument, type CompiledBehavior, METRIC_SOURCES, WINDOW_SECONDS } from './contract';
import { isOfAddresses } from './judge';

const MOST_BEHAVIORS = 1_000;
const NAME = /^[a-zA-Z0-9:_-]{1,128}$/;
const TYPES = ['number', 'number-list', 'string-list', 'ip-address-list'];
const OPERATORS = { ofNumbers: ['lessThan', 'atMost', 'greaterThan', 'atLeast'], ofLists: ['within', 'notWithin'] };

/** Reads the document that the construct made; throws for any other, so that a function that watches nothing does not start. */
export function parseDocument(text: string): BehaviorsDocument {
  const document = asObject(JSON.parse(text)) ?? {};
  const { v, detector, dryRun, learnedDryRunSeconds, topics, behaviors } = document;
  check(v === 1, 'not version 1');
  check(typeof detector === 'string' && /^[\x21-\x7e]{1,60}$/.test(detector), 'no name of a detector');
  check(typeof dryRun === 'boolean' && isCount(learnedDryRunSeconds), 'no dry run');
  check(asList(topics).every(isSelection), 'not a selection of topics');
  const list = asList(behaviors).map((item) => asObject(item) ?? {});
  check(list.length > 0 && list.length <= MOST_BEHAVIORS, `not 1 to ${MOST_BEHAVIORS} behaviors`);
  const selections = new Set(asList(topics).map((item) => (item as Json).id));
  for (const behavior of list) checkBehavior(behavior, selections);
  check(new Set(list.map(({ name }) => name)).size === list.length, 'two behaviors of one name');
  return document as unknown as BehaviorsDocument;
}

function checkBehavior(behavior: Json, selections: ReadonlySet<unknown>): void {
  const { name, metric, customType, operator, threshold, percentile, confidence, texts, numbers, on } = behavior;
  check(typeof name === 'string' && NAME.test(name), 'a behavior without a name');
  const known = typeof metric === 'string' && Object.prototype.hasOwnProperty.call(METRIC_SOURCES, metric);
  check(
    customType === undefined ? known : TYPES.includes(customType as string) && NAME.test(String(metric)),
    'a metric',
  );
  const ways = [threshold, percentile, confidence, texts, numbers].filter((way) => way !== undefined);
  check(ways.length === 1, 'not one way to state the normal');
  const operators = texts === undefined && numbers === undefined ? OPERATORS.ofNumbers : OPERATORS.ofLists;
  check(confidence !== undefined || operators.includes(operator as string), 'an operator');
  check(texts !== undefined || !isOfAddresses(behavior as unknown as CompiledBehavior), 'addresses without ranges');
  const isDuration = customType === undefined && metric === 'disconnect-duration';
  check(threshold !== undefined || !isDuration, 'a duration without a threshold');
  check(threshold === undefined || (typeof threshold === 'number' && Number.isFinite(threshold)), 'a threshold');
  check(percentile === undefined || /^p(100|\d{1,2}(\.\d+)?)$/.test(String(percentile)), 'a percentile');
  check(confidence === undefined || ['LOW', 'MEDIUM', 'HIGH'].includes(confidence as string), 'a confidence');
  const window = behavior.windowSeconds ?? WINDOW_SECONDS;
  check(isCount(window) && window >= WINDOW_SECONDS && window % WINDOW_SECONDS === 0, 'a window');
  check(isDatapoints(behavior.datapointsToAlarm) && isDatapoints(behavior.datapointsToClear), 'datapoints');
  check(
    SEVERITIES.some((severity) => severity === behavior.severity),
    'a severity',
  );
  check(typeof behavior.suppressed === 'boolean' && typeof behavior.target === 'string', 'a target');
  check(on === undefined || selections.has(on), 'topics that are not there');
}

function check(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(`the document of behaviors is not one: ${what}`);
}

function isSelection(item: unknown): boolean {
  const { id, filters, excluded } = asObject(item) ?? {};
  return (
    typeof id === 'string' &&
    typeof excluded === 'boolean' &&
    Array.isArray(filters) &&
    filters.every((filter) => typeof filter === 'string')
  );
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isDatapoints(value: unknown): boolean {
  return isCount(value) && value >= 1 && value <= 10;
}

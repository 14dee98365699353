import { quote } from '../internal/quote';
import { Behavior } from './behavior';
import { inWords } from './behavior-problem';
import { problemsOfBehavior } from './behavior-problems';
import { type BehaviorDraft, type Criterion, factsOf, type MeasuredMetric, type TopicScope } from './behavior-draft';
import { BEHAVIOR_SCHEMA, CRITERION_KEYS } from './behavior-schema';
import { misfitMessage } from './criterion-problems';
import type { ICustomMetric } from './custom-metric';
import { customMetricTypeProblem } from './custom-metric-problems';
import { JsonObject, type Report } from './json-object';
import {
  criteriaOf,
  METRIC_IDS,
  METRICS,
  type MetricId,
  type MetricFacts,
  PERCENTILE_KEYS,
  type PercentileKey,
  WINDOWS,
} from './metrics';
import { type BehaviorOperator, Confidence, Percentile, Severity } from './terms';

export { BEHAVIOR_SCHEMA } from './behavior-schema';

const KEYS = Object.keys(BEHAVIOR_SCHEMA.properties);
const MINUTES: Readonly<Record<string, number>> = { m: 1, h: 60, d: 1440 };

/**
 * Reads a behavior in its JSON form. Total: whatever is wrong is reported with its path and what is allowed, and nothing is thrown.
 *
 * @param value what the JSON says
 * @param path where it stands, such as `behaviors[2]`
 * @param report is told each thing that is wrong: the path of the field, and words that follow its name
 * @param customMetrics the custom metrics of the fleet by name
 */
export function parseBehavior(
  value: unknown,
  path: string,
  report: Report,
  customMetrics: ReadonlyMap<string, ICustomMetric> = new Map(),
): Behavior | undefined {
  let faults = 0;
  const counted: Report = (at, message) => {
    faults += 1;
    report(at, message);
  };
  const object = JsonObject.of(value, path, KEYS, counted);
  if (object === undefined) return undefined;
  const draft = readDraft(object, customMetrics);
  if (draft === undefined || faults > 0) return undefined;
  for (const problem of problemsOfBehavior(draft)) counted(`${path}.${problem.at}`, problem.message);
  return faults > 0 ? undefined : Behavior._of(draft);
}

function readDraft(object: JsonObject, customMetrics: ReadonlyMap<string, ICustomMetric>): BehaviorDraft | undefined {
  const measured = readMetric(object, customMetrics);
  const rest = {
    windowSeconds: windowOf(object.word('per', Object.keys(WINDOWS))),
    name: object.text('name'),
    datapointsToAlarm: object.number('alarmAfter'),
    datapointsToClear: object.number('clearAfter'),
    severity: object.word('severity', Object.values(Severity)),
    suppressed: object.flag('suppressed'),
    exported: object.flag('exported'),
    scope: readScope(object),
  };
  const criterion = measured === undefined ? undefined : readCriterion(object, measured);
  return measured === undefined || criterion === undefined ? undefined : { measured, criterion, ...rest };
}

function windowOf(word: string | undefined): number | undefined {
  return word === undefined ? undefined : WINDOWS[word];
}

function readMetric(object: JsonObject, customMetrics: ReadonlyMap<string, ICustomMetric>): MeasuredMetric | undefined {
  const key = object.oneOf(['metric', 'custom'], "must say what is measured, with 'metric' or 'custom'");
  const name = key === undefined ? undefined : object.text(key);
  if (name === undefined) return undefined;
  if (key === 'custom') return readCustomMetric(object, name, customMetrics);
  const id = METRIC_IDS.find((known) => known === name);
  if (id !== undefined) return { kind: 'aws', id };
  const meant = METRIC_IDS.find((known) => METRICS[known].defenderName === name);
  object.report('metric', `must be ${meant === undefined ? inWords(METRIC_IDS) : quote(meant)}, got ${quote(name)}`);
  return undefined;
}

function readCustomMetric(
  object: JsonObject,
  name: string,
  customMetrics: ReadonlyMap<string, ICustomMetric>,
): MeasuredMetric | undefined {
  const metric = customMetrics.get(name);
  if (metric !== undefined) return ofItsType(object, metric);
  const known = [...customMetrics.keys()];
  const allowed = known.length === 0 ? 'there is no custom metric' : `the custom metrics are ${inWords(known)}`;
  object.report('custom', `must be the name of a custom metric that is declared (${allowed}), got ${quote(name)}`);
  return undefined;
}

function ofItsType(object: JsonObject, metric: ICustomMetric): MeasuredMetric | undefined {
  const problem = customMetricTypeProblem(metric.metricType);
  if (problem === undefined) return { kind: 'custom', metric, usedAs: metric.metricType };
  object.report('custom', `has a type that ${problem}`);
  return undefined;
}

function readCriterion(object: JsonObject, measured: MeasuredMetric): Criterion | undefined {
  const facts = factsOf(measured);
  const fitting = criteriaOf(facts);
  const key = object.oneOf(CRITERION_KEYS, `must state what is normal, with ${inWords(fitting)}`);
  if (key === undefined) return undefined;
  if (!fitting.includes(key)) {
    object.report(key, misfitMessage(measured));
    return undefined;
  }
  if (key === 'learned') {
    const confidence = object.word(key, Object.values(Confidence));
    return confidence === undefined ? undefined : { kind: 'learned', confidence };
  }
  if (Object.hasOwn(PERCENTILE_KEYS, key)) {
    const percentile = object.word(key, Object.values(Percentile));
    return percentile && { kind: 'percentile', bound: key as PercentileKey, percentile };
  }
  return readValue(object, key as BehaviorOperator, facts, measured);
}

function readValue(
  object: JsonObject,
  operator: BehaviorOperator,
  facts: MetricFacts,
  measured: MeasuredMetric,
): Criterion | undefined {
  switch (facts.value) {
    case 'count':
    case 'number': {
      const threshold = isTime(measured) ? readMinutes(object, operator) : object.number(operator);
      return threshold === undefined ? undefined : { kind: 'threshold', operator, threshold };
    }
    case 'ports':
    case 'numbers': {
      const values = object.numbers(operator);
      return values && { kind: 'numbers', operator, values };
    }
    case 'cidrs':
    case 'strings': {
      const values = object.texts(operator);
      return values && { kind: 'texts', operator, values };
    }
  }
}

function isTime(measured: MeasuredMetric): boolean {
  const time: MetricId = 'disconnect-duration';
  return measured.kind === 'aws' && measured.id === time;
}

/** A time is written with its unit, since the service compares minutes and exports seconds. */
function readMinutes(object: JsonObject, key: string): number | undefined {
  const text = object.value(key);
  const [, amount, unit] = (typeof text === 'string' && /^([0-9]{1,6})([mhd])$/.exec(text)) || [];
  if (amount !== undefined && unit !== undefined) return Number(amount) * (MINUTES[unit] as number);
  object.report(
    key,
    `must be a time in minutes, hours or days, such as "90m", "6h" or "2d", got ${quote(String(text))}`,
  );
  return undefined;
}

function readScope(object: JsonObject): TopicScope | undefined {
  const on = object.texts('onTopics');
  const except = object.texts('exceptOnTopics');
  if (on !== undefined && except !== undefined) {
    object.report('exceptOnTopics', "cannot be used together with 'onTopics'; keep one of the two");
  }
  if (on !== undefined) return { filters: on, excluded: false };
  return except && { filters: except, excluded: true };
}

import {
  criteriaOf,
  CUSTOM_METRICS,
  METRIC_IDS,
  METRICS,
  type MetricFacts,
  PERCENTILE_KEY_NAMES,
  SET_OPERATORS,
  THRESHOLD_OPERATORS,
} from './metrics';
import { BehaviorOperator, Percentile } from './terms';

type Facts = Omit<MetricFacts, 'defenderName'>;
type Schema = Record<string, unknown>;

const MAX_PORT = 65_535;
const CONTROL = '\\u0000-\\u001f\\u007f';
const LEVEL = `(?:\\+|[^+#/${CONTROL}]*)`;

/** A filter whose wildcards are whole levels, with no variable but the client id. */
const FILTER_PATTERN = `^(?!.*\\$\\{(?!iot:ClientId\\}))(?:${LEVEL}/)*(?:#|${LEVEL})$`;

/**
 * What the metric of a behavior decides about its other fields, as conditions of a JSON Schema, so that an editor marks what a
 * synth refuses. They are all implied by `problemsOfBehavior`, which says it in better words.
 */
export function behaviorConditions(criteria: readonly string[]): Schema[] {
  const groups = new Map<string, string[]>();
  for (const id of METRIC_IDS) {
    const key = JSON.stringify(conditionOf(METRICS[id], id === 'disconnect-duration', criteria));
    groups.set(key, [...(groups.get(key) ?? []), id]);
  }
  return [
    ...[...groups].map(([then, ids]) => ({
      if: { type: 'object', properties: { metric: { enum: ids } }, required: ['metric'] },
      then: JSON.parse(then) as Schema,
    })),
    { if: needing(['custom']), then: { allOf: customConditions(criteria) } },
    { not: needing(['onTopics', 'exceptOnTopics']) },
    {
      type: 'object',
      properties: {
        onTopics: { type: 'array', items: { type: 'string', pattern: FILTER_PATTERN } },
        exceptOnTopics: { type: 'array', items: { type: 'string', pattern: FILTER_PATTERN } },
        belowPercentile: { not: { const: Percentile.P0 } },
        atLeastPercentile: { not: { const: Percentile.P0 } },
        abovePercentile: { not: { const: Percentile.P100 } },
        atMostPercentile: { not: { const: Percentile.P100 } },
      },
    },
  ];
}

/** What holds for custom metrics of any type: which one it is stands elsewhere in the file. */
function customConditions(criteria: readonly string[]): Schema[] {
  return [
    forbidding(['onTopics', 'exceptOnTopics']),
    { type: 'object', properties: Object.fromEntries(THRESHOLD_OPERATORS.map((key) => [key, { type: 'number' }])) },
    windowOf(CUSTOM_METRICS.number, criteria),
  ];
}

function conditionOf(facts: Facts, isTime: boolean, criteria: readonly string[]): Schema {
  const allowed = criteriaOf(facts);
  const values = Object.fromEntries(
    criteria.map((key) => [key, allowed.includes(key) ? valueOf(facts, key as BehaviorOperator, isTime) : false]),
  );
  const topics = facts.topics ? {} : { onTopics: false, exceptOnTopics: false };
  return {
    allOf: [{ type: 'object', properties: { ...values, ...topics } }, windowOf(facts, criteria)],
  };
}

/** What stands at one criterion. */
function valueOf({ value }: Facts, key: BehaviorOperator, isTime: boolean): Schema | true {
  if (THRESHOLD_OPERATORS.includes(key)) {
    const aboveZero = key === BehaviorOperator.LESS_THAN || key === BehaviorOperator.AT_LEAST;
    if (isTime) return aboveZero ? { type: 'string', pattern: '[1-9]' } : { type: 'string' };
    const maximum = Number.MAX_SAFE_INTEGER - (key === BehaviorOperator.AT_LEAST ? 0 : 1);
    return { type: 'integer', minimum: aboveZero ? 1 : 0, maximum };
  }
  if (!SET_OPERATORS.includes(key)) return true;
  if (value === 'ports') return { type: 'array', items: { type: 'integer', minimum: 0, maximum: MAX_PORT } };
  return { type: 'array', items: { type: 'string', pattern: '^[0-9A-Fa-f.:]{2,39}/[0-9]{1,3}$' } };
}

/** Whether `per` must be there, may not be, or neither, which may depend on the criterion. */
function windowOf({ window, percentile }: Facts, criteria: readonly string[]): Schema {
  const forbidden = forbidding(['per']);
  if (window === 'never') return forbidden;
  const counted = window === 'always' ? criteria.filter((key) => key !== 'learned') : PERCENTILE_KEY_NAMES;
  if (window !== 'always' && !percentile) return forbidden;
  return { if: { anyOf: counted.map((key) => needing([key])) }, then: needing(['per']), else: forbidden };
}

function needing(keys: readonly string[]): Schema {
  return {
    type: 'object',
    properties: Object.fromEntries(keys.map((key) => [key, true])),
    required: [...keys],
  };
}

function forbidding(keys: readonly string[]): Schema {
  return { type: 'object', properties: Object.fromEntries(keys.map((key) => [key, false])) };
}

import { behaviorConditions } from './behavior-conditions';
import { METRIC_IDS, METRICS, type MetricFacts, PERCENTILE_KEYS, WINDOWS } from './metrics';
import { BehaviorOperator, Confidence, Percentile, Severity } from './terms';

/** How a time is written where the metric is one: `90m`, `6h`, `2d`. */
export const TIME_PATTERN = '^[0-9]{1,6}(m|h|d)$';

const TEXT = { type: 'string', minLength: 1 } as const;
const BOUND = { anyOf: [{ type: 'number' }, { type: 'string', pattern: TIME_PATTERN }] } as const;
const LIST = {
  type: 'array',
  minItems: 1,
  maxItems: 1000,
  uniqueItems: true,
  items: {
    anyOf: [{ type: 'number' }, { type: 'string' }],
    description: 'An address range such as "203.0.113.0/24", a port, a number or a text, as the metric has it.',
  },
} as const;
const FILTERS = {
  type: 'array',
  minItems: 1,
  maxItems: 100,
  uniqueItems: true,
  items: {
    ...TEXT,
    maxLength: 256,
    description: 'An MQTT topic filter of 1 to 256 bytes; + stands for one level, # (last) for all below.',
  },
} as const;
const DATAPOINTS = { type: 'integer', minimum: 1, maximum: 10 } as const;
const FLAG = { type: 'boolean', default: false } as const;

/** Each word in the lower case that this library writes, and in the upper case that AWS does. */
export function inBothCases(words: readonly string[]): string[] {
  return [...words.map((word) => word.toLowerCase()), ...words];
}

const VALUE = 'a number, or a time such as "90m", "6h" or "2d" where the metric is one';

const CRITERIA = {
  [BehaviorOperator.LESS_THAN]: { ...BOUND, description: `Normal is less than this: ${VALUE}.` },
  [BehaviorOperator.AT_MOST]: { ...BOUND, description: `Normal is this or less: ${VALUE}.` },
  [BehaviorOperator.GREATER_THAN]: { ...BOUND, description: `Normal is more than this: ${VALUE}.` },
  [BehaviorOperator.AT_LEAST]: { ...BOUND, description: `Normal is this or more: ${VALUE}.` },
  [BehaviorOperator.WITHIN]: {
    ...LIST,
    description: 'Normal is that each address, port, number or text is one of these.',
  },
  [BehaviorOperator.NOT_WITHIN]: {
    ...LIST,
    description: 'Normal is that no address, port, number or text is one of these.',
  },
  ...percentileCriteria(),
  learned: {
    enum: inBothCases(Object.values(Confidence)),
    description: 'Normal is learned from the past, and must be left with this confidence; high means few alarms.',
  },
};

/** The ways to state a normal, as the JSON form names them. */
export const CRITERION_KEYS = Object.keys(CRITERIA);

/** The JSON Schema of one behavior in its JSON form: `{ "metric": "messages-sent", "atMost": 120, "per": "5m" }`. */
export const BEHAVIOR_SCHEMA = {
  type: 'object',
  description: `What is normal for a device: a metric and exactly one of ${CRITERION_KEYS.join(', ')}.`,
  additionalProperties: false,
  allOf: [exactlyOne(['metric', 'custom']), exactlyOne(CRITERION_KEYS), ...behaviorConditions(CRITERION_KEYS)],
  properties: {
    metric: { enum: METRIC_IDS, description: `What is measured. ${METRIC_IDS.map(describeMetric).join('; ')}.` },
    custom: { ...TEXT, maxLength: 128, description: 'Name of a custom metric of this fleet, instead of metric.' },
    ...CRITERIA,
    per: {
      enum: Object.keys(WINDOWS),
      description: 'Window that the metric is counted over, or the percentile taken over.',
    },
    alarmAfter: {
      ...DATAPOINTS,
      description: 'Consecutive datapoints outside the normal that raise the alarm: 1 to 10.',
    },
    clearAfter: {
      ...DATAPOINTS,
      description: 'Consecutive datapoints inside the normal that clear the alarm: 1 to 10.',
    },
    severity: {
      enum: inBothCases(Object.values(Severity)),
      default: 'medium',
      description: 'How bad it is to leave the normal.',
    },
    suppressed: { ...FLAG, description: 'Records violations without alerting.' },
    exported: { ...FLAG, description: 'Exports the values that are measured.' },
    name: {
      type: 'string',
      pattern: '^[a-zA-Z0-9:_-]{1,128}$',
      description:
        "Name of the behavior, unique in the fleet: 1 to 128 letters, digits, ':', '_' and '-'. Left out: metric and criterion.",
    },
    onTopics: { ...FILTERS, description: 'MQTT topic filters: only messages on these topics count.' },
    exceptOnTopics: { ...FILTERS, description: 'MQTT topic filters: messages on these topics do not count.' },
  },
};

/** That one of some fields is there, and no other of them. */
export function exactlyOne(keys: readonly string[]): { oneOf: object[] } {
  return { oneOf: keys.map((key) => ({ type: 'object', properties: { [key]: true }, required: [key] })) };
}

function percentileCriteria(): Record<string, object> {
  const words = { lessThan: 'below', atMost: 'at or below', greaterThan: 'above', atLeast: 'at or above' };
  return Object.fromEntries(
    Object.entries(PERCENTILE_KEYS).map(([key, operator]) => [
      key,
      {
        enum: Object.values(Percentile),
        description: `Normal is ${words[operator]} this percentile of all watched devices in a window.`,
      },
    ]),
  );
}

function describeMetric(id: keyof typeof METRICS): string {
  const facts: MetricFacts = METRICS[id];
  const value = {
    count: facts.unit,
    cidrs: 'address ranges',
    ports: 'ports',
    number: 'a number',
    numbers: 'numbers',
    strings: 'texts',
  };
  return `${id} (${value[facts.value]}${facts.window === 'always' ? ' in a window' : ''})`;
}

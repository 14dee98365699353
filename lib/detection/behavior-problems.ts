import { Token } from 'aws-cdk-lib';
import { quote } from '../internal/quote';
import { type BehaviorProblem, inWords, listProblems } from './behavior-problem';
import { type BehaviorDraft, factsOf, type MeasuredMetric, metricNameOf, type TopicScope } from './behavior-draft';
import { criterionProblems, wordProblems } from './criterion-problems';
import { customMetricNameProblem, customMetricTypeProblem } from './custom-metric-problems';
import { METRIC_IDS, METRICS, type MetricFacts, WINDOWS } from './metrics';
import { CustomMetricType, Severity } from './terms';
import { MAX_TOPIC_FILTERS, topicFilterProblem } from './topic-filter';

const MAX_DATAPOINTS = 10;
const NAME = /^[a-zA-Z0-9:_-]{1,128}$/;

/** The method that takes a custom metric of a type. */
export const CUSTOM_METHODS: Readonly<Record<CustomMetricType, string>> = {
  [CustomMetricType.NUMBER]: 'Behavior.custom',
  [CustomMetricType.NUMBER_LIST]: 'Behavior.customNumbers',
  [CustomMetricType.STRING_LIST]: 'Behavior.customStrings',
  [CustomMetricType.IP_ADDRESS_LIST]: 'Behavior.customAddresses',
};

/** Everything that is wrong with a behavior; tokens are taken to be right. */
export function problemsOfBehavior(draft: BehaviorDraft): BehaviorProblem[] {
  const facts = factsOf(draft.measured);
  const criterion = criterionProblems(draft, facts);
  return [
    ...metricProblems(draft.measured),
    ...criterion,
    // The window of a metric that cannot be stated so would be a second message for one mistake.
    ...(criterion.some((problem) => problem.code === 'BehaviorCriterionInvalid') ? [] : windowProblems(draft, facts)),
    ...datapointProblems('alarmAfter', draft.datapointsToAlarm),
    ...datapointProblems('clearAfter', draft.datapointsToClear),
    ...nameProblems(draft.name),
    ...scopeProblems(draft.measured, draft.scope),
    ...(draft.severity === undefined ? [] : wordProblems('severity', Object.values(Severity), draft.severity)),
  ];
}

/** What is wrong with a metric: the name and type of a custom one. */
export function metricProblems(measured: MeasuredMetric): BehaviorProblem[] {
  if (measured.kind === 'aws') return [];
  const { metricName, metricType } = measured.metric;
  const at = 'custom';
  const code = 'CustomMetricInvalid';
  const problem = customMetricNameProblem(metricName) ?? customMetricTypeProblem(metricType);
  if (problem !== undefined) return [{ at, code, message: problem }];
  if (metricType === measured.usedAs) return [];
  return [
    { at, code, message: `is ${quote(metricName)} of type ${metricType}; use ${CUSTOM_METHODS[metricType]} for it` },
  ];
}

/** What is wrong with the topics that a metric is narrowed to. */
export function scopeProblems(measured: MeasuredMetric, scope: TopicScope | undefined): BehaviorProblem[] {
  if (scope === undefined) return [];
  const at = topicKey(scope);
  const code = 'BehaviorScopeInvalid';
  if (!factsOf(measured).topics) {
    const able = inWords(METRIC_IDS.filter((id) => METRICS[id].topics));
    return [
      { at, code, message: `is not possible for ${quote(metricNameOf(measured))}, only for ${able}; leave it out` },
    ];
  }
  return filterProblems(at, scope.filters);
}

/** The words for a scope in the JSON form. */
export function topicKey(scope: TopicScope): string {
  return scope.excluded ? 'exceptOnTopics' : 'onTopics';
}

function filterProblems(at: string, filters: string[] | undefined): BehaviorProblem[] {
  if (filters === undefined || Token.isUnresolved(filters)) return [];
  const code = 'BehaviorScopeInvalid';
  if (filters.length === 0 || filters.length > MAX_TOPIC_FILTERS) {
    return [{ at, code, message: `must have 1 to ${MAX_TOPIC_FILTERS} topic filters, got ${filters.length}` }];
  }
  return listProblems(at, code, filters, topicFilterProblem);
}

function windowProblems(draft: BehaviorDraft, facts: MetricFacts): BehaviorProblem[] {
  const { windowSeconds: given } = draft;
  const percentile = draft.criterion.kind === 'percentile';
  const needed =
    draft.criterion.kind !== 'learned' &&
    (facts.window === 'always' || (percentile && facts.window === 'with-percentile'));
  const code = 'BehaviorWindowInvalid';
  const allowed = inWords(Object.keys(WINDOWS));
  if (needed && given === undefined) {
    const why = percentile
      ? 'percentiles are taken over a window'
      : `${metricNameOf(draft.measured)} are counted over a window`;
    return [{ at: 'per', code, message: `is missing: ${why}; use ${allowed}` }];
  }
  if (given === undefined || Token.isUnresolved(given)) return [];
  if (!needed) return [{ at: 'per', code, message: `must be left out: ${whyNoWindow(draft)}` }];
  if (Object.values(WINDOWS).includes(given)) return [];
  return [{ at: 'per', code, message: `must be ${allowed}, got ${given} seconds` }];
}

function whyNoWindow(draft: BehaviorDraft): string {
  if (draft.criterion.kind === 'learned') return 'the service chooses the window of a learned normal';
  return `each value of ${quote(metricNameOf(draft.measured))} is judged by itself; use 'alarmAfter' for more than one`;
}

function datapointProblems(at: string, value: number | undefined): BehaviorProblem[] {
  if (value === undefined || Token.isUnresolved(value)) return [];
  if (Number.isInteger(value) && value >= 1 && value <= MAX_DATAPOINTS) return [];
  const message = `must be a whole number from 1 to ${MAX_DATAPOINTS} datapoints, got ${value}`;
  return [{ at, code: 'BehaviorDatapointsInvalid', message }];
}

function nameProblems(name: string | undefined): BehaviorProblem[] {
  if (name === undefined || Token.isUnresolved(name) || NAME.test(name)) return [];
  const message = `must be 1 to 128 letters, digits, ':', '_' and '-', got ${quote(name)}`;
  return [{ at: 'name', code: 'BehaviorNameInvalid', message }];
}

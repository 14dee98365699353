import { Token } from 'aws-cdk-lib';
import { quote } from '../internal/quote';
import { type BehaviorProblem, inWords, listProblems } from './behavior-problem';
import { type BehaviorDraft, type Criterion, factsOf, type MeasuredMetric, metricNameOf } from './behavior-draft';
import { cidrProblem, holdsEveryAddress } from './cidr';
import { criteriaOf, type MetricFacts, PERCENTILE_KEY_NAMES, PERCENTILE_KEYS } from './metrics';
import { BehaviorOperator, Percentile } from './terms';

/** Values of one behavior; the service allows as many in a whole profile. */
const MAX_VALUES = 1000;
const MAX_PORT = 65_535;

/** The words for a criterion in the JSON form. */
export function criterionKey(criterion: Criterion): string {
  if (criterion.kind === 'learned') return 'learned';
  if (criterion.kind !== 'percentile') return criterion.operator;
  return PERCENTILE_KEY_NAMES.find((key) => PERCENTILE_KEYS[key] === criterion.operator) ?? criterion.operator;
}

/** What a criterion that the metric does not have is told. */
export function misfitMessage(measured: MeasuredMetric): string {
  const facts = factsOf(measured);
  return `does not fit ${quote(metricNameOf(measured))} (${describe(facts)}); use ${inWords(criteriaOf(facts))}`;
}

/** What is wrong with the way in which a behavior states its normal. */
export function criterionProblems(draft: BehaviorDraft, facts: MetricFacts): BehaviorProblem[] {
  const { criterion } = draft;
  const at = criterionKey(criterion);
  if (isMisfit(criterion, facts)) {
    return [{ at, code: 'BehaviorCriterionInvalid', message: misfitMessage(draft.measured) }];
  }
  switch (criterion.kind) {
    case 'threshold':
      return thresholdProblems(at, criterion.operator, criterion.threshold, facts);
    case 'percentile':
      return percentileProblems(at, criterion.operator, criterion.percentile);
    case 'texts':
      return textProblems(at, criterion.operator, criterion.values, facts);
    case 'numbers':
      return numberProblems(at, criterion.values, facts);
    case 'learned':
      return [];
  }
}

function isMisfit(criterion: Criterion, facts: MetricFacts): boolean {
  switch (criterion.kind) {
    case 'learned':
      return !facts.learned;
    case 'percentile':
      return !facts.percentile;
    case 'threshold':
      return !['count', 'number'].includes(facts.value) || !facts.operators.includes(criterion.operator);
    case 'texts':
      return !['cidrs', 'strings'].includes(facts.value);
    case 'numbers':
      return !['ports', 'numbers'].includes(facts.value);
  }
}

function describe(facts: MetricFacts): string {
  const kinds = {
    count: 'whole numbers',
    number: 'numbers',
    cidrs: 'a list of addresses',
    ports: 'a list of ports',
    numbers: 'a list of numbers',
    strings: 'a list of texts',
  };
  return facts.unit === undefined || facts.value !== 'count' ? kinds[facts.value] : facts.unit;
}

function thresholdProblems(
  at: string,
  operator: BehaviorOperator,
  value: number,
  facts: MetricFacts,
): BehaviorProblem[] {
  if (Token.isUnresolved(value)) return [];
  const code = 'BehaviorValueInvalid';
  if (facts.value === 'number') {
    return Number.isFinite(value) ? [] : [{ at, code, message: `must be a finite number, got ${value}` }];
  }
  if (!Number.isSafeInteger(value) || value < 0) {
    const unit = facts.unit === undefined ? '' : ` ${facts.unit}`;
    return [
      { at, code, message: `must be a whole number of${unit} from 0 to ${Number.MAX_SAFE_INTEGER}, got ${value}` },
    ];
  }
  // Every device would be outside such a normal, and isolated.
  return value === 0 && operator === BehaviorOperator.LESS_THAN
    ? [{ at, code, message: "cannot be 0, since nothing is less; use 'atMost' with 0" }]
    : [];
}

function percentileProblems(at: string, operator: BehaviorOperator, percentile: Percentile): BehaviorProblem[] {
  const below = operator === BehaviorOperator.LESS_THAN && percentile === Percentile.P0;
  const above = operator === BehaviorOperator.GREATER_THAN && percentile === Percentile.P100;
  if (!below && !above) return [];
  const message = `cannot be ${percentile}, since every device would be outside its normal; use ${below ? "'atMostPercentile'" : "'atLeastPercentile'"} or another percentile`;
  return [{ at, code: 'BehaviorCriterionInvalid', message }];
}

function textProblems(at: string, operator: BehaviorOperator, values: string[], facts: MetricFacts): BehaviorProblem[] {
  const code = 'BehaviorValueInvalid';
  const size = sizeProblems(at, values);
  if (size.length > 0) return size;
  if (facts.value === 'strings') return listProblems(at, code, values, emptyProblem);
  return listProblems(at, code, values, (value) => rangeProblem(operator, value));
}

function emptyProblem(value: string): string | undefined {
  return value === '' ? 'must not be empty' : undefined;
}

function rangeProblem(operator: BehaviorOperator, value: string): string | undefined {
  const problem = cidrProblem(value);
  if (problem !== undefined || operator === BehaviorOperator.WITHIN || !holdsEveryAddress(value)) return problem;
  return "holds every address, so that every device would be outside its normal; use 'within' with the ranges that are normal";
}

function numberProblems(at: string, values: number[], facts: MetricFacts): BehaviorProblem[] {
  const code = 'BehaviorValueInvalid';
  const size = sizeProblems(at, values);
  if (size.length > 0) return size;
  if (facts.value === 'ports') {
    const isPort = (value: number): boolean => Number.isInteger(value) && value >= 0 && value <= MAX_PORT;
    return listProblems(at, code, values, (value) =>
      isPort(value) ? undefined : `must be a port from 0 to ${MAX_PORT}`,
    );
  }
  return listProblems(at, code, values, (value) => (Number.isFinite(value) ? undefined : 'must be a finite number'));
}

function sizeProblems(at: string, values: readonly unknown[]): BehaviorProblem[] {
  if (Token.isUnresolved(values) || (values.length > 0 && values.length <= MAX_VALUES)) return [];
  return [{ at, code: 'BehaviorValueInvalid', message: `must have 1 to ${MAX_VALUES} values, got ${values.length}` }];
}

import { Token } from 'aws-cdk-lib';
import { quote } from '../internal/quote';
import { type BehaviorProblem, inWords, listProblems } from './behavior-problem';
import { type BehaviorDraft, type Criterion, factsOf, type MeasuredMetric, metricNameOf } from './behavior-draft';
import { cidrProblem, familiesHeld, familyHeldTogether, holdsEveryAddress } from './cidr';
import { criteriaOf, type MetricFacts, type PercentileKey } from './metrics';
import { BehaviorOperator, Confidence, Percentile } from './terms';

/** Values of one behavior; the service allows as many in a whole profile. */
const MAX_VALUES = 1000;
const MAX_PORT = 65_535;

/** The words for a criterion in the JSON form. */
export function criterionKey(criterion: Criterion): string {
  if (criterion.kind === 'learned') return 'learned';
  return criterion.kind === 'percentile' ? criterion.bound : criterion.operator;
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
      return percentileProblems(criterion.bound, criterion.percentile);
    case 'texts':
      return textProblems(at, criterion.operator, criterion.values, facts);
    case 'numbers':
      return numberProblems(at, criterion.values, facts);
    case 'learned':
      return wordProblems(at, Object.values(Confidence), criterion.confidence);
  }
}

/** Whether a word is one of an enumeration, for callers whose language or cast does not say so. */
export function wordProblems(at: string, allowed: readonly string[], word: string): BehaviorProblem[] {
  if (allowed.includes(word) || Token.isUnresolved(word)) return [];
  const message = `must be ${inWords(allowed)}, got ${quote(word)}`;
  return [{ at, code: 'BehaviorCriterionInvalid', message }];
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
  return facts.unit ?? kinds[facts.value];
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
    if (!Number.isFinite(value)) return [{ at, code, message: `must be a finite number, got ${value}` }];
    return Math.abs(value) === Number.MAX_VALUE ? endProblems(at, operator, value) : [];
  }
  if (!Number.isSafeInteger(value) || value < 0) {
    const message = `must be a whole number of ${facts.unit} from 0 to ${Number.MAX_SAFE_INTEGER}, got ${value}`;
    return [{ at, code, message }];
  }
  if (value === Number.MAX_SAFE_INTEGER && operator !== BehaviorOperator.AT_LEAST)
    return endProblems(at, operator, value);
  // Every device would be outside such a normal, and isolated.
  if (value === 0 && operator === BehaviorOperator.LESS_THAN)
    return [{ at, code, message: "cannot be 0, since nothing is less; use 'atMost' with 0" }];
  // No device could ever leave such a normal: who wrote it believes that something is watched.
  if (value === 0 && operator === BehaviorOperator.AT_LEAST)
    return [
      { at, code, message: 'cannot be 0, since nothing is less and no alarm could ever be raised; use 1 or more' },
    ];
  return [];
}

/** What is wrong with a bound at the end of all numbers: either no device could leave such a normal, or none could be inside. */
function endProblems(at: string, operator: BehaviorOperator, value: number): BehaviorProblem[] {
  const upper = operator === BehaviorOperator.AT_MOST || operator === BehaviorOperator.LESS_THAN;
  const never = upper === value > 0;
  const why = never ? 'no alarm could ever be raised' : 'every device would be outside its normal';
  const message = `cannot be ${value}, since nothing is ${value > 0 ? 'more' : 'less'} and ${why}; use a bound that devices can be on both sides of`;
  return [{ at, code: 'BehaviorValueInvalid', message }];
}

function percentileProblems(bound: PercentileKey, percentile: Percentile): BehaviorProblem[] {
  const unknown = wordProblems(bound, Object.values(Percentile), percentile);
  if (unknown.length > 0) return unknown;
  const below = bound === 'belowPercentile' && percentile === Percentile.P0;
  const above = bound === 'abovePercentile' && percentile === Percentile.P100;
  const most = bound === 'atMostPercentile' && percentile === Percentile.P100;
  const least = bound === 'atLeastPercentile' && percentile === Percentile.P0;
  if (most || least) {
    const strict = most ? 'belowPercentile' : 'abovePercentile';
    const message = `cannot be ${percentile}, since no device is ${most ? 'above the highest' : 'below the lowest'} of all and no alarm could ever be raised; use another percentile, or '${strict}' for the ${most ? 'highest' : 'lowest'} device of each window`;
    return [{ at: bound, code: 'BehaviorCriterionInvalid', message }];
  }
  if (!below && !above) return [];
  const instead = below ? 'atMostPercentile' : 'atLeastPercentile';
  const message = `cannot be ${percentile}, since every device would be outside its normal; use '${instead}' or another percentile`;
  return [{ at: bound, code: 'BehaviorCriterionInvalid', message }];
}

function textProblems(at: string, operator: BehaviorOperator, values: string[], facts: MetricFacts): BehaviorProblem[] {
  const code = 'BehaviorValueInvalid';
  const size = sizeProblems(at, values);
  if (size.length > 0) return size;
  if (facts.value === 'strings') return listProblems(at, code, values, emptyProblem);
  const ranges = listProblems(at, code, values, (value) => rangeProblem(operator, value));
  if (ranges.length > 0) return ranges;
  return operator === BehaviorOperator.WITHIN ? everywhereProblems(at, values) : togetherProblems(at, values);
}

/** What no range says alone: that no device could be outside its normal. */
function everywhereProblems(at: string, values: string[]): BehaviorProblem[] {
  const known = Token.isUnresolved(values) ? [] : values.filter((value) => !Token.isUnresolved(value));
  if (familiesHeld(known).length < 2) return [];
  const message =
    'holds every IPv4 and every IPv6 address, so that no alarm could ever be raised; leave out what is not normal';
  return [{ at, code: 'BehaviorValueInvalid', message }];
}

/** What no range says alone: that no device could be inside its normal. */
function togetherProblems(at: string, values: string[]): BehaviorProblem[] {
  const known = Token.isUnresolved(values) ? [] : values.filter((value) => !Token.isUnresolved(value));
  const family = familyHeldTogether(known);
  if (family === undefined) return [];
  const message = `holds every ${family} address together, so that every device there would be outside its normal; use 'within' with the ranges that are normal`;
  return [{ at, code: 'BehaviorValueInvalid', message }];
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

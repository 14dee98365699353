export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
export type MissingData = 'breaching' | 'notBreaching' | 'ignore' | 'missing';

export interface Thresholds {
  readonly operator: keyof typeof OPERATORS;
  readonly threshold: number;
  /** Datapoints that are looked at, and how many of them must breach. */
  readonly periods: number;
  readonly toAlarm: number;
  readonly missing: MissingData;
}

const OPERATORS = {
  GreaterThanOrEqualToThreshold: (value: number, bound: number) => value >= bound,
  GreaterThanThreshold: (value: number, bound: number) => value > bound,
  LessThanThreshold: (value: number, bound: number) => value < bound,
  LessThanOrEqualToThreshold: (value: number, bound: number) => value <= bound,
};

/** How an alarm compares, in words. */
export const WORDS: Readonly<Record<keyof typeof OPERATORS, string>> = {
  GreaterThanOrEqualToThreshold: 'greater than or equal to',
  GreaterThanThreshold: 'greater than',
  LessThanThreshold: 'less than',
  LessThanOrEqualToThreshold: 'less than or equal to',
};

export function isOperator(name: string): name is keyof typeof OPERATORS {
  return name in OPERATORS;
}

/** More datapoints than are needed are read, so that one that is missing does not decide. */
const READ_MORE = 2;

/** How many periods an alarm looks back. */
export function lookBack({ periods }: Pick<Thresholds, 'periods'>): number {
  return periods + READ_MORE;
}

/**
 * The state of an alarm by its datapoints, from the latest to the earliest; undefined is one that is missing.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
export function stateOf(
  { operator, threshold, periods, toAlarm, missing }: Thresholds,
  datapoints: readonly (number | undefined)[],
  before: AlarmState,
): AlarmState {
  const breaches = OPERATORS[operator];
  const real = datapoints.filter((value) => value !== undefined).slice(0, periods);
  const breaching = real.filter((value) => breaches(value, threshold)).length;
  if (breaching >= toAlarm) return 'ALARM';
  const lacking = periods - real.length;
  switch (missing) {
    case 'breaching':
      return breaching + lacking >= toAlarm ? 'ALARM' : 'OK';
    case 'notBreaching':
      return 'OK';
    case 'ignore':
      // What is there may settle it already; otherwise nothing changes.
      return real.length > breaching && breaching + lacking < toAlarm ? 'OK' : before;
    case 'missing':
      if (real.length === 0) return 'INSUFFICIENT_DATA';
      return breaching === real.length ? 'ALARM' : 'OK';
  }
}

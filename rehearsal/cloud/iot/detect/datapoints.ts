import { compares, isListed, percentile } from './criteria';
import { listsOf, numbersOf } from './measure';
import type { DetectBehavior, Trace } from './profile';

/** One evaluation of a behavior: whether what was measured conforms, and the measure. */
export interface Datapoint {
  readonly conforms: boolean;
  readonly value: number | readonly (string | number)[];
}

/**
 * What Device Defender Detect is documented to make of the window that ends the trace, slowly and without state: nothing, one
 * datapoint, or one for each report. It is written from the documentation, and apart from the engines of this project.
 *
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/detect-behaviors.html
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/detect-cloud-side-metrics.html
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/detect-device-side-metrics.html
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/scoping-security-behavior.html
 * @see https://docs.aws.amazon.com/iot/latest/apireference/API_BehaviorCriteria.html
 */
export function datapointsOf(behavior: DetectBehavior, device: string, trace: Trace, window: number): Datapoint[] {
  const { criteria, metric } = behavior;
  const mine = (trace[window] ?? []).filter((one) => one.device === device);
  if (mine.length === 0) return [];
  if (/-set$/.test(criteria.ComparisonOperator))
    return listsOf(behavior, mine).map((value) => ({
      conforms: value.every((each) => isListed(criteria, each)),
      value,
    }));
  if (criteria.DurationSeconds === undefined) {
    const points = numbersOf(behavior, mine).map((value) => ({ conforms: compares(criteria, value), value }));
    // Each message is measured against the bound; evaluation is every five minutes, so one violation is one datapoint.
    if (metric === 'aws:message-byte-size') return points.length === 0 ? [] : [worstOf(points)];
    return points;
  }
  const length = criteria.DurationSeconds / 300;
  if ((window + 1) % length !== 0) return [];
  const windows = trace.slice(window + 1 - length, window + 1);
  const value = accumulated(behavior, device, windows);
  if (value === undefined) return [];
  const { StatisticalThreshold: statistic } = criteria;
  if (statistic === undefined) return [{ conforms: compares(criteria, value), value }];
  // Measurements of all devices over the time make the percentiles; none exist where a value is negative.
  const names = [...new Set(windows.flat().map((one) => one.device))];
  const all = names.flatMap((name) => accumulated(behavior, name, windows) ?? []);
  if (all.some((each) => each < 0)) return [];
  return [{ conforms: compares(criteria, value, percentile(all, statistic.Statistic)), value }];
}

function worstOf(points: readonly Datapoint[]): Datapoint {
  return points.find(({ conforms }) => !conforms) ?? (points[0] as Datapoint);
}

function accumulated(behavior: DetectBehavior, device: string, windows: Trace) {
  const { metric, criteria } = behavior;
  const parts = windows.map((window) => window.filter((one) => one.device === device)).filter((one) => one.length > 0);
  if (parts.length === 0) return undefined;
  const values = parts.map((happenings) => numbersOf(behavior, happenings)).flat();
  const isCount = /^aws:num-(messages|authorization|connection|disconnects)/.test(metric);
  if (values.length === 0) return isCount ? 0 : undefined;
  if (isCount || /^aws:(all-|message-byte-size)/.test(metric)) return values.reduce((sum, value) => sum + value, 0);
  // Of what is a state and not an amount, the worst that was stated counts against a bound, and the last among others.
  if (criteria.StatisticalThreshold !== undefined) return values.at(-1);
  return /^less/.test(criteria.ComparisonOperator) ? Math.max(...values) : Math.min(...values);
}

/** Where a behavior stands with a device: datapoints that all speak against its state, one after the other, change it. */
export interface Standing {
  readonly inAlarm: boolean;
  /** Datapoints in a row that speak against the state. */
  readonly against: number;
}

export const FIRST_STANDING: Standing = { inAlarm: false, against: 0 };

/** The standing after one more datapoint. */
export function after({ criteria }: DetectBehavior, { inAlarm, against }: Standing, conforms: boolean): Standing {
  const { ConsecutiveDatapointsToAlarm: toAlarm = 1, ConsecutiveDatapointsToClear: toClear = 1 } = criteria;
  if (conforms !== inAlarm) return { inAlarm, against: 0 };
  const enough = against + 1 >= (inAlarm ? toClear : toAlarm);
  return enough ? { inAlarm: !inAlarm, against: 0 } : { inAlarm, against: against + 1 };
}

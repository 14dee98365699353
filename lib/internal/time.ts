import type { Duration } from 'aws-cdk-lib';

/** Units of time, as `Duration` names its makers. */
export type TimeUnit = 'seconds' | 'minutes' | 'hours' | 'days';

const LENGTH: Record<TimeUnit, (time: Duration) => number> = {
  seconds: (time) => time.toSeconds({ integral: false }),
  minutes: (time) => time.toMinutes({ integral: false }),
  hours: (time) => time.toHours({ integral: false }),
  days: (time) => time.toDays({ integral: false }),
};

/** A time as a number. For a token in another unit the CDK has none: see `timeProblem`. */
export function lengthIn(unit: TimeUnit, time: Duration): number {
  return LENGTH[unit](time);
}

/** What is wrong with a time that is to be written in a unit, in words that follow the property's name. */
export function timeProblem(unit: TimeUnit, time: Duration): string | undefined {
  // Callers without types reach this too.
  if (typeof (time as Partial<Duration> | null)?.isUnresolved !== 'function')
    return `must be a Duration, such as Duration.${unit}(5), got ${String(time)}`;
  if (!time.isUnresolved() || time.unitLabel() === unit) return undefined;
  return `is a number of ${time.unitLabel()} that is not known at synth, and cannot be converted; give it as Duration.${unit}(...)`;
}

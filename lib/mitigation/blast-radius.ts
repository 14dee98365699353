import { type Duration, Token } from 'aws-cdk-lib';
import type { BlastRadiusRule } from '../../lambda/shared/incident/contract';
import { ConfigurationError } from '../internal/configuration-error';
import { Problems } from '../internal/problems';
import { timeProblem } from '../internal/time';

const MIN_SECONDS = 60;
const MAX_SECONDS = 7 * 86_400;
const MAX_DEVICES = 1_000_000;
/** Enough that a small fleet can be protected at all while its size is not known. */
const STANDARD_MINIMUM = 10;

/** Options for `BlastRadius.percent`. */
export interface PercentOptions {
  /**
   * How many devices may be isolated in any case: from 1 to 1,000,000.
   *
   * It is the whole limit while the size of the fleet is not known, which takes fleet indexing.
   *
   * @default 10
   */
  readonly minimum?: number;
}

/**
 * How many devices may be isolated without a person. The rest are held, alerted and listed, and nothing is lost.
 *
 * It bounds what a wrong detector, or an attacker who can raise alarms in the name of others, can do. No window of that length
 * ever holds more isolations, wherever it begins. What a person orders does not count.
 *
 * @example
 * Playbook.standard({ blastRadius: BlastRadius.percent(5, Duration.hours(1)) });
 */
export class BlastRadius {
  /**
   * A number of devices in any window of that length.
   *
   * @param count From 1 to 1,000,000
   * @param window From 1 minute to 7 days
   */
  public static devices(count: number, window: Duration): BlastRadius {
    return new BlastRadius({ devices: count, seconds: secondsOf(window) });
  }

  /**
   * A part of the fleet in any window of that length. The fleet is counted by fleet indexing, as the things that are in one
   * of the fleet groups or in quarantine.
   *
   * @param percent More than 0, up to 100
   * @param window From 1 minute to 7 days
   * @param options What is allowed in any case
   */
  public static percent(percent: number, window: Duration, options: PercentOptions = {}): BlastRadius {
    const devices = options.minimum ?? STANDARD_MINIMUM;
    return new BlastRadius({ devices, percent, seconds: secondsOf(window) });
  }

  /** No bound: a wrong detector can isolate the whole fleet. Raises a warning where it is used. */
  public static unbounded(): BlastRadius {
    return new BlastRadius(undefined);
  }

  private constructor(private readonly rule: BlastRadiusRule | undefined) {
    if (rule !== undefined) check(rule);
  }

  /** @internal */
  public _render(): BlastRadiusRule | undefined {
    return this.rule;
  }

  /** @internal */
  public _describe(): string {
    const { rule } = this;
    if (rule === undefined) return 'Any number of devices may be isolated without a person.';
    const share = rule.percent === undefined ? '' : ` or ${rule.percent} % of the fleet, whichever is more,`;
    return `At most ${rule.devices} devices${share} are isolated without a person in any ${rule.seconds} seconds; the rest are held.`;
  }
}

function secondsOf(window: Duration): number {
  const problem = timeProblem('seconds', window);
  if (problem !== undefined) throw new ConfigurationError('BlastRadiusInvalid', `'window' ${problem}`);
  return window.toSeconds({ integral: false });
}

function check({ devices, percent, seconds }: BlastRadiusRule): void {
  const problems = new Problems();
  const known = (value: number) => !Token.isUnresolved(value);
  if (known(devices) && !(Number.isInteger(devices) && devices >= 1 && devices <= MAX_DEVICES))
    problems.report(
      'BlastRadiusInvalid',
      `'${percent === undefined ? 'count' : 'minimum'}' must be a whole number of devices from 1 to ${MAX_DEVICES}, got ${devices}`,
    );
  if (percent !== undefined && known(percent) && !(percent > 0 && percent <= 100))
    problems.report('BlastRadiusInvalid', `'percent' must be more than 0 and at most 100, got ${percent}`);
  if (known(seconds) && !(Number.isInteger(seconds) && seconds >= MIN_SECONDS && seconds <= MAX_SECONDS))
    problems.report('BlastRadiusInvalid', `'window' must be from 1 minute to 7 days, got ${seconds} seconds`);
  problems.throwIfAny();
}

import { Token } from 'aws-cdk-lib';
import { InputErrors } from '../internal/input-errors';

/** Devices a minute: what AWS IoT accepts. */
const RATE = { min: 1, max: 1_000, unit: 'devices a minute', code: 'PatchRolloutInvalid' } as const;
const MIN_FACTOR = 1.1;
const MAX_FACTOR = 5;
const MAX_DEVICES = 100_000;

/** A rollout that begins slowly and grows as it goes well. */
export interface ExponentialRolloutOptions {
  /** Devices a minute at the beginning: 1 to 1,000. */
  readonly basePerMinute: number;

  /**
   * Devices a minute at most: 1 to 1,000.
   *
   * @default 1000
   */
  readonly maximumPerMinute?: number;

  /**
   * By how much the rate grows each time: 1.1 to 5, with one digit after the point.
   *
   * @default 2
   */
  readonly incrementFactor?: number;

  /**
   * The rate grows each time after so many more devices have succeeded. Not together with `afterNotified`.
   *
   * @default 10 - unless `afterNotified` is given
   */
  readonly afterSucceeded?: number;

  /**
   * The rate grows each time after so many more devices have been told, whatever became of it.
   *
   * @default - the rate grows with success
   */
  readonly afterNotified?: number;
}

/**
 * How fast isolated devices are given a patch.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/jobs-configurations-details.html
 *
 * @example
 * PatchRollout.exponential({ basePerMinute: 5, maximumPerMinute: 200 });
 */
export class PatchRollout {
  /**
   * The same rate all the time.
   *
   * @param devicesPerMinute 1 to 1,000
   */
  public static constant(devicesPerMinute: number): PatchRollout {
    const errors = new InputErrors();
    errors.number('devicesPerMinute', devicesPerMinute, RATE);
    errors.throwIfAny();
    return new PatchRollout({ maximumPerMinute: devicesPerMinute });
  }

  /**
   * A few devices at first, then more and more.
   *
   * @param options Where it begins and how it grows
   */
  public static exponential(options: ExponentialRolloutOptions): PatchRollout {
    const { basePerMinute, maximumPerMinute = RATE.max, incrementFactor = 2, afterNotified } = options;
    const { afterSucceeded = afterNotified === undefined ? 10 : undefined } = options;
    check({ ...options, maximumPerMinute, incrementFactor });
    return new PatchRollout({
      maximumPerMinute,
      exponentialRate: {
        baseRatePerMinute: basePerMinute,
        incrementFactor,
        rateIncreaseCriteria: { numberOfNotifiedThings: afterNotified, numberOfSucceededThings: afterSucceeded },
      },
    });
  }

  private constructor(
    /** @internal */
    public readonly _config: object,
  ) {}
}

function check(options: ExponentialRolloutOptions): void {
  const { basePerMinute, maximumPerMinute = RATE.max, incrementFactor = 2, afterNotified, afterSucceeded } = options;
  const errors = new InputErrors();
  const code = 'PatchRolloutInvalid';
  errors.number('basePerMinute', basePerMinute, RATE);
  errors.number('maximumPerMinute', maximumPerMinute, RATE);
  errors.number('incrementFactor', incrementFactor, { min: MIN_FACTOR, max: MAX_FACTOR, fractions: true, code });
  if (!Token.isUnresolved(incrementFactor) && Number(incrementFactor.toFixed(1)) !== incrementFactor)
    errors.report(code, `'incrementFactor' must have one digit after the point, got ${incrementFactor}`);
  errors.number('afterSucceeded', afterSucceeded, { min: 1, max: MAX_DEVICES, unit: 'devices', code });
  errors.number('afterNotified', afterNotified, { min: 1, max: MAX_DEVICES, unit: 'devices', code });
  if (afterNotified !== undefined && afterSucceeded !== undefined)
    errors.report(code, "'afterNotified' and 'afterSucceeded' exclude each other; give one of them");
  const known = !Token.isUnresolved(basePerMinute) && !Token.isUnresolved(maximumPerMinute);
  if (known && basePerMinute > maximumPerMinute)
    errors.report(
      code,
      `'basePerMinute' must not exceed 'maximumPerMinute' (${maximumPerMinute}), got ${basePerMinute}`,
    );
  errors.throwIfAny();
}

import { Token } from 'aws-cdk-lib';
import type { InputErrors } from '../internal/input-errors';
import { quote } from '../internal/quote';

const DATE = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?Z)?$/;
const MS_PER_SECOND = 1_000;

/** When a finding is reported again. */
export class SuppressionExpiry {
  /**
   * After a day or at a moment, in UTC.
   *
   * A value that is known only at deployment must be in seconds since the epoch.
   *
   * @param date `2027-06-30` (to the end of that day) or `2027-06-30T12:00:00Z`
   */
  public static on(date: string): SuppressionExpiry {
    return new SuppressionExpiry(date);
  }

  /** Not at all: nobody will look at the finding again. Prefer a date. */
  public static never(): SuppressionExpiry {
    return new SuppressionExpiry();
  }

  private constructor(private readonly date?: string) {}

  /** Whether the suppression has no end. */
  public get isNever(): boolean {
    return this.date === undefined;
  }

  /**
   * Reports a date that is none, or over.
   *
   * @internal
   */
  public _validate(errors: InputErrors): void {
    if (this.date === undefined || Token.isUnresolved(this.date)) return;
    const seconds = secondsOf(this.date);
    if (seconds === undefined) {
      errors.report(
        'SuppressionExpiryInvalid',
        `'expiry' must be a date like 2027-06-30 or 2027-06-30T12:00:00Z, got ${quote(this.date)}`,
      );
    } else if (seconds * MS_PER_SECOND <= Date.now()) {
      errors.report('SuppressionExpired', `'expiry' ${this.date} is over: the finding counts again`);
    }
  }

  /**
   * Seconds since the epoch; undefined for a suppression without an end.
   *
   * @internal
   */
  public _render(): string | undefined {
    if (this.date === undefined || Token.isUnresolved(this.date)) return this.date;
    return String(secondsOf(this.date));
  }
}

function secondsOf(date: string): number | undefined {
  if (!DATE.test(date)) return undefined;
  const instant = date.includes('T') ? date : `${date}T23:59:59Z`;
  const milliseconds = Date.parse(instant);
  // JavaScript reads 31 June as 1 July.
  const isReal = !Number.isNaN(milliseconds) && new Date(milliseconds).toISOString().startsWith(date.slice(0, 10));
  return isReal ? Math.floor(milliseconds / MS_PER_SECOND) : undefined;
}

import { Token } from 'aws-cdk-lib';
import { ConfigurationError } from '../internal/configuration-error';
import { numberText } from '../internal/number-text';
import { quote } from '../internal/quote';

/** A day of the week on which an audit runs. */
export enum AuditDay {
  /** Sunday. */
  SUNDAY = 'SUN',
  /** Monday. */
  MONDAY = 'MON',
  /** Tuesday. */
  TUESDAY = 'TUE',
  /** Wednesday. */
  WEDNESDAY = 'WED',
  /** Thursday. */
  THURSDAY = 'THU',
  /** Friday. */
  FRIDAY = 'FRI',
  /** Saturday. */
  SATURDAY = 'SAT',
}

const LAST_DAY = 'LAST';
const LONGEST_MONTH = 31;

/**
 * How often an audit runs. The hour is chosen by the service.
 *
 * @see https://docs.aws.amazon.com/iot/latest/apireference/API_CreateScheduledAudit.html
 */
export class AuditSchedule {
  /** Every day. */
  public static daily(): AuditSchedule {
    return new AuditSchedule('DAILY');
  }

  /** Every week. */
  public static weekly(day: AuditDay): AuditSchedule {
    return new AuditSchedule('WEEKLY', checkedDay(day));
  }

  /** Every second week. */
  public static biweekly(day: AuditDay): AuditSchedule {
    return new AuditSchedule('BIWEEKLY', checkedDay(day));
  }

  /**
   * Every month.
   *
   * Fails for a day that no month has.
   *
   * @param dayOfMonth 1 to 31; in a shorter month the audit runs on its last day
   */
  public static monthly(dayOfMonth: number): AuditSchedule {
    const isDay = Number.isInteger(dayOfMonth) && dayOfMonth >= 1 && dayOfMonth <= LONGEST_MONTH;
    if (!Token.isUnresolved(dayOfMonth) && !isDay) {
      throw new ConfigurationError(
        'AuditScheduleInvalid',
        `'dayOfMonth' must be a whole number from 1 to ${LONGEST_MONTH}, got ${dayOfMonth}; for the last day use AuditSchedule.monthlyOnLastDay()`,
      );
    }
    return new AuditSchedule('MONTHLY', undefined, numberText(dayOfMonth));
  }

  /** On the last day of every month. */
  public static monthlyOnLastDay(): AuditSchedule {
    return new AuditSchedule('MONTHLY', undefined, LAST_DAY);
  }

  private constructor(
    /** How often the audit runs, as the API has it. */
    public readonly frequency: string,
    /** The day of the week, of an audit that has one. */
    public readonly dayOfWeek?: AuditDay,
    /** The day of the month, or `LAST`, of an audit that has one. */
    public readonly dayOfMonth?: string,
  ) {}
}

function checkedDay(day: AuditDay): AuditDay {
  const days = Object.values(AuditDay);
  if (!Token.isUnresolved(day) && !days.includes(day))
    throw new ConfigurationError(
      'AuditScheduleInvalid',
      `'day' must be one of ${days.join(', ')}, got ${quote(String(day))}`,
    );
  return day;
}

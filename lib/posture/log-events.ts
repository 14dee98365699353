import type { IConstruct } from 'constructs';
import type { InputErrors } from '../internal/input-errors';
import { slipOf } from '../internal/near';
import { quote } from '../internal/quote';
import { warn } from '../internal/warn';

/**
 * Types of log events that the guide describes. AWS adds to them, so others are taken as they are.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/cwl-format.html
 */
const DOCUMENTED = [
  'Connect',
  'Disconnect',
  'Ping',
  'Connection.AuthNError',
  'DeleteConnection',
  'GetConnection',
  'GetRetainedMessage',
  'ListRetainedMessage',
  'ListSubscriptions',
  'Publish-In',
  'Publish-Out',
  'Queued',
  'Subscribe',
  'Unsubscribe',
  'SendDirectMessage',
  'GetThingShadow',
  'UpdateThingShadow',
  'DeleteThingShadow',
  'RuleMatch',
  'FunctionExecution',
  'StartingRuleExecution',
  'RuleExecution',
  'RuleNotFound',
  'RuleMessageThrottled',
  'GetPendingJobExecution',
  'DescribeJobExecution',
  'UpdateJobExecution',
];

/**
 * The texts of a log event, by what AWS takes.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-iot-logging-eventconfiguration.html
 */
export function checkLogEvent(
  scope: IConstruct,
  property: string,
  { eventType, logGroupName }: { readonly eventType: string; readonly logGroupName?: string },
  errors: InputErrors,
): void {
  const rule = { maxLength: 512, code: 'LogEventInvalid' } as const;
  errors.text(`${property}.eventType`, eventType, {
    ...rule,
    pattern: /^[A-Za-z0-9._-]+$/,
    allowed: "letters, digits, '.', '_' and '-'",
  });
  errors.text(`${property}.logGroupName`, logGroupName, {
    ...rule,
    pattern: /^(?!aws\/)[.\-_/#A-Za-z0-9]+$/,
    allowed: "letters, digits and '._/#-', and not begin with 'aws/', which CloudWatch reserves",
  });
  const meant = slipOf(eventType, DOCUMENTED);
  if (meant !== undefined && meant !== eventType)
    warn(
      scope,
      'LogEventUnknown',
      `'${property}.eventType' is ${quote(eventType)}, which no event of AWS IoT is documented to have. Did you mean '${meant}'?`,
    );
}

import { type CfnResource, Stack, Token } from 'aws-cdk-lib';
import type { IRoleRef } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { LoggingProperties } from '../../lambda/adopt-account-settings/contract';
import { acknowledgeWildcards } from '../internal/acknowledge-wildcards';
import { markCapability } from '../internal/capability';
import { checkProps } from '../internal/guard';
import { allow } from '../internal/iam';
import { InputErrors } from '../internal/input-errors';
import { ServiceRole } from '../internal/service-role';
import { adoptSetting, checkManagedOnce } from './account-settings';
import { checkLogEvent } from './log-events';
import { checkReplacement } from './replacement';

/** The log group that AWS IoT writes to. */
const LOG_GROUP = 'AWSIotLogsV2';

/** How much AWS IoT logs. */
export enum FleetLogLevel {
  /** What went wrong, refused connections included. */
  ERROR = 'ERROR',
  /** Also what may go wrong. */
  WARN = 'WARN',
  /** Also each connection and each message: costs in proportion to traffic. */
  INFO = 'INFO',
  /** Also how each decision came about. */
  DEBUG = 'DEBUG',
  /** Nothing. */
  DISABLED = 'DISABLED',
}

/** A level or a place of its own for one type of log event. */
export interface LogEventOptions {
  /** Type of the event: `Connect`, `Connection.AuthNError`, `Publish-In` and so on; 1 to 512 letters, digits, `.`, `_` and `-`. */
  readonly eventType: string;
  /** How much is logged of it. */
  readonly level: FleetLogLevel;
  /**
   * Log group for these events: 1 to 512 letters, digits and `._/#-`, not beginning with `aws/`.
   *
   * @default - the log group of AWS IoT
   */
  readonly logGroupName?: string;
}

/** Properties for `FleetLogging`. */
export interface FleetLoggingProps {
  /**
   * What is logged at least. An account that logs more keeps doing so.
   *
   * @default FleetLogLevel.WARN
   */
  readonly defaultLogLevel?: FleetLogLevel;
  /**
   * Types of events with a level or log group of their own.
   *
   * @default - all events are logged at the default level
   */
  readonly events?: LogEventOptions[];
  /**
   * Role with which AWS IoT writes logs. It must trust `iot.amazonaws.com`.
   *
   * @default - a new role that may write to the log group of AWS IoT only
   */
  readonly role?: IRoleRef;
  /**
   * Overwrite role, level and events that the account has from somebody else. Deleting the stack puts them back.
   *
   * @default false - what the account has is kept, and named in the attribute `keptSettings`
   */
  readonly replaceExisting?: boolean;
  /**
   * Roles that stand in the account's configuration now and that may be handed to it again when the stack is deleted.
   *
   * @default - a role that is replaced stays replaced
   */
  readonly replacedRoles?: IRoleRef[];
}

/**
 * Has AWS IoT log to CloudWatch, whatever the account was set to before: without logs no refused connection is seen.
 *
 * There is one logging configuration per account and region, so this adopts it: logging is switched on and made to say
 * more, never less; who writes the logs is left as it is. Deleting the stack puts back what was there.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/configure-logging.html
 *
 * @example
 * new FleetLogging(this, 'Logging', {
 *   events: [{ eventType: 'Connection.AuthNError', level: FleetLogLevel.INFO }],
 * });
 */
export class FleetLogging extends Construct {
  /** Name of the log group that AWS IoT writes to, unless an event has its own. */
  public readonly logGroupName: string = LOG_GROUP;
  /** ARN of the role that writes the logs, unless the account had one already. */
  public readonly roleArn: string;
  /** The custom resource behind this; depend on it where logging must be on. */
  public readonly configuration: CfnResource;

  constructor(scope: Construct, id: string, props: FleetLoggingProps = {}) {
    super(scope, id);
    checkProps(this, 'FleetLoggingProps', props);
    markCapability(this, 'posture');
    this.validate(props);
    const role = props.role === undefined ? this.createRole(props) : undefined;
    this.roleArn = role?.roleArn ?? (props.role as IRoleRef).roleRef.roleArn;
    const properties: LoggingProperties = {
      RoleArn: this.roleArn,
      DefaultLogLevel: props.defaultLogLevel ?? FleetLogLevel.WARN,
      Events: props.events?.map(({ eventType, level, logGroupName }) =>
        [eventType, level, ...(logGroupName === undefined ? [] : [logGroupName])].join('='),
      ),
      ReplaceExisting: props.replaceExisting === true,
    };
    this.configuration = adoptSetting(this, 'Resource', {
      kind: 'logging',
      properties,
      passedRoles: [this.roleArn, ...(props.replacedRoles ?? []).map((replaced) => replaced.roleRef.roleArn)],
      after: role === undefined ? [] : [role.rights],
    });
  }

  /** Names of the settings, separated by commas, that the account had from others and that were kept; known at deployment. */
  public get keptSettings(): string {
    return Token.asString(this.configuration.getAtt('Kept'));
  }

  private validate(props: FleetLoggingProps): void {
    const errors = new InputErrors(this);
    checkManagedOnce(this, 'logging', errors);
    const levels = Object.values(FleetLogLevel);
    errors.oneOf('defaultLogLevel', props.defaultLogLevel, levels);
    for (const [index, event] of (props.events ?? []).entries()) {
      errors.oneOf(`events[${index}].level`, event.level, levels, 'LogEventInvalid');
      checkLogEvent(this, `events[${index}]`, event, errors);
    }
    errors.unique(
      'events',
      props.events?.map((event) => event.eventType),
      'LogEventInvalid',
    );
    checkReplacement(this, props, errors);
    errors.throwIfAny();
  }

  private createRole(props: FleetLoggingProps): ServiceRole {
    const { partition, region, account } = Stack.of(this);
    const groups = [LOG_GROUP, ...(props.events ?? []).flatMap((event) => event.logGroupName ?? [])];
    // Group and streams: whether a right on a group needs the ':*' depends on the action.
    const arns = [...new Set(groups)].flatMap((group) => {
      const arn = `arn:${partition}:logs:${region}:${account}:log-group:${group}`;
      return [arn, `${arn}:*`];
    });
    const actions = ['CreateLogGroup', 'CreateLogStream', 'PutLogEvents', 'PutMetricFilter', 'PutRetentionPolicy'];
    const statements = [
      allow(
        actions.map((action) => `logs:${action}`),
        arns,
      ),
    ];
    const role = new ServiceRole(this, 'Role', {
      description: 'Lets AWS IoT write its logs',
      service: 'iot.amazonaws.com',
      sourceArn: `arn:${partition}:iot:${region}:${account}:*`,
      statements,
    });
    acknowledgeWildcards(role.rights, statements, 'AWS IoT names the streams of its log group itself.');
    return role;
  }
}

import type { LoggingProperties } from './contract';
import { applied } from './decide';
import { type Parsed, PropertyReader } from './event';
import type { Setting, Wanted } from './setting';

export interface EventLogging {
  readonly eventType: string;
  readonly logLevel?: string;
  readonly logDestination?: string;
}

/** Undefined fields of an account in which logging was never set. */
export interface LoggingState {
  readonly roleArn?: string;
  readonly defaultLogLevel?: string;
  readonly disableAllLogs?: boolean;
  readonly events: readonly EventLogging[];
}

export interface LoggingCall {
  readonly roleArn?: string;
  readonly defaultLogLevel?: string;
  readonly disableAllLogs: boolean;
  readonly events?: readonly EventLogging[];
}

const ROLE = 'roleArn';
const LEVEL = 'defaultLogLevel';
const ENABLED = 'enabled';
const EVENT = 'event:';

/** From silent to talkative. */
export const LEVELS = ['DISABLED', 'ERROR', 'WARN', 'INFO', 'DEBUG'] as const;

/** The account's logging of AWS IoT to CloudWatch. */
export const logging: Setting<LoggingState, LoggingCall> = {
  kind: 'logging',

  parse(properties): Parsed<Wanted> {
    const reader = new PropertyReader(properties);
    const wants: Record<string, string> = {
      [ENABLED]: 'true',
      [ROLE]: reader.text('RoleArn' satisfies keyof LoggingProperties),
      [LEVEL]: reader.oneOf('DefaultLogLevel' satisfies keyof LoggingProperties, LEVELS),
    };
    for (const event of reader.texts('Events' satisfies keyof LoggingProperties)) {
      const [type, level = '', ...destination] = event.split('=') as [string, ...string[]];
      if (type === '' || !isLevel(level)) reader.report('Events must be of the form type=level or type=level=group');
      wants[EVENT + type] = [level, ...destination].join('=');
    }
    return reader.result({ wants, replace: reader.flag('ReplaceExisting' satisfies keyof LoggingProperties) });
  },

  version: () => '1',

  flatten(state) {
    const flat: Record<string, string> = {};
    if (state.disableAllLogs !== undefined) flat[ENABLED] = String(!state.disableAllLogs);
    if (state.roleArn !== undefined) flat[ROLE] = state.roleArn;
    if (state.defaultLogLevel !== undefined) flat[LEVEL] = state.defaultLogLevel;
    for (const event of state.events) flat[EVENT + event.eventType] = renderEvent(event);
    return flat;
  },

  /** Logging is switched on and made to say more, never less; who writes it, and where, is left to whoever set it. */
  rule(key, want, base, replace) {
    const existing = base[key];
    if (key === ENABLED || existing === undefined || base[ENABLED] !== 'true' || replace) return want;
    return key === LEVEL && rank(existing) < rank(want) ? want : existing;
  },

  defer: () => false,

  steps(state, changes) {
    const after = applied(logging.flatten(state), changes);
    const disableAllLogs = after[ENABLED] !== 'true';
    const events = Object.keys(changes).some((key) => key.startsWith(EVENT)) ? eventsOf(after) : undefined;
    const call: LoggingCall = { roleArn: after[ROLE], defaultLogLevel: after[LEVEL], disableAllLogs, events };
    // A role that is not ours cannot be passed, and need not be where it stays or where nothing is logged.
    const needsRole = !disableAllLogs && ROLE in changes;
    return { steps: [needsRole ? { call } : { call, ifDenied: { ...call, roleArn: undefined } }], cannot: [] };
  },

  /** A role that cannot be put back must not keep the rest from being put back. */
  group(key) {
    return key === ROLE ? ROLE : ENABLED;
  },

  passesRole(key) {
    return key === ROLE;
  },
};

function isLevel(text: string): boolean {
  return (LEVELS as readonly string[]).includes(text);
}

function rank(level: string): number {
  return (LEVELS as readonly string[]).indexOf(level);
}

function renderEvent({ logLevel = '', logDestination }: EventLogging): string {
  return logDestination === undefined ? logLevel : `${logLevel}=${logDestination}`;
}

function eventsOf(flat: Readonly<Record<string, string | undefined>>): EventLogging[] {
  return Object.entries(flat).flatMap(([key, value]) => {
    if (!key.startsWith(EVENT) || value === undefined) return [];
    const [logLevel, logDestination] = value.split('=');
    return [{ eventType: key.slice(EVENT.length), logLevel: logLevel === '' ? undefined : logLevel, logDestination }];
  });
}

import { type AuditProperties, CERTIFICATE_AGE_DAYS, CERTIFICATE_EXPIRATION_DAYS } from './contract';
import type { Flat } from './claim';
import { applied, type Changes, definedKeys } from './decide';
import { fingerprint, type Parsed, PropertyReader } from './event';
import type { Setting, Steps, Wanted } from './setting';

export interface AuditCheckState {
  readonly enabled: boolean;
  readonly configuration?: Readonly<Record<string, string>>;
}

export interface NotificationState {
  readonly targetArn?: string;
  readonly roleArn?: string;
  readonly enabled: boolean;
}

export interface AuditState {
  readonly roleArn?: string;
  readonly notification?: NotificationState;
  readonly checks: Readonly<Record<string, AuditCheckState>>;
}

/** The service patches what is named and leaves the rest; only a deletion can take the role away. */
export type AuditCall =
  | {
      readonly kind: 'patch';
      readonly roleArn?: string;
      readonly notification?: NotificationState;
      readonly checks?: Readonly<Record<string, AuditCheckState>>;
    }
  | { readonly kind: 'delete' };

const ROLE = 'roleArn';
const NOTIFICATION = 'notification';
const CHECK = 'check:';
/** Between the name of a check and that of its threshold. */
const SEPARATOR = '/';

/** What the service uses where nothing is set; the only way to unset a threshold of an enabled check. */
const DEFAULT_DAYS: Readonly<Record<string, string>> = {
  [CERTIFICATE_AGE_DAYS]: '365',
  [CERTIFICATE_EXPIRATION_DAYS]: '30',
};

/** The account's Device Defender audit configuration. */
export const audit: Setting<AuditState, AuditCall> = {
  kind: 'audit',

  parse(properties): Parsed<Wanted> {
    const reader = new PropertyReader(properties);
    const notification: NotificationState = {
      targetArn: reader.text('NotificationTargetArn' satisfies keyof AuditProperties),
      roleArn: reader.text('NotificationRoleArn' satisfies keyof AuditProperties),
      enabled: true,
    };
    const wants: Record<string, string> = {
      [ROLE]: reader.text('RoleArn' satisfies keyof AuditProperties),
      [NOTIFICATION]: renderNotification(notification),
    };
    const names = reader.texts('CheckNames' satisfies keyof AuditProperties);
    if (names.length === 0) reader.report('CheckNames must name a check');
    for (const name of names) wants[CHECK + name] = 'true';
    for (const [name, thresholds] of Object.entries(reader.map('Thresholds' satisfies keyof AuditProperties))) {
      for (const [threshold, days] of Object.entries(thresholds ?? {})) {
        if (typeof days === 'string') wants[CHECK + name + SEPARATOR + threshold] = days;
        else reader.report(`Thresholds of ${name} must be texts`);
      }
    }
    return reader.result({ wants, replace: reader.flag('ReplaceExisting' satisfies keyof AuditProperties) });
  },

  /**
   * A check may be disabled only after the scheduled audits that name it have been updated, and CloudFormation updates
   * those later. A new version of the resource makes it come back with a deletion of the old one at the very end.
   */
  version({ wants }) {
    return fingerprint(definedKeys(wants).filter(isCheck).sort().join());
  },

  flatten(state) {
    const flat: Record<string, string> = {};
    if (state.roleArn !== undefined) flat[ROLE] = state.roleArn;
    if (state.notification?.targetArn !== undefined) flat[NOTIFICATION] = renderNotification(state.notification);
    for (const [name, check] of Object.entries(state.checks)) {
      flat[CHECK + name] = String(check.enabled);
      for (const [threshold, days] of Object.entries(check.configuration ?? {}))
        flat[CHECK + name + SEPARATOR + threshold] = days;
    }
    return flat;
  },

  rule(key, want, base, replace) {
    const existing = base[key];
    if (isCheck(key) || existing === undefined || replace) return want;
    return isInEffect(key, existing, base) ? existing : want;
  },

  defer: isCheck,

  steps(state, changes) {
    const after = applied(audit.flatten(state), changes);
    const cannotUnsetRole = changes[ROLE] === null;
    if (cannotUnsetRole && isUnused(after)) return { steps: [{ call: { kind: 'delete' } }], cannot: [] };
    const cannot = cannotUnsetRole ? [ROLE] : [];
    const roleArn = changes[ROLE] ?? undefined;
    const checks = changedChecks(state, changes, after);
    const notification = changedNotification(changes);
    if (roleArn === undefined && checks === undefined && notification === undefined) return { steps: [], cannot };
    return withoutForeignRoles({ kind: 'patch', roleArn, checks, notification }, cannot);
  },

  group(key) {
    const at = key.indexOf(SEPARATOR);
    return at < 0 ? key : key.slice(0, at);
  },

  passesRole(key) {
    return key === ROLE || key === NOTIFICATION;
  },
};

function isCheck(key: string): boolean {
  return key.startsWith(CHECK) && !key.includes(SEPARATOR);
}

/** A threshold of a check that is off or that is the service's own, or a target that is switched off, is nobody's setting. */
function isInEffect(key: string, existing: string, base: Flat): boolean {
  if (key === NOTIFICATION) return parseNotification(existing).enabled;
  if (key === ROLE) return true;
  return base[audit.group(key)] === 'true' && !isServicesOwn(key, existing);
}

/** Nothing is audited and nobody is told: the configuration may go, and with it the role. */
function isUnused(after: Flat): boolean {
  return definedKeys(after).every((key) => key === ROLE || (key.startsWith(CHECK) && !isUsed(key, after)));
}

/** A threshold that was unset while its check was on still stands there as the service's own: no use of a check that is off. */
function isUsed(key: string, after: Flat): boolean {
  if (isCheck(key)) return after[key] === 'true';
  return after[audit.group(key)] === 'true' || !isServicesOwn(key, after[key]);
}

function isServicesOwn(threshold: string, days: string | undefined): boolean {
  return days === DEFAULT_DAYS[threshold.slice(threshold.indexOf(SEPARATOR) + 1)];
}

function changedChecks(
  state: AuditState,
  changes: Changes,
  after: Flat,
): Readonly<Record<string, AuditCheckState>> | undefined {
  const names = new Set(
    Object.keys(changes)
      .filter((key) => key.startsWith(CHECK))
      .map((key) => audit.group(key).slice(CHECK.length)),
  );
  if (names.size === 0) return undefined;
  return Object.fromEntries([...names].map((name) => [name, checkAfter(name, state, changes, after)]));
}

function checkAfter(name: string, state: AuditState, changes: Changes, after: Flat): AuditCheckState {
  const enabled = after[CHECK + name] === 'true';
  const prefix = CHECK + name + SEPARATOR;
  const thresholds = new Set([
    ...Object.keys(state.checks[name]?.configuration ?? {}),
    ...Object.keys(changes)
      .filter((key) => key.startsWith(prefix))
      .map((key) => key.slice(prefix.length)),
  ]);
  const configuration: Record<string, string> = {};
  for (const threshold of thresholds) {
    const days = after[prefix + threshold] ?? (enabled ? DEFAULT_DAYS[threshold] : undefined);
    if (days !== undefined) configuration[threshold] = days;
  }
  return Object.keys(configuration).length === 0 ? { enabled } : { enabled, configuration };
}

function changedNotification(changes: Changes): NotificationState | undefined {
  const change = changes[NOTIFICATION];
  if (change === undefined) return undefined;
  return change === null ? { enabled: false } : parseNotification(change);
}

/** A target that is to be off needs no role; ours may not be allowed to pass the one that stood there. */
function withoutForeignRoles(
  call: AuditCall & { readonly kind: 'patch' },
  cannot: readonly string[],
): Steps<AuditCall> {
  if (call.notification?.enabled !== false || call.notification.roleArn === undefined)
    return { steps: [{ call }], cannot };
  return { steps: [{ call, ifDenied: { ...call, notification: { enabled: false } } }], cannot };
}

function renderNotification({ targetArn, roleArn, enabled }: NotificationState): string {
  return JSON.stringify({ targetArn, roleArn, enabled });
}

function parseNotification(text: string): NotificationState {
  return JSON.parse(text) as NotificationState;
}

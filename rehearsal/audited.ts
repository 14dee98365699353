import type { Identity } from './devices/enrollment';
import type { AuditEvent } from './ports';

/** The checks of an audit that found something about a device, its client id or its certificate, which is not suppressed. */
export function foundBy({ checks }: AuditEvent, { certificateId, thingName }: Identity): string[] {
  const own = [`CLIENT_ID ${thingName}`, `DEVICE_CERTIFICATE ${certificateId}`];
  return checks.flatMap(({ check, found }) =>
    found.some(({ resource, isSuppressed }) => !isSuppressed && own.includes(resource)) ? [check] : [],
  );
}

/** Why a check could find nothing; empty where it could. */
export function unsaidOf({ checks }: AuditEvent, check: string): string {
  const { outcome, because = '' } = checks.find((each) => each.check === check) ?? {};
  if (outcome === undefined) return `; ${check} was not part of it`;
  return outcome === 'compliant' || outcome === 'found' ? '' : `; ${check} ${outcome}: ${because}`;
}

import { type Severity, THING_TAG } from './contract';
import type { SecuritySignal } from './signal';
import {
  aboutFinding,
  asList,
  asObject,
  asTime,
  invalid,
  isThingName,
  type Json,
  type Parsed,
  safeText,
  stableId,
  valid,
} from './text';

/** Where the handler runs: what is said of elsewhere is about no device of ours. */
export interface Place {
  readonly account: string;
  readonly region: string;
}

/** What an event says about devices; most events of these services are about something else. */
export interface Findings {
  readonly kind: 'signals';
  readonly signals: readonly SecuritySignal[];
  readonly unread?: string;
}

/**
 * `GuardDuty Finding`: knows EC2 instances, not things, so the instance's tag says which thing it is. An administrator account
 * gets the findings of its members, too: whoever tags an instance there must not name a thing here.
 */
export function parseGuardDuty(event: Json, place: Place): Parsed<Findings> {
  const detail = asObject(event.detail);
  const service = asObject(detail?.service);
  const time = asTime(detail?.updatedAt);
  const severity = bandOf(detail?.severity);
  const id = safeText(detail?.id);
  if (detail === undefined || time === undefined || severity === undefined || id === undefined)
    return invalid('guardDuty: not a finding');
  const instance = asObject(asObject(detail.resource)?.instanceDetails);
  const tag = asList(instance?.tags)
    .map((item) => asObject(item))
    .find((item) => item?.key === THING_TAG)?.value;
  const ours = detail.accountId === place.account && detail.region === place.region;
  if (!ours || !isThingName(tag)) return valid({ kind: 'signals', signals: [] });
  const signal: SecuritySignal = {
    source: 'guardDuty',
    id: stableId(detail.id, detail.updatedAt),
    time,
    subject: { kind: 'thing', name: tag },
    phase: service?.archived === true ? 'cleared' : 'alarm',
    kind: 'finding',
    severity,
    about: aboutFinding(safeText(detail.type), detail.id),
    evidence: { finding: id },
  };
  return valid({ kind: 'signals', signals: [signal] });
}

/** @see https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings-severity.html */
function bandOf(severity: unknown): Severity | undefined {
  if (typeof severity !== 'number' || !(severity >= 1 && severity <= 10)) return undefined;
  if (severity >= 9) return 'CRITICAL';
  if (severity >= 7) return 'HIGH';
  return severity >= 4 ? 'MEDIUM' : 'LOW';
}

import { isIP } from 'node:net';
import { AUDIT_CHECKS, auditCheckFacts } from '../../lib/internal/audit-checks';
import type { DisconnectReason, Verdict } from '../ports';
import { nearest } from './suggest';

const REASONS: Readonly<Record<DisconnectReason, true>> = {
  API_INITIATED_DISCONNECT: true,
  AUTH_ERROR: true,
  CLIENT_ERROR: true,
  CLIENT_INITIATED_DISCONNECT: true,
  CONNECTION_LOST: true,
  CUSTOMAUTH_TTL_EXPIRATION: true,
  DUPLICATE_CLIENTID: true,
  FORBIDDEN_ACCESS: true,
  MQTT_KEEP_ALIVE_TIMEOUT: true,
  SERVER_ERROR: true,
  SERVER_INITIATED_DISCONNECT: true,
  THROTTLED: true,
  WEBSOCKET_TTL_EXPIRATION: true,
};

const VERDICTS: Readonly<Record<Verdict, true>> = {
  FALSE_POSITIVE: true,
  BENIGN_POSITIVE: true,
  TRUE_POSITIVE: true,
  UNKNOWN: true,
};

/** States of incidents, and that a proof of health is done. */
const STATES = ['detected', 'held', 'isolating', 'isolated', 'repairing', 'proving', 'proved', 'released', 'retired'];

/** Services that can fail: what is modelled of them answers calls. */
export const SERVICES: readonly string[] = [
  'cloudformation',
  'dynamodb',
  'events',
  'iot',
  'iot-data',
  'iotsecuretunneling',
  'kinesis',
  'logs',
  's3',
  'sns',
  'sqs',
  'ssm',
];

const MOST_TIMES = 100_000;
const MOST_DAYS = 366;
const DAYS: Readonly<Record<string, number>> = { second: 86_400, minute: 1_440, hour: 24, day: 1 };

/** What is wrong with the words of a step that its phrase leaves open; undefined where all can be. */
export function problemWith({
  from,
  reason,
  state,
  device,
  times,
  count,
  unit = '',
  value,
  verdict,
  check,
  service,
}: Readonly<Record<string, string | undefined>>): string | undefined {
  if (from !== undefined && isIP(from) === 0) return `'${from}' is no IP address`;
  if (reason !== undefined && !Object.hasOwn(REASONS, reason)) return noSuch(reason, Object.keys(REASONS), 'reason');
  if (verdict !== undefined && !Object.hasOwn(VERDICTS, verdict))
    return noSuch(verdict, Object.keys(VERDICTS), 'verdict');
  // Tunnels have states of their own.
  const isIncident = state !== undefined && device !== undefined && state !== 'open' && state !== 'closed';
  if (isIncident && !STATES.includes(state.toLowerCase())) return noSuch(state, STATES, 'state of an incident');
  if (times !== undefined && (Number(times) < 1 || Number(times) > MOST_TIMES))
    return `${times} times is not between 1 and ${MOST_TIMES}`;
  if (count !== undefined && Number(count) / (DAYS[unit] ?? 1) > MOST_DAYS)
    return `no more than ${MOST_DAYS} days can pass in one step`;
  if (service !== undefined && !SERVICES.includes(service)) return noSuch(service, SERVICES, 'service that can fail');
  if (check !== undefined && auditCheckFacts(check) === undefined)
    return noSuch(
      check,
      Object.values(AUDIT_CHECKS).map(({ name }) => name),
      'check of an audit',
    );
  if (value !== undefined && Number.isNaN(Number(value))) return `'${value}' is no number`;
  return undefined;
}

function noSuch(given: string, known: readonly string[], kind: string): string {
  const meant = nearest(given, known);
  return `'${given}' is no ${kind}${meant === undefined ? `; there are ${known.join(', ')}` : `; did you mean '${meant}'?`}`;
}

import type { PlaybookDocument, SourceEntry } from '../shared/incident/contract';
import type { Gate } from '../shared/incident/gate-adapters';
import type { Place } from '../shared/incident/parse-finding';
import type { Backlog } from '../shared/lanes';
import type { Logger } from '../shared/logger';
import type { Clock } from '../shared/pacer';
import type { AuditPort, CertificatePort, FleetPort, IncidentPort, QueuePort, SessionPort } from './ports';

/** All that the responder is made of. */
export interface Deps {
  readonly fleet: FleetPort;
  readonly sessions: SessionPort;
  readonly certificates: CertificatePort;
  readonly incidents: IncidentPort;
  /** Absent where connections pass no gate. */
  readonly gate?: Pick<Gate, 'deny'>;
  readonly queue: QueuePort;
  readonly audits: AuditPort;
  readonly playbook: PlaybookDocument;
  readonly sources: readonly SourceEntry[];
  readonly place: Place;
  readonly quarantineGroup: string;
  readonly fleetGroups: readonly string[];
  readonly slowQueueArn: string;
  readonly lookQueueArn: string;
  /** Whether signals wait in numbers, and second looks have to. */
  readonly backlog: Backlog;
  readonly clock: Clock;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
  readonly log: Logger;
}

/** Somebody else wrote the record in between: read it again and decide again. */
export class Conflict extends Error {
  public override readonly name = 'Conflict';

  constructor() {
    super('the incident was written by somebody else');
  }
}

const ROUNDS = 12;
const LONGEST_PAUSE_MS = 250;

/** Runs a read-decide-write round until nobody else was faster; then it is SQS's turn to try again. */
export async function untilWritten<T>(deps: Deps, round: () => Promise<T>): Promise<T> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await round();
    } catch (error) {
      if (!(error instanceof Conflict) || tried === ROUNDS) throw error;
      await deps.clock.sleep(deps.random() * Math.min(LONGEST_PAUSE_MS, 10 * 2 ** tried));
    }
  }
}

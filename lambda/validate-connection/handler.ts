import { describeFault } from '../shared/faults';
import type { Logger } from '../shared/logger';
import { METRIC } from './contract';
import { parseConnection } from './event';
import type { DenyListPort } from './ports';

export interface Deps {
  readonly denyList: DenyListPort;
  readonly log: Logger;
}

export interface Verdict {
  readonly isAuthenticated: boolean;
}

/**
 * Called by AWS IoT at each TLS connection, after it has checked the certificate itself. Fails closed: who cannot be looked up
 * is not let in, and tries again.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/customize-client-auth.html
 */
export function createHandler({ denyList, log }: Deps) {
  return async (event: unknown): Promise<Verdict> => {
    const parsed = parseConnection(event);
    if (!parsed.ok) return refuse(log, parsed.reason);
    try {
      if (await denyList.isDenied(parsed.value)) return refuse(log, 'on the deny-list', parsed.value);
    } catch (error) {
      log.count(METRIC.failed, 1, { certificateId: parsed.value, because: describeFault(error) });
      return { isAuthenticated: false };
    }
    return { isAuthenticated: true };
  };
}

function refuse(log: Logger, because: string, certificateId?: string): Verdict {
  log.count(METRIC.refused, 1, { because, certificateId });
  return { isAuthenticated: false };
}

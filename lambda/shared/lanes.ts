import { type Clock, createPacer, type Pacer, type Rates } from './pacer';

/** Whether signals wait in numbers: then the other lanes leave the quotas to them. */
export type Backlog = () => Promise<boolean>;

/** Which part of a process's rates a lane has. All that run at once are together less than the whole. */
export const SHARE = {
  /** Signals: isolating what misbehaves comes first. */
  signals: 0.985,
  /** The lanes of certificates and of releases, while signals wait. */
  trickle: 0.012,
  /** And while none do; second looks wait for that, and the orders of persons do not. */
  idle: 0.3,
  /** Calls about certificates are made by the lane of certificates, and by releases. */
  certificates: 0.88,
  certificatesOfReleases: 0.1,
} as const;

const OF_CERTIFICATES = /Certificate|Principal|AuditFindings/;

/** The pace of the lane of signals. */
export function paceSignals(rates: Rates, clock: Clock): Pacer {
  return createPacer(scaled(rates, SHARE.signals), clock);
}

/** The pace of second looks, which wait while signals do, and of orders. */
export function paceLooks(rates: Rates, clock: Clock): Pacer {
  return createPacer(scaled(rates, SHARE.idle), clock);
}

/** The pace of a lane behind it, by how many signals wait. */
export function paceBehind(rates: Rates, clock: Clock, backlog: Backlog, certificates: number): Pacer {
  const ofCertificates = createPacer(scaled(rates, certificates), clock);
  const trickle = createPacer(scaled(rates, SHARE.trickle), clock);
  const idle = createPacer(scaled(rates, SHARE.idle), clock);
  return async (call) => {
    if (OF_CERTIFICATES.test(call)) return ofCertificates(call);
    return (await backlog()) ? trickle(call) : idle(call);
  };
}

function scaled(rates: Rates, share: number): Rates {
  return Object.fromEntries(Object.entries(rates).map(([call, rate]) => [call, rate * share]));
}

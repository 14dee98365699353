import type { Tenet } from '../rule';

/** A tenet of Zero Trust, in our words, and what no template can show of it. */
export interface TenetFacts {
  readonly number: Tenet;
  readonly title: string;
  /** Ids of the rules of which one must hold on something: without any, what the others show is a part. */
  readonly core: readonly string[];
  readonly runtime: string;
}

/** @see https://doi.org/10.6028/NIST.SP.800-207, section 2.1 */
export const TENETS: readonly TenetFacts[] = [
  {
    number: 1,
    title: 'All data sources and computing services are resources',
    core: ['ZTI-ID4', 'ZTI-POL9'],
    runtime: 'Which devices exist and what runs on them: the registry, the fleet index, an inventory of the plant.',
  },
  {
    number: 2,
    title: 'All communication is secured, wherever it is',
    core: ['ZTI-TLS1', 'ZTI-ENC1'],
    runtime:
      'What a device negotiates with AWS IoT, and what it does on the networks beside it: connection logs, a test of the device.',
  },
  {
    number: 3,
    title: 'Access is granted per session',
    core: ['ZTI-POL2'],
    runtime:
      'Policies and certificates that were made outside of these templates, and sessions that outlive a change of policies.',
  },
  {
    number: 4,
    title: 'Access is decided by dynamic policy',
    core: ['ZTI-MIT1', 'ZTI-DET1'],
    runtime: 'Whether devices change groups when they misbehave, and how fast: incidents, rehearsals.',
  },
  {
    number: 5,
    title: 'The posture of all assets is monitored',
    core: ['ZTI-AUD2', 'ZTI-DET1', 'ZTI-MIT3'],
    runtime: 'What audits and detectors find, and whether somebody acts on it.',
  },
  {
    number: 6,
    title: 'Authentication and authorization are enforced before access',
    core: ['ZTI-POL2', 'ZTI-AUT1'],
    runtime: 'Who holds the private key of a certificate; what pre-provisioning hooks and authorizers decide.',
  },
  {
    number: 7,
    title: 'Information is collected and used to improve',
    core: ['ZTI-AUD2', 'ZTI-DET1', 'ZTI-LOG1', 'ZTI-MIT3'],
    runtime: 'Whether logs arrive, are kept and are read.',
  },
];

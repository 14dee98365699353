import type { Claim, Entry, Identity } from './decide';

export interface AllowListPort {
  find(serial: string, signal: AbortSignal): Promise<Entry | undefined>;
  /** Writes the claim if the serial is still listed, not denied, and last claimed as `previous` says. */
  claim(
    serial: string,
    claim: Claim,
    previous: Claim | undefined,
    signal: AbortSignal,
  ): Promise<'claimed' | 'changed-meanwhile'>;
}

export interface RegistryPort {
  /** The thing's certificates and groups; undefined when there is no such thing. */
  identityOf(thingName: string, signal: AbortSignal): Promise<Identity | undefined>;
}

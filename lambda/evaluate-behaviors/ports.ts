import type { Signal } from './page';

/** Items of the table, each replaced only by who has read it. */
export interface StatePort {
  load(key: string): Promise<{ readonly version: number; readonly body: Uint8Array } | undefined>;
  /** `version` is the one that is replaced; 0: there is none yet. */
  save(key: string, version: number, body: Uint8Array): Promise<'saved' | 'conflict'>;
}

export interface SignalPort {
  publish(signal: Signal): Promise<void>;
}

export interface RegistryPort {
  /** Names of the groups of a thing, or undefined where the registry does not know it. */
  groupsOf(thing: string): Promise<readonly string[] | undefined>;
}

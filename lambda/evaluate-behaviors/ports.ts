import type { Signal } from './page';

export interface Item {
  readonly key: string;
  readonly version: number;
  readonly body: Uint8Array;
}

/** Items of the table, each replaced only by who has read it. */
export interface StatePort {
  load(key: string): Promise<Item | undefined>;
  /** One of `of` shares of all items that there are when it begins, some at a time. */
  share(share: number, of: number): AsyncIterable<readonly Item[]>;
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

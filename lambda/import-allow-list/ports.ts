import type { TableEntry } from './decide';

export interface FilePort {
  read(bucket: string, key: string): Promise<Buffer>;
}

/** The allow-list table. Every write keeps whatever else the entry holds, and is safe to repeat. */
export interface TablePort {
  entries(tableName: string): AsyncIterable<readonly TableEntry[]>;
  list(tableName: string, serial: string): Promise<void>;
  unlist(tableName: string, serial: string): Promise<void>;
  /** Removes an entry, unless it got a history since it was read. */
  forget(tableName: string, serial: string): Promise<void>;
}

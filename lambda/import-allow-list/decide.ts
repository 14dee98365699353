import type { SerialIndex } from './serial-index';

/** An entry of the table, as far as an import must know it. */
export interface TableEntry {
  readonly serial: string;
  readonly listed: boolean;
  /** It was used or denied: what must never be forgotten. */
  readonly hasHistory: boolean;
}

/**
 * What an entry that is in the table needs to agree with the file. History outlives the list: a serial that was used or
 * denied stays used or denied when it leaves the list and comes back.
 */
export type Change = 'keep' | 'list' | 'unlist' | 'forget';

/** Compares the table with the file, entry by entry, and then knows what is missing. */
export class Comparison {
  private readonly seen: Uint8Array;

  constructor(private readonly file: SerialIndex) {
    this.seen = new Uint8Array(file.count);
  }

  public changeFor(entry: TableEntry): Change {
    const index = this.file.indexOf(entry.serial);
    if (index >= 0) {
      this.seen[index] = 1;
      return entry.listed ? 'keep' : 'list';
    }
    if (!entry.hasHistory) return 'forget';
    return entry.listed ? 'unlist' : 'keep';
  }

  /** The serials of the file that no entry had; complete only after every entry was compared. */
  public *missing(): Generator<string> {
    for (let index = 0; index < this.file.count; index += 1) {
      if (this.seen[index] === 0) yield this.file.at(index);
    }
  }
}

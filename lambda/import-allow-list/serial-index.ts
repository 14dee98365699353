const NEWLINE = 0x0a;

/**
 * The serials of a list file: one a line, in ascending byte order, each once.
 *
 * Kept as the bytes of the file plus four bytes a line, since a million strings in a Set would take ten times the memory.
 */
export class SerialIndex {
  public readonly count: number;
  private readonly starts: Uint32Array;

  constructor(private readonly bytes: Buffer) {
    const starts: number[] = [];
    let start = 0;
    while (start < bytes.length) {
      const newline = bytes.indexOf(NEWLINE, start);
      if (newline < 0) throw new Error('the list file does not end with a line break: it is cut short');
      starts.push(start);
      start = newline + 1;
    }
    this.count = starts.length;
    // One more than there are lines, so that every line ends before the start of the next.
    this.starts = Uint32Array.from([...starts, bytes.length]);
    this.requireOrder();
  }

  public at(index: number): string {
    return this.bytes.toString('latin1', this.starts[index], this.end(index));
  }

  /** The position of a serial; -1 when it is not on the list. */
  public indexOf(serial: string): number {
    const wanted = Buffer.from(serial, 'utf8');
    let low = 0;
    let high = this.count - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const order = this.bytes.compare(wanted, 0, wanted.length, this.starts[middle], this.end(middle));
      if (order === 0) return middle;
      if (order < 0) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }

  private end(index: number): number {
    return (this.starts[index + 1] as number) - 1;
  }

  private requireOrder(): void {
    const { bytes } = this;
    for (let index = 1; index < this.count; index += 1) {
      const order = bytes.compare(
        bytes,
        this.starts[index],
        this.end(index),
        this.starts[index - 1],
        this.end(index - 1),
      );
      if (order >= 0) throw new Error(`the list file is not in order at line ${index + 1}`);
    }
  }
}

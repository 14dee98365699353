/** Writes numbers and texts as few bytes. */
export class Writer {
  private buffer = Buffer.allocUnsafe(65_536);
  private at = 0;

  public done(): string {
    return this.buffer.toString('base64', 0, this.at);
  }

  /** A whole number from 0 up: 7 bits a byte, the lowest first. */
  public count(value: number): void {
    this.reserve(8);
    let rest = value;
    while (rest >= 128) {
      this.buffer[this.at++] = (rest % 128) + 128;
      rest = Math.floor(rest / 128);
    }
    this.buffer[this.at++] = rest;
  }

  /** Whole numbers from 0 up take a byte or a few, others nine. */
  public number(value: number): void {
    if (Number.isSafeInteger(value) && value >= 0 && value < 2 ** 51) return this.count(value * 2);
    this.count(1);
    this.reserve(8);
    this.at = this.buffer.writeDoubleLE(value, this.at);
  }

  /** 32 bits, unsigned. */
  public word(value: number): void {
    this.reserve(4);
    this.at = this.buffer.writeUInt32LE(value, this.at);
  }

  public text(value: string): void {
    const length = Buffer.byteLength(value);
    this.count(length);
    this.reserve(length);
    this.at += this.buffer.write(value, this.at, 'utf8');
  }

  private reserve(bytes: number): void {
    if (this.at + bytes <= this.buffer.length) return;
    const larger = Buffer.allocUnsafe(this.buffer.length * 2 + bytes);
    this.buffer.copy(larger, 0, 0, this.at);
    this.buffer = larger;
  }
}

/** Reads what a `Writer` wrote. */
export class Reader {
  private readonly buffer: Buffer;
  private at = 0;

  constructor(base64: string) {
    this.buffer = Buffer.from(base64, 'base64');
  }

  public count(): number {
    let value = 0;
    let unit = 1;
    for (;;) {
      const byte = this.buffer.readUInt8(this.at);
      this.at += 1;
      if (byte < 128) return value + byte * unit;
      value += (byte - 128) * unit;
      unit *= 128;
    }
  }

  public number(): number {
    const tagged = this.count();
    if (tagged % 2 === 0) return tagged / 2;
    const value = this.buffer.readDoubleLE(this.at);
    this.at += 8;
    return value;
  }

  public word(): number {
    const value = this.buffer.readUInt32LE(this.at);
    this.at += 4;
    return value;
  }

  public text(): string {
    const length = this.count();
    const value = this.buffer.toString('utf8', this.at, this.at + length);
    this.at += length;
    return value;
  }
}

/** Numbers of 32 bits, one after the other, the lowest byte first. */
export function bytesOfWords(words: Uint32Array): Buffer {
  return Buffer.from(words.buffer, words.byteOffset, words.byteLength);
}

export function wordsOfBytes(bytes: Uint8Array): Uint32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const words = new Uint32Array(Math.floor(bytes.length / 4));
  for (let index = 0; index < words.length; index += 1) words[index] = view.getUint32(index * 4, true);
  return words;
}

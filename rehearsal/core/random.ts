import { createHash } from 'node:crypto';
import type { SeededRandom } from '../ports';

/** See `SeededRandom`. */
export class HashRandom implements SeededRandom {
  private count = 0;

  constructor(private readonly seed: string) {}

  public fork(purpose: string): SeededRandom {
    return new HashRandom(`${this.seed}/${purpose}`);
  }

  public next(): number {
    return parseInt(this.block().slice(0, 13), 16) / 2 ** 52;
  }

  public hex(digits: number): string {
    let text = '';
    while (text.length < digits) text += this.block();
    return text.slice(0, digits);
  }

  public uuid(): string {
    const text = this.hex(32);
    const variant = '89ab'.charAt(parseInt(text.charAt(16), 16) % 4);
    const parts = [
      text.slice(0, 8),
      text.slice(8, 12),
      `4${text.slice(13, 16)}`,
      variant + text.slice(17, 20),
      text.slice(20),
    ];
    return parts.join('-');
  }

  private block(): string {
    return createHash('sha256').update(`${this.seed}#${this.count++}`).digest('hex');
  }
}

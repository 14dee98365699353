import { type Codes, literalText, MANY, matches, ONE } from './glob';

const EXACT = 0;
const PREFIX = 1;
const WILD = 2;

/**
 * One resource pattern of one statement, ready for the hot path: variables are substituted, the part of the ARN that
 * every request of the kind shares is gone, and the two common shapes need no loop.
 */
export class NamePattern {
  private readonly shape: number;
  private readonly text: string;

  // Stryker disable ArithmeticOperator,BlockStatement,ConditionalExpression: shapes are short ways to the answer of the loop
  constructor(private readonly codes: Codes) {
    const wild = codes.findIndex((code) => code === MANY || code === ONE);
    const open = wild === codes.length - 1 && codes[wild] === MANY;
    this.shape = wild < 0 ? EXACT : open ? PREFIX : WILD;
    this.text = literalText(codes, wild < 0 ? codes.length : wild);
  }

  public matches(name: string): boolean {
    if (this.shape === EXACT) return name === this.text;
    if (this.shape === PREFIX) return name.startsWith(this.text);
    // Stryker restore all
    return matches(this.codes, name);
  }
}

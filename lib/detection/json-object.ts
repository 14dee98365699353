import { quote } from '../internal/quote';
import { inWords } from './behavior-problem';

/** Is told each thing that is wrong: the path of a field, and words that follow its name. */
export type Report = (path: string, message: string) => void;

/** An object of JSON whose fields are read with their types checked; whatever is wrong is reported, and reads as absent. */
export class JsonObject {
  public static of(value: unknown, path: string, keys: readonly string[], report: Report): JsonObject | undefined {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      report(path, `must be an object, got ${show(value)}`);
      return undefined;
    }
    for (const key of Object.keys(value)) {
      if (!keys.includes(key)) report(`${path}.${key}`, `is not known; allowed: ${keys.join(', ')}`);
    }
    return new JsonObject(value as Record<string, unknown>, path, report);
  }

  private constructor(
    private readonly fields: Record<string, unknown>,
    private readonly path: string,
    private readonly tell: Report,
  ) {}

  public report(key: string, message: string): void {
    this.tell(`${this.path}.${key}`, message);
  }

  public value(key: string): unknown {
    return Object.hasOwn(this.fields, key) ? this.fields[key] : undefined;
  }

  /** The one of some keys that is there. None is reported in the given words, more than one with their names. */
  public oneOf(keys: readonly string[], missing: string): string | undefined {
    const [first, ...others] = keys.filter((key) => this.value(key) !== undefined);
    if (first === undefined) this.tell(this.path, missing);
    for (const other of others) this.report(other, `cannot be used together with '${first}'; keep one of the two`);
    return others.length === 0 ? first : undefined;
  }

  public text(key: string): string | undefined {
    return this.read(key, 'a text', (value) => typeof value === 'string');
  }

  public number(key: string): number | undefined {
    return this.read(key, 'a number', (value) => typeof value === 'number');
  }

  public flag(key: string): boolean | undefined {
    return this.read(key, 'true or false', (value) => typeof value === 'boolean');
  }

  /** One of some words, in lower or upper case. */
  public word<T extends string>(key: string, allowed: readonly T[]): T | undefined {
    const value = this.value(key);
    if (value === undefined) return undefined;
    const word = allowed.find((candidate) => candidate === value || candidate.toLowerCase() === value);
    if (word === undefined)
      this.report(key, `must be ${inWords(allowed.map((word) => word.toLowerCase()))}, got ${show(value)}`);
    return word;
  }

  public texts(key: string): string[] | undefined {
    return this.list(key, 'texts', 'a text', (value) => typeof value === 'string');
  }

  public numbers(key: string): number[] | undefined {
    return this.list(key, 'numbers', 'a number', (value) => typeof value === 'number');
  }

  private read<T>(key: string, wanted: string, fits: (value: unknown) => boolean): T | undefined {
    const value = this.value(key);
    if (value === undefined) return undefined;
    if (fits(value)) return value as T;
    this.report(key, `must be ${wanted}, got ${show(value)}`);
    return undefined;
  }

  private list<T>(key: string, wanted: string, item: string, fits: (value: unknown) => boolean): T[] | undefined {
    const values = this.read<unknown[]>(key, `a list of ${wanted}`, Array.isArray);
    if (values === undefined) return undefined;
    const wrong = values.flatMap((value, index) => (fits(value) ? [] : [index]));
    for (const index of wrong) this.report(`${key}[${index}]`, `must be ${item}, got ${show(values[index])}`);
    return wrong.length === 0 ? (values as T[]) : undefined;
  }
}

function show(value: unknown): string {
  if (typeof value === 'string') return quote(value);
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

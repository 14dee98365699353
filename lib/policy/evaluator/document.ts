import { type Problems } from '../../internal/problems';
import { escapeInvisible, quote } from '../../internal/quote';
import { isResource } from '../resource-text';
import { ActionPatterns } from './action';
import { Condition, parseOperator } from './condition';
import { Statement, type StatementSource } from './statement';
import { Template } from './template';

type Json = { readonly [key: string]: unknown };
type Where = Omit<StatementSource, 'index' | 'sid'>;

const TOP_LEVEL = ['Version', 'Id', 'Statement'];
const ELEMENTS = ['Sid', 'Effect', 'Action', 'NotAction', 'Resource', 'NotResource', 'Condition'];

/**
 * Reads a policy document, an object or JSON text, and compiles its statements.
 *
 * Strict where the service is: what AWS IoT would not store is reported with its place, all of it.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export class DocumentReader {
  private isSound = true;

  constructor(
    private readonly where: Where,
    private readonly problems: Problems,
  ) {}

  /** @param most characters, white space not counted */
  public read(document: unknown, most = Infinity): Statement[] {
    const parsed = typeof document === 'string' ? this.parse(document) : document;
    // Text that is no JSON was reported; nothing in place of a document would pass for one without statements.
    if (typeof document === 'string' && parsed === undefined) return [];
    if (!isObject(parsed)) {
      this.report('', `must be a JSON object, got ${show(parsed)}`);
      return [];
    }
    this.onlyKnown('', parsed, TOP_LEVEL);
    if (parsed.Id !== undefined && typeof parsed.Id !== 'string') this.report('Id', 'must be a string');
    if (parsed.Version !== '2012-10-17') this.report('Version', "must be '2012-10-17'");
    const given: unknown = parsed.Statement ?? [];
    const statements: unknown[] = Array.isArray(given) ? given : [given];
    if (statements.length === 0) this.report('Statement', 'must have at least one statement');
    const read = statements.map((statement, i) => this.statement(`Statement[${i}]`, statement, i)).filter(isStatement);
    // Only what was read is sure to be JSON.
    if (this.isSound) this.checkSize(typeof document === 'string' ? document : JSON.stringify(document), most);
    return read;
  }

  private checkSize(text: string, most: number): void {
    if (text.length <= most) return;
    const characters = text.replace(/\s/g, '').length;
    if (characters > most) this.report('', `has ${characters} characters without white space, of ${most}`);
  }

  private parse(text: string): unknown {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      this.report('', 'is not valid JSON');
      return undefined;
    }
  }

  private statement(path: string, value: unknown, index: number): Statement | undefined {
    if (!isObject(value)) {
      this.report(path, 'must be an object');
      return undefined;
    }
    this.onlyKnown(path, value, ELEMENTS);
    if (value.Sid !== undefined && typeof value.Sid !== 'string') this.report(`${path}.Sid`, 'must be a string');
    if (value.Effect !== 'Allow' && value.Effect !== 'Deny') {
      this.report(`${path}.Effect`, `must be 'Allow' or 'Deny', got ${show(value.Effect)}`);
    }
    const actions = this.list(path, value, 'Action', (text) => text === '*' || text.indexOf(':') > 0, 'iot:Publish');
    const resources = this.list(path, value, 'Resource', isResource, 'arn:aws:iot:us-east-1:123456789012:topic/x');
    const conditions = this.conditions(`${path}.Condition`, value.Condition);
    return new Statement(
      { ...this.where, index, sid: typeof value.Sid === 'string' ? value.Sid : undefined },
      value.Effect === 'Deny',
      new ActionPatterns(actions, value.NotAction !== undefined),
      resources.map((resource) => new Template(resource)),
      value.NotResource !== undefined,
      conditions,
    );
  }

  /** `Action` or `NotAction`, `Resource` or `NotResource`: exactly one of the two, a text or a list of texts. */
  private list(
    path: string,
    statement: Json,
    name: string,
    allowed: (text: string) => boolean,
    example: string,
  ): string[] {
    const used = [name, `Not${name}`].filter((element) => statement[element] !== undefined);
    const [element] = used;
    if (element === undefined || used.length > 1) {
      this.report(path, `must have either ${name} or Not${name}, got ${used.length === 0 ? 'neither' : 'both'}`);
      return [];
    }
    const value = statement[element];
    const items: unknown[] = Array.isArray(value) ? value : [value];
    if (items.length === 0) this.report(`${path}.${element}`, 'must not be empty');
    return items.filter((item, i): item is string => {
      if (typeof item === 'string' && allowed(item)) return true;
      const place = Array.isArray(value) ? `${path}.${element}[${i}]` : `${path}.${element}`;
      this.report(place, `must be '*' or a text such as '${example}', got ${show(item)}`);
      return false;
    });
  }

  private conditions(path: string, block: unknown): Condition[] {
    if (block === undefined) return [];
    if (!isObject(block)) {
      this.report(path, 'must be an object of operators');
      return [];
    }
    return Object.entries(block).flatMap(([name, keys]) => this.operator(`${path}.${name}`, name, keys));
  }

  private operator(path: string, name: string, keys: unknown): Condition[] {
    const operator = parseOperator(name);
    if (operator === undefined) {
      this.report(path, 'is not a condition operator');
      return [];
    }
    if (!isObject(keys)) {
      this.report(path, 'must be an object of condition keys');
      return [];
    }
    return Object.entries(keys).map(([key, value]) => {
      const texts = this.scalars(`${path}.${key}`, value).filter((text) => {
        const refused = operator.comparison.refuse(text);
        if (refused !== undefined) this.report(`${path}.${key}`, `${refused}, got ${quote(text)}`);
        return refused === undefined;
      });
      return new Condition(operator, name, key, texts);
    });
  }

  private scalars(path: string, value: unknown): string[] {
    const items: unknown[] = Array.isArray(value) ? value : [value];
    return items.flatMap((item) => {
      if (typeof item === 'string' || typeof item === 'number' || typeof item === 'boolean') return [String(item)];
      this.report(path, `must be a text, a number or a boolean, or a list of them, got ${show(item)}`);
      return [];
    });
  }

  private onlyKnown(path: string, value: Json, known: readonly string[]): void {
    for (const name of Object.keys(value)) {
      if (known.includes(name)) continue;
      this.report(path === '' ? name : `${path}.${name}`, `is not an element here; known are ${known.join(', ')}`);
    }
  }

  private report(path: string, message: string): void {
    const place = path === '' ? 'the document' : path;
    this.isSound = false;
    const text = `policy '${this.where.policyName}': ${place} ${message}`;
    this.problems.report('PolicyDocumentInvalid', escapeInvisible(text));
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isStatement(statement: Statement | undefined): statement is Statement {
  return statement !== undefined;
}

function show(value: unknown): string {
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object';
  return value === undefined ? 'nothing' : String(value);
}

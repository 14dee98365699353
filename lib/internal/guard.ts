import type { IConstruct } from 'constructs';
import type { Kinds } from './kinds';
import { Problems } from './problems';
import { slipOf } from './near';
import { quote } from './quote';
import { CALLS, CLASSES, STRUCTS } from './surface';

/*
 * What callers without types give: JavaScript, casts, and values of `any` type. Types are checked here once for the whole
 * library, from a table that is generated from them, so that no construct meets a value of another kind than it declares. Tokens
 * are texts, numbers and lists themselves; whatever else is resolved at synth passes.
 */

/** The words for kinds. */
const WORDS: Readonly<Record<string, string>> = {
  text: 'text',
  number: 'a number',
  flag: 'true or false',
  list: 'a list',
  map: 'an object',
};
const TYPES: Readonly<Record<string, string>> = { text: 'string', number: 'number', flag: 'boolean' };
/** What holds properties has a name of its own, which nobody wrote. */
const HOLDERS = ['props', 'options'];
const GUARDED = Symbol('guarded');

/** Refuses properties of another kind than a struct declares; all of them at once. */
export function checkProps(scope: IConstruct | undefined, struct: string, props: unknown): void {
  const errors = new Problems(scope);
  checkKind('props', `struct ${struct}`, props, errors);
  errors.throwIfAny();
}

/** Lets the methods of all classes of a module refuse parameters of another kind than they declare. */
export function guardCalls(module: object): void {
  for (const [name, exported] of Object.entries(module) as [string, unknown][]) {
    if (typeof exported !== 'function') continue;
    guardMethods(exported, name, CALLS[name]);
    guardMethods(exported.prototype as object, name, CALLS[`${name}#`]);
  }
}

function guardMethods(owner: object, name: string, methods: Readonly<Record<string, Kinds>> = {}): void {
  for (const [method, parameters] of Object.entries(methods)) {
    const found = Object.getOwnPropertyDescriptor(owner, method);
    const original = found?.value as ((...given: unknown[]) => unknown) | undefined;
    if (original === undefined || GUARDED in original) continue;
    const checked = function (this: unknown, ...given: unknown[]): unknown {
      checkCall(`${name}.${method}`, parameters, given);
      return original.apply(this, given);
    };
    Object.defineProperty(checked, 'name', { value: method });
    Object.defineProperty(owner, method, { ...found, value: Object.assign(checked, { [GUARDED]: true }) });
  }
}

function checkCall(call: string, parameters: Kinds, given: readonly unknown[]): void {
  const errors = new Problems();
  Object.entries(parameters).forEach(([parameter, kind], index) => {
    if (kind.startsWith('rest ')) checkKind(parameter, kind.replace('rest', 'list'), given.slice(index), errors, call);
    else checkKind(parameter, kind, given[index], errors, call);
  });
  errors.throwIfAny();
}

interface Kind {
  readonly optional: boolean;
  readonly word: string;
  /** What it is of: the kind of each item, or the name of a type. */
  readonly inner: string;
}

/** Few kinds stand in the table many times. */
const READ = new Map<string, Kind>();

function read(text: string): Kind {
  const known = READ.get(text);
  if (known !== undefined) return known;
  const optional = text.startsWith('?');
  const start = optional ? 1 : 0;
  const end = text.indexOf(' ', start);
  const kind =
    end < 0
      ? { optional, word: text.slice(start), inner: '' }
      : { optional, word: text.slice(start, end), inner: text.slice(end + 1) };
  READ.set(text, kind);
  return kind;
}

/** @param call the method that was called, where a message has no construct to name */
function checkKind(property: string, kind: string, value: unknown, errors: Problems, call?: string): void {
  if (value === undefined && kind.startsWith('?')) return;
  const { optional, word, inner } = read(kind);
  if (word === 'any' || isResolvable(value)) return;
  if (!isOfKind(word, inner, value)) {
    const where = call === undefined || !errors.isEmpty ? '' : `${call}(): `;
    const out = optional ? '; leave it out for the default' : '';
    errors.report(
      'InputKindInvalid',
      `${where}'${property}' must be ${wordsFor(word, inner)}, got ${shown(value)}${out}`,
    );
    return;
  }
  if (word === 'struct') refuseSlips(property, inner, value as object, errors, call);
  if (word === 'list')
    (value as unknown[]).forEach((item, index) => checkKind(`${property}[${index}]`, inner, item, errors, call));
  else if (word === 'map' || word === 'struct')
    for (const [key, each] of fieldsOf(word, inner, value as Record<string, unknown>))
      checkKind(
        HOLDERS.includes(property) ? key : `${property}.${key}`,
        each,
        (value as Record<string, unknown>)[key],
        errors,
        call,
      );
}

/**
 * A slip in the name of a property would leave it at its default, and nobody would know. What is no slip passes: callers may hand
 * over an object that holds more than is asked for.
 */
function refuseSlips(property: string, struct: string, value: object, errors: Problems, call?: string): void {
  const known = Object.keys(STRUCTS[struct] ?? {});
  for (const [name, each] of Object.entries(value)) {
    if (each === undefined || known.includes(name)) continue;
    const meant = slipOf(name, known);
    if (meant === undefined || (value as Record<string, unknown>)[meant] !== undefined) continue;
    const path = HOLDERS.includes(property) ? name : `${property}.${name}`;
    const where = call === undefined || !errors.isEmpty ? '' : `${call}(): `;
    errors.report('InputPropertyUnknown', `${where}'${path}' is not known: write '${meant}', or leave it out`);
  }
}

function fieldsOf(word: string, inner: string, value: Record<string, unknown>): [key: string, kind: string][] {
  if (word === 'struct') return Object.entries(STRUCTS[inner] ?? {});
  return Object.keys(value).map((key) => [key, inner]);
}

function isOfKind(word: string, inner: string, value: unknown): boolean {
  const type = TYPES[word];
  if (type !== undefined) return typeof value === type;
  if (word === 'list') return Array.isArray(value);
  const isObject = (typeof value === 'object' && value !== null) || typeof value === 'function';
  if (word !== 'class') return isObject && !Array.isArray(value);
  // By what it can do, since two copies of this package may be loaded at once.
  return isObject && (CLASSES[inner]?.members ?? []).every((member) => member in value);
}

function wordsFor(word: string, inner: string): string {
  if (word !== 'class') return WORDS[word] ?? `an object (${inner})`;
  const such = CLASSES[inner]?.such ?? (inner === 'Duration' ? 'Duration.minutes(5)' : undefined);
  const article = /^[AEIO]/.test(inner) ? 'an' : 'a';
  return `${article} ${inner}${such === undefined ? '' : `, such as ${such}`}`;
}

/** What is resolved at synth may become whatever it must be. */
function isResolvable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && typeof (value as { resolve?: unknown }).resolve === 'function';
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return `text (${quote(value)})`;
  if (typeof value === 'function') return `a function or class`;
  if (typeof value !== 'object' || value === null) return `${value === null ? '' : `${typeof value} `}${String(value)}`;
  const name = (value as { constructor?: { name?: string } }).constructor?.name ?? 'Object';
  return name === 'Object' ? 'an object' : `an object (${name})`;
}

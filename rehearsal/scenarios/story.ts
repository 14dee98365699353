import { isMap, isPair, isScalar, isSeq, LineCounter, type Node, parseDocument, type Scalar } from 'yaml';
import { CAPABILITIES, type Capability } from './capabilities';
import { problemWith } from './checks';
import { PHRASES, type Phrase } from './phrases';
import type { Scene } from './script';
import { nearest, nearestPhrase } from './suggest';

/** One line of a story, understood. */
export interface Step {
  readonly text: string;
  readonly line: number;
  readonly phrase: Phrase;
  readonly groups: Readonly<Record<string, string | undefined>>;
}

export interface Story {
  readonly title: string;
  /** What kind of account it is in; absent: one that may use everything. */
  readonly account?: (typeof ACCOUNTS)[number];
  /** What an assembly must have for the story to be of it. */
  readonly needs: readonly Capability[];
  readonly devices: readonly { readonly name: string; readonly serial?: string }[];
  readonly steps: readonly Step[];
  /** Of a story that is a program: it has its steps in it. */
  readonly script?: (scene: Scene) => unknown;
}

/** A story that cannot be read: one line that says where and what, and what was probably meant. */
export class StoryError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'StoryError';
  }
}

/** No story that is shipped can be played on an assembly. */
export class NoStoryError extends StoryError {
  constructor(message: string) {
    super(message);
    this.name = 'NoStoryError';
  }
}

const KEYS = ['title', 'account', 'needs', 'devices', 'story'];
/** Since September 2026, accounts that are new to Device Defender Detect cannot begin to use it. */
export const ACCOUNTS = ['without-detect'] as const;
const MAX_SHOWN = 80;

/** Reads a story in YAML. Nothing runs before all of it is understood. */
export function readStory(text: string, file: string): Story {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const lineOf = (node: unknown): number => lines.linePos((node as Node | undefined)?.range?.[0] ?? 0).line;
  const fail = (line: number, what: string): never => {
    throw new StoryError(`${file}:${line}: ${what}`);
  };
  const [error] = document.errors;
  if (error?.code === 'MULTIPLE_DOCS') return fail(lines.linePos(error.pos[0]).line, 'a file holds one story');
  if (error !== undefined) return fail(lines.linePos(error.pos[0]).line, error.message.split('\n')[0] ?? '');
  const root = document.contents;
  if (!isMap(root)) return fail(1, `a story is a map with ${KEYS.join(', ')}`);
  for (const { key } of root.items) {
    const name = String(isScalar(key) ? key.value : key);
    if (!KEYS.includes(name)) fail(lineOf(key), `'${cut(name)}' is no part of a story${meant(nearest(name, KEYS))}`);
  }
  const title: unknown = root.get('title');
  if (typeof title !== 'string' || title === '') fail(1, "'title' must say what the story is about");
  const needs = needsOf(root.get('needs', true), (node, what) => fail(lineOf(node), what));
  const given: unknown = root.get('account');
  const account = ACCOUNTS.find((each) => each === given);
  if (given !== undefined && account === undefined)
    fail(lineOf(root.get('account', true)), `'account' can be ${ACCOUNTS.join(', ')}`);
  const devices = devicesOf(root.get('devices', true), (node, what) => fail(lineOf(node), what));
  const steps: unknown = root.get('story', true);
  if (!isSeq(steps) || steps.items.length === 0) return fail(lineOf(steps ?? root), "'story' must be a list of steps");
  const names = devices.map(({ name }) => name);
  return {
    title: title as string,
    account,
    needs,
    devices,
    steps: steps.items.map((node) => {
      const value: unknown = isScalar(node) ? node.value : undefined;
      if (typeof value !== 'string') return fail(lineOf(node), 'a step must be one line of text');
      return stepOf(value, lineOf(node), names, fail);
    }),
  };
}

function needsOf(node: unknown, fail: (node: unknown, what: string) => never): Capability[] {
  if (node === undefined) return [];
  if (!isSeq(node)) return fail(node, `'needs' must be a list of ${CAPABILITIES.join(', ')}`);
  return node.items.map((item) => {
    const name = String(isScalar(item) ? item.value : '');
    const found = CAPABILITIES.find((each) => each === name);
    return found ?? fail(item, `'${cut(name)}' is nothing that a story can need; there are ${CAPABILITIES.join(', ')}`);
  });
}

function devicesOf(node: unknown, fail: (node: unknown, what: string) => never): Story['devices'] {
  if (!isSeq(node) && !isMap(node)) return fail(node, "'devices' must list the devices of the story");
  const seen = new Set<string>();
  return node.items.map((item) => {
    const [named, more] = isPair(item) ? [item.key, item.value] : [item, undefined];
    const name: unknown = isScalar(named) ? named.value : undefined;
    if (typeof name !== 'string' || !/^[\w:-]+$/.test(name)) return fail(named, 'a device needs a name of one word');
    if (seen.has(name)) return fail(named, `there are two devices '${name}'`);
    seen.add(name);
    if (more === undefined || more === null || (isScalar(more) && more.value === null)) return { name };
    if (!isMap(more)) return fail(more, `'${name}' takes { serial: SERIAL }`);
    for (const { key } of more.items) {
      const property = String(isScalar(key) ? key.value : '');
      if (property !== 'serial')
        return fail(key, `'${cut(property)}' is nothing that a device has${meant(nearest(property, ['serial']))}`);
    }
    const serial: unknown = more.get('serial', true);
    if (serial === undefined) return { name };
    const value: unknown = isScalar(serial) ? serial.value : undefined;
    if (typeof value !== 'string' && typeof value !== 'number')
      return fail(serial, `the serial number of '${name}' must be text`);
    // 007 is a number to YAML; a device has it as it stands.
    return { name, serial: (typeof value === 'number' && (serial as Scalar).source) || String(value) };
  });
}

/** A step of a story that is a program, in words. */
export function readStep(text: string, names: readonly string[]): Step {
  return stepOf(text, 0, names, (_, what) => {
    throw new StoryError(what);
  });
}

function stepOf(
  text: string,
  line: number,
  names: readonly string[],
  fail: (line: number, what: string) => never,
): Step {
  const step = text.trim().replace(/\s+/g, ' ');
  for (const phrase of PHRASES) {
    const match = phrase.pattern.exec(step);
    if (match === null) continue;
    const groups = { ...match.groups };
    for (const name of [groups.device, groups.victim]) {
      if (name !== undefined && !names.includes(name))
        fail(line, `no device is called '${cut(name)}'${meant(nearest(name, names))}; there are ${names.join(', ')}`);
    }
    for (const [, name = ''] of step.matchAll(/\{(?:topic of )?([^}]*)\}/g)) {
      if (!names.includes(name))
        fail(line, `'{${cut(name)}}' names no device${meant(nearest(name, names))}; there are ${names.join(', ')}`);
    }
    const problem = problemWith(groups);
    if (problem !== undefined) fail(line, problem);
    return { text: step, line, phrase, groups };
  }
  const says = nearestPhrase(
    step,
    PHRASES.map((phrase) => phrase.says),
  );
  return fail(line, `'${cut(step)}' is not understood${meant(says)}`);
}

function meant(suggestion: string | undefined): string {
  return suggestion === undefined ? '' : `; did you mean '${suggestion}'?`;
}

function cut(text: string): string {
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}

import type { Actor } from '../actor';
import type { Rehearsal } from '../rehearsal';
import { CAPABILITIES, type Capability } from './capabilities';
import { ACCOUNTS, type Story, StoryError } from './story';
import { nearest } from './suggest';

/** What a story in TypeScript works with. */
export interface Scene {
  readonly rehearsal: Rehearsal;
  /** A device of the story by its name. */
  readonly device: (name: string) => Actor;
  /**
   * A step: in the words of stories in YAML, or in words of its own with what is done. The story ends with the first one that
   * fails: what follows would start from another state than it was written for.
   *
   * @param text What a reader sees
   * @param act What is done, and expected; by default what the words say
   */
  readonly step: (text: string, act?: () => unknown) => Promise<void>;
}

/** A story that is a program. A file that has one exports it as its default. */
export interface ScriptedStory {
  /** What the story is about. */
  readonly title: string;
  /** What kind of account it is in; by default one that may use everything. */
  readonly account?: 'without-detect';
  /** What an assembly must have for the story to be of it. */
  readonly needs?: readonly Capability[];
  /** Names of the devices, with the serial numbers that matter. */
  readonly devices: readonly string[] | Readonly<Record<string, { readonly serial?: string }>>;
  /** Plays it. */
  readonly play: (scene: Scene) => unknown;
}

/** A story in TypeScript, for `zero-trust-iot rehearse ASSEMBLY --scenario FILE.ts` and for `play()`. */
export function defineStory(story: ScriptedStory): ScriptedStory {
  return story;
}

const KEYS = ['title', 'account', 'needs', 'devices', 'play'];

/** What a file exports, as a story. Whatever is wrong with it is said before anything runs. */
export function storyOf(value: unknown, file: string): Story {
  const fail = (what: string): never => {
    throw new StoryError(`${file}: ${what}`);
  };
  const given = typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
  if (given === undefined) return fail('it exports no story: let its default export be defineStory({ ... })');
  for (const key of Object.keys(given))
    if (!KEYS.includes(key)) fail(`'${key}' is no part of a story${meant(key, KEYS)}; there are ${KEYS.join(', ')}`);
  const { title, account, needs = [], devices, play } = given;
  if (typeof title !== 'string' || title === '') return fail("'title' must say what the story is about");
  if (account !== undefined && !ACCOUNTS.some((each) => each === account))
    fail(`'account' can be ${ACCOUNTS.join(', ')}`);
  const known = Array.isArray(needs) ? needs.map(String) : fail(`'needs' must be a list of ${CAPABILITIES.join(', ')}`);
  for (const need of known)
    if (!CAPABILITIES.some((each) => each === need))
      fail(`'${need}' is nothing that a story can need; there are ${CAPABILITIES.join(', ')}`);
  if (typeof play !== 'function') return fail("'play' must be a function that plays the story");
  return {
    title,
    account: account as Story['account'],
    needs: known as Capability[],
    devices: devicesOf(devices, fail),
    steps: [],
    script: play as ScriptedStory['play'],
  };
}

function devicesOf(given: unknown, fail: (what: string) => never): Story['devices'] {
  if (typeof given !== 'object' || given === null) return fail("'devices' must list the devices of the story");
  const all = Array.isArray(given) ? given.map((name: unknown) => [name, {}] as const) : Object.entries(given);
  const seen = new Set<string>();
  return all.map(([name, more]) => {
    if (typeof name !== 'string' || !/^[\w:-]+$/.test(name)) return fail('a device needs a name of one word');
    if (seen.has(name)) fail(`there are two devices '${name}'`);
    seen.add(name);
    const { serial } = (more ?? {}) as { readonly serial?: unknown };
    return serial === undefined ? { name } : { name, serial: String(serial) };
  });
}

function meant(given: string, known: readonly string[]): string {
  const near = nearest(given, known);
  return near === undefined ? '' : `; did you mean '${near}'?`;
}

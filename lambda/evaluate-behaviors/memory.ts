import type { Remembered } from './aggregate';
import { bytesOfWords, wordsOfBytes } from './bytes';
import { WINDOW_SECONDS } from './contract';

/** What is remembered of a shard, the oldest first. */
export type Lists = ReturnType<Remembered['list']>;

/** The first and the last page that a shard has devices on: the part of all names that it takes. */
export type Span = readonly [first: number, last: number];

/** Which pages the devices of shards are on, and when each told it last (number of the window). */
export type Shards = Readonly<Record<string, readonly [...Span, told: number]>>;

/** What a shard counted last, in which window, which pages it has seen since it is, and when it told of them last. */
export interface Memory {
  readonly w: number;
  readonly span: Span;
  readonly told: number;
  readonly hashes: Lists;
}

/** A record comes at most ten minutes after its event, and a window ends up to two minutes late. */
const INHERITED_WINDOWS = Math.ceil(720 / WINDOW_SECONDS);
const WINDOWS_A_DAY = 86_400 / WINDOW_SECONDS;
/** Whoever is there tells it again after so long, and who has not for twice as long is not there any more. */
const TOLD_WINDOWS = 30 * WINDOWS_A_DAY;

export function encodeMemory({ w, span, told, hashes: { often, seldom } }: Memory): Uint8Array {
  const words = new Uint32Array(5 + often.length + seldom.length);
  words.set([w, ...span, told, often.length]);
  words.set(often, 5);
  words.set(seldom, 5 + often.length);
  return bytesOfWords(words);
}

export function decodeMemory(body: Uint8Array): Memory {
  const words = wordsOfBytes(body);
  const [w, first, last, told, often] = words as unknown as [number, number, number, number, number];
  const hashes = { often: words.subarray(5, 5 + often), seldom: words.subarray(5 + often) };
  return { w, span: [first, last], told, hashes };
}

/** All pages from the first to the last of these and those that were known; undefined where there are none. */
export function spanOf(pages: Iterable<number>, known?: Span): Span | undefined {
  let span = known;
  for (const page of pages)
    span = span === undefined ? [page, page] : [Math.min(span[0], page), Math.max(span[1], page)];
  return span;
}

/** Whether all know already which pages a shard has. */
export function isTold({ span, told }: Memory, [first, last]: Span, w: number): boolean {
  return span[0] === first && span[1] === last && w - told < TOLD_WINDOWS;
}

/** The shards with one that tells of its pages, without those that are gone. */
export function withShard(shards: Shards, shard: string, [first, last]: Span, w: number): Shards {
  const others = Object.entries(shards).filter(([, [, , told]]) => w - told < 2 * TOLD_WINDOWS);
  return { ...Object.fromEntries(others), [shard]: [first, last, w] };
}

/** The shards that had some of these pages. */
export function parentsOf(shards: Shards, [from, to]: Span): string[] {
  return Object.entries(shards).flatMap(([shard, [first, last]]) => (first <= to && from <= last ? [shard] : []));
}

/** What of several shards can come again in a window, as one: what each counted at the end is at the end. */
export function inherited(memories: readonly Memory[], w: number): Lists {
  const fresh = memories.filter((memory) => w - memory.w <= INHERITED_WINDOWS).map(({ hashes }) => hashes);
  return { often: zipped(fresh.map(({ often }) => often)), seldom: zipped(fresh.map(({ seldom }) => seldom)) };
}

function zipped(lists: readonly Uint32Array[]): Uint32Array {
  const joined: number[] = [];
  for (let back = Math.max(0, ...lists.map(({ length }) => length)); back > 0; back -= 1)
    for (const list of lists) if (back <= list.length) joined.push(list[list.length - back] as number);
  return Uint32Array.from(joined);
}

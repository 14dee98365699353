import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Extra, Presence } from './aggregate';
import type { Prior } from './learn';

/** What is kept of a device between windows. A device of which nothing is to be kept has no record. */
export interface DeviceRecord {
  /** Number of the window in which it was last heard of: start in seconds, divided by the length of windows. */
  w: number;
  /** The window in which it was first heard of. */
  f?: number;
  /** Hash of the principal that it connected with. */
  p?: number;
  /** Newest lifecycle event. */
  u?: Presence;
  /** Events that were counted in its last window. */
  i?: readonly number[];
  /** When its groups were looked up (number of the window), and which targets it belongs to. */
  g?: readonly [number, readonly string[]];
  /** Standing of behaviors: in alarm, consecutive datapoints towards the other state, number of the last sweep that judged it. */
  b?: Record<string, Standing>;
  /** Windows of behaviors that are longer than one of the stream: their number, and what they hold so far. */
  a?: Record<string, readonly [number, number]>;
  /** What was learned of its normal. */
  l?: Record<string, Learned>;
}

export type Standing = readonly [alarm: 0 | 1, streak: number];
/** A learned normal, at most 128 characters of JSON; see `learn.ts`. */
export type Learned = readonly [
  count: number,
  level: number,
  scale: number,
  upBegin: number,
  upExcess: number,
  downBegin: number,
  downExcess: number,
  width: number,
  last: number,
  quantum: number,
  offsets: string,
];

/** A part of a window that was put here before the window ended: too large for its state, or its shard was split. */
export interface Part {
  readonly w: number;
  readonly shard: string;
  /** The last record in it: which part it is, the same when it is put here again. */
  readonly seq: string;
  /** Not by the state of a window any more, but for whoever closes the window next. */
  final?: true;
  readonly keys: readonly number[];
  readonly devices: Record<string, PartDevice>;
}

export interface PartDevice {
  /** Counters: place in `keys`, value, and so on. */
  readonly c: readonly number[];
  readonly e?: PartExtra;
}

type PartExtra = Omit<Extra, 'examples'> & { readonly examples: readonly [number, string][] };

/** A signal that is to be published, as the topic gets it. */
export interface Signal {
  readonly schema: string;
  readonly id: string;
  readonly time: number;
  readonly thingName: string;
  readonly phase: 'alarm' | 'cleared' | 'invalidated';
  readonly kind: 'behavior' | 'anomaly';
  readonly severity: string;
  readonly about: string;
  readonly evidence: Readonly<Record<string, string | number>>;
  readonly reportedBy?: string;
}

/** What the devices of a page told about the fleet in one window; see `prior.ts`. */
export type KeptLesson = readonly [
  age: number,
  total: number,
  settled: number,
  ladder: readonly number[],
  logs: readonly number[],
];

/** What a page keeps of a window until the next one, for an invocation that closes it again: both by key of the behavior. */
export interface Teaching {
  readonly w: number;
  readonly l: Readonly<Record<string, KeptLesson>>;
  /** What was known of the fleet when the window was judged; in the page of it that was written first. */
  readonly b?: Readonly<Record<string, Prior>>;
}

/** The state of all devices whose names hash into one page. */
export interface Page {
  d: Devices;
  /** Up to which window each shard has closed this page. */
  c: Record<string, number>;
  /** Parts of windows that are not closed. */
  p: Part[];
  /** Signals that were decided, and perhaps not published yet. */
  o: Signal[];
  /** What the window taught that each shard closed here last; absent where nothing is learned. */
  t?: Record<string, Teaching>;
}

/** Records by the name of their device. It may be any name of a thing, `__proto__` as well: change only what `devicesOf` gave. */
export type Devices = Record<string, DeviceRecord>;

/** A copy that inherits nothing, so that each name is one of a device and no other. */
export function devicesOf(devices: Readonly<Devices>): Devices {
  return Object.assign(Object.create(null) as Devices, devices);
}

/** Bytes of a page up to which it takes in devices, and up to which it is written; DynamoDB takes 400 kB for an item with its names. */
export const MOST_PAGE = 380_000;
export const MOST_WRITTEN = 395_000;

export function emptyPage(): Page {
  return { d: devicesOf({}), c: {}, p: [], o: [] };
}

export function encodePage(page: Page): Buffer {
  return deflateRawSync(JSON.stringify(page), { level: 1 });
}

/** The table is written by this code only, so anything else is a fault. */
export function decodePage(body: Uint8Array): Page {
  const page = JSON.parse(inflateRawSync(body).toString('utf8')) as Page;
  return { ...page, d: devicesOf(page.d) };
}

export function partExtra(extra: Extra): PartExtra {
  return { ...extra, examples: [...extra.examples] };
}

export function extraOf(part: PartExtra): Extra {
  return { ...part, ids: [...part.ids], strangers: [...part.strangers], examples: new Map(part.examples) };
}

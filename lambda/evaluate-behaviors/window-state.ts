import { asList, type Json } from '../shared/incident/text';
import { Aggregate, type Extra, type Hashes, NO_HASHES } from './aggregate';
import { bytesOfWords, Reader, wordsOfBytes, Writer } from './bytes';
import { PAGES } from './contract';
import type { Plan } from './plan';

/**
 * What Lambda keeps of a window between two invocations, at most 1 MB a shard as JSON. It says itself which records it holds, so
 * that no record is counted twice, however the service repeats, splits or bisects batches.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-windows.html
 */
export interface WindowState {
  readonly v: 1;
  /** Sequence number of the last record in here. */
  readonly q: string;
  /** Keys of the counters, in the order of the body. */
  readonly k: readonly number[];
  /** Hashes of the records that came last: of those that come often, and of the others. */
  readonly r: string;
  readonly s: string;
  /** Devices, their counters and the rest, sorted by name. */
  readonly b: string;
  /** Sequence numbers at which the window was spilled into the table, and the pages that hold these parts. */
  readonly p: readonly string[];
  readonly g: string;
}

/** What a window is made of: what is in memory, and what was spilled before. */
export interface OpenWindow {
  readonly aggregate: Aggregate;
  readonly parts: readonly string[];
  readonly pages: ReadonlySet<number>;
}

/** Characters of a state that the function still answers with; beyond, the window is spilled. Lambda ends a window at 1 MB. */
export const MOST_STATE = 700_000;

export function encodeState({ aggregate, parts, pages }: OpenWindow): WindowState {
  const { often, seldom } = aggregate.recent.list();
  return {
    v: 1,
    q: aggregate.sequence,
    k: aggregate.plan.counters.map(({ key }) => key),
    r: bytesOfWords(often).toString('base64'),
    s: bytesOfWords(seldom).toString('base64'),
    b: bodyOf(aggregate),
    p: parts,
    g: bitsOf(pages),
  };
}

/** Whether a window goes on: Lambda has kept something of it. */
export function isState(state: Json): boolean {
  return state.v === 1;
}

/** The window that a state describes; a new one when there is none, which knows what the one before counted last. */
export function decodeState(plan: Plan, state: Json, before: Hashes = NO_HASHES): OpenWindow {
  if (!isState(state)) return { aggregate: new Aggregate(plan, before), parts: [], pages: new Set() };
  const { q, k, r, s, b, p, g } = state as unknown as WindowState;
  const aggregate = new Aggregate(plan, { often: readWords(r), seldom: readWords(s) });
  aggregate.sequence = q;
  readBody(aggregate, slotsOf(plan, k), b);
  return { aggregate, parts: asList(p) as string[], pages: readBits(g) };
}

/** A document that was deployed within a window has other counters: what both count goes on, the rest begins or ends here. */
export function slotsOf(plan: Plan, keys: readonly number[]): readonly number[] {
  const slots = new Map(plan.counters.map(({ key }, slot) => [key, slot]));
  return keys.map((key) => slots.get(key) ?? -1);
}

function bodyOf(aggregate: Aggregate): string {
  const writer = new Writer();
  const width = aggregate.plan.counters.length;
  const order = aggregate.names
    .map((_, device) => device)
    .sort((a, b) => compare(aggregate.names[a] as string, aggregate.names[b] as string));
  let last = '';
  writer.count(order.length);
  for (const device of order) {
    const name = aggregate.names[device] as string;
    const shared = sharedLength(last, name);
    writer.count(shared);
    writer.text(name.slice(shared));
    last = name;
    const extra = aggregate.extras.get(device);
    writeValues(writer, aggregate, device, width, extra !== undefined);
    if (extra !== undefined) writeExtra(writer, extra);
  }
  return writer.done();
}

function writeValues(writer: Writer, aggregate: Aggregate, device: number, width: number, hasExtra: boolean): void {
  let present = 0;
  for (let slot = 0; slot < width; slot += 1) if (!Number.isNaN(aggregate.get(device, slot))) present += 1;
  writer.count(present * 2 + (hasExtra ? 1 : 0));
  let next = 0;
  for (let slot = 0; slot < width; slot += 1) {
    const value = aggregate.get(device, slot);
    if (Number.isNaN(value)) continue;
    writer.count(slot - next);
    writer.number(value);
    next = slot + 1;
  }
}

function readBody(aggregate: Aggregate, slots: readonly number[], body: string): void {
  const reader = new Reader(body);
  const devices = reader.count();
  let last = '';
  for (let read = 0; read < devices; read += 1) {
    const shared = reader.count();
    last = last.slice(0, shared) + reader.text();
    const device = aggregate.device(last);
    const tagged = reader.count();
    let slot = 0;
    for (let present = Math.floor(tagged / 2); present > 0; present -= 1) {
      slot += reader.count();
      const value = reader.number();
      const at = slots[slot] as number;
      if (at >= 0) aggregate.set(device, at, value);
      slot += 1;
    }
    if (tagged % 2 === 1) aggregate.extras.set(device, readExtra(reader, slots));
  }
}

function writeExtra(writer: Writer, { ids, presence, principal, strangers, examples, late }: Extra): void {
  writer.count((presence === undefined ? 0 : 1) + (principal === undefined ? 0 : 2) + (late ? 4 : 0));
  writer.count(ids.length);
  for (const id of ids) writer.word(id);
  if (presence !== undefined) for (const part of presence) writer.count(part);
  if (principal !== undefined) writer.word(principal);
  writer.count(strangers.length);
  for (const [who, slot, times] of strangers) {
    writer.word(who);
    writer.count(slot);
    writer.count(times);
  }
  writer.count(examples.size);
  for (const [slot, example] of examples) {
    writer.count(slot);
    writer.text(example);
  }
}

function readExtra(reader: Reader, slots: readonly number[]): Extra {
  const flags = reader.count();
  const extra: Extra = { ids: [], strangers: [], examples: new Map(), ...(flags >= 4 ? { late: true } : {}) };
  for (let rest = reader.count(); rest > 0; rest -= 1) extra.ids.push(reader.word());
  if (flags % 2 === 1) extra.presence = [reader.count(), reader.count(), reader.count() === 1 ? 1 : 0];
  if (flags % 4 >= 2) extra.principal = reader.word();
  for (let rest = reader.count(); rest > 0; rest -= 1) {
    const who = reader.word();
    const slot = slots[reader.count()] as number;
    const times = reader.count();
    if (slot >= 0) extra.strangers.push([who, slot, times]);
  }
  for (let rest = reader.count(); rest > 0; rest -= 1) {
    const slot = slots[reader.count()] as number;
    const example = reader.text();
    if (slot >= 0) extra.examples.set(slot, example);
  }
  return extra;
}

function sharedLength(a: string, b: string): number {
  const most = Math.min(a.length, b.length);
  let length = 0;
  while (length < most && a.charCodeAt(length) === b.charCodeAt(length)) length += 1;
  return length;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : 1;
}

/** A version of this code before this one wrote fewer of them. */
function readWords(base64: string | undefined): Uint32Array {
  return wordsOfBytes(Buffer.from(base64 ?? '', 'base64'));
}

function bitsOf(pages: ReadonlySet<number>): string {
  if (pages.size === 0) return '';
  const bits = Buffer.alloc(PAGES / 8);
  for (const page of pages) bits[page >> 3] = (bits[page >> 3] as number) | (1 << (page & 7));
  return bits.toString('base64');
}

function readBits(base64: string): Set<number> {
  const bits = Buffer.from(base64, 'base64');
  const pages = new Set<number>();
  for (let page = 0; page < bits.length * 8; page += 1)
    if (((bits[page >> 3] as number) & (1 << (page & 7))) !== 0) pages.add(page);
  return pages;
}

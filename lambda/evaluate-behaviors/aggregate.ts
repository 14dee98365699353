import { hash32 } from './hash';
import type { Verdict } from './judge';
import type { Plan } from './plan';
import type { Fact } from './record';

/** What is known of a device and window besides its counters; most devices have nothing of it. */
export interface Extra {
  /** Hashes of the events that were counted. */
  ids: number[];
  /** The newest lifecycle event: its time, version, and whether it left the device connected. */
  presence?: Presence;
  /** Hash of the principal of the newest connection. */
  principal?: number;
  /** What others did under the device's name: hash of their principal, slot, how often. */
  strangers: [number, number, number][];
  /** Values outside the normal, by slot. */
  examples: Map<number, string>;
  /** Nothing was heard of it in this window but what is late: where it stands is known, and what it did is no datapoint. */
  late?: true | undefined;
}

export type Presence = readonly [at: number, version: number, connected: 0 | 1];

export type Outcome = 'counted' | 'duplicate' | 'late' | 'cut';

/** The lowest bits of the hash of an event say what it was, so that it can be taken back when it was counted before. */
export const ID_KIND = { attempt: 0, disconnect: 1, report: 2, failure: 3 } as const;

/** Distinct events of a device and window that are told apart exactly. */
export const MOST_IDS = 64;
/**
 * How many of the records that came last a shard remembers, over the end of a window. Refusals, lifecycle events and reports are
 * few beside messages, and come again later: the log is delivered again after minutes, so messages must not push them out.
 */
export const RECENT = { often: 12_288, seldom: 4_096 } as const;
const FIRST_RING = 64;
const MOST_STRANGERS = 8;
/** Datapoints of one behavior, device and window; reports are at least 5 minutes apart, so one is the rule. */
const MOST_VERDICTS = 20;
/** A record that was under way for longer is of another window. AWS IoT's own times are exact to two minutes. */
export const LONGEST_WAY_MS = 600_000;
export const LONGEST_LEAD_MS = 300_000;

/**
 * The counters of all devices of a shard in one window, in columns: numbers in one array, everything else only where there is
 * something. Windows are by arrival at the stream, so no clock of a device matters.
 */
export class Aggregate {
  public readonly names: string[] = [];
  public readonly extras = new Map<number, Extra>();
  public readonly recent: Remembered;
  /** The last record that is in here. */
  public sequence = '';
  private readonly index = new Map<string, number>();
  private values: Float64Array;
  private readonly width: number;

  constructor(
    public readonly plan: Plan,
    recent: Hashes,
  ) {
    this.width = plan.counters.length;
    this.values = new Float64Array(64 * this.width).fill(NaN);
    this.recent = new Remembered(recent);
  }

  /** Cells of the array: what it costs in memory. */
  public get cells(): number {
    return this.names.length * this.width;
  }

  public device(name: string): number {
    const known = this.index.get(name);
    if (known !== undefined) return known;
    const device = this.names.push(name) - 1;
    this.index.set(name, device);
    if (this.names.length * this.width > this.values.length) this.grow();
    return device;
  }

  /** NaN: no value. */
  public get(device: number, slot: number): number {
    return this.values[device * this.width + slot] as number;
  }

  public set(device: number, slot: number, value: number): void {
    this.values[device * this.width + slot] = value;
  }

  public extra(device: number): Extra {
    const known = this.extras.get(device);
    if (known !== undefined) return known;
    const extra: Extra = { ids: [], strangers: [], examples: new Map() };
    this.extras.set(device, extra);
    return extra;
  }

  /** Counts one fact, once, however often it comes. */
  public add(fact: Fact, arrival: number): Outcome {
    // What is late or comes again says nothing of the window that it comes in, not even that the device is alive.
    if (fact.at < arrival - LONGEST_WAY_MS || fact.at > arrival + LONGEST_LEAD_MS) {
      if (this.isFollowed(fact)) this.followLate(fact);
      return 'late';
    }
    if (this.comesAgain(fact)) return 'duplicate';
    const device = this.device(fact.device);
    this.heard(device);
    if (this.isFollowed(fact)) this.follow(device, fact);
    switch (fact.kind) {
      case 'message':
        return this.addMessage(device, fact);
      case 'presence':
        return this.addPresence(device, fact);
      case 'log':
        return this.addLog(device, fact);
      case 'report':
        return this.addReport(device, fact);
      case 'sign':
        return 'counted';
    }
  }

  private followLate(fact: Extract<Fact, { kind: 'presence' }>): void {
    const isNew = !this.index.has(fact.device);
    const device = this.device(fact.device);
    if (isNew) this.extra(device).late = true;
    this.follow(device, fact);
  }

  private heard(device: number): void {
    const extra = this.extras.get(device);
    if (extra !== undefined) extra.late = undefined;
  }

  private comesAgain(fact: Fact): boolean {
    const { often, seldom } = this.recent;
    switch (fact.kind) {
      case 'message':
        return !often.isNew(hash32(fact.id, hash32(fact.on)));
      case 'sign':
        return !often.isNew(hash32(fact.id, hash32(fact.device)));
      case 'log':
        return !(fact.what === 'denied' ? seldom : often).isNew(hash32(fact.id, hash32(fact.device)));
      case 'presence':
        return (
          this.hasCounted(fact.device, idOf(fact.id, KIND_OF[fact.what])) ||
          !seldom.isNew(hash32(fact.id, hash32(fact.device)))
        );
      case 'report': {
        const { device, report, trace } = fact;
        // Among those of others by the id that AWS IoT gave: a device that chose its own could pass for another one's report.
        const isKnown = trace !== undefined && !seldom.isNew(hash32(trace, hash32(device)));
        return isKnown || this.hasCounted(device, idOf(report.id, ID_KIND.report));
      }
    }
  }

  private hasCounted(name: string, id: number): boolean {
    const device = this.index.get(name);
    return device !== undefined && this.extras.get(device)?.ids.includes(id) === true;
  }

  private addMessage(device: number, fact: Extract<Fact, { kind: 'message' }>): Outcome {
    const slots = this.plan.messages.get(fact.on);
    if (slots === undefined) return 'counted';
    if (slots.count >= 0) this.fold(device, slots.count, 1);
    if (fact.bytes !== undefined) for (const slot of slots.sizes) this.fold(device, slot, fact.bytes);
    return 'counted';
  }

  private addPresence(device: number, fact: Extract<Fact, { kind: 'presence' }>): Outcome {
    const { attempts, disconnects } = this.plan;
    const slot = fact.what === 'disconnected' ? disconnects : attempts;
    const judged = fact.what === 'connected' && fact.address !== undefined;
    if (slot < 0 && !judged) return 'counted';
    const { ids, examples } = this.extra(device);
    if (ids.length < MOST_IDS) ids.push(idOf(fact.id, KIND_OF[fact.what]));
    if (slot >= 0) noteExample(examples, slot, fact.reason);
    if (slot >= 0) this.count(device, slot, fact.what === 'failed' ? fact.principal : undefined);
    if (judged) this.judgeAddress(device, fact.address, undefined, fact.device);
    return 'counted';
  }

  private isFollowed(fact: Fact): fact is Extract<Fact, { kind: 'presence' }> {
    return fact.kind === 'presence' && fact.what !== 'failed' && (this.plan.presence || this.plan.principals);
  }

  /** Which event of a device is the newest: by version within one connection's time, by time across them (versions begin anew). */
  private follow(device: number, fact: Extract<Fact, { kind: 'presence' }>): void {
    const extra = this.extra(device);
    const next: Presence = [fact.at, fact.version, fact.what === 'connected' ? 1 : 0];
    if (extra.presence !== undefined && !isNewer(next, extra.presence)) return;
    extra.presence = next;
    if (fact.what === 'connected' && fact.principal !== undefined) this.know(device, extra, hash32(fact.principal));
  }

  /** From here on the principal is the device's own; what it did before is, too. */
  private know(device: number, extra: Extra, principal: number): void {
    extra.principal = principal;
    const own = extra.strangers.filter(([other]) => other === principal);
    extra.strangers = extra.strangers.filter(([other]) => other !== principal);
    for (const [, slot, times] of own) this.fold(device, slot, times);
  }

  private addLog(device: number, fact: Extract<Fact, { kind: 'log' }>): Outcome {
    const applies = (topic: ((topic: string | undefined, id: string) => boolean) | undefined): boolean =>
      topic === undefined || topic(fact.topic, fact.device);
    if (fact.what === 'received') {
      for (const { slot, topic } of this.plan.received) if (applies(topic)) this.fold(device, slot, 1);
    } else if (fact.what === 'denied') {
      for (const { slot, topic } of this.plan.denied) if (applies(topic)) this.count(device, slot, fact.principal);
    } else if (fact.address !== undefined) this.judgeAddress(device, fact.address, fact.topic, fact.device);
    return 'counted';
  }

  private addReport(device: number, { report }: Extract<Fact, { kind: 'report' }>): Outcome {
    const { ids } = this.extra(device);
    if (ids.length >= MOST_IDS) return 'cut';
    ids.push(idOf(report.id, ID_KIND.report));
    let outcome: Outcome = 'counted';
    for (const { slot, number, judge } of this.plan.reports) {
      const value = number?.(report);
      if (value !== undefined) this.fold(device, slot, value);
      const verdict = judge?.(report);
      if (verdict !== undefined && !this.appendVerdict(device, slot, verdict)) outcome = 'cut';
    }
    return outcome;
  }

  /** What a stranger did under the device's name is kept apart until it is known whose it was. */
  private count(device: number, slot: number, principal: string | undefined): void {
    const extra = principal === undefined ? undefined : this.extra(device);
    const who = principal === undefined ? 0 : hash32(principal);
    if (extra === undefined || extra.principal === who) return this.fold(device, slot, 1);
    const known = extra.strangers.find(([other, at]) => other === who && at === slot);
    if (known !== undefined) known[2] += 1;
    else if (extra.strangers.length < MOST_STRANGERS) extra.strangers.push([who, slot, 1]);
  }

  private judgeAddress(device: number, address: string | undefined, topic: string | undefined, id: string): void {
    for (const { slot, topic: test, judge } of this.plan.addresses) {
      if (test !== undefined && !test(topic, id)) continue;
      const verdict = judge([address as string]);
      // One datapoint a window, however many connections.
      const violated = verdict.violated || (this.get(device, slot) || 0) > 1;
      this.set(device, slot, violated ? 1 + 32 : 1);
      if (verdict.example !== undefined) noteExample(this.extra(device).examples, slot, verdict.example);
    }
  }

  /** A run of verdicts as a number: 5 bits for how many, then one bit each, the first one lowest. */
  private appendVerdict(device: number, slot: number, verdict: Verdict): boolean {
    const run = this.get(device, slot) || 0;
    const length = run % 32;
    if (length >= MOST_VERDICTS) return false;
    this.set(device, slot, run + 1 + (verdict.violated ? 2 ** (5 + length) : 0));
    if (verdict.example !== undefined) noteExample(this.extra(device).examples, slot, verdict.example);
    return true;
  }

  public fold(device: number, slot: number, value: number): void {
    const cell = device * this.width + slot;
    const before = this.values[cell] as number;
    if (before !== before) {
      this.values[cell] = value;
      return;
    }
    const fold = this.plan.counters[slot]?.fold;
    if (fold === 'sum') this.values[cell] = before + value;
    else if (fold === 'max') this.values[cell] = Math.max(before, value);
    else if (fold === 'min') this.values[cell] = Math.min(before, value);
    else this.values[cell] = value;
  }

  private grow(): void {
    const larger = new Float64Array(this.values.length * 2).fill(NaN, this.values.length);
    larger.set(this.values);
    this.values = larger;
  }
}

const KIND_OF = { connected: ID_KIND.attempt, disconnected: ID_KIND.disconnect, failed: ID_KIND.failure };

function idOf(text: string, kind: number): number {
  return ((hash32(text) & ~3) | kind) >>> 0;
}

/** Accuracy of the times of lifecycle events is two minutes either way. */
const SAME_TIME_MS = 240_000;

export function isNewer(next: Presence, last: Presence): boolean {
  const [at, version, connected] = next;
  if (Math.abs(at - last[0]) > SAME_TIME_MS) return at > last[0];
  if (version !== last[1]) return version > last[1];
  // A connection and its end have one version; the end is the later of the two.
  return connected < last[2] || (connected === last[2] && at > last[0]);
}

/** Of several examples the first by its letters is kept: the same one in whatever order they come. */
export function noteExample(examples: Map<number, string>, slot: number, example: string | undefined): void {
  const known = examples.get(slot);
  if (example !== undefined && (known === undefined || example < known)) examples.set(slot, example);
}

/** Two runs of verdicts, one after the other. */
export function joinRuns(first: number, second: number): number {
  const length = Math.min((first % 32) + (second % 32), MOST_VERDICTS);
  const bits = Math.floor(first / 32) + Math.floor(second / 32) * 2 ** (first % 32);
  return (bits % 2 ** length) * 32 + length;
}

/** The verdicts of a run, in order. */
export function verdictsOf(run: number): boolean[] {
  return Array.from({ length: run % 32 }, (_, index) => Math.floor(run / 2 ** (5 + index)) % 2 === 1);
}

/** What is kept of the records that came last, the oldest first. */
export interface Hashes {
  readonly often: Iterable<number>;
  readonly seldom: Iterable<number>;
}

export const NO_HASHES: Hashes = { often: [], seldom: [] };

/** The records that came last, to know a repetition by. */
export class Remembered {
  public readonly often: Recent;
  public readonly seldom: Recent;

  constructor({ often, seldom }: Hashes) {
    this.often = new Recent(RECENT.often, often);
    this.seldom = new Recent(RECENT.seldom, seldom);
  }

  public list(): { readonly often: Uint32Array; readonly seldom: Uint32Array } {
    return { often: this.often.list(), seldom: this.seldom.list() };
  }
}

class Recent {
  /** As long as what it holds wants, up to the most: a shard that hears little makes no room for much in each window. */
  private ring: Uint32Array;
  private readonly known = new Set<number>();
  private next = 0;
  private full = false;

  constructor(
    private readonly most: number,
    hashes: Iterable<number>,
  ) {
    this.ring = new Uint32Array(Math.min(most, FIRST_RING));
    for (const hash of hashes) this.isNew(hash);
  }

  public isNew(hash: number): boolean {
    if (this.known.has(hash)) return false;
    if (this.full) this.known.delete(this.ring[this.next] as number);
    this.known.add(hash);
    if (this.next === this.ring.length) this.grow();
    this.ring[this.next] = hash;
    this.next += 1;
    if (this.next === this.most) {
      this.next = 0;
      this.full = true;
    }
    return true;
  }

  private grow(): void {
    const larger = new Uint32Array(Math.min(this.ring.length * 4, this.most));
    larger.set(this.ring);
    this.ring = larger;
  }

  /** The oldest first. */
  public list(): Uint32Array {
    if (!this.full) return this.ring.slice(0, this.next);
    const list = new Uint32Array(this.most);
    list.set(this.ring.subarray(this.next));
    list.set(this.ring.subarray(0, this.next), this.most - this.next);
    return list;
  }
}

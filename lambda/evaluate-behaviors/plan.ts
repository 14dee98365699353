import {
  ALL_TOPICS,
  type BehaviorsDocument,
  type CompiledBehavior,
  type TopicSelection,
  WINDOW_SECONDS,
} from './contract';
import { hash32 } from './hash';
import { awsMetric, CUSTOM, judgeOf, type Judge } from './judge';
import { type Scatter, scatterOf } from './learn';
import type { DeviceReport } from './report';
import { inSelection } from './topic-match';

/** How the values of one counter of one device and window become one: verdicts one after the other, or all of them one. */
export type Fold = 'sum' | 'max' | 'min' | 'last' | 'verdict' | 'one verdict';

export interface Counter {
  /** The same as long as what is counted is the same, whatever else the document says. */
  readonly key: number;
  readonly fold: Fold;
  /** A device that was heard of and has no value has none (`undefined`), or 0: AWS IoT counts for every device. */
  readonly absent: 0 | undefined;
}

/** A behavior and what it takes to judge it. */
export interface Watch {
  readonly behavior: CompiledBehavior;
  readonly key: string;
  readonly kind: 'threshold' | 'verdict' | 'percentile' | 'learned' | 'duration';
  /** -1: not counted on the stream. */
  readonly slot: number;
  /** How many windows of the stream make one of the behavior. */
  readonly windows: number;
  /** How two windows of the stream become one. */
  readonly fold: Fold;
  /** Counts scatter like counts, amounts (bytes, packets) by orders of magnitude, custom metrics as they are. */
  readonly scatter: Scatter;
  /** Whether it rests on what the device itself says. */
  readonly reported: boolean;
}

type Topic = ((topic: string | undefined, clientId: string) => boolean) | undefined;

/** What is to be counted, by where it comes from. */
export interface Plan {
  readonly document: BehaviorsDocument;
  readonly counters: readonly Counter[];
  readonly watches: readonly Watch[];
  /** By selection of topics: the slots of the number and of the sizes of messages. */
  readonly messages: ReadonlyMap<string, { readonly count: number; readonly sizes: readonly number[] }>;
  readonly received: readonly { readonly slot: number; readonly topic: Topic }[];
  readonly denied: readonly { readonly slot: number; readonly topic: Topic }[];
  readonly addresses: readonly { readonly slot: number; readonly topic: Topic; readonly judge: Judge }[];
  readonly attempts: number;
  readonly disconnects: number;
  readonly reports: readonly {
    readonly slot: number;
    readonly number?: (report: DeviceReport) => number | undefined;
    readonly judge?: (report: DeviceReport) => ReturnType<Judge> | undefined;
  }[];
  /** Whether it matters when devices connect and disconnect, and with which certificate. */
  readonly presence: boolean;
  readonly principals: boolean;
  readonly learns: boolean;
}

const COUNTED = new Set([
  'messages-sent',
  'messages-received',
  'authorization-failures',
  'connection-attempts',
  'disconnects',
]);
/** What is not counted, and seen by AWS IoT as well. */
const OTHERS_SEEN = new Set(['message-size', 'source-ip', 'disconnect-duration']);
const DELTAS = new Set(['bytes-out', 'bytes-in', 'packets-out', 'packets-in']);
const WINDOWED_GAUGES = new Set(['listening-tcp-port-count', 'listening-udp-port-count']);

/** Compiles a document into what the hot path needs. */
export function planOf(document: BehaviorsDocument): Plan {
  const maker = new Maker(document);
  for (const behavior of document.behaviors) maker.add(behavior);
  return maker.done();
}

class Maker {
  private readonly slots = new Map<string, number>();
  private readonly counters: Counter[] = [];
  private readonly watches: Watch[] = [];
  private readonly messages = new Map<string, { count: number; sizes: number[] }>();
  private readonly received: { slot: number; topic: Topic }[] = [];
  private readonly denied: { slot: number; topic: Topic }[] = [];
  private readonly addresses: { slot: number; topic: Topic; judge: Judge }[] = [];
  private readonly reports: Plan['reports'][number][] = [];
  private attempts = -1;
  private disconnects = -1;
  private presence = false;

  constructor(private readonly document: BehaviorsDocument) {}

  public add(behavior: CompiledBehavior): void {
    const kind = this.kindOf(behavior);
    const fold = foldOf(behavior, kind);
    const slot = kind === 'duration' ? -1 : this.slotOf(behavior, kind, fold);
    if (kind === 'duration') this.presence = true;
    this.watches.push({
      behavior,
      kind,
      slot,
      fold,
      key: hash32(behavior.name).toString(36),
      windows: (behavior.windowSeconds ?? WINDOW_SECONDS) / WINDOW_SECONDS,
      scatter: scatterOf(behavior.metric, behavior.customType !== undefined),
      reported: !COUNTED.has(awsMetric(behavior)) && !OTHERS_SEEN.has(awsMetric(behavior)),
    });
  }

  public done(): Plan {
    const { document, counters, watches, messages, received, denied, addresses, attempts, disconnects, reports } = this;
    return {
      document,
      counters,
      watches,
      messages,
      received,
      denied,
      addresses,
      attempts,
      disconnects,
      reports,
      presence: this.presence,
      principals: denied.length > 0 || attempts >= 0,
      learns: watches.some(({ kind }) => kind === 'learned'),
    };
  }

  private kindOf(behavior: CompiledBehavior): Watch['kind'] {
    if (awsMetric(behavior) === 'disconnect-duration') return 'duration';
    if (behavior.confidence !== undefined) return 'learned';
    if (behavior.percentile !== undefined) return 'percentile';
    const judged = behavior.threshold === undefined || isGauge(behavior);
    return judged ? 'verdict' : 'threshold';
  }

  private slotOf(behavior: CompiledBehavior, kind: Watch['kind'], fold: Fold): number {
    const { metric, name, on } = behavior;
    const scope = on === undefined ? ALL_TOPICS : JSON.stringify(this.selection(on));
    // Verdicts are of one behavior; all else may be shared.
    const identity = kind === 'verdict' ? `${name}/${JSON.stringify(behavior)}` : scope;
    const what = `${fold}/${behavior.customType ?? ''}/${metric}/${identity}`;
    const known = this.slots.get(what);
    if (known !== undefined) return known;
    const slot = this.counters.length;
    this.counters.push({ key: hash32(what), fold, absent: COUNTED.has(awsMetric(behavior)) ? 0 : undefined });
    this.slots.set(what, slot);
    this.route(behavior, slot, kind);
    return slot;
  }

  private route(behavior: CompiledBehavior, slot: number, kind: Watch['kind']): void {
    const { metric, on = ALL_TOPICS } = behavior;
    const topic = this.topicTest(behavior.on);
    if (behavior.customType !== undefined) this.routeReport(behavior, slot, kind);
    else if (metric === 'messages-sent') this.messageSlots(on).count = slot;
    else if (metric === 'message-size') this.messageSlots(on).sizes.push(slot);
    else if (metric === 'messages-received') this.received.push({ slot, topic });
    else if (metric === 'authorization-failures') this.denied.push({ slot, topic });
    else if (metric === 'connection-attempts') this.attempts = slot;
    else if (metric === 'disconnects') this.disconnects = slot;
    else if (metric === 'source-ip') this.addresses.push({ slot, topic, judge: judgeOf(behavior) });
    else this.routeReport(behavior, slot, kind);
  }

  private routeReport(behavior: CompiledBehavior, slot: number, kind: Watch['kind']): void {
    const { metric, customType } = behavior;
    if (kind !== 'verdict') {
      const number = (report: DeviceReport): number | undefined =>
        customType === undefined ? report.numbers[metric] : report.custom[metric]?.number;
      this.reports.push({ slot, number });
      return;
    }
    const judge = judgeOf(behavior);
    this.reports.push({ slot, judge: (report) => valuesOf(report, behavior, judge) });
  }

  private messageSlots(on: string): { count: number; sizes: number[] } {
    const slots = this.messages.get(on) ?? { count: -1, sizes: [] };
    this.messages.set(on, slots);
    return slots;
  }

  private topicTest(on: string | undefined): Topic {
    if (on === undefined) return undefined;
    const selection = this.selection(on);
    return (topic, clientId) => topic !== undefined && inSelection(selection, topic, clientId);
  }

  private selection(on: string) {
    return this.document.topics.find(({ id }) => id === on) as TopicSelection;
  }
}

/** Numbers of which each report has one, judged one by one. */
function isGauge(behavior: CompiledBehavior): boolean {
  return behavior.customType === 'number' || awsMetric(behavior) === 'established-tcp-connections';
}

function foldOf(behavior: CompiledBehavior, kind: Watch['kind']): Fold {
  const { operator } = behavior;
  const metric = awsMetric(behavior);
  if (kind === 'verdict') return metric === 'source-ip' ? 'one verdict' : 'verdict';
  if (metric === CUSTOM) return 'last';
  if (COUNTED.has(metric) || DELTAS.has(metric)) return 'sum';
  if (metric === 'message-size' && kind !== 'threshold') return 'sum';
  if (kind === 'threshold' && (metric === 'message-size' || WINDOWED_GAUGES.has(metric)))
    return operator === 'lessThan' || operator === 'atMost' ? 'max' : 'min';
  return 'last';
}

/** What a report says of a behavior; undefined where it says nothing. An empty list is within any normal. */
function valuesOf(report: DeviceReport, { metric, customType }: CompiledBehavior, judge: Judge) {
  if (customType !== undefined) {
    const value = report.custom[metric];
    if (value === undefined || value.type !== customType) return undefined;
    const { number, numbers, texts } = value;
    return judge(number === undefined ? ((numbers ?? texts) as readonly (number | string)[]) : [number]);
  }
  const number = report.numbers[metric];
  const values =
    metric === 'destination-ips'
      ? report.addresses
      : (report.ports[metric] ?? (number === undefined ? undefined : [number]));
  return values === undefined ? undefined : judge(values);
}

import { METRIC_IDS, METRICS } from '../../../lib/detection/metrics';
import { observeRecord } from './stream-record';

/** Of what a value is, and which messages it counts, where the line says it. */
export interface Measured {
  readonly thing: string;
  readonly metric: string;
  readonly time: number;
  /** The topic of the one message that it is about. */
  readonly topic?: string;
  /** The selection of topics whose rule counted it. */
  readonly selection?: string;
  /** The dimension of Device Defender that it is narrowed to. */
  readonly dimension?: { readonly name: string; readonly excluded: boolean };
  /** Of two values of one device, metric and time the one with the higher version counts. */
  readonly version?: number;
}

/** What a line says of one device. */
export type Observation =
  | (Measured & { readonly kind: 'value'; readonly value: number })
  | (Measured & { readonly kind: 'items'; readonly items: readonly string[] })
  | { readonly kind: 'topic'; readonly thing: string; readonly action: TopicAction; readonly topic: string };

export type TopicAction = 'publish' | 'subscribe' | 'receive';

type Json = Readonly<Record<string, unknown>>;

const BY_DEFENDER_NAME = new Map<string, string>(METRIC_IDS.map((id) => [METRICS[id].defenderName, id]));
const MOST_ITEMS = 1_000;
const LONGEST_ITEM = 256;
/** What is smaller is in seconds. */
const SMALLEST_MILLISECONDS = 1e11;

/**
 * Reads a line; undefined for one that is of no form that is known. Total: nothing that stands in a line makes it throw.
 *
 * - a log entry of AWS IoT, as it is or behind a time, as CloudWatch Logs exports it
 * - a batch of the metrics export of Device Defender: `{"version":"1.0","metrics":[...]}`
 * - a record of a detector's stream: `{"v":1,"source":"report",...}`
 * - a window: `{"thing":"pump-7","metric":"messages-sent","time":1764000000000,"value":12}`
 */
export function observe(line: string): readonly Observation[] | undefined {
  const start = line.indexOf('{');
  const object = start < 0 ? undefined : parse(line.slice(start));
  if (object === undefined) return undefined;
  if (object.v === 1 && typeof object.source === 'string') return observeRecord(line.slice(start));
  if (Array.isArray(object.metrics)) return ofBatch(object.metrics, object.version);
  if (typeof object.message === 'string' && object.eventType === undefined) return observeNested(object.message);
  return typeof object.eventType === 'string' ? ofLogEntry(object) : ofWindow(object);
}

/** https://docs.aws.amazon.com/iot-device-defender/latest/devguide/metrics-export-json-schema.html */
function ofBatch(metrics: readonly unknown[], version: unknown): readonly Observation[] | undefined {
  if (version !== undefined && !/^1\.\d+$/.test(String(version))) return undefined;
  return metrics.flatMap((metric) => ofWindow(asObject(metric)) ?? []);
}

function observeNested(message: string): readonly Observation[] | undefined {
  const nested = parse(message);
  return nested !== undefined && typeof nested.eventType === 'string' ? ofLogEntry(nested) : undefined;
}

function ofWindow(object: Json | undefined): readonly Observation[] | undefined {
  if (object === undefined) return undefined;
  const { thing, value: raw } = object;
  // Device Defender's export says `name`.
  const name = object.metric ?? object.name;
  const time = timeOf(object.time ?? object.timestamp);
  if (!isThing(thing) || typeof name !== 'string' || name === '' || name.length > 128 || time === undefined)
    return undefined;
  const of = { thing, metric: BY_DEFENDER_NAME.get(name) ?? name, time, ...narrowed(object) };
  const inner = asObject(raw);
  const value =
    inner === undefined
      ? raw
      : (inner.count ?? inner.number ?? inner.cidrs ?? inner.ports ?? inner.numbers ?? inner.strings);
  if (typeof value === 'number') return isValueOf(of.metric, value) ? [{ kind: 'value', ...of, value }] : undefined;
  const items = Array.isArray(value) ? itemsOf(value) : undefined;
  return items && [{ kind: 'items', ...of, items }];
}

/** What AWS counts is whole and not negative: a bound between two of them could not be deployed. */
function isValueOf(metric: string, value: number): boolean {
  const id = METRIC_IDS.find((known) => known === metric);
  if (id === undefined || METRICS[id].value !== 'count') return Number.isFinite(value);
  return Number.isSafeInteger(value) && value >= 0;
}

function narrowed({ topic, dimension, version }: Json): Pick<Measured, 'topic' | 'dimension' | 'version'> {
  const { name, operator } = asObject(dimension) ?? {};
  return {
    ...(typeof topic === 'string' && topic.length <= LONGEST_ITEM ? { topic } : {}),
    ...(typeof name === 'string' && name !== '' ? { dimension: { name, excluded: operator === 'NOT_IN' } } : {}),
    ...(typeof version === 'number' ? { version } : {}),
  };
}

function itemsOf(list: readonly unknown[]): readonly string[] | undefined {
  if (list.length > MOST_ITEMS) return undefined;
  const items = list
    .filter((item): item is string | number => typeof item === 'string' || typeof item === 'number')
    .map(String);
  return items.length === list.length && items.every((item) => item.length <= LONGEST_ITEM) ? items : undefined;
}

/** https://docs.aws.amazon.com/iot/latest/developerguide/cwl-format.html */
function ofLogEntry(entry: Json): readonly Observation[] | undefined {
  const { clientId: thing, eventType, status, sourceIp, topicName: topic } = entry;
  const time = timeOf(entry.timestamp);
  if (!isThing(thing) || time === undefined) return undefined;
  const on = typeof topic === 'string' && topic.length <= LONGEST_ITEM ? { topic } : {};
  const one = (metric: string): Observation => ({ kind: 'value', thing, metric, time, value: 1, ...on });
  const used = (action: TopicAction): Observation[] =>
    on.topic === undefined ? [] : [{ kind: 'topic', thing, action, topic: on.topic }];
  const address: Observation[] =
    typeof sourceIp === 'string' && sourceIp.length <= 64
      ? [{ kind: 'items', thing, metric: 'source-ip', time, items: [sourceIp], ...on }]
      : [];
  if (status !== 'Success') {
    const denied = /^authorization[_ ]fail/i.test(String(entry.reason ?? entry.details));
    return [
      ...(denied ? [one('authorization-failures')] : []),
      ...(eventType === 'Connect' ? [one('connection-attempts')] : []),
    ];
  }
  switch (eventType) {
    case 'Connect':
      return [one('connection-attempts'), ...address];
    case 'Disconnect':
      return [one('disconnects')];
    case 'Publish-In':
      return [one('messages-sent'), ...used('publish'), ...address];
    case 'Publish-Out':
      return [one('messages-received'), ...used('receive')];
    case 'Subscribe':
      return used('subscribe');
    default:
      return [];
  }
}

function timeOf(value: unknown): number | undefined {
  // `2017-08-10 15:37:23.476`, in UTC, as AWS IoT writes it.
  const text = typeof value === 'string' ? value.replace(/^([0-9-]{10}) ([0-9:.]+)$/, '$1T$2Z') : undefined;
  const time = text === undefined ? value : Date.parse(text);
  if (typeof time !== 'number' || !Number.isFinite(time) || time <= 0) return undefined;
  const milliseconds = time < SMALLEST_MILLISECONDS ? time * 1_000 : time;
  return milliseconds < Date.UTC(2100, 0, 1) ? milliseconds : undefined;
}

function isThing(value: unknown): value is string {
  return typeof value === 'string' && /^[a-zA-Z0-9:_-]{1,128}$/.test(value);
}

function parse(text: string): Json | undefined {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function asObject(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

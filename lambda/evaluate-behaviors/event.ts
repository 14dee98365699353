import { asList, asObject, type Json } from '../shared/incident/text';
import { SWEEP_EVENT } from './contract';

/** One invocation: a part of a tumbling window, or the schedule. */
export type Invocation = { readonly kind: 'window'; readonly part: WindowPart } | { readonly kind: 'sweep' };

export interface WindowPart {
  /** Milliseconds. */
  readonly start: number;
  readonly end: number;
  readonly shard: string;
  /** What the function answered last, in this window. */
  readonly state: Json;
  readonly final: boolean;
  /** The window goes on with a fresh state: the service ended this part, since its state had become too large. */
  readonly early: boolean;
  readonly records: readonly RawRecord[];
}

export interface RawRecord {
  readonly sequence: string;
  /** When it arrived at the stream, in milliseconds. */
  readonly arrival: number;
  /** base64 */
  readonly data: string;
}

/**
 * Reads what Lambda sends. Throws for what cannot come from it: such an invocation is a mistake of whoever configured the function.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-windows.html
 */
export function parseInvocation(raw: unknown): Invocation {
  const event = asObject(raw) ?? {};
  if (event.schema === SWEEP_EVENT.schema) return { kind: 'sweep' };
  const window = asObject(event.window);
  const start = Date.parse(String(window?.start));
  const end = Date.parse(String(window?.end));
  if (Number.isNaN(start) || Number.isNaN(end) || typeof event.shardId !== 'string')
    throw new Error('not a tumbling window of Kinesis: no window or shard');
  return {
    kind: 'window',
    part: {
      start,
      end,
      shard: event.shardId,
      state: asObject(event.state) ?? {},
      final: event.isFinalInvokeForWindow === true,
      early: event.isWindowTerminatedEarly === true,
      records: asList(event.Records).map(recordOf),
    },
  };
}

function recordOf(raw: unknown): RawRecord {
  const kinesis = asObject(asObject(raw)?.kinesis);
  const { sequenceNumber, approximateArrivalTimestamp, data } = kinesis ?? {};
  if (typeof sequenceNumber !== 'string' || typeof approximateArrivalTimestamp !== 'number' || typeof data !== 'string')
    throw new Error('not a record of Kinesis: no sequence number, arrival or data');
  return { sequence: sequenceNumber, arrival: approximateArrivalTimestamp * 1_000, data };
}

/** Sequence numbers are decimal numbers of many digits. */
export function isAfter(sequence: string, other: string): boolean {
  return sequence.length === other.length ? sequence > other : sequence.length > other.length;
}

import { createHash } from 'node:crypto';
import type { World } from '../world';

export interface StreamProps {
  readonly name: string;
  readonly arn: string;
  readonly shards: number;
  readonly keyArn?: string;
}

/** A record as it lies in a shard. */
export interface StreamedRecord {
  readonly sequence: string;
  readonly partitionKey: string;
  readonly data: Buffer;
  /** Virtual milliseconds. */
  readonly arrivedAt: number;
}

export interface Shard {
  readonly id: string;
  readonly records: StreamedRecord[];
  /** Told of each record that arrives. */
  readonly readers: ((record: StreamedRecord) => void)[];
}

const HASH_BITS = 128n;
/** Sequence numbers have this many digits, whatever they count. */
const SEQUENCE_DIGITS = 56;

/** One data stream: records in the order of their arrival, spread over shards by the hash of their partition key. */
export class DataStream {
  public readonly shards: readonly Shard[];
  private arrived = 0;
  /** Told of each record, where something would read it that is not modelled. */
  public onPut: () => void = () => undefined;

  constructor(
    public readonly props: StreamProps,
    private readonly world: World,
  ) {
    this.shards = Array.from({ length: props.shards }, (_, index) => ({
      id: `shardId-${String(index).padStart(12, '0')}`,
      records: [],
      readers: [],
    }));
  }

  public put(partitionKey: string, data: Buffer): { readonly shardId: string; readonly sequence: string } {
    const shard = this.shardOf(partitionKey);
    const sequence = `4${String(++this.arrived).padStart(SEQUENCE_DIGITS - 1, '0')}`;
    const record = { sequence, partitionKey, data, arrivedAt: this.world.clock.now() };
    shard.records.push(record);
    this.onPut();
    for (const tell of shard.readers) tell(record);
    return { shardId: shard.id, sequence };
  }

  /** The key's MD5 as a number, in the range of a shard. */
  private shardOf(partitionKey: string): Shard {
    const hash = BigInt(`0x${createHash('md5').update(partitionKey).digest('hex')}`);
    return this.shards[Number((hash * BigInt(this.shards.length)) >> HASH_BITS)] as Shard;
  }
}

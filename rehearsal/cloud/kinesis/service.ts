import type { Need } from '../../iam/authorizer';
import { AwsFault } from '../fault';
import { arnOf, type Input, type Operation, textOf } from '../operation';
import { speaking, TargetJson, type WireService } from '../wire';
import type { World } from '../world';
import { DataStream, type StreamProps } from './stream';

const MOST_RECORDS = 500;
const MOST_BYTES = 1_048_576;
const LONGEST_KEY = 256;

/** Kinesis Data Streams, as far as producers call it; functions read through their event source mappings. */
export class Kinesis {
  private readonly streams = new Map<string, DataStream>();
  public readonly wire: WireService;

  constructor(private readonly world: World) {
    const on = (name: string, act: (stream: DataStream, input: Input) => object): Operation => ({
      name: `kinesis:${name}`,
      needs: (input) => this.writing(`kinesis:${name}`, this.arnIn(input)),
      act: (input) => act(this.existing(input), input),
    });
    const operations = [
      on('PutRecord', (stream, input) => put(stream, input)),
      on('PutRecords', (stream, input) => {
        const entries = (input.Records ?? []) as Input[];
        if (entries.length === 0 || entries.length > MOST_RECORDS)
          throw new AwsFault('ValidationException', `Records must hold 1 to ${MOST_RECORDS} entries`);
        return { FailedRecordCount: 0, Records: entries.map((entry) => put(stream, entry)) };
      }),
      {
        ...on('DescribeStreamSummary', ({ props }) => ({
          StreamDescriptionSummary: {
            StreamName: props.name,
            StreamARN: props.arn,
            StreamStatus: 'ACTIVE',
            OpenShardCount: props.shards,
          },
        })),
        needs: (input: Input) => [{ action: 'kinesis:DescribeStreamSummary', resource: this.arnIn(input) }],
      },
    ];
    const wire = new TargetJson('Kinesis_20131202', '1.1', operations, 'com.amazonaws.kinesis');
    this.wire = {
      name: 'kinesis',
      signingNames: ['kinesis'],
      denied: ['AccessDeniedException', 400],
      ...speaking(wire),
      operations,
    };
  }

  public create(props: Omit<StreamProps, 'arn'>): DataStream {
    const stream = new DataStream({ ...props, arn: this.arn(props.name) }, this.world);
    this.streams.set(stream.props.arn, stream);
    return stream;
  }

  /** By name or ARN. */
  public find(reference: string): DataStream | undefined {
    return this.streams.get(reference) ?? this.streams.get(this.arn(reference));
  }

  /** Permissions that a producer needs. */
  public writing(action: string, arn: string): Need[] {
    return [{ action, resource: arn }, ...this.onKey('kms:GenerateDataKey', arn)];
  }

  /** Permissions that a reader needs. */
  public reading(arn: string): Need[] {
    const actions = ['DescribeStream', 'DescribeStreamSummary', 'GetRecords', 'GetShardIterator', 'ListShards'];
    const needs = actions.map((action) => ({ action: `kinesis:${action}`, resource: arn }));
    return [...needs, ...this.onKey('kms:Decrypt', arn)];
  }

  private onKey(action: string, arn: string): Need[] {
    const keyArn = this.streams.get(arn)?.props.keyArn;
    const context = { 'kms:ViaService': `kinesis.${this.world.place.region}.amazonaws.com` };
    return keyArn === undefined ? [] : [{ action, resource: keyArn, context }];
  }

  private arn(name: string): string {
    return arnOf(this.world.place, 'kinesis', `stream/${name}`);
  }

  private arnIn(input: Input): string {
    return textOf(input, 'StreamARN') ?? this.arn(textOf(input, 'StreamName') ?? '');
  }

  private existing(input: Input): DataStream {
    const found = this.streams.get(this.arnIn(input));
    if (found === undefined) throw new AwsFault('ResourceNotFoundException', 'The stream was not found');
    return found;
  }
}

function put(stream: DataStream, input: Input): object {
  const key = textOf(input, 'PartitionKey');
  const data = Buffer.from(textOf(input, 'Data') ?? '', 'base64');
  if (key === undefined || key.length > LONGEST_KEY)
    throw new AwsFault('ValidationException', `PartitionKey must have 1 to ${LONGEST_KEY} characters`);
  if (data.length > MOST_BYTES) throw new AwsFault('ValidationException', 'The record is too large');
  const { shardId, sequence } = stream.put(key, data);
  return { ShardId: shardId, SequenceNumber: sequence };
}

import { CfnStream } from 'aws-cdk-lib/aws-kinesis';
import { Construct } from 'constructs';
import { acknowledge } from '../../internal/acknowledge';
import { allow, type IamStatement } from '../../internal/iam';

export interface EventStreamProps {
  readonly keyArn: string;
  readonly retentionHours: number;
  readonly shardCount?: number;
}

/** What is known of devices, in the order of each device: all records of one lie in one shard. */
export class EventStream extends Construct {
  public readonly resource: CfnStream;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: EventStreamProps,
  ) {
    super(scope, id);
    const { shardCount, retentionHours, keyArn } = props;
    this.resource = new CfnStream(this, 'Resource', {
      shardCount,
      streamModeDetails: { streamMode: shardCount === undefined ? 'ON_DEMAND' : 'PROVISIONED' },
      retentionPeriodHours: retentionHours,
      streamEncryption: { encryptionType: 'KMS', keyId: keyArn },
    });
    acknowledge(
      this.resource,
      'AwsSolutions-KDS3',
      'The rule wants the key of the service, to save its requests. A key of the account says by policy who may read where devices are and what they do, and CloudTrail shows who did.',
    );
  }

  /** Rights to put records on it, with the key that encrypts them. */
  public writing(action: 'kinesis:PutRecord' | 'kinesis:PutRecords'): IamStatement[] {
    return [allow([action], [this.resource.attrArn]), allow(['kms:GenerateDataKey'], [this.props.keyArn])];
  }

  /** What an event source mapping does on behalf of its function. */
  public reading(): IamStatement[] {
    const actions = ['DescribeStream', 'DescribeStreamSummary', 'GetRecords', 'GetShardIterator', 'ListShards'];
    return [
      allow(
        actions.map((action) => `kinesis:${action}`),
        [this.resource.attrArn],
      ),
      allow(['kms:Decrypt'], [this.props.keyArn]),
    ];
  }
}

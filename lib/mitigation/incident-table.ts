import { CfnDeletionPolicy, Stack } from 'aws-cdk-lib';
import { CfnTable } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { TABLE } from '../../lambda/shared/incident/contract';
import { acknowledge } from '../internal/acknowledge';
import { allow, type IamStatement } from '../internal/iam';

/** The records of incidents. Kept when the stack goes: without them an isolated device cannot be given back what it had. */
export class IncidentTable extends Construct {
  public readonly resource: CfnTable;
  public readonly streamArn: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly keyArn: string,
  ) {
    super(scope, id);
    const key = (attributeName: string, keyType: string) => ({ attributeName, keyType });
    const attribute = (attributeName: string, attributeType: string) => ({ attributeName, attributeType });
    const index = (indexName: string, hash: string, range: string) => ({
      indexName,
      keySchema: [key(hash, 'HASH'), key(range, 'RANGE')],
      projection: { projectionType: 'ALL' },
    });
    this.resource = new CfnTable(this, 'Resource', {
      keySchema: [key(TABLE.partitionKey, 'HASH'), key(TABLE.sortKey, 'RANGE')],
      attributeDefinitions: [
        attribute(TABLE.partitionKey, 'S'),
        attribute(TABLE.sortKey, 'N'),
        attribute(TABLE.heldKey, 'S'),
        attribute(TABLE.heldSort, 'N'),
        attribute(TABLE.dueKey, 'S'),
        attribute(TABLE.dueSort, 'N'),
      ],
      globalSecondaryIndexes: [
        index(TABLE.heldIndex, TABLE.heldKey, TABLE.heldSort),
        index(TABLE.dueIndex, TABLE.dueKey, TABLE.dueSort),
      ],
      billingMode: 'PAY_PER_REQUEST',
      deletionProtectionEnabled: true,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      sseSpecification: { sseEnabled: true, sseType: 'KMS', kmsMasterKeyId: keyArn },
      streamSpecification: { streamViewType: 'NEW_AND_OLD_IMAGES' },
      timeToLiveSpecification: { attributeName: TABLE.timeToLive, enabled: true },
    });
    this.resource.cfnOptions.deletionPolicy = CfnDeletionPolicy.RETAIN_EXCEPT_ON_CREATE;
    this.resource.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
    this.streamArn = this.resource.attrStreamArn;
    acknowledge(
      this.resource,
      'DynamoDBInBackupPlan',
      'Point-in-time recovery restores any second of the last 35 days, and every write lies in the evidence bucket as well; whether a central backup plan covers the account is for the account to say.',
    );
  }

  /** Rights to read the records, also by an index, and to write them, with the key that encrypts them. */
  public rightsWithIndex(reading: string[], writing: string[], indexes: string[] = [TABLE.heldIndex]): IamStatement[] {
    return [
      allow(reading, [this.resource.attrArn, ...indexes.map((name) => `${this.resource.attrArn}/index/${name}`)]),
      allow(writing, [this.resource.attrArn]),
      allow(['kms:Decrypt'], [this.keyArn], {
        StringLike: { 'kms:ViaService': `dynamodb.${Stack.of(this).region}.*` },
      }),
    ];
  }
}

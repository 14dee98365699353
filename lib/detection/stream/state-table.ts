import { CfnDeletionPolicy, Stack } from 'aws-cdk-lib';
import { CfnTable } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { STATE } from '../../../lambda/evaluate-behaviors/contract';
import { acknowledge } from '../../internal/acknowledge';
import { allow, type IamStatement } from '../../internal/iam';

/** What was learned of devices, and which alarms stand. Kept when the stack goes: learning takes weeks. */
export class StateTable extends Construct {
  public readonly resource: CfnTable;

  constructor(
    scope: Construct,
    id: string,
    private readonly keyArn: string,
  ) {
    super(scope, id);
    this.resource = new CfnTable(this, 'Resource', {
      keySchema: [{ attributeName: STATE.partitionKey, keyType: 'HASH' }],
      attributeDefinitions: [{ attributeName: STATE.partitionKey, attributeType: 'S' }],
      billingMode: 'PAY_PER_REQUEST',
      deletionProtectionEnabled: true,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      sseSpecification: { sseEnabled: true, sseType: 'KMS', kmsMasterKeyId: keyArn },
      timeToLiveSpecification: { attributeName: STATE.timeToLive, enabled: true },
    });
    this.resource.cfnOptions.deletionPolicy = CfnDeletionPolicy.RETAIN_EXCEPT_ON_CREATE;
    this.resource.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
    acknowledge(
      this.resource,
      'DynamoDBInBackupPlan',
      'Point-in-time recovery restores any second of the last 35 days; what is lost beyond that is learned anew within weeks.',
    );
  }

  /** Rights to read and write pages, with the key that encrypts them. */
  public rights(): IamStatement[] {
    return [
      allow(['dynamodb:GetItem', 'dynamodb:Scan', 'dynamodb:PutItem'], [this.resource.attrArn]),
      allow(['kms:Decrypt'], [this.keyArn], {
        StringLike: { 'kms:ViaService': `dynamodb.${Stack.of(this).region}.*` },
      }),
    ];
  }
}

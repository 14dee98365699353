import { CfnDeletionPolicy, type CfnResource, Stack } from 'aws-cdk-lib';
import { CfnTable } from 'aws-cdk-lib/aws-dynamodb';
import type { IKeyRef } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { RESOURCE_TYPE } from '../../lambda/import-allow-list/contract';
import { ITEM } from '../../lambda/verify-enrollment/contract';
import { acknowledge } from '../internal/acknowledge';
import { CustomResourceProvider } from '../internal/custom-resource-provider';
import { DataKey } from '../internal/data-key';
import { stageText } from '../internal/handler-asset';
import { allow, type IamStatement } from '../internal/iam';
import type { AllowList } from './allow-list';

/** One virtual CPU: reading a million entries is work for one. */
const IMPORT_MEMORY_MIB = 1_769;

/**
 * The table behind an allow-list, and the import that fills it. It is kept when the stack goes: it is the record of who was
 * enrolled with which certificate.
 */
export class AllowListTable extends Construct {
  public readonly resource: CfnTable;
  /** The import; what must find the list complete depends on it. */
  public readonly import: CfnResource | undefined;
  private readonly keyArn: string;

  constructor(scope: Construct, id: string, allowList: AllowList, encryptionKey: IKeyRef | undefined) {
    super(scope, id);
    this.keyArn = DataKey.arnFor(this, encryptionKey);
    this.resource = new CfnTable(this, 'Resource', {
      keySchema: [{ attributeName: ITEM.serial, keyType: 'HASH' }],
      attributeDefinitions: [{ attributeName: ITEM.serial, attributeType: 'S' }],
      billingMode: 'PAY_PER_REQUEST',
      deletionProtectionEnabled: true,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      sseSpecification: { sseEnabled: true, sseType: 'KMS', kmsMasterKeyId: this.keyArn },
    });
    this.resource.cfnOptions.deletionPolicy = CfnDeletionPolicy.RETAIN;
    this.resource.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
    acknowledge(
      this.resource,
      'DynamoDBInBackupPlan',
      'Point-in-time recovery restores any second of the last 35 days and the list itself is under version control; whether a central backup plan covers the account is for the account to say.',
    );
    this.import = this.importList(allowList);
  }

  /** Rights on the table, with the key that encrypts it. */
  public rights(actions: string[]): IamStatement[] {
    return [
      allow(actions, [this.resource.attrArn]),
      allow(['kms:Decrypt'], [this.keyArn], {
        StringLike: { 'kms:ViaService': `dynamodb.${Stack.of(this).region}.*` },
      }),
    ];
  }

  private importList(allowList: AllowList): CfnResource | undefined {
    const text = allowList._render();
    if (text === undefined) return undefined;
    const file = stageText(this, text, 'txt');
    const object = `arn:${Stack.of(this).partition}:s3:::${file.bucketName}/${file.objectKey}`;
    const provider = CustomResourceProvider.of(this, {
      handler: 'import-allow-list',
      description: 'Brings allow-lists of serial numbers from their files into their tables',
      memorySize: IMPORT_MEMORY_MIB,
    });
    return provider.addResource(this, 'Import', {
      type: RESOURCE_TYPE,
      properties: {
        TableName: this.resource.ref,
        Bucket: file.bucketName,
        Key: file.objectKey,
        Count: String(allowList.serialCount),
      },
      statements: [
        allow(['s3:GetObject'], [object]),
        ...this.rights(['dynamodb:Scan', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem']),
      ],
    });
  }
}

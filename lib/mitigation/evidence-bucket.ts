import { CfnDeletionPolicy, type Duration } from 'aws-cdk-lib';
import { CfnBucket, CfnBucketPolicy } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledge } from '../internal/acknowledge';
import { allow, type IamStatement, policyDocument } from '../internal/iam';

/**
 * Where every write of an incident is kept as an object of its own. As long as its policy is there nobody writes over one or
 * deletes one, whatever rights they have; who may change the policy can be kept from it by `lock` only.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html
 */
export class EvidenceBucket extends Construct {
  public readonly resource: CfnBucket;
  public readonly policy: CfnBucketPolicy;

  constructor(
    scope: Construct,
    id: string,
    private readonly keyArn: string,
    lock: Duration | undefined,
  ) {
    super(scope, id);
    this.resource = new CfnBucket(this, 'Resource', {
      bucketEncryption: {
        serverSideEncryptionConfiguration: [
          {
            bucketKeyEnabled: true,
            serverSideEncryptionByDefault: { sseAlgorithm: 'aws:kms', kmsMasterKeyId: keyArn },
          },
        ],
      },
      objectLockEnabled: lock === undefined ? undefined : true,
      objectLockConfiguration: lock && {
        objectLockEnabled: 'Enabled',
        rule: { defaultRetention: { mode: 'COMPLIANCE', days: lock.toDays() } },
      },
      ownershipControls: { rules: [{ objectOwnership: 'BucketOwnerEnforced' }] },
      publicAccessBlockConfiguration: {
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      },
      versioningConfiguration: { status: 'Enabled' },
    });
    this.resource.cfnOptions.deletionPolicy = CfnDeletionPolicy.RETAIN_EXCEPT_ON_CREATE;
    this.resource.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
    const objects = `${this.resource.attrArn}/*`;
    const deny = { Effect: 'Deny', Principal: '*' } as const;
    this.policy = new CfnBucketPolicy(this, 'Policy', {
      bucket: this.resource.ref,
      policyDocument: policyDocument([
        {
          Sid: 'TlsOnly',
          ...deny,
          Action: 's3:*',
          Resource: [this.resource.attrArn, objects],
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
        {
          Sid: 'NeverOverwritten',
          ...deny,
          Action: 's3:PutObject',
          Resource: objects,
          // The parts of an upload in parts take no such header; what completes it does.
          Condition: {
            Null: { 's3:if-none-match': 'true' },
            BoolIfExists: { 's3:ObjectCreationOperation': 'true' },
          },
        },
        {
          Sid: 'NeverDeleted',
          ...deny,
          Action: ['s3:DeleteObject', 's3:DeleteObjectVersion'],
          Resource: objects,
        },
      ]),
    });
    this.acknowledgeFindings();
  }

  /** Rights to add evidence. */
  public rights(): IamStatement[] {
    return [
      allow(['s3:PutObject'], [`${this.resource.attrArn}/incidents/*`]),
      allow(['kms:GenerateDataKey'], [this.keyArn]),
    ];
  }

  private acknowledgeFindings(): void {
    const logs =
      'One function writes here, under its own log; who reads is in CloudTrail data events, which are the account’s choice.';
    acknowledge(this.resource, 'S3BucketLoggingEnabled', logs);
    acknowledge(this.resource, 'AwsSolutions-S1', logs);
    acknowledge(
      this.resource,
      'S3BucketReplicationEnabled',
      'Evidence belongs to the region of the fleet; a copy elsewhere is a decision on data residency that the account has to make.',
    );
  }
}

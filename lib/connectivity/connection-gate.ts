import { CfnDeletionPolicy, Duration, Stack } from 'aws-cdk-lib';
import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnTable } from 'aws-cdk-lib/aws-dynamodb';
import type { CfnDomainConfiguration } from 'aws-cdk-lib/aws-iot';
import type { IKeyRef } from 'aws-cdk-lib/aws-kms';
import type { ITopicRef } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { DENIED, ENV, METRIC, SERVICE } from '../../lambda/validate-connection/contract';
import { acknowledge } from '../internal/acknowledge';
import { alarmActions } from '../internal/alarm-action';
import { alarmText } from '../internal/alarm-text';
import { checkAlertDestination } from '../internal/alert-destination';
import { BundledFunction } from '../internal/bundled-function';
import { markCapability } from '../internal/capability';
import { DataKey } from '../internal/data-key';
import { checkProps } from '../internal/guard';
import { allow, type IamStatement } from '../internal/iam';
import { InputErrors } from '../internal/input-errors';

/** AWS IoT gives up after 5 seconds, which refuses the connection. */
const TIMEOUT = Duration.seconds(5);
/** Every device calls it when it connects; more memory is a faster processor, and a faster connection. */
const MEMORY_MIB = 512;

/** Properties for `ConnectionGate`. */
export interface ConnectionGateProps {
  /**
   * Where people hear that the gate cannot look devices up, and so lets none in.
   *
   * @default - nobody is told; the metric `GateFailures` says it
   */
  readonly alertTopic?: ITopicRef;
  /**
   * Key that encrypts `alertTopic`, where the topic does not name it. Its policy must let CloudWatch use it; to the policy of an
   * L2 key of this app that is added.
   *
   * @default - the key that the topic names
   */
  readonly alertTopicKey?: IKeyRef;
  /**
   * Key that encrypts the deny-list. Its policy must let CloudWatch Logs use it; to the policy of an L2 key of this app that is
   * added.
   *
   * @default - a key that the stack has for all data of this library
   */
  readonly encryptionKey?: IKeyRef;
}

/**
 * A gate in front of a domain: AWS IoT asks it at each TLS connection, and it refuses certificates on its deny-list at once. A
 * certificate that is only switched off is disconnected "within a few minutes", and policies take 6 to 8.
 *
 * It fails closed: while its table cannot be read, no device connects. Devices must send the name of the domain (SNI).
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/customize-client-auth.html
 *
 * @example
 * const domain = new iot.CfnDomainConfiguration(this, 'Domain', {
 *   domainName: 'iot.example.com',
 *   serverCertificateArns: ['arn:aws:acm:eu-west-1:111122223333:certificate/12345678-1234-1234-1234-123456789012'],
 *   authenticationType: 'AWS_X509',
 *   applicationProtocol: 'SECURE_MQTT',
 * });
 * const connectionGate = new ConnectionGate(this, 'Gate');
 * connectionGate.guard(domain);
 * new ZeroTrustFleet(this, 'Fleet', { access: [Access.shadow()], connectionGate });
 */
export class ConnectionGate extends Construct {
  /** Name of the table of refused certificates. */
  public readonly denyListName: string;
  /** ARN of the function that AWS IoT asks. */
  public readonly functionArn: string;
  private readonly table: CfnTable;
  private readonly keyArn: string;
  private readonly function: BundledFunction;

  constructor(scope: Construct, id: string, props: ConnectionGateProps = {}) {
    super(scope, id);
    checkProps(this, 'ConnectionGateProps', props);
    markCapability(this, 'connectivity');
    this.validate(props);
    this.keyArn = DataKey.arnFor(this, props.encryptionKey);
    this.table = this.createTable();
    this.denyListName = this.table.ref;
    this.function = new BundledFunction(this, 'Function', {
      handler: 'validate-connection',
      description: 'Refuses connections of certificates on the deny-list',
      timeout: TIMEOUT,
      memorySize: MEMORY_MIB,
      encryptionKey: props.encryptionKey,
      statements: this.rights('dynamodb:GetItem'),
      environment: { [ENV.denyList]: this.denyListName },
    });
    this.functionArn = this.function.functionArn;
    const { partition, region, account } = Stack.of(this);
    this.function.allowInvoke(
      'Ask',
      'iot.amazonaws.com',
      `arn:${partition}:iot:${region}:${account}:domainconfiguration/*`,
    );
    this.createAlarm(props);
  }

  /**
   * Has AWS IoT ask the gate at each connection to a domain.
   *
   * @param domain Its authentication type must be AWS_X509 or CUSTOM_AUTH_X509, its protocol SECURE_MQTT or HTTPS
   */
  public guard(domain: CfnDomainConfiguration): void {
    domain.clientCertificateConfig = { clientCertificateCallbackArn: this.functionArn };
    domain.node.addDependency(this.function);
  }

  /**
   * Rights to put certificates on the list, and off it.
   *
   * @internal
   */
  public _rightsToDeny(): IamStatement[] {
    return this.rights('dynamodb:PutItem');
  }

  private validate(props: ConnectionGateProps): void {
    const errors = new InputErrors(this);
    checkAlertDestination(props, errors, { alarmsOnly: true });
    errors.throwIfAny();
  }

  private rights(action: string): IamStatement[] {
    return [
      allow([action], [this.table.attrArn]),
      allow(['kms:Decrypt'], [this.keyArn], {
        StringLike: { 'kms:ViaService': `dynamodb.${Stack.of(this).region}.*` },
      }),
    ];
  }

  private createTable(): CfnTable {
    const table = new CfnTable(this, 'DenyList', {
      keySchema: [{ attributeName: DENIED.certificateId, keyType: 'HASH' }],
      attributeDefinitions: [{ attributeName: DENIED.certificateId, attributeType: 'S' }],
      billingMode: 'PAY_PER_REQUEST',
      deletionProtectionEnabled: true,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      sseSpecification: { sseEnabled: true, sseType: 'KMS', kmsMasterKeyId: this.keyArn },
    });
    table.cfnOptions.deletionPolicy = CfnDeletionPolicy.RETAIN_EXCEPT_ON_CREATE;
    table.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
    acknowledge(
      table,
      'DynamoDBInBackupPlan',
      'Point-in-time recovery restores any second of the last 35 days, and the incidents say which certificates are locked out; whether a central backup plan covers the account is for the account to say.',
    );
    return table;
  }

  private createAlarm({ alertTopic, alertTopicKey }: ConnectionGateProps): void {
    const alarm = new CfnAlarm(this, 'GateFailing', {
      alarmDescription: alarmText('The gate cannot read its deny-list, and lets no device in', 'GateFailing'),
      namespace: 'ZeroTrustIot',
      metricName: METRIC.failed,
      dimensions: [
        { name: 'Service', value: SERVICE },
        { name: 'DenyList', value: this.denyListName },
      ],
      statistic: 'Sum',
      period: 60,
      evaluationPeriods: 1,
      threshold: 1,
      comparisonOperator: 'GreaterThanOrEqualToThreshold',
      treatMissingData: 'notBreaching',
      alarmActions: alarmActions(this, alertTopic, alertTopicKey),
    });
    if (alertTopic === undefined)
      acknowledge(
        alarm,
        'CloudWatchAlarmAction',
        'No alert topic was given: whoever reads the state of alarms elsewhere (a dashboard, an operations center) acts on it.',
      );
  }
}

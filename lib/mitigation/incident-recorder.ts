import { Duration, Stack } from 'aws-cdk-lib';
import type { IKeyRef } from 'aws-cdk-lib/aws-kms';
import { CfnPipe } from 'aws-cdk-lib/aws-pipes';
import { Construct } from 'constructs';
import { ENV, EVENT } from '../../lambda/record-incident/contract';
import { TABLE } from '../../lambda/shared/incident/contract';
import { acknowledgeWildcards } from '../internal/acknowledge-wildcards';
import { type AlertDestination, publishStatements } from '../internal/alert-destination';
import { BundledFunction } from '../internal/bundled-function';
import { allow } from '../internal/iam';
import type { SecureQueue } from '../internal/secure-queue';
import { ServiceRole } from '../internal/service-role';
import { WARNINGS } from '../internal/diagnostics';
import { warn } from '../internal/warn';
import type { EvidenceBucket } from './evidence-bucket';
import type { IncidentTable } from './incident-table';

const TIMEOUT = Duration.seconds(60);
/** @see https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/govcloud-eventbridge.html */
const NO_PIPES = /^us-gov-/;
/** As many events as the bus takes in one call. */
const BATCH = 10;

export interface IncidentRecorderProps extends AlertDestination {
  readonly table: IncidentTable;
  readonly evidence: EvidenceBucket;
  readonly deadLetterQueue: SecureQueue;
  readonly operatorUrl: string;
  readonly keyArn: string;
  readonly encryptionKey?: IKeyRef;
}

/**
 * From the table to the evidence, the event bus and the people. It reads the table's own stream, so a write and what is told of
 * it cannot part: whatever stops in between is read again.
 */
export class IncidentRecorder extends Construct {
  public readonly function: BundledFunction;

  constructor(scope: Construct, id: string, props: IncidentRecorderProps) {
    super(scope, id);
    const { alertTopic, alertTopicKey } = props;
    const evidence = props.evidence.rights();
    this.function = new BundledFunction(this, 'Function', {
      handler: 'record-incident',
      description: 'Keeps every write of an incident as evidence and tells of each transition',
      timeout: TIMEOUT,
      encryptionKey: props.encryptionKey,
      environment: {
        [ENV.bucket]: props.evidence.resource.ref,
        [ENV.partition]: Stack.of(this).partition,
        [ENV.operatorUrl]: props.operatorUrl,
        ...(alertTopic && { [ENV.alertTopic]: alertTopic.topicRef.topicArn }),
      },
      statements: [...evidence, ...(alertTopic === undefined ? [] : publishStatements(alertTopic, alertTopicKey))],
    });
    acknowledgeWildcards(
      this.function.rights,
      evidence,
      'Evidence is one object for each write; its key is not known before.',
    );
    this.createPipe(props);
  }

  private createPipe({ table, deadLetterQueue, keyArn }: IncidentRecorderProps): void {
    const { partition, region, account } = Stack.of(this);
    if (NO_PIPES.test(region)) warn(this, 'PipesMissingInRegion', WARNINGS.PipesMissingInRegion);
    const bus = `arn:${partition}:events:${region}:${account}:event-bus/default`;
    const role = new ServiceRole(this, 'PipeRole', {
      description: 'Reads the writes of incidents and puts events of them on the bus',
      service: 'pipes.amazonaws.com',
      sourceArn: `arn:${partition}:pipes:${region}:${account}:pipe/*`,
      statements: [
        allow(['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'], [table.streamArn]),
        // ListStreams knows no narrower resource than the streams of a table.
        allow(['dynamodb:ListStreams'], [`${table.resource.attrArn}/stream/*`]),
        allow(['lambda:InvokeFunction'], [this.function.functionArn]),
        allow(['events:PutEvents'], [bus]),
        allow(['sqs:SendMessage'], [deadLetterQueue.queueArn]),
        allow(['kms:Decrypt', 'kms:GenerateDataKey'], [keyArn]),
      ],
    });
    acknowledgeWildcards(
      role.rights,
      [allow([], [`${table.resource.attrArn}/stream/*`])],
      'The service lists the streams of this one table; its streams have no names that could be known before.',
    );
    const pipe = new CfnPipe(this, 'Pipe', {
      description: 'Writes of incidents to the event bus',
      roleArn: role.roleArn,
      source: table.streamArn,
      sourceParameters: {
        filterCriteria: { filters: [{ pattern: incidentsOnly() }] },
        dynamoDbStreamParameters: {
          // From the first write on, also of incidents that are older than the pipe.
          startingPosition: 'TRIM_HORIZON',
          batchSize: BATCH,
          onPartialBatchItemFailure: 'AUTOMATIC_BISECT',
          deadLetterConfig: { arn: deadLetterQueue.queueArn },
        },
      },
      enrichment: this.function.functionArn,
      target: bus,
      targetParameters: {
        eventBridgeEventBusParameters: { source: EVENT.source, detailType: EVENT.detailType },
      },
    });
    pipe.node.addDependency(role.rights, deadLetterQueue.policy);
  }
}

/** Writes, not expiry; incidents, not the count of isolations. */
function incidentsOnly(): string {
  const subject = { S: [{ 'anything-but': { prefix: '#' } }] };
  return JSON.stringify({
    eventName: ['INSERT', 'MODIFY'],
    dynamodb: { Keys: { [TABLE.partitionKey]: subject } },
  });
}

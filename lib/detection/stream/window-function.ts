import { Duration, Stack, Token } from 'aws-cdk-lib';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import type { IThingGroupRef } from 'aws-cdk-lib/aws-iot';
import type { IKeyRef } from 'aws-cdk-lib/aws-kms';
import { CfnEventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import type { ITopicRef } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import {
  BATCH_RECORDS,
  type BehaviorsDocument,
  ENV,
  INLINE_DOCUMENT_BYTES,
  SWEEP_EVENT,
  TARGETS,
  WINDOW_SECONDS,
} from '../../../lambda/evaluate-behaviors/contract';
import { acknowledgeWildcards } from '../../internal/acknowledge-wildcards';
import { publishStatements } from '../../internal/alert-destination';
import { BundledFunction } from '../../internal/bundled-function';
import { ConfigurationError } from '../../internal/configuration-error';
import { allow, type IamStatement } from '../../internal/iam';
import type { SecureQueue } from '../../internal/secure-queue';
import { GROUP } from './compile';
import type { EventStream } from './event-stream';
import type { StateTable } from './state-table';

const TIMEOUT = Duration.seconds(120);
/** Enough for a full batch; the processor grows with it. */
const MEMORY = 1_024;
/** Batches are as large as this many seconds make them, which costs less than many small ones. */
const BATCHING_SECONDS = 30;
/** A batch that fails is halved first; what fails so often is at fault itself and goes to the queue, with its place. */
const MAX_TRIES = 50;
/** Older events would raise alarms about a past that nobody can act on. */
const OLDEST = Duration.hours(6);
const DOCUMENT_FILE = 'behaviors.json';

export interface WindowFunctionProps {
  readonly stream: EventStream;
  readonly table: StateTable;
  readonly failures: SecureQueue;
  readonly document: BehaviorsDocument;
  /** Whose members are watched; none where the target is no group. */
  readonly thingGroups: readonly IThingGroupRef[];
  readonly alertTopic: ITopicRef;
  readonly alertTopicKey?: IKeyRef;
  readonly encryptionKey?: IKeyRef;
}

/** The function that judges windows, fed by the stream and by a schedule for devices that have fallen silent. */
export class WindowFunction extends Construct {
  public readonly function: BundledFunction;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: WindowFunctionProps,
  ) {
    super(scope, id);
    const { stream, table, failures, document, alertTopic, alertTopicKey } = props;
    const text = JSON.stringify(document);
    const bytes = Buffer.byteLength(text);
    const inline = bytes <= INLINE_DOCUMENT_BYTES;
    if (!inline && holdsToken(document)) throw this.tooLong(bytes);
    const membership = this.membershipRights();
    this.function = new BundledFunction(this, 'Function', {
      handler: 'evaluate-behaviors',
      description: 'Judges what devices did in a window by what is normal for them',
      timeout: TIMEOUT,
      memorySize: MEMORY,
      encryptionKey: props.encryptionKey,
      statements: [
        ...table.rights(),
        ...stream.reading(),
        ...publishStatements(alertTopic, alertTopicKey),
        ...membership,
      ],
      environment: {
        [ENV.behaviors]: inline ? Stack.of(this).toJsonString(withListsJoined(document)) : `file:${DOCUMENT_FILE}`,
        [ENV.groups]: Stack.of(this).toJsonString(
          props.thingGroups.length === 0
            ? {}
            : { [GROUP]: props.thingGroups.map(({ thingGroupRef }) => thingGroupRef.thingGroupName) },
        ),
        [ENV.table]: table.resource.ref,
        [ENV.topic]: alertTopic.topicRef.topicArn,
      },
      files: inline ? undefined : { [DOCUMENT_FILE]: text },
      deadLetterQueue: failures,
    });
    acknowledgeWildcards(this.function.rights, membership, 'Which devices will speak is not known at deployment.');
    this.feed();
    this.sweep();
  }

  /** Asked only where behaviors are for some devices. */
  private membershipRights(): IamStatement[] {
    if (this.props.document.behaviors.every(({ target }) => target === TARGETS.all)) return [];
    const { partition, region, account } = Stack.of(this);
    return [allow(['iot:ListThingGroupsForThing'], [`arn:${partition}:iot:${region}:${account}:thing/*`])];
  }

  private feed(): void {
    const { stream, failures } = this.props;
    const mapping = new CfnEventSourceMapping(this, 'Windows', {
      eventSourceArn: stream.resource.attrArn,
      functionName: this.function.functionName,
      // Not LATEST: what arrives while this is deployed would be lost.
      startingPosition: 'TRIM_HORIZON',
      batchSize: BATCH_RECORDS,
      maximumBatchingWindowInSeconds: BATCHING_SECONDS,
      tumblingWindowInSeconds: WINDOW_SECONDS,
      // One batch of a shard at a time: the state of a window is one, and a device's events stay in order.
      parallelizationFactor: 1,
      bisectBatchOnFunctionError: true,
      maximumRetryAttempts: MAX_TRIES,
      maximumRecordAgeInSeconds: OLDEST.toSeconds(),
      functionResponseTypes: ['ReportBatchItemFailures'],
      destinationConfig: { onFailure: { destination: failures.queueArn } },
    });
    mapping.node.addDependency(this.function.rights);
  }

  private sweep(): void {
    const { failures } = this.props;
    const rule = new CfnRule(this, 'Sweep', {
      description: 'Has devices judged that say nothing any more',
      scheduleExpression: `rate(${WINDOW_SECONDS / 60} minutes)`,
      targets: [
        {
          id: 'Function',
          arn: this.function.functionArn,
          input: JSON.stringify(SWEEP_EVENT),
          deadLetterConfig: { arn: failures.queueArn },
        },
      ],
    });
    failures.allowService('events.amazonaws.com', rule.attrArn);
    this.function.allowInvoke('InvokeBySweep', 'events.amazonaws.com', rule.attrArn);
  }

  private tooLong(bytes: number): ConfigurationError {
    return new ConfigurationError(
      'StreamDocumentTooLong',
      `the behaviors take ${bytes} bytes and hold values that are known at deployment only, for which there is room for ${INLINE_DOCUMENT_BYTES}; use values that are known at synth, or fewer behaviors`,
      this,
    );
  }
}

/** The document with lists that are known at deployment only written by CloudFormation itself: the CDK has a function of its own write them. */
function withListsJoined(document: BehaviorsDocument): object {
  const behaviors = document.behaviors.map((behavior) =>
    Token.isUnresolved(behavior.texts) ? { ...behavior, texts: jsonOfList(behavior.texts) } : behavior,
  );
  return { ...document, behaviors };
}

/** Said to be a number, so that it stands in the JSON as it is. */
function jsonOfList(list: unknown): number {
  return Token.asNumber({ 'Fn::Join': ['', ['["', { 'Fn::Join': ['","', list] }, '"]']] });
}

/** Whether a value is known at deployment only. In the text of a document a number of that kind looks like any other. */
function holdsToken(value: unknown): boolean {
  if (Token.isUnresolved(value)) return true;
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsToken);
}

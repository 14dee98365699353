import { Duration, Stack } from 'aws-cdk-lib';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { Construct, type IConstruct } from 'constructs';
import { ENV, type ProofRule } from '../../lambda/prove-health/contract';
import { EVENT } from '../../lambda/record-incident/contract';
import { acknowledgeWildcards } from '../internal/acknowledge-wildcards';
import { BundledFunction } from '../internal/bundled-function';
import { markCapability } from '../internal/capability';
import { checkProps } from '../internal/guard';
import { allow, type IamStatement } from '../internal/iam';
import { InputErrors } from '../internal/input-errors';
import { deployedWith } from '../internal/place';
import { SecureQueue } from '../internal/secure-queue';
import { warn } from '../internal/warn';
import type { IncidentResponse } from '../mitigation';
import type { HealthProofOptions } from './health-proof-options';
import { JobEventRules } from './job-event-rules';
import type { PatchChannel } from './patch-channel';
import { ReleaseApproval } from './release-approval';
import { RepairAlarms } from './repair-alarms';

const BRAND = Symbol.for('cdk-iot-zero-trust.HealthProof');
const TIMEOUT = Duration.seconds(60);
const VISIBILITY = Duration.minutes(6);
const MAX_RECEIVES = 12;
const BATCH = 10;
const PROCESSES = 2;
/**
 * Calls per second that an account may make at least.
 *
 * @see https://docs.aws.amazon.com/general/latest/gr/iot_device_management.html
 */
const EXECUTIONS_PER_SECOND = 10;

/** Properties for `HealthProof`. */
export interface HealthProofProps extends HealthProofOptions {
  /** The response whose incidents are followed. */
  readonly response: IncidentResponse;

  /**
   * The patch that must have succeeded on a device, after its last alarm that isolates.
   *
   * @default - no job is asked for: a device is proved by its behavior alone
   */
  readonly patches?: PatchChannel;
}

/**
 * Follows the repair of isolated devices, and proves that it helped: the patch job succeeded after the last alarm, and for some
 * windows there was no other. Then the device is released, or a person told that it can be.
 *
 * An incident goes from `isolated` to `repairing` when the device has the job, to `proving` when the job has succeeded, and
 * back to `isolated`, with the reason and an alarm, when the job fails, is rejected, times out or is canceled, or the device
 * misbehaves. Devices that are locked out are not followed: without a certificate nothing can be repaired from afar.
 *
 * All that counts is read from the record and from AWS IoT when somebody calls for it; events of jobs only make it faster. Turn
 * them on with `EventConfigurations` (`JOB`, `JOB_EXECUTION`): without them each device is looked at once an hour.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/events-jobs.html
 *
 * @example
 * const fleet = new FleetGroup(this, 'Fleet', { access: [Access.shadow(), Access.jobs()] });
 * const quarantineGroup = new QuarantineGroup(this, 'Quarantine');
 * const alertTopic = new sns.CfnTopic(this, 'Alerts');
 * const response = new IncidentResponse(this, 'Response', { fleetGroups: [fleet], quarantineGroup, alertTopic });
 * const patches = new PatchChannel(this, 'Patches', {
 *   quarantineGroup,
 *   document: PatchDocument.ofSteps([PatchStep.handler('Update', 'update.sh')]),
 * });
 * new HealthProof(this, 'Proof', { response, patches });
 */
export class HealthProof extends Construct {
  /** Whether a construct is a `HealthProof`, also one of another copy of this library. */
  public static isHealthProof(construct: IConstruct): boolean {
    return BRAND in construct;
  }

  /** @internal */
  public readonly _response: IncidentResponse;
  /** Name of the function that follows repairs. */
  public readonly functionName: string;
  private readonly queue: SecureQueue;
  private readonly dead: SecureQueue;

  constructor(scope: Construct, id: string, props: HealthProofProps) {
    super(scope, id);
    checkProps(this, 'HealthProofProps', props);
    Object.defineProperty(this, BRAND, { value: true });
    markCapability(this, 'remediation');
    this.validate(props);
    this._response = props.response;
    const { intake, keyArn, encryptionKey, quarantineGroup, alertTopic } = props.response._parts;
    this.dead = intake.dead;
    this.queue = new SecureQueue(this, 'Queue', {
      encryptionKey,
      visibilityTimeout: VISIBILITY,
      deadLetterQueue: { queue: this.dead, maxReceiveCount: MAX_RECEIVES },
    });
    this.functionName = this.createFunction(props).functionName;
    this.addRule();
    if (props.patches !== undefined)
      new JobEventRules(this, 'JobEvents', { queue: this.queue, dead: this.dead, keyArn, patches: props.patches });
    new RepairAlarms(this, 'Alarms', {
      quarantineGroupName: quarantineGroup.thingGroupRef.thingGroupName,
      queueName: this.queue.queueName,
      alertTopic,
      withJob: props.patches !== undefined,
    });
  }

  private createFunction(props: HealthProofProps): BundledFunction {
    const { intake, table, encryptionKey, quarantineGroup } = props.response._parts;
    const statements = this.rights(props.patches);
    const fn = new BundledFunction(this, 'Function', {
      handler: 'prove-health',
      description: 'Follows repairs, and releases devices that have proved their health',
      timeout: TIMEOUT,
      encryptionKey,
      statements: [...statements, ...table.rightsWithIndex(['dynamodb:Query'], ['dynamodb:PutItem'])],
      environment: {
        [ENV.table]: table.resource.ref,
        [ENV.rule]: JSON.stringify(ruleOf(props)),
        [ENV.rates]: JSON.stringify({ DescribeJobExecution: (EXECUTIONS_PER_SECOND * 0.975) / PROCESSES }),
        [ENV.proofQueue]: this.queue.queueUrl,
        [ENV.releaseQueue]: intake.release.queueUrl,
        [ENV.deadLetterQueue]: intake.dead.queueUrl,
        [ENV.quarantineGroup]: quarantineGroup.thingGroupRef.thingGroupName,
        ...(props.patches && { [ENV.jobId]: props.patches.jobId }),
      },
    });
    acknowledgeWildcards(
      fn.rights,
      statements,
      'Which devices will be repaired is not known at deployment; the name of the channel bounds the jobs that can be read.',
    );
    for (const queue of [this.queue, intake.release, intake.dead]) fn.allowSend(queue);
    fn.addStatements(allow(['sqs:ChangeMessageVisibility'], [this.queue.queueArn]));
    fn.consume('Looks', this.queue, { batchSize: BATCH, maximumConcurrency: PROCESSES });
    return fn;
  }

  private rights(patches: PatchChannel | undefined): IamStatement[] {
    const { partition, region, account } = Stack.of(this);
    const arn = (resource: string) => `arn:${partition}:iot:${region}:${account}:${resource}`;
    if (patches === undefined) return [];
    return [allow(['iot:DescribeJobExecution'], [arn(`job/${patches.jobIdPrefix}-*`), arn('thing/*')])];
  }

  /** Devices that are isolated are looked at without being asked; the responder need not know of this. */
  private addRule(): void {
    const rule = new CfnRule(this, 'Rule', {
      description: 'Isolated devices to the proof of health',
      eventPattern: {
        source: [EVENT.source],
        'detail-type': [EVENT.detailType],
        detail: { state: ['isolated'] },
      },
      targets: [{ id: 'ProofQueue', arn: this.queue.queueArn, deadLetterConfig: { arn: this.dead.queueArn } }],
    });
    for (const queue of [this.queue, this.dead]) queue.allowService('events.amazonaws.com', rule.attrArn);
  }

  private validate(props: HealthProofProps): void {
    const errors = new InputErrors(this);
    const code = 'HealthProofInvalid';
    errors.number('windows', props.windows, { min: 1, max: 100, code });
    const rule = { unit: 'minutes', writtenIn: 'seconds', code } as const;
    errors.time('window', props.window, { min: 5, max: 10_080, ...rule });
    errors.time('silence', props.silence, { min: 15, max: 20_160, ...rule });
    const nameOf = (group: { readonly thingGroupRef: { readonly thingGroupName: string } }) =>
      JSON.stringify(Stack.of(this).resolve(group.thingGroupRef.thingGroupName));
    const { patches, response } = props;
    if (patches !== undefined && nameOf(patches.quarantineGroup) !== nameOf(response._parts.quarantineGroup))
      errors.report(
        code,
        `'patches' repairs the members of another group than the one that 'response' isolates devices in; give both the same 'quarantineGroup'`,
      );
    this.checkPlaces(props, errors);
    errors.throwIfAny();
    if (props.approval !== undefined && props.approval._mostReleases > 0)
      warn(this, 'ReleaseAutomatic', 'devices get their rights back without a person, on the word of the device');
  }

  private checkPlaces({ response, patches }: HealthProofProps, errors: InputErrors): void {
    const code = 'HealthProofInvalid';
    const here = deployedWith(this);
    if (deployedWith(response) !== here)
      errors.report(
        code,
        `'response' is in the stack ${deployedWith(response).node.path}, and the two refer to each other; put the proof there, too`,
      );
    const other = here.node.findAll().find((construct) => isProofOf(construct, response));
    if (other !== undefined)
      errors.report(
        code,
        `'response' has a proof already, ${other.node.path}, and two would undo what the other does; leave one of them out`,
      );
    if (patches === undefined || deployedWith(patches) === here) return;
    if (deployedWith(patches.quarantineGroup) === here)
      errors.report(
        code,
        `'patches' is in the stack ${deployedWith(patches).node.path}, which needs the quarantine group of this one; put the channel here, or the group in a stack of its own`,
      );
  }
}

function isProofOf(construct: IConstruct, response: IncidentResponse): boolean {
  return HealthProof.isHealthProof(construct) && (construct as Partial<HealthProof>)._response === response;
}

function ruleOf(props: HealthProofProps): ProofRule {
  return {
    windows: props.windows ?? 3,
    windowSeconds: (props.window ?? Duration.hours(1)).toSeconds(),
    requireCleared: props.requireClearedAlarms ?? true,
    silentSeconds: (props.silence ?? Duration.hours(24)).toSeconds(),
    automaticReleases: (props.approval ?? ReleaseApproval.byPerson())._mostReleases,
  };
}

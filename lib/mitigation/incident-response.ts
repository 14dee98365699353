import { type Duration, Stack } from 'aws-cdk-lib';
import type { IThingGroupRef } from 'aws-cdk-lib/aws-iot';
import type { IKeyRef } from 'aws-cdk-lib/aws-kms';
import type { ITopicRef } from 'aws-cdk-lib/aws-sns';
import { Construct, type IConstruct } from 'constructs';
import type { SourceEntry } from '../../lambda/shared/incident/contract';
import type { ConnectionGate } from '../connectivity';
import { checkAlertDestination } from '../internal/alert-destination';
import { markCapability } from '../internal/capability';
import { ConfigurationError } from '../internal/configuration-error';
import { DataKey } from '../internal/data-key';
import { checkProps } from '../internal/guard';
import { InputErrors } from '../internal/input-errors';
import { placeProblem } from '../internal/place';
import { isDynamic, resourceOf } from '../internal/thing-group';
import { warn } from '../internal/warn';
import { FleetGroup } from '../quarantine';
import { EvidenceBucket } from './evidence-bucket';
import { IncidentRecorder } from './incident-recorder';
import { IncidentResponder } from './incident-responder';
import { IncidentResponseGrants } from './incident-response-grants';
import { IncidentTable } from './incident-table';
import { OperatorEntry } from './operator-entry';
import { Playbook } from './playbook';
import { ReleaseFunction } from './release-function';
import { ResponseAlarms } from './response-alarms';
import type { ResponseParts } from './response-parts';
import { SignalIntake } from './signal-intake';
import type { SignalSource } from './signal-source';
import { Response } from './terms';

const BRAND = Symbol.for('cdk-iot-zero-trust.IncidentResponse');
const MAX_FLEET_GROUPS = 10;
const MAX_LOCK_DAYS = 36_500;

/** Properties for `IncidentResponse`. */
export interface IncidentResponseProps {
  /** Groups that give devices their rights, and which an isolated device leaves: 1 to 10. */
  readonly fleetGroups: IThingGroupRef[];

  /** The group that a device is isolated in, such as a `QuarantineGroup`. */
  readonly quarantineGroup: IThingGroupRef;

  /**
   * What leads to what.
   *
   * @default Playbook.standard()
   */
  readonly playbook?: Playbook;

  /**
   * Who may raise signals. More can be added with `addSource`.
   *
   * @default - persons, and principals with `grants.sendSignals`
   */
  readonly sources?: SignalSource[];

  /**
   * Where people hear of incidents and alarms.
   *
   * Required unless the playbook is a dry run: nothing should happen to a device that nobody hears of.
   *
   * @default - nobody is alerted
   */
  readonly alertTopic?: ITopicRef;

  /**
   * Key of the alert topic, where it is encrypted.
   *
   * @default - known for topics of this library and for topics with a key of their own in this app
   */
  readonly alertTopicKey?: IKeyRef;

  /**
   * Key that encrypts queues, records and evidence. Its policy must let SNS, EventBridge and CloudWatch Logs of this account use
   * it, and SNS of the accounts of topics from elsewhere; to the policy of an L2 key of this app that is added.
   *
   * @default - a key of the stack
   */
  readonly encryptionKey?: IKeyRef;

  /**
   * The gate that devices pass when they connect. Certificates that are locked out are refused by it at once.
   *
   * @default - certificates are switched off, which takes minutes to reach every session
   */
  readonly connectionGate?: ConnectionGate;

  /**
   * For how long no one, not even the root user, can delete evidence (S3 Object Lock in compliance mode): 1 day to 100 years.
   *
   * It cannot be shortened once deployed, and the bucket cannot be emptied before it is over.
   *
   * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
   *
   * @default - nobody can change or delete evidence as long as the policy of its bucket is there; it is not locked beyond that
   */
  readonly evidenceLock?: Duration;
}

/**
 * Isolates devices within seconds of a signal, loses no signal, and writes down all that is needed to undo it.
 *
 * Signals arrive on one queue. Each ends as acted on, recorded, held for a person, ignored with a reason, or in the dead-letter
 * queue with an alarm. A device is isolated by leaving its fleet groups and joining the quarantine group; then its session is
 * cut, and that is proved. Policies take 6 to 8 minutes to reach every session, so ten minutes later it is looked at again.
 *
 * Every write of an incident is kept in a bucket and, where it is a transition, put on the default event bus as
 * `Incident State Change` of `zero-trust-iot`.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/thing-groups.html
 *
 * @example
 * const alertTopic = new sns.CfnTopic(this, 'Alerts');
 * new IncidentResponse(this, 'Response', {
 *   fleetGroups: [new FleetGroup(this, 'Fleet', { access: [Access.shadow(), Access.jobs()] })],
 *   quarantineGroup: new QuarantineGroup(this, 'Quarantine'),
 *   sources: [SignalSource.securityHub()],
 *   alertTopic,
 * });
 */
export class IncidentResponse extends Construct {
  /** Whether a construct is an `IncidentResponse`, also one of another copy of this library. */
  public static isIncidentResponse(construct: IConstruct): boolean {
    return BRAND in construct;
  }

  /** ARN of the queue that signals arrive on. */
  public readonly signalQueueArn: string;
  /** URL of the queue that signals arrive on. */
  public readonly signalQueueUrl: string;
  /** ARN of the queue of what could not be handled. */
  public readonly deadLetterQueueArn: string;
  /** Name of the table of incidents. */
  public readonly incidentTableName: string;
  /** Name of the bucket of evidence. */
  public readonly evidenceBucketName: string;
  /** Name of the function that isolates devices. */
  public readonly responderName: string;
  /** Address that operators send signed requests to; docs/runbook.md has the calls. */
  public readonly operatorUrl: string;
  /** Rights around the response. */
  public readonly grants: IncidentResponseGrants;
  /** @internal */
  public readonly _parts: ResponseParts;
  private readonly intake: SignalIntake;
  private readonly responder: IncidentResponder;
  private readonly release: ReleaseFunction;
  private readonly entries: SourceEntry[] = [{ kind: 'engine' }];
  private readonly alertTopic?: ITopicRef;

  constructor(scope: Construct, id: string, props: IncidentResponseProps) {
    super(scope, id);
    checkProps(this, 'IncidentResponseProps', props);
    Object.defineProperty(this, BRAND, { value: true });
    markCapability(this, 'mitigation');
    const playbook = props.playbook ?? Playbook.standard();
    this.validate(props, playbook);
    const keyArn = DataKey.arnFor(this, props.encryptionKey);
    this.alertTopic = props.alertTopic;
    this.intake = new SignalIntake(this, 'Intake', props.encryptionKey);
    const table = new IncidentTable(this, 'Incidents', keyArn);
    const evidence = new EvidenceBucket(this, 'Evidence', keyArn, props.evidenceLock);
    const { fleetGroups, quarantineGroup, connectionGate, encryptionKey } = props;
    this.responder = new IncidentResponder(this, 'Responder', {
      intake: this.intake,
      table,
      playbook,
      fleetGroups,
      quarantineGroup,
      connectionGate,
      encryptionKey,
    });
    const { dryRun, isolationSeconds } = playbook._render();
    this.release = new ReleaseFunction(this, 'Release', {
      intake: this.intake,
      table,
      fleetGroups,
      quarantineGroup,
      connectionGate,
      dryRun,
      encryptionKey,
    });
    const entry = new OperatorEntry(this, 'Operators', { intake: this.intake, table, keyArn, encryptionKey });
    this.operatorUrl = entry.url;
    const recorder = new IncidentRecorder(this, 'Recorder', {
      ...props,
      table,
      evidence,
      keyArn,
      deadLetterQueue: this.intake.dead,
      operatorUrl: entry.url,
    });
    new ResponseAlarms(this, 'Alarms', {
      ...this.intake.queues,
      quarantineGroupName: quarantineGroup.thingGroupRef.thingGroupName,
      recorderName: recorder.function.functionName,
      alertTopic: props.alertTopic,
      alertTopicKey: props.alertTopicKey,
    });
    if (isolationSeconds !== undefined) this.intake.releaseWhenDue();
    this.signalQueueArn = this.intake.signals.queueArn;
    this.signalQueueUrl = this.intake.signals.queueUrl;
    this.deadLetterQueueArn = this.intake.dead.queueArn;
    this.incidentTableName = table.resource.ref;
    this.evidenceBucketName = evidence.resource.ref;
    this.responderName = this.responder.function.functionName;
    this._parts = { intake: this.intake, table, keyArn, quarantineGroup, encryptionKey, alertTopic: props.alertTopic };
    this.grants = IncidentResponseGrants._of(this.signalQueueArn, keyArn, entry);
    this.responder.setSources(this.entries);
    for (const source of props.sources ?? []) this.addSource(source);
  }

  /**
   * Lets a further source raise signals.
   *
   * @param source Who
   */
  public addSource(source: SignalSource): void {
    const { kind, topic, publishes, shared = false } = source._binding;
    const id = `${kind[0]?.toUpperCase()}${kind.slice(1)}${topic === undefined ? '' : topic.node.addr.slice(-8)}`;
    const entry = source._render();
    const twice = ({ kind: other, topicArn }: SourceEntry) =>
      topic === undefined ? other === kind : topicArn === entry.topicArn;
    if (this.entries.some(twice))
      throw new ConfigurationError(
        'SignalSourceTwice',
        topic === undefined
          ? `the source '${kind}' is there already; leave it out`
          : `the topic ${topic.node.path} has a source already, and what it publishes is read in one way; give each source a topic of its own`,
        this,
      );
    const filtered = shared || this.isAlertTopic(topic);
    if (filtered && publishes === undefined)
      throw new ConfigurationError(
        'SignalTopicIsAlertTopic',
        `the source '${kind}' publishes to ${topic?.node.path}, which is also 'alertTopic': each alert would come back as a signal; give another topic for one of the two`,
        this,
      );
    this.entries.push(entry);
    this.responder.setSources(this.entries);
    this.intake.add(id, source._binding, filtered);
    if (kind === 'detect') this.release.allowVerification();
  }

  private isAlertTopic(topic: ITopicRef | undefined): boolean {
    const arnOf = (one: ITopicRef) => JSON.stringify(Stack.of(this).resolve(one.topicRef.topicArn));
    return topic !== undefined && this.alertTopic !== undefined && arnOf(topic) === arnOf(this.alertTopic);
  }

  private validate(props: IncidentResponseProps, playbook: Playbook): void {
    const errors = new InputErrors(this);
    const names = (groups: readonly IThingGroupRef[]) =>
      groups.map(({ thingGroupRef }) => thingGroupRef.thingGroupName);
    errors.size('fleetGroups', props.fleetGroups, 1, MAX_FLEET_GROUPS, 'FleetGroupsInvalid');
    if (new Set(names(props.fleetGroups)).size < props.fleetGroups.length)
      errors.report('FleetGroupsInvalid', "'fleetGroups' names a group twice; leave one of them out");
    const [quarantine] = names([props.quarantineGroup]);
    const uses = { fleetGroups: props.fleetGroups, 'playbook.protectedGroups': playbook._protectedGroups };
    for (const [property, groups] of Object.entries(uses))
      if (names(groups).some((name) => name === quarantine))
        errors.report('QuarantineGroupMisused', `'${property}' contains the quarantine group; give another group`);
    for (const [property, groups] of Object.entries({ ...uses, quarantineGroup: [props.quarantineGroup] }))
      for (const problem of new Set(groups.map((group) => placeProblem(this, group))))
        if (problem !== undefined) errors.report('FleetGroupsInvalid', `'${property}' ${problem}`);
    this.checkGroups(props, errors);
    const { dryRun } = playbook._render();
    if (props.alertTopic === undefined && !dryRun)
      errors.report(
        'AlertTopicMissing',
        "'alertTopic' must be given, since devices are isolated; or make the playbook a dry run",
      );
    checkAlertDestination(props, errors);
    errors.time('evidenceLock', props.evidenceLock, {
      min: 1,
      max: MAX_LOCK_DAYS,
      unit: 'days',
      code: 'EvidenceLockInvalid',
    });
    errors.throwIfAny();
    this.warnOfRisks(playbook);
  }

  private checkGroups({ fleetGroups, quarantineGroup }: IncidentResponseProps, errors: InputErrors): void {
    const because = 'has a query: nothing can join or leave a dynamic group; give a static one';
    for (const { node } of fleetGroups.filter(isDynamic))
      errors.report('FleetGroupsInvalid', `'fleetGroups' contains ${node.path}, which ${because}`);
    if (isDynamic(quarantineGroup))
      errors.report('QuarantineGroupMisused', `'quarantineGroup' ${quarantineGroup.node.path} ${because}`);
    if (FleetGroup.isFleetGroup(quarantineGroup))
      errors.report(
        'QuarantineGroupMisused',
        `'quarantineGroup' ${quarantineGroup.node.path} is a FleetGroup, so that isolating a device would give it the rights of that group; give a QuarantineGroup`,
      );
    if (resourceOf(quarantineGroup)?.parentGroupName !== undefined)
      errors.report(
        'QuarantineGroupNotRoot',
        `'quarantineGroup' ${quarantineGroup.node.path} has a parent group: it must be a root, since a thing cannot be in two groups of one hierarchy`,
      );
  }

  private warnOfRisks(playbook: Playbook): void {
    const { dryRun, blastRadius, rules } = playbook._render();
    if (dryRun)
      warn(this, 'PlaybookDryRun', 'the playbook is a dry run: incidents are recorded, and no device is isolated');
    if (blastRadius === undefined && !dryRun)
      warn(this, 'BlastRadiusUnbounded', 'the playbook may isolate the whole fleet without a person');
    if (rules.some(({ response }) => response === Response.RETIRE))
      warn(this, 'AutomaticRetirement', 'a rule of the playbook revokes certificates for good without a person');
  }
}

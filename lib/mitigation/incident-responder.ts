import { Duration, Stack } from 'aws-cdk-lib';
import type { IThingGroupRef } from 'aws-cdk-lib/aws-iot';
import type { IKeyRef } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { ENV } from '../../lambda/mitigate-device/contract';
import type { SourceEntry } from '../../lambda/shared/incident/contract';
import type { ConnectionGate } from '../connectivity';
import { acknowledgeWildcards } from '../internal/acknowledge-wildcards';
import { BundledFunction } from '../internal/bundled-function';
import { ConfigurationError } from '../internal/configuration-error';
import { allow, type IamStatement } from '../internal/iam';
import { ratesFor } from '../internal/quotas';
import type { IncidentTable } from './incident-table';
import type { Playbook } from './playbook';
import type { SignalIntake } from './signal-intake';

const TIMEOUT = Duration.seconds(60);
/** A second process takes over while the first writes down what it did. More would only divide the same quotas. */
const PROCESSES = 2;
/** Seconds' worth of the calls of one process: long enough that beginnings and ends of batches do not weigh. */
const FAST_BATCH = 200;
const SLOW_BATCH = 20;
const BATCHING_SECONDS = 1;
/** Of the 4,096 characters of all variables of a function; names that are not known at synth take most of the rest. */
const MAX_SETTINGS = 2_500;

export interface IncidentResponderProps {
  readonly intake: SignalIntake;
  readonly table: IncidentTable;
  readonly playbook: Playbook;
  readonly fleetGroups: IThingGroupRef[];
  readonly quarantineGroup: IThingGroupRef;
  readonly connectionGate?: ConnectionGate;
  readonly encryptionKey?: IKeyRef;
}

/** The function that acts on signals, fed by its three queues at the pace of the quotas of the calls that it makes. */
export class IncidentResponder extends Construct {
  public readonly function: BundledFunction;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: IncidentResponderProps,
  ) {
    super(scope, id);
    const { intake, table, fleetGroups, quarantineGroup, connectionGate: gate } = props;
    const statements = this.rights();
    this.function = new BundledFunction(this, 'Function', {
      handler: 'mitigate-device',
      description: 'Isolates devices that signals are about, within the playbook',
      timeout: TIMEOUT,
      // The processor grows with the memory, and up to 200 devices are in hand at once.
      memorySize: 1_024,
      encryptionKey: props.encryptionKey,
      statements: [
        ...statements,
        ...table.rightsWithIndex(['dynamodb:Query'], ['dynamodb:PutItem']),
        ...(gate?._rightsToDeny() ?? []),
      ],
      environment: {
        [ENV.table]: table.resource.ref,
        [ENV.quarantineGroup]: quarantineGroup.thingGroupRef.thingGroupName,
        [ENV.fleetGroups]: this.json(groupNames(fleetGroups)),
        [ENV.playbook]: this.json(props.playbook._render()),
        [ENV.rates]: JSON.stringify(ratesFor(Stack.of(this).region, PROCESSES)),
        [ENV.lookQueue]: intake.look.queueUrl,
        [ENV.lookQueueArn]: intake.look.queueArn,
        [ENV.signalQueue]: intake.signals.queueUrl,
        [ENV.slowQueue]: intake.slow.queueUrl,
        [ENV.slowQueueArn]: intake.slow.queueArn,
        [ENV.deadLetterQueue]: intake.dead.queueUrl,
        [ENV.account]: Stack.of(this).account,
        ...(gate && { [ENV.denyList]: gate.denyListName }),
      },
    });
    acknowledgeWildcards(
      this.function.rights,
      statements,
      'Which things, certificates and clients will have to be isolated is not known at deployment; the groups, which are, bound what can be done to them.',
    );
    this.feed();
  }

  /** Tells the function who may speak; again whenever a source was added. */
  public setSources(sources: readonly SourceEntry[]): void {
    const settings = [sources, this.props.playbook._render(), groupNames(this.props.fleetGroups)];
    const length = JSON.stringify(Stack.of(this).resolve(settings)).length;
    if (length > MAX_SETTINGS)
      throw new ConfigurationError(
        'ResponseSettingsTooLarge',
        `the playbook, the sources and the groups take ${length} characters, and ${MAX_SETTINGS} are left for them; use fewer rules or sources, or declare fewer severities that differ from that of the source`,
        this,
      );
    this.function.addEnvironment(ENV.sources, this.json(sources));
  }

  private feed(): void {
    const { signals, slow, look, dead } = this.props.intake;
    for (const queue of [slow, look, dead]) this.function.allowSend(queue);
    const queues = [signals, slow, look];
    this.function.addStatements(
      allow(
        ['sqs:ChangeMessageVisibility'],
        queues.map(({ queueArn }) => queueArn),
      ),
    );
    const fast = { batchSize: FAST_BATCH, maximumConcurrency: PROCESSES };
    const mappings = [
      this.function.consume('Signals', signals, fast),
      this.function.consume('Slow', slow, { batchSize: SLOW_BATCH, maximumConcurrency: PROCESSES }),
      this.function.consume('Looks', look, fast),
    ];
    for (const mapping of mappings) mapping.maximumBatchingWindowInSeconds = BATCHING_SECONDS;
  }

  private rights(): IamStatement[] {
    const { partition, region, account } = Stack.of(this);
    const arn = (resource: string) => `arn:${partition}:iot:${region}:${account}:${resource}`;
    const groups = this.props.fleetGroups.map(({ thingGroupRef }) => thingGroupRef.thingGroupArn);
    const quarantine = this.props.quarantineGroup.thingGroupRef.thingGroupArn;
    return [
      allow(['iot:ListThingGroupsForThing', 'iot:ListThingPrincipals'], [arn('thing/*')]),
      allow(['iot:RemoveThingFromThingGroup'], [...groups, arn('thing/*')]),
      allow(['iot:AddThingToThingGroup'], [quarantine, arn('thing/*')]),
      allow(['iot:DescribeCertificate', 'iot:UpdateCertificate', 'iot:ListPrincipalThings'], [arn('cert/*')]),
      allow(['iot:DeleteConnection', 'iot:GetConnection'], [arn('client/*')]),
      allow(['iot:GetStatistics'], [arn('index/AWS_Things')]),
      // Have no resource-level permission.
      allow(['iot:ListAuditFindings', 'iot:ListRelatedResourcesForAuditFinding'], ['*']),
    ];
  }

  private json(value: unknown): string {
    return Stack.of(this).toJsonString(value);
  }
}

function groupNames(groups: readonly IThingGroupRef[]): string[] {
  return groups.map(({ thingGroupRef }) => thingGroupRef.thingGroupName);
}

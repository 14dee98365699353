import { Duration, Stack } from 'aws-cdk-lib';
import type { IThingGroupRef } from 'aws-cdk-lib/aws-iot';
import type { IKeyRef } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { ENV } from '../../lambda/release-device/contract';
import { TABLE } from '../../lambda/shared/incident/contract';
import type { ConnectionGate } from '../connectivity';
import { acknowledgeWildcards } from '../internal/acknowledge-wildcards';
import { BundledFunction } from '../internal/bundled-function';
import { allow, type IamStatement } from '../internal/iam';
import { ratesFor } from '../internal/quotas';
import type { IncidentTable } from './incident-table';
import type { SignalIntake } from './signal-intake';

const TIMEOUT = Duration.seconds(60);
/** As many as the certificates of a batch can be switched on at 10 calls a second. */
const BATCH = 10;
const PROCESSES = 2;

export interface ReleaseFunctionProps {
  readonly intake: SignalIntake;
  readonly table: IncidentTable;
  readonly fleetGroups: IThingGroupRef[];
  readonly quarantineGroup: IThingGroupRef;
  readonly connectionGate?: ConnectionGate;
  readonly dryRun: boolean;
  readonly encryptionKey?: IKeyRef;
}

/** The function that gives back. Its role is the mirror of the responder's: neither can do what the other does. */
export class ReleaseFunction extends Construct {
  private readonly function: BundledFunction;
  private tellsDetect = false;

  constructor(scope: Construct, id: string, props: ReleaseFunctionProps) {
    super(scope, id);
    const { intake, table, connectionGate: gate } = props;
    const statements = this.rights(props);
    const fn = new BundledFunction(this, 'Function', {
      handler: 'release-device',
      description: 'Gives released devices back what isolation took',
      timeout: TIMEOUT,
      encryptionKey: props.encryptionKey,
      statements: [
        ...statements,
        ...table.rightsWithIndex(['dynamodb:Query'], ['dynamodb:PutItem'], [TABLE.heldIndex, TABLE.dueIndex]),
        ...(gate?._rightsToDeny() ?? []),
      ],
      environment: {
        [ENV.table]: table.resource.ref,
        [ENV.quarantineGroup]: props.quarantineGroup.thingGroupRef.thingGroupName,
        [ENV.certificates]: this.iotArn('cert/'),
        [ENV.rates]: JSON.stringify(ratesFor(Stack.of(this).region, PROCESSES)),
        [ENV.signalQueue]: intake.signals.queueUrl,
        [ENV.releaseQueue]: intake.release.queueUrl,
        [ENV.lookQueue]: intake.look.queueUrl,
        [ENV.deadLetterQueue]: intake.dead.queueUrl,
        ...(gate && { [ENV.denyList]: gate.denyListName }),
        ...(props.dryRun && { [ENV.dryRun]: 'true' }),
      },
    });
    acknowledgeWildcards(
      fn.rights,
      statements,
      'Which things and certificates will be released is not known at deployment; the groups, which are, bound where they can go.',
    );
    for (const queue of [intake.release, intake.look, intake.dead]) fn.allowSend(queue);
    fn.addStatements(
      allow(['sqs:ChangeMessageVisibility'], [intake.release.queueArn]),
      allow(['sqs:GetQueueAttributes'], [intake.signals.queueArn]),
    );
    fn.consume('Releases', intake.release, { batchSize: BATCH, maximumConcurrency: PROCESSES });
    this.function = fn;
  }

  /**
   * Lets Device Defender be told what persons found its violations to be.
   *
   * @see https://docs.aws.amazon.com/iot/latest/apireference/API_PutVerificationStateOnViolation.html
   */
  public allowVerification(): void {
    if (this.tellsDetect) return;
    this.tellsDetect = true;
    const statement = allow(['iot:PutVerificationStateOnViolation'], ['*']);
    this.function.addStatements(statement);
    acknowledgeWildcards(this.function.rights, [statement], 'The call takes no narrower resource.');
  }

  private iotArn(resource: string): string {
    const { partition, region, account } = Stack.of(this);
    return `arn:${partition}:iot:${region}:${account}:${resource}`;
  }

  private rights({ fleetGroups, quarantineGroup }: ReleaseFunctionProps): IamStatement[] {
    const arn = (resource: string) => this.iotArn(resource);
    const groups = fleetGroups.map(({ thingGroupRef }) => thingGroupRef.thingGroupArn);
    return [
      allow(['iot:ListThingGroupsForThing'], [arn('thing/*')]),
      allow(['iot:RemoveThingFromThingGroup'], [quarantineGroup.thingGroupRef.thingGroupArn, arn('thing/*')]),
      allow(['iot:AddThingToThingGroup'], [...groups, arn('thing/*')]),
      allow(['iot:DescribeCertificate', 'iot:UpdateCertificate', 'iot:ListPrincipalThings'], [arn('cert/*')]),
      allow(['iot:DeleteConnection'], [arn('client/*')]),
    ];
  }
}

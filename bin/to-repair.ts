import { Duration, Resource, Stack } from 'aws-cdk-lib';
import type { ISoftwarePackageVersionRef, SoftwarePackageVersionReference } from 'aws-cdk-lib/aws-iot';
import { CfnKey } from 'aws-cdk-lib/aws-kms';
import { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import {
  type HealthProofOptions,
  PatchArtifact,
  PatchChannel,
  PatchDocument,
  type PatchFailure,
  type PatchOptions,
  PatchRollout,
  PatchStep,
  QuarantineGroup,
  ReleaseApproval,
  type RemoteAccess,
  type ZeroTrustFleet,
} from '../lib';
import { ConfigurationError } from '../lib/internal/configuration-error';
import type { FleetFile } from './fleet-file';
import type { Path } from './json-places';
import { fieldNamedIn } from './refused-field';
import { inWordsOfFile } from './to-access';
import type { ArtifactEntry, PatchEntry, PatchStepEntry, ProofEntry, RepairEntry } from './repair-entry';

/** How isolated devices come back, where fleet.json says it. */
export interface Repair {
  readonly patches?: PatchChannel;
  readonly tunnels?: RemoteAccess;
}

/** Gives a fleet the repair of fleet.json. */
export function addRepair(fleet: ZeroTrustFleet, { patch, proof, tunnels }: RepairEntry = {}): Repair {
  const patches = patch && fleet.repairWith(toPatch(fleet, patch), toProof(proof));
  for (const { name, version } of patch?.packages ?? []) patches?.addPackage(new NamedPackage(patches, name, version));
  return {
    patches,
    tunnels:
      tunnels &&
      fleet.allowTunnels({
        services: tunnels.services,
        maxLifetime: tunnels.maxMinutes === undefined ? undefined : Duration.minutes(tunnels.maxMinutes),
      }),
  };
}

/** A version that is in the catalog already: the CDK knows only those that it makes. */
class NamedPackage extends Resource implements ISoftwarePackageVersionRef {
  public readonly softwarePackageVersionRef: SoftwarePackageVersionReference;

  constructor(scope: Construct, packageName: string, versionName: string) {
    super(scope, `Package ${packageName} ${versionName}`);
    this.softwarePackageVersionRef = { packageName, versionName };
  }
}

/** Reports what the library refuses of a patch, at the field that it is about: a patch is tried where nobody sees it. */
export function checkRepair(file: FleetFile): void {
  const { name, repair } = file.description;
  if (repair?.patch === undefined) return;
  const packages = (repair.patch.packages ?? []).map(({ name: each, version }) => `${each} ${version}`);
  for (const [index, each] of packages.entries())
    if (packages.indexOf(each) < index)
      file.report(['repair', 'patch', 'packages', index], 'is there already; leave it out');
  const scope = new Construct(new Stack(undefined, 'ZeroTrust'), name);
  const { steps, rollout } = repair.patch;
  const sound = [
    ...steps.map((step, index) => isStepTaken(file, new Construct(scope, `Tried${index}`), step, index)),
    isTaken(file, ['rollout'], () => toRollout(rollout)),
  ];
  if (sound.includes(false)) return;
  const { patch } = repair;
  isTaken(file, [], () => {
    const quarantineGroup = new QuarantineGroup(scope, 'Quarantine');
    return new PatchChannel(scope, 'Patches', { ...toPatch(scope, patch), quarantineGroup });
  });
}

/** Its files are tried before it: what is wrong with one of them is said without which one. */
function isStepTaken(file: FleetFile, scope: Construct, step: PatchStepEntry, index: number): boolean {
  const sound = (step.artifacts ?? []).map((artifact, position) =>
    isTaken(file, ['steps', index, 'artifacts', position], () =>
      toArtifact(new Construct(scope, `File${position}`), artifact, position),
    ),
  );
  return !sound.includes(false) && isTaken(file, ['steps', index], () => toStep(scope, step));
}

function isTaken(file: FleetFile, path: Path, make: () => unknown): boolean {
  try {
    make();
    return true;
  } catch (error) {
    if (!ConfigurationError.is(error)) throw error;
    const message = inWordsOfFile(error.message.replace("'document'", "'steps'"));
    file.report(fieldNamedIn(file, ['repair', 'patch', ...path], message), `is refused: ${message}`);
    return false;
  }
}

function toPatch(scope: Construct, entry: PatchEntry): PatchOptions {
  const { description, steps, rollout, abort, retries, timeoutMinutes, urlMinutes, requireSignatures } = entry;
  return {
    description,
    document: PatchDocument.ofSteps(
      steps.map((step, index) => toStep(new Construct(scope, `PatchStep${index + 1}`), step)),
    ),
    rollout: toRollout(rollout),
    abort: abort?.map(({ failure, ...rest }) => ({ ...rest, failure: toFailure(failure) })),
    retries: retries?.map(({ failure, ...rest }) => ({ ...rest, failure: toFailure(failure) })),
    timeout: timeoutMinutes === undefined ? undefined : Duration.minutes(timeoutMinutes),
    urlLifetime: urlMinutes === undefined ? undefined : Duration.minutes(urlMinutes),
    requireSignatures,
  };
}

function toStep(scope: Construct, entry: PatchStepEntry): PatchStep {
  const { name, handler, command, args, artifacts = [], runAsUser, ignoreFailure } = entry;
  if (command !== undefined) return PatchStep.command(name, command, { runAsUser, ignoreFailure });
  const files = artifacts.map((artifact, index) => toArtifact(scope, artifact, index));
  return PatchStep.handler(name, handler ?? '', { args, artifacts: files, runAsUser, ignoreFailure });
}

function toArtifact(scope: Construct, entry: ArtifactEntry, index: number): PatchArtifact {
  const { bucket, encryptionKey, ...file } = entry;
  return PatchArtifact.of({
    ...file,
    bucket: CfnBucket.fromBucketName(scope, `Bucket${index + 1}`, bucket),
    encryptionKey: encryptionKey === undefined ? undefined : CfnKey.fromKeyArn(scope, `Key${index + 1}`, encryptionKey),
  });
}

function toRollout(rollout: PatchEntry['rollout']): PatchRollout | undefined {
  if (rollout === undefined) return undefined;
  return 'perMinute' in rollout ? PatchRollout.constant(rollout.perMinute) : PatchRollout.exponential(rollout);
}

function toFailure(failure: string | undefined): PatchFailure | undefined {
  return failure?.toUpperCase().replace('-', '_') as PatchFailure | undefined;
}

function toProof(entry: ProofEntry = {}): HealthProofOptions {
  const { windows, windowMinutes, requireClearedAlarms, silenceHours, automaticReleases = 0 } = entry;
  return {
    windows,
    window: windowMinutes === undefined ? undefined : Duration.minutes(windowMinutes),
    requireClearedAlarms,
    silence: silenceHours === undefined ? undefined : Duration.hours(silenceHours),
    approval:
      automaticReleases === 0
        ? ReleaseApproval.byPerson()
        : ReleaseApproval.automatic({ mostReleases: automaticReleases }),
  };
}

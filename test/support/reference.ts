import { join } from 'node:path';
import { type App, Duration, Stack } from 'aws-cdk-lib';
import { CfnSoftwarePackageVersion } from 'aws-cdk-lib/aws-iot';
import { CfnBucket } from 'aws-cdk-lib/aws-s3';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { FleetFile } from '../../bin/fleet-file';
import { buildFleet, parseFleet } from '../../bin/reference-app';
import {
  Access,
  AllowList,
  AuditCheck,
  Behavior,
  ConnectionGate,
  Detection,
  Device,
  Enrollment,
  HealthProof,
  PatchArtifact,
  PatchChannel,
  PatchDocument,
  PatchStep,
  RemoteAccess,
  Playbook,
  SuppressedResource,
  SuppressionExpiry,
  Topic,
  ZeroTrustAccount,
  ZeroTrustFleet,
} from '../../lib';
import { testApp } from './app';
import { OPENSSL_EC_REQUEST } from './certificate-request';
import { ROOT } from './sources';

export interface TemplateJson {
  readonly Resources: Record<string, ResourceJson>;
  readonly Outputs?: Record<string, unknown>;
}

export interface ResourceJson {
  readonly Type: string;
  readonly Properties?: Record<string, unknown>;
  readonly DependsOn?: string | string[];
  readonly DeletionPolicy?: string;
}

/** The reference app, synthesized from the fleet.json of this repository, without cdk-nag (one spec runs it). */
export function referenceApp(context: Record<string, unknown> = {}): {
  readonly app: App;
  readonly assembly: CloudAssembly;
} {
  const app = testApp(context);
  buildFleet(app, parseFleet(FleetFile.read(join(ROOT, 'fleet.json'))), { checks: false });
  return { app, assembly: app.synth() };
}

export function templatesOf(assembly: CloudAssembly): { readonly stack: string; readonly template: TemplateJson }[] {
  return assembly.stacks.map((artifact) => ({
    stack: artifact.stackName,
    template: artifact.template as TemplateJson,
  }));
}

/** An app in which every capability has every kind of resource that it can make, for what must hold of all of them. */
export function everythingApp(): CloudAssembly {
  const app = testApp();
  const stack = new Stack(app, 'Everything');
  const account = new ZeroTrustAccount(stack, 'Account', { alerts: { emails: ['soc@example.com'] } });
  account.audit?.addSuppression('Suppression', {
    check: AuditCheck.LOGGING_DISABLED,
    resource: SuppressedResource.account('111111111111'),
    expiry: SuppressionExpiry.never(),
    reason: 'Logs go elsewhere',
  });
  const fleet = new ZeroTrustFleet(stack, 'Fleet', {
    access: [Access.publish(Topic.of('dt', Topic.THING, 'telemetry'))],
    enrollment: Enrollment.byClaim({ allowList: AllowList.fromSerials(['A1']) }),
    behaviors: [
      Behavior.messagesSent().mustBeAtMost(120).per(Duration.minutes(5)),
      Behavior.authorizationFailures().mustBeAtMost(3).per(Duration.minutes(5)),
    ],
    detection: [Detection.stream(), Detection.deviceDefender()],
    connectionGate: new ConnectionGate(stack, 'Gate'),
    response: Playbook.standard({ isolationTimeToLive: Duration.days(1) }),
  });
  new Device(stack, 'Gateway', { certificateSigningRequest: OPENSSL_EC_REQUEST, fleetGroup: fleet.fleetGroup });
  repair(stack, fleet);
  return app.synth();
}

/** Patches, the proof that they helped, and tunnels. */
function repair(stack: Stack, { response, quarantineGroup }: ZeroTrustFleet): void {
  if (response === undefined) throw new Error('the fleet has no response');
  const bucket = CfnBucket.fromBucketName(stack, 'Firmware', 'firmware');
  const artifact = PatchArtifact.of({ bucket, objectKey: 'firmware.bin', sha256: 'ab'.repeat(32) });
  const document = PatchDocument.ofSteps([PatchStep.handler('Install', 'install.sh', { artifacts: [artifact] })]);
  const patches = new PatchChannel(stack, 'Patches', { quarantineGroup, document });
  patches.addPackage(new CfnSoftwarePackageVersion(stack, 'Version', { packageName: 'firmware', versionName: '1' }));
  new HealthProof(stack, 'Proof', { response, patches });
  new RemoteAccess(stack, 'Tunnels', { response });
}

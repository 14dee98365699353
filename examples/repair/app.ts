// Repair and return: one patch job for whatever is isolated, proof of health, release by a person, and a tunnel for the analyst.
import { App, Duration, Stack } from 'aws-cdk-lib';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { CfnSoftwarePackage, CfnSoftwarePackageVersion } from 'aws-cdk-lib/aws-iot';
import { CfnBucket } from 'aws-cdk-lib/aws-s3';
import {
  Access,
  FleetGroup,
  HealthProof,
  IncidentResponse,
  PatchArtifact,
  PatchChannel,
  PatchDocument,
  PatchFailure,
  PatchRollout,
  PatchStep,
  QuarantineGroup,
  RemoteAccess,
  Topic,
  ZeroTrustAccount,
} from '../../lib';

const app = new App();
const stack = new Stack(app, 'Repair');
const account = new ZeroTrustAccount(stack, 'Account', { alerts: { emails: ['soc@example.com'] } });

const pumps = new FleetGroup(stack, 'Pumps', {
  access: [Access.publish(Topic.of('pumps', Topic.THING, 'telemetry')), Access.jobs()],
});
const quarantineGroup = new QuarantineGroup(stack, 'Quarantine');
const response = new IncidentResponse(stack, 'Response', {
  fleetGroups: [pumps],
  quarantineGroup,
  alertTopic: account.alertTopic,
});

// The file (patch/ beside this one) is signed before it is uploaded; devices compare checksum and signature, by the public key they
// were made with, before they install it.
const file = PatchArtifact.of({
  bucket: CfnBucket.fromBucketName(stack, 'Files', 'px2-pump-patches'),
  objectKey: 'px2-2026-11.sh',
  sha256: 'a557f64de2b5457c65a640d8da50c58979a6b6472c1a87d8659fd2ffc5a9d5a7',
  signature: 'MEYCIQCwzUxQj1mQANJKwghTC+ur6dt5tBLBCIjdzMo+resPqgIhAOiW2r46YtnKm2+v3HGpUVi8wx48GvCP09iA4A5gcM6Q',
});
const patches = new PatchChannel(stack, 'Patches', {
  quarantineGroup,
  description: 'Hardening 2026-11',
  document: PatchDocument.ofSteps([
    PatchStep.handler('Install', 'install-signed-package.sh', { artifacts: [file] }),
    PatchStep.command('Restart', ['systemctl', 'restart', 'px2-telemetry.service']),
  ]),
  rollout: PatchRollout.exponential({ basePerMinute: 5, maximumPerMinute: 200 }),
  abort: [{ failure: PatchFailure.ALL, percentage: 20, minimumDevices: 5 }],
  retries: [{ failure: PatchFailure.TIMED_OUT, retries: 2 }],
  requireSignatures: true,
});
const software = new CfnSoftwarePackage(stack, 'Software', { packageName: 'px2-hardening' });
const version = new CfnSoftwarePackageVersion(stack, 'Version', {
  packageName: 'px2-hardening',
  versionName: '2026-11',
});
version.node.addDependency(software);
patches.addPackage(version);

// The job must have succeeded and six hours been clean; then a person, who is told so, releases the device.
new HealthProof(stack, 'Proof', { response, patches, windows: 6, window: Duration.hours(1) });

const access = new RemoteAccess(stack, 'Access', { response, maxLifetime: Duration.minutes(30) });
access.grants.openTunnel(new Role(stack, 'Analysts', { assumedBy: new AccountRootPrincipal() }));
response.grants.release(new Role(stack, 'Operators', { assumedBy: new AccountRootPrincipal() }));
app.synth();

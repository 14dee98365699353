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

// The file is signed before it is uploaded; devices compare checksum and signature before they install it.
const firmware = PatchArtifact.of({
  bucket: CfnBucket.fromBucketName(stack, 'Firmware', 'pumps-firmware'),
  objectKey: 'pump/2.1.7.bin',
  sha256: '5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03',
  signature: 'MEUCIQDJ7nFbG0x2m0c2Vw4tqO0y7bqk1nqQh0VQ8w==',
});
const patches = new PatchChannel(stack, 'Patches', {
  quarantineGroup,
  description: 'Firmware 2.1.7',
  document: PatchDocument.ofSteps([
    PatchStep.handler('Install', 'install-firmware.sh', { artifacts: [firmware] }),
    PatchStep.command('Restart', ['systemctl', 'restart', 'pump']),
  ]),
  rollout: PatchRollout.exponential({ basePerMinute: 5, maximumPerMinute: 200 }),
  abort: [{ failure: PatchFailure.ALL, percentage: 20, minimumDevices: 5 }],
  retries: [{ failure: PatchFailure.TIMED_OUT, retries: 2 }],
  requireSignatures: true,
});
const software = new CfnSoftwarePackage(stack, 'Software', { packageName: 'pump-firmware' });
const version = new CfnSoftwarePackageVersion(stack, 'Version', { packageName: 'pump-firmware', versionName: '2.1.7' });
version.node.addDependency(software);
patches.addPackage(version);

// The job must have succeeded and six hours been clean; then a person, who is told so, releases the device.
new HealthProof(stack, 'Proof', { response, patches, windows: 6, window: Duration.hours(1) });

const access = new RemoteAccess(stack, 'Access', { response, maxLifetime: Duration.minutes(30) });
access.grants.openTunnel(new Role(stack, 'Analysts', { assumedBy: new AccountRootPrincipal() }));
response.grants.release(new Role(stack, 'Operators', { assumedBy: new AccountRootPrincipal() }));
app.synth();

// Isolation without a person: findings of Security Hub and of the fleet's own detector lead to the quarantine.
import { App, Duration, Stack } from 'aws-cdk-lib';
import {
  Access,
  Behavior,
  BlastRadius,
  Detection,
  IncidentResponse,
  Playbook,
  SignalSource,
  Topic,
  ZeroTrustAccount,
  ZeroTrustFleet,
} from '../../lib';

const app = new App();
const stack = new Stack(app, 'Response');
const account = new ZeroTrustAccount(stack, 'Account', { alerts: { emails: ['soc@example.com'] } });

const fleet = new ZeroTrustFleet(stack, 'Pumps', {
  access: [Access.publish(Topic.of('pumps', Topic.THING, 'telemetry')), Access.jobs()],
  behaviors: [Behavior.authorizationFailures().mustBeAtMost(3).per(Duration.minutes(5))],
  detection: [Detection.deviceDefender()],
});

new IncidentResponse(stack, 'Incidents', {
  fleetGroups: [fleet.fleetGroup],
  quarantineGroup: fleet.quarantineGroup,
  alertTopic: account.alertTopic,
  playbook: Playbook.standard({ blastRadius: BlastRadius.devices(50, Duration.hours(1)) }),
  sources: [SignalSource.securityHub(), ...fleet.detectors.map((detector) => SignalSource.detector(detector))],
});
app.synth();

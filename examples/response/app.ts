// Isolation without a person, tuned: what is answered how, how much at once, which devices wait for a person, and who may release.
import { App, Duration, Stack } from 'aws-cdk-lib';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { CfnThingGroup } from 'aws-cdk-lib/aws-iot';
import {
  Access,
  Behavior,
  BlastRadius,
  Detection,
  Playbook,
  SignalSource,
  Topic,
  ZeroTrustAccount,
  ZeroTrustFleet,
} from '../../lib';

const app = new App();
const stack = new Stack(app, 'Response');
new ZeroTrustAccount(stack, 'Account', { alerts: { emails: ['soc@example.com'] } });

const fleet = new ZeroTrustFleet(stack, 'Pumps', {
  access: [Access.publish(Topic.of('pumps', Topic.THING, 'telemetry')), Access.jobs()],
  behaviors: [Behavior.authorizationFailures().mustBeAtMost(3).per(Duration.minutes(5))],
  detection: [Detection.deviceDefender()],
  response: Playbook.standard({
    blastRadius: BlastRadius.percent(5, Duration.hours(1)),
    protectedGroups: [CfnThingGroup.fromThingGroupName(stack, 'LifeSupport', 'life-support')],
  }),
  signalSources: [SignalSource.securityHub()],
});

const operators = new Role(stack, 'Operators', { assumedBy: new AccountRootPrincipal() });
fleet.grants.isolate(operators);
fleet.grants.release(operators);
app.synth();

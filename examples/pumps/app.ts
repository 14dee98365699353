// Two fleets in one account that share a quarantine, with behaviors watched by Device Defender in a stack apart.
import { App, Duration, Stack } from 'aws-cdk-lib';
import {
  Access,
  AllowList,
  Behavior,
  Confidence,
  CustomMetric,
  CustomMetricType,
  Detection,
  Enrollment,
  Topic,
  ZeroTrustAccount,
  ZeroTrustFleet,
} from '../../lib';

const app = new App();
const stack = new Stack(app, 'Fleets');
const batteryTemperature = CustomMetric.named('battery-temperature', CustomMetricType.NUMBER);

new ZeroTrustAccount(stack, 'Account', { alerts: { emails: ['soc@example.com'] } });

const pumps = new ZeroTrustFleet(stack, 'Pumps', {
  enrollment: Enrollment.byClaim({
    allowList: AllowList.fromSerials(['PX2-0001', 'PX2-0002']),
    thingNamePrefix: 'pump-',
  }),
  access: [
    Access.publish(Topic.of('pumps', Topic.THING, 'telemetry')),
    Access.subscribe(Topic.of('pumps', Topic.THING, 'commands', Topic.ANY)),
    Access.shadow(),
    Access.jobs(),
    Access.defenderMetrics(),
  ],
  behaviors: [
    Behavior.messagesSent().mustBeAtMost(120).per(Duration.minutes(5)),
    Behavior.authorizationFailures().mustBeAtMost(3).per(Duration.minutes(5)).alarmAfter(1),
    Behavior.sourceIp().mustBeWithin(['203.0.113.0/24']),
    Behavior.custom(batteryTemperature).mustBeAtMost(70),
    Behavior.disconnects().learned(Confidence.HIGH),
  ],
});

new ZeroTrustFleet(stack, 'Valves', {
  access: [Access.publish(Topic.of('valves', Topic.THING, 'state'))],
  quarantineGroup: pumps.quarantineGroup,
});

pumps.watchWith(new Stack(app, 'Detect'), 'Profiles', Detection.deviceDefender());
app.synth();

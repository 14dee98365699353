// Detection that every account can deploy: what is normal, stated and learned, watched without Device Defender Detect. Devices
// report their own metrics to a rule, by Basic Ingest, and those that are too quiet or too loud are isolated.
import { App, Duration, Stack } from 'aws-cdk-lib';
import {
  Access,
  Behavior,
  Confidence,
  CustomMetric,
  CustomMetricType,
  Detection,
  DeviceReports,
  Severity,
  Topic,
  ZeroTrustAccount,
  ZeroTrustFleet,
} from '../../lib';

const app = new App();
const stack = new Stack(app, 'StreamDetection');
new ZeroTrustAccount(stack, 'Account', { alerts: { emails: ['soc@example.com'] } });

const deviceReports = DeviceReports.basicIngest('pump_reports');
const telemetry = Topic.of('pumps', Topic.THING, 'telemetry');
const temperature = CustomMetric.named('battery-temperature', CustomMetricType.NUMBER);

new ZeroTrustFleet(stack, 'Pumps', {
  access: [Access.publish(telemetry), deviceReports.access],
  behaviors: [
    Behavior.authorizationFailures().mustBeAtMost(3).per(Duration.minutes(5)).withSeverity(Severity.HIGH),
    Behavior.messagesSent().mustBeAtMost(120).per(Duration.minutes(5)).onTopics(['pumps/+/telemetry']),
    Behavior.disconnectDuration().mustBeAtMost(Duration.hours(6)),
    Behavior.listeningTcpPorts().mustBeWithin([8883]),
    Behavior.custom(temperature).mustBeAtMost(70),
    Behavior.bytesOut().learned(Confidence.HIGH),
  ],
  detection: [Detection.stream({ dryRun: false, deviceReports })],
});
app.synth();

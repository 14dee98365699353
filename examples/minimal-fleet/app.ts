// The least that is complete: a fleet whose devices may publish their own telemetry, and nothing else.
import { App, Stack } from 'aws-cdk-lib';
import { Access, Topic, ZeroTrustFleet } from '../../lib';

const app = new App();
const stack = new Stack(app, 'MinimalFleet');

new ZeroTrustFleet(stack, 'Fleet', {
  access: [Access.publish(Topic.of('dt', Topic.THING, 'telemetry'))],
});
app.synth();

// A gateway that brings its own certificate signing request: its key never leaves it. Make the file on the gateway with
//   openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout gateway.key -out gateway.csr -subj /CN=gateway-1
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Access, Device, FleetGroup, QuarantineGroup, Topic } from '../../lib';

const app = new App();
const stack = new Stack(app, 'Gateways');

const gateways = new FleetGroup(stack, 'Gateways', {
  access: [Access.publish(Topic.of('gateways', Topic.THING, 'state')), Access.jobs(), Access.tunnelNotifications()],
});
new QuarantineGroup(stack, 'Quarantine');
new Device(stack, 'Gateway1', {
  thingName: 'gateway-1',
  certificateSigningRequest: readFileSync(join(__dirname, 'gateway.csr'), 'utf8'),
  fleetGroup: gateways,
});
app.synth();

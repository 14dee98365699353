import { type PolicyRequest, ThingAttachment } from '../../lib/policy/evaluator';
import { allow, registered, THING_NAME, unregistered } from './policy-builders';
import type { DocumentedExample } from './policy-examples';
import {
  assumeRoleWithCertificate,
  connect,
  of,
  publish,
  type Question,
  receive,
  retain,
  subscribe,
} from './policy-questions';

const client1 = unregistered('client1');
const thing1 = registered('thing1');
const exclusive = registered('thing1', { clientId: 'other', attachment: ThingAttachment.EXCLUSIVE_THING });

function by(context: Question[0], ...requests: PolicyRequest[]): Question[] {
  return requests.map((request) => [context, request] as const);
}

/** All names below a prefix. */
function below(prefix: string, ...names: string[]): string[] {
  return names.map((name) => `${prefix}/${name}`);
}

const GREENGRASS = 'greengrass/v2/developerguide/';
const core = registered('core-device-thing-name');
const component = registered('core-device-thing-name', { clientId: 'core-device-thing-name#2' });
const gci = '$aws/things/core-device-thing-name-gci/shadow';
const coreV1 = unregistered('core-name-gda');

const COMMANDS = 'iot-remote-command-execution-start-monitor';
const RESPONSES = ['response/accepted', 'response/rejected', 'response/accepted/json', 'response/rejected/json'];
const commandStatements = (own: string, publishes: string[]) => [
  allow(
    'iot:Publish',
    publishes.map((name) => `topic/${own}/executions/*/${name}`),
  ),
  allow('iot:Receive', below(`topic/${own}/executions/*`, 'request', 'request/json', ...RESPONSES)),
  allow('iot:Subscribe', below(`topicfilter/${own}/executions/+`, 'request', 'request/json', ...RESPONSES)),
  allow('iot:Connect', 'client/${iot:ClientId}'),
];

const vehicle = registered('vehicle1');
const VEHICLES = '$aws/iotfleetwise/vehicles';
const LOCATION = '$aws/device_location/device-1/get_position_estimate';
const own = '$aws/things/thing1';

/** Policies in the guides of the services that devices reach through AWS IoT Core. */
export const EXAMPLES_OF_SERVICES: readonly DocumentedExample[] = [
  {
    page: `${GREENGRASS}device-auth`,
    about: 'the least that a core device needs',
    statements: [
      allow('iot:Connect', 'client/core-device-thing-name*'),
      allow(
        ['iot:Receive', 'iot:Publish'],
        [
          ...below(
            'topic/$aws/things/core-device-thing-name*',
            'greengrass/health/json',
            'greengrassv2/health/json',
            'jobs/*',
            'shadow/*',
          ),
        ],
      ),
      allow('iot:Subscribe', below('topicfilter/$aws/things/core-device-thing-name*', 'jobs/*', 'shadow/*')),
      allow('iot:AssumeRoleWithCertificate', 'rolealias/token-exchange-role-alias-name'),
      allow(
        [
          'greengrass:GetComponentVersionArtifact',
          'greengrass:ResolveComponentCandidates',
          'greengrass:GetDeploymentConfiguration',
          'greengrass:ListThingGroupsForCoreDevice',
        ],
        '*',
      ),
    ],
    allowed: [
      [component, connect],
      ...by(
        core,
        connect,
        publish('$aws/things/core-device-thing-name/greengrassv2/health/json'),
        subscribe('$aws/things/core-device-thing-name/jobs/notify-next'),
        receive('$aws/things/core-device-thing-name/shadow/name/config/update/delta'),
        assumeRoleWithCertificate('token-exchange-role-alias-name', 'core-device-thing-name'),
        of('greengrass:ResolveComponentCandidates', '*'),
      ),
      // The text says that a wildcard behind the name matches things with similar names too.
      [core, publish('$aws/things/core-device-thing-name2/jobs/get')],
    ],
    denied: by(
      core,
      publish('$aws/things/other/jobs/get'),
      publish('$aws/things/core-device-thing-name/greengrassv2/health/cbor'),
      subscribe('$aws/things/+/jobs/#'),
      assumeRoleWithCertificate('other-alias'),
      of('greengrass:Discover', 'thing/core-device-thing-name'),
    ),
  },
  {
    page: `${GREENGRASS}device-auth`,
    about: 'what a core device needs for its client devices',
    statements: [
      allow('iot:Publish', 'topic/$aws/things/core-device-thing-name*-gci/shadow/get'),
      ...[
        ['iot:Subscribe', 'topicfilter'],
        ['iot:Receive', 'topic'],
      ].map(([action = '', type = '']) =>
        allow(action, below(`${type}/$aws/things/core-device-thing-name*-gci/shadow`, 'update/delta', 'get/accepted')),
      ),
      allow(['greengrass:PutCertificateAuthorities', 'greengrass:VerifyClientDeviceIdentity'], '*'),
      allow('greengrass:VerifyClientDeviceIoTCertificateAssociation', 'thing/*'),
      allow(['greengrass:GetConnectivityInfo', 'greengrass:UpdateConnectivityInfo'], 'thing/core-device-thing-name*'),
    ],
    allowed: by(
      core,
      publish(`${gci}/get`),
      subscribe(`${gci}/update/delta`),
      receive(`${gci}/get/accepted`),
      of('greengrass:VerifyClientDeviceIdentity', '*'),
      of('greengrass:VerifyClientDeviceIoTCertificateAssociation', 'thing/any'),
      of('greengrass:GetConnectivityInfo', 'thing/core-device-thing-name'),
    ),
    denied: by(
      core,
      publish('$aws/things/core-device-thing-name/shadow/get'),
      publish(`${gci}/update`),
      of('greengrass:UpdateConnectivityInfo', 'thing/other'),
    ),
  },
  {
    page: `${GREENGRASS}device-auth`,
    about: 'a client device: all topics, and discovery of every thing',
    statements: [
      allow('iot:Connect', '*'),
      allow(['iot:Publish', 'iot:Receive'], 'topic/*'),
      allow('iot:Subscribe', 'topicfilter/*'),
      allow('greengrass:Discover', 'thing/*'),
    ],
    allowed: by(thing1, connect, publish('a'), subscribe('#'), receive('a'), of('greengrass:Discover', 'thing/thing2')),
    denied: by(thing1, retain('a'), of('iot:GetThingShadow', 'thing/thing1')),
  },
  {
    page: `${GREENGRASS}greengrass-discover-api`,
    about: 'discovery for one device',
    statements: [allow('greengrass:Discover', 'thing/MyClientDevice1')],
    allowed: by(client1, of('greengrass:Discover', 'thing/MyClientDevice1')),
    denied: by(client1, of('greengrass:Discover', 'thing/MyClientDevice2'), connect),
  },
  {
    page: `${GREENGRASS}fleet-provisioning-setup`,
    about: 'a claim certificate, which may have keys made but not sign a request of its own',
    statements: [
      allow('iot:Connect', '*'),
      ...[[['iot:Publish', 'iot:Receive'], 'topic'] as const, [['iot:Subscribe'], 'topicfilter'] as const].map(
        ([actions, type]) =>
          allow(
            [...actions],
            [
              `${type}/$aws/certificates/create/*`,
              `${type}/$aws/provisioning-templates/GreengrassFleetProvisioningTemplate/provision/*`,
            ],
          ),
      ),
    ],
    allowed: by(
      client1,
      connect,
      publish('$aws/certificates/create/cbor'),
      subscribe('$aws/certificates/create/cbor/rejected'),
      publish('$aws/provisioning-templates/GreengrassFleetProvisioningTemplate/provision/json'),
    ),
    denied: by(
      client1,
      publish('$aws/certificates/create-from-csr/json'),
      publish('$aws/provisioning-templates/Other/provision/json'),
      assumeRoleWithCertificate('GreengrassCoreTokenExchangeRoleAlias'),
    ),
  },
  {
    page: `${GREENGRASS}manual-installation`,
    about: 'two policies of a core device: MQTT and Greengrass, and one role alias',
    statements: [
      allow(['iot:Publish', 'iot:Subscribe', 'iot:Receive', 'iot:Connect', 'greengrass:*'], '*'),
      allow('iot:AssumeRoleWithCertificate', 'rolealias/GreengrassCoreTokenExchangeRoleAlias'),
    ],
    allowed: by(
      core,
      connect,
      publish('any'),
      of('greengrass:GetDeploymentConfiguration', '*'),
      assumeRoleWithCertificate('GreengrassCoreTokenExchangeRoleAlias'),
    ),
    denied: by(core, assumeRoleWithCertificate('Other'), of('iot:UpdateThingShadow', 'thing/any')),
  },
  {
    page: 'greengrass/v1/developerguide/device-auth',
    about: 'the least that a core of version 1 needs: names with wildcards, no thing variables',
    statements: [
      allow('iot:Connect', 'client/core-name-*'),
      allow(['iot:Publish', 'iot:Receive'], 'topic/$aws/things/core-name-*'),
      allow('iot:Subscribe', 'topicfilter/$aws/things/core-name-*'),
      allow(['iot:GetThingShadow', 'iot:UpdateThingShadow', 'iot:DeleteThingShadow'], 'thing/core-name-*'),
      allow(['greengrass:AssumeRoleForGroup', 'greengrass:CreateCertificate'], '*'),
      allow(
        'greengrass:GetDeployment',
        'arn:aws:greengrass:us-east-1:123456789012:/greengrass/groups/group-id/deployments/*',
      ),
    ],
    allowed: by(
      coreV1,
      connect,
      publish('$aws/things/core-name-gda/shadow/update'),
      subscribe('$aws/things/core-name-gda/shadow/#'),
      of('iot:GetThingShadow', 'thing/core-name-gda'),
      of('greengrass:CreateCertificate', '*'),
      of(
        'greengrass:GetDeployment',
        'arn:aws:greengrass:us-east-1:123456789012:/greengrass/groups/group-id/deployments/1',
      ),
    ),
    denied: [
      [unregistered('core-name'), connect],
      ...by(
        coreV1,
        publish('$aws/things/core-name/shadow/update'),
        publish('hello/world'),
        of(
          'greengrass:GetDeployment',
          'arn:aws:greengrass:us-east-1:123456789012:/greengrass/groups/other/deployments/1',
        ),
      ),
    ],
  },
  {
    page: 'freertos/latest/userguide/ota-mqtt-freertos',
    about: 'updates over MQTT: streams and jobs of the own thing',
    statements: [
      allow('iot:Connect', `client/${THING_NAME}`),
      allow('iot:Subscribe', below(`topicfilter/$aws/things/${THING_NAME}`, 'streams/*', 'jobs/*')),
      allow(['iot:Publish', 'iot:Receive'], below(`topic/$aws/things/${THING_NAME}`, 'streams/*', 'jobs/*')),
    ],
    allowed: by(
      thing1,
      connect,
      subscribe(`${own}/streams/AFR_OTA-1/data/cbor`),
      publish(`${own}/streams/AFR_OTA-1/get/cbor`),
      receive(`${own}/jobs/notify-next`),
    ),
    denied: by(thing1, publish('$aws/things/thing2/jobs/get'), publish(`${own}/shadow/get`), subscribe(`${own}/#`)),
  },
  {
    page: 'freertos/latest/userguide/ota-http-freertos',
    about: 'updates over HTTP: jobs of the own thing, no streams',
    statements: [
      allow('iot:Connect', `client/${THING_NAME}`),
      allow('iot:Subscribe', `topicfilter/$aws/things/${THING_NAME}/jobs/*`),
      allow(['iot:Publish', 'iot:Receive'], `topic/$aws/things/${THING_NAME}/jobs/*`),
    ],
    allowed: by(thing1, connect, publish(`${own}/jobs/$next/get`), subscribe(`${own}/jobs/#`)),
    denied: by(thing1, publish(`${own}/streams/AFR_OTA-1/get/cbor`), subscribe('$aws/things/+/jobs/#')),
  },
  {
    page: 'freertos/latest/userguide/ble-demo',
    about: 'all of four actions in one account and region',
    statements: ['iot:Connect', 'iot:Publish', 'iot:Subscribe', 'iot:Receive'].map((action) =>
      allow(action, 'arn:aws:iot:us-east-1:123456789012:*'),
    ),
    allowed: by(client1, connect, publish('a'), subscribe('#'), receive('$aws/things/x/shadow/get')),
    denied: by(client1, retain('a'), of('iot:GetThingShadow', 'thing/client1')),
  },
  {
    page: 'freertos/latest/userguide/security-pkcs',
    about: 'every action of two services',
    statements: [allow('iot:*', '*'), allow('greengrass:*', '*')],
    allowed: by(client1, connect, retain('a'), of('greengrass:Discover', 'thing/x'), assumeRoleWithCertificate('x')),
    // The prefix of job requests is another one since 2022, but the old name meant the same.
    denied: by(client1, of('iotwireless:SendDataToWirelessDevice', '*')),
  },
  {
    page: COMMANDS,
    about: 'commands for a thing: a + in the filter, a * in the topic',
    statements: commandStatements(`$aws/commands/things/${THING_NAME}`, ['response']),
    allowed: by(
      thing1,
      connect,
      subscribe('$aws/commands/things/thing1/executions/+/request'),
      subscribe('$aws/commands/things/thing1/executions/+/response/accepted/json'),
      receive('$aws/commands/things/thing1/executions/07e4b780/request/json'),
      publish('$aws/commands/things/thing1/executions/07e4b780/response'),
    ),
    denied: by(
      thing1,
      subscribe('$aws/commands/things/thing1/executions/07e4b780/request'),
      subscribe('$aws/commands/things/+/executions/+/request'),
      publish('$aws/commands/things/thing1/executions/07e4b780/response/json'),
      publish('$aws/commands/things/thing2/executions/07e4b780/response'),
      receive('$aws/commands/things/thing2/executions/07e4b780/request'),
    ),
  },
  {
    page: COMMANDS,
    about: 'commands for a client ID that is no thing',
    statements: commandStatements('$aws/commands/clients/${iot:ClientId}', ['response', 'response/json']),
    allowed: by(
      client1,
      connect,
      publish('$aws/commands/clients/client1/executions/1/response/json'),
      receive('$aws/commands/clients/client1/executions/1/response/rejected'),
    ),
    denied: by(
      client1,
      publish('$aws/commands/clients/client2/executions/1/response'),
      subscribe('$aws/commands/clients/client1/executions/#'),
    ),
  },
  {
    page: 'device-location-reserved-topics',
    about: 'the location of one device',
    statements: [
      allow('iot:Publish', `topic/${LOCATION}`),
      allow('iot:Receive', below(`topic/${LOCATION}`, 'accepted', 'rejected')),
      allow('iot:Subscribe', below(`topicfilter/${LOCATION}`, 'accepted', 'rejected')),
    ],
    allowed: by(client1, publish(LOCATION), subscribe(`${LOCATION}/accepted`), receive(`${LOCATION}/rejected`)),
    denied: by(
      client1,
      connect,
      // The page allows + in filters of this kind; a policy for one device does not.
      subscribe('$aws/device_location/+/get_position_estimate/accepted'),
      publish('$aws/device_location/device-2/get_position_estimate'),
      receive(LOCATION),
    ),
  },
  {
    page: 'device-location-reserved-topics',
    about: 'only what was resolved',
    statements: [
      allow('iot:Subscribe', `topicfilter/${LOCATION}/accepted`),
      allow('iot:Receive', `topic/${LOCATION}/accepted`),
    ],
    allowed: by(client1, subscribe(`${LOCATION}/accepted`), receive(`${LOCATION}/accepted`)),
    denied: by(client1, subscribe(`${LOCATION}/rejected`), receive(`${LOCATION}/rejected`), publish(LOCATION)),
  },
  {
    page: 'iot-fleetwise/latest/developerguide/provision-vehicles',
    about: 'a vehicle: check-ins and signals go out, schemes and manifests come in',
    statements: [
      allow('iot:Connect', `client/${THING_NAME}`),
      allow('iot:Publish', below(`topic/${VEHICLES}/${THING_NAME}`, 'checkins', 'signals')),
      allow('iot:Subscribe', below(`topicfilter/${VEHICLES}/${THING_NAME}`, 'collection_schemes', 'decoder_manifests')),
      allow('iot:Receive', below(`topic/${VEHICLES}/${THING_NAME}`, 'collection_schemes', 'decoder_manifests')),
    ],
    allowed: by(
      vehicle,
      connect,
      publish(`${VEHICLES}/vehicle1/checkins`),
      subscribe(`${VEHICLES}/vehicle1/decoder_manifests`),
      receive(`${VEHICLES}/vehicle1/collection_schemes`),
    ),
    denied: by(
      vehicle,
      publish(`${VEHICLES}/vehicle2/signals`),
      publish(`${VEHICLES}/vehicle1/collection_schemes`),
      subscribe(`${VEHICLES}/vehicle1/signals`),
      subscribe(`${VEHICLES}/+/decoder_manifests`),
    ),
  },
  {
    page: 'exclusive-thing',
    about: 'an exclusive thing has its variables under any client ID',
    statements: [allow('iot:Connect', '*'), allow('iot:Publish', `topic/${THING_NAME}`)],
    allowed: by(exclusive, connect, publish('thing1')),
    denied: [[registered('thing1', { clientId: 'other' }), publish('thing1')], ...by(exclusive, publish('other'))],
  },
];

const bulb = registered('MyLightBulb', { thingGroupNames: ['RedLights'] });
const switched = allow('iot:Publish', `topic/bulbs/${THING_NAME}`);
const LIGHTS = [
  { name: 'LightBulbs', statements: [switched] },
  { name: 'RedLights', parent: 'LightBulbs', statements: [] },
];

/** What the guide says of policies that hang on thing groups. */
export const EXAMPLES_OF_GROUPS: readonly DocumentedExample[] = [
  {
    page: 'thing-groups',
    about: 'the policy of a parent group is inherited by the things of its children',
    statements: [],
    groups: LIGHTS,
    allowed: by(bulb, publish('bulbs/MyLightBulb')),
    denied: [
      ...by(bulb, publish('bulbs/TestThingA'), connect),
      [registered('MyLightBulb', { thingGroupNames: ['ReplaceableObjects'] }), publish('bulbs/MyLightBulb')],
    ],
  },
  {
    page: 'iot-policies',
    about: 'the policy of a group takes effect where client ID and thing name match',
    statements: [allow('iot:Connect', '*')],
    groups: LIGHTS,
    allowed: by(bulb, connect, publish('bulbs/MyLightBulb')),
    denied: [
      ...[ThingAttachment.NON_EXCLUSIVE_THING, ThingAttachment.NOT_ATTACHED].map(
        (attachment) =>
          [
            registered('MyLightBulb', { thingGroupNames: ['RedLights'], clientId: 'bulb', attachment }),
            publish('bulbs/MyLightBulb'),
          ] as const,
      ),
    ],
  },
  {
    page: 'iot-policies',
    about: 'an explicit deny in any policy overrides the allows of all',
    statements: [allow('iot:*', '*')],
    groups: [{ name: 'Quarantine', statements: [{ Effect: 'Deny', Action: 'iot:Publish', Resource: '*' }] }, ...LIGHTS],
    allowed: by(bulb, publish('bulbs/MyLightBulb')),
    denied: by(
      registered('MyLightBulb', { thingGroupNames: ['Quarantine', 'RedLights'] }),
      publish('bulbs/MyLightBulb'),
    ),
  },
  {
    page: 'thing-groups',
    about: 'a policy of a group does not open the data plane of Greengrass',
    statements: [],
    groups: [{ name: 'RedLights', statements: [allow(['iot:Publish', 'greengrass:*'], '*')] }],
    allowed: by(bulb, publish('any')),
    denied: by(bulb, of('greengrass:Discover', 'thing/MyLightBulb'), of('greengrass:GetDeploymentConfiguration', '*')),
  },
  {
    page: 'thing-groups',
    about: 'a policy of the certificate does',
    statements: [allow('greengrass:Discover', 'thing/MyLightBulb')],
    groups: LIGHTS,
    allowed: by(bulb, of('greengrass:Discover', 'thing/MyLightBulb')),
    denied: by(bulb, of('greengrass:Discover', 'thing/TestThingA')),
  },
];

import type { PolicyRequest } from '../../lib/policy/evaluator';
import { allow, ARN, deny, registered, unregistered } from './policy-builders';
import type { DocumentedExample } from './policy-examples';
import { connect, of, publish, type Question, receive, subscribe } from './policy-questions';

const everything = ['iot:Publish', 'iot:Subscribe', 'iot:Receive', 'iot:Connect'];
const client1 = unregistered('client1');

/** Each request of one device. */
function by(context: Question[0], ...requests: PolicyRequest[]): Question[] {
  return requests.map((request) => [context, request] as const);
}

const pi = registered('PubSubTestThing');
const bulb = registered('My_light_bulb', { clientId: 'test-1' });
const sensor = registered('RaspberryPi');
const jobs = registered('uniqueThingName');
const SHADOW = '$aws/things/My_light_bulb/shadow';
const SENSOR = '$aws/things/RaspberryPi/shadow';
const JOBS = '$aws/things/uniqueThingName/jobs';
const replies = (type: string, shadow: string, ...names: string[]): string[] =>
  names.map((name) => `${type}/${shadow}/${name}`);
const BULB_REPLIES = ['get/accepted', 'get/rejected', 'update/accepted', 'update/rejected', 'update/delta'];
const SENSOR_REPLIES = ['update/accepted', 'delete/accepted', 'get/accepted', 'update/rejected', 'delete/rejected'];
const SHADOW_ACTIONS = ['iot:GetThingShadow', 'iot:UpdateThingShadow', 'iot:DeleteThingShadow'];

/** Policies of the tutorials, which say in each step what the device then may do. */
export const EXAMPLES_OF_TUTORIALS: readonly DocumentedExample[] = [
  {
    page: 'creating-a-virtual-thing',
    about: 'connect, publish, receive and subscribe to anything, and nothing else',
    statements: [allow(everything, '*')],
    allowed: by(client1, connect, publish('a/b'), subscribe('#'), receive('a/b')),
    denied: by(client1, of('iot:GetThingShadow', 'thing/client1'), of('iot:AssumeRoleWithCertificate', 'rolealias/x')),
  },
  {
    page: 'create-iot-resources',
    about: 'a statement for each of the four actions, for any client',
    statements: everything.map((action) => allow(action, '*')),
    allowed: by(client1, connect, publish('sdk/test/python'), subscribe('sdk/test/#'), receive('sdk/test/python')),
    denied: by(client1, of('iot:RetainPublish', 'topic/sdk/test/python')),
  },
  {
    page: 'using-laptop-as-device',
    about: 'client IDs that begin with test-, one topic',
    statements: [
      allow(['iot:Publish', 'iot:Receive'], 'topic/test/topic'),
      allow('iot:Subscribe', 'topicfilter/test/topic'),
      allow('iot:Connect', 'client/test-*'),
    ],
    allowed: by(bulb, connect, publish('test/topic'), receive('test/topic'), subscribe('test/topic')),
    denied: [
      [unregistered('basicPubSub'), connect],
      ...by(bulb, subscribe('test/#'), publish('test/topic/1'), publish('Test/topic')),
    ],
  },
  {
    page: 'iot-dc-testconn-provision',
    about: 'one client, a topic to publish and another to receive',
    statements: [
      allow('iot:Connect', 'client/PubSubTestThing'),
      allow('iot:Publish', 'topic/test/dc/pubtopic'),
      allow('iot:Subscribe', 'topicfilter/test/dc/subtopic'),
      allow('iot:Receive', 'topic/test/dc/subtopic'),
    ],
    allowed: by(pi, connect, publish('test/dc/pubtopic'), subscribe('test/dc/subtopic'), receive('test/dc/subtopic')),
    denied: [
      [client1, connect],
      ...by(pi, publish('test/dc/subtopic'), receive('test/dc/pubtopic'), subscribe('test/dc/#')),
    ],
  },
  {
    page: 'iot-dc-testconn-publish',
    about: 'a client that publishes and receives nothing',
    statements: [allow('iot:Connect', 'client/PubSubTestThing'), allow('iot:Publish', 'topic/test/dc/pubtopic')],
    allowed: by(pi, connect, publish('test/dc/pubtopic')),
    denied: by(pi, subscribe('test/dc/pubtopic'), receive('test/dc/pubtopic')),
  },
  {
    page: 'iot-dc-testconn-subscribe',
    about: 'a * in the policy for the # of the filter',
    statements: [
      allow('iot:Connect', 'client/PubSubTestThing'),
      allow('iot:Subscribe', 'topicfilter/test/dc/*'),
      allow('iot:Receive', 'topic/test/dc/*'),
    ],
    allowed: by(
      pi,
      subscribe('test/dc/#'),
      subscribe('test/dc/+'),
      receive('test/dc/subtopic1'),
      receive('test/dc/a/b'),
    ),
    denied: by(pi, subscribe('test/#'), subscribe('test/dc'), receive('test/dc'), publish('test/dc/subtopic')),
  },
  {
    page: 'iot-dc-testconn-subscribe',
    about: 'a # in the policy is no wildcard',
    statements: [allow('iot:Subscribe', 'topicfilter/test/dc/#'), allow('iot:Receive', 'topic/test/dc/#')],
    allowed: by(pi, subscribe('test/dc/#')),
    denied: by(pi, subscribe('test/dc/subtopic'), receive('test/dc/subtopic')),
  },
  {
    page: 'iot-dc-runjobs-prepare',
    about: 'jobs of one thing; a subscription that names a topic, and a job action that does, allow nothing',
    statements: [
      allow('iot:Connect', 'client/uniqueThingName'),
      allow('iot:Publish', [
        'topic/test/dc/pubtopic',
        'topic/$aws/events/job/*',
        'topic/$aws/events/jobExecution/*',
        `topic/${JOBS}/*`,
      ]),
      allow('iot:Subscribe', [
        'topicfilter/test/dc/subtopic',
        'topic/$aws/events/jobExecution/*',
        `topicfilter/${JOBS}/*`,
      ]),
      allow('iot:Receive', ['topic/test/dc/subtopic', `topic/${JOBS}/*`]),
      allow(
        ['DescribeJobExecution', 'GetPendingJobExecutions', 'StartNextPendingJobExecution', 'UpdateJobExecution'].map(
          (name) => `iot:${name}`,
        ),
        'topic/$aws/things/uniqueThingName',
      ),
    ],
    allowed: by(
      jobs,
      connect,
      publish(`${JOBS}/start-next`),
      subscribe(`${JOBS}/notify-next`),
      subscribe(`${JOBS}/#`),
      receive(`${JOBS}/job-1/get/accepted`),
    ),
    denied: by(
      jobs,
      // Only topicfilter/ resources are compared with filters, and only thing/ resources with requests for jobs.
      subscribe('$aws/events/jobExecution/job-1/succeeded'),
      of('iot:UpdateJobExecution', 'thing/uniqueThingName'),
      publish('$aws/things/otherThingName/jobs/start-next'),
    ),
  },
  {
    page: 'iot-moisture-policy',
    about: 'the shadow of one thing, over MQTT and over HTTPS',
    statements: [
      allow('iot:Connect', 'client/RaspberryPi'),
      allow('iot:Publish', replies('topic', SENSOR, 'update', 'delete', 'get')),
      allow('iot:Receive', replies('topic', SENSOR, ...SENSOR_REPLIES)),
      allow('iot:Subscribe', replies('topicfilter', SENSOR, ...SENSOR_REPLIES)),
      allow(SHADOW_ACTIONS, 'thing/RaspberryPi'),
    ],
    allowed: by(
      sensor,
      connect,
      publish(`${SENSOR}/update`),
      subscribe(`${SENSOR}/get/accepted`),
      receive(`${SENSOR}/delete/rejected`),
      of('iot:GetThingShadow', 'thing/RaspberryPi'),
    ),
    denied: by(
      sensor,
      // The policy forgets it.
      receive(`${SENSOR}/get/rejected`),
      subscribe(`${SENSOR}/#`),
      publish('$aws/things/RaspberryPi/shadow/name/other/update'),
      of('iot:GetThingShadow', 'thing/RaspberryPi2'),
    ),
  },
  {
    page: 'shadow-provision-cloud',
    about: 'the shadow of a thing under a client ID that begins with test-',
    statements: [
      allow('iot:Publish', replies('topic', SHADOW, 'get', 'update')),
      allow('iot:Receive', replies('topic', SHADOW, ...BULB_REPLIES)),
      allow('iot:Subscribe', replies('topicfilter', SHADOW, ...BULB_REPLIES)),
      allow('iot:Connect', 'client/test-*'),
    ],
    allowed: by(
      bulb,
      connect,
      publish(`${SHADOW}/update`),
      subscribe(`${SHADOW}/update/delta`),
      receive(`${SHADOW}/update/delta`),
    ),
    denied: [
      [registered('My_light_bulb'), connect],
      ...by(
        bulb,
        publish(`${SHADOW}/delete`),
        receive(`${SHADOW}/update/documents`),
        publish(`${SHADOW}/update/delta`),
      ),
    ],
  },
  {
    page: 'provision-template',
    about: 'the policy that a provisioning template makes',
    statements: [allow('iot:Publish', 'topic/foo/bar')],
    allowed: by(client1, publish('foo/bar')),
    denied: by(client1, connect, publish('foo/bar/'), receive('foo/bar')),
  },
  {
    page: 'jit-provisioning',
    about: 'no statement allows the connection of a device with that policy alone',
    statements: [allow(['iot:Publish'], ['topic/foo/bar'])],
    allowed: [],
    denied: by(registered('thing1'), connect, subscribe('foo/bar')),
  },
  {
    page: 'config-custom-auth',
    about: 'what the sample authorizer returns for the right password',
    statements: [
      allow(['iot:Connect'], ['client/myClientName']),
      allow(['iot:Publish'], ['topic/telemetry/myClientName']),
    ],
    allowed: by(unregistered('myClientName'), connect, publish('telemetry/myClientName')),
    denied: [
      [unregistered('myClientName2'), connect],
      ...by(unregistered('myClientName'), subscribe('telemetry/myClientName'), publish('telemetry/other')),
    ],
  },
  {
    page: 'custom-auth-tutorial',
    about: 'all actions on all resources of the account',
    statements: [allow('iot:*', `${ARN}*`)],
    allowed: by(client1, connect, publish('test-topic'), of('iot:GetThingShadow', 'thing/any')),
    // Listing retained messages needs the resource *, and an ARN is of one region.
    denied: by(
      client1,
      of('iot:ListRetainedMessages', '*'),
      of('iot:Publish', 'arn:aws:iot:eu-west-1:123456789012:topic/test-topic'),
    ),
  },
  {
    page: 'custom-auth-tutorial',
    about: 'the same as a deny, beside a policy that allows all',
    statements: [allow('*', '*'), deny('iot:*', `${ARN}*`)],
    allowed: by(client1, of('greengrass:Discover', 'thing/client1')),
    denied: by(client1, connect, publish('test-topic')),
  },
  {
    page: 'iot-basic-ingest',
    about: 'every rule',
    statements: [allow('iot:Publish', 'topic/$aws/rules/*')],
    allowed: by(client1, publish('$aws/rules/BuildingManager/Buildings/Building5/Floor2/Room201/Lights')),
    denied: by(client1, publish('Buildings/Building5/Floor2/Room201/Lights'), publish('$aws/rules')),
  },
  {
    page: 'iot-basic-ingest',
    about: 'one rule',
    statements: [allow('iot:Publish', 'topic/$aws/rules/BuildingManager/*')],
    allowed: by(client1, publish('$aws/rules/BuildingManager/Buildings/Building5')),
    denied: by(
      client1,
      publish('$aws/rules/BuildingManager2/Buildings'),
      publish('$aws/rules/Other/BuildingManager/x'),
    ),
  },
  {
    page: 'device-defender-troubleshoot',
    about: 'a device whose policy has the topic reports the metrics of another',
    statements: [
      allow('iot:Publish', [
        'topic/$aws/things/Thing-1/defender/metrics/json',
        'topic/$aws/things/Thing-2/defender/metrics/json',
      ]),
    ],
    allowed: by(
      registered('Thing-1'),
      publish('$aws/things/Thing-1/defender/metrics/json'),
      publish('$aws/things/Thing-2/defender/metrics/json'),
    ),
    denied: by(registered('Thing-1'), publish('$aws/things/Thing-3/defender/metrics/json')),
  },
];

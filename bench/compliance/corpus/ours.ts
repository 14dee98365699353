import { CATALOG } from '../../../lib/compliance/rules/catalog';
import { bad, good, type Sample } from './sample';

const SOURCE = 'https://github.com/cdk-iot-zero-trust/cdk-iot-zero-trust';
const CONNECT = '+ Connect client/{thing} ? attached';

/** Small policies, each for one thing that a reader of text would miss, or see where it is not. */
const small: Sample[] = [
  bad('everything', SOURCE, 'one stolen certificate owns the fleet', '+ iot:* *'),
  bad('any client', SOURCE, 'takes any device off line', '+ Connect client/*'),
  bad(
    'the client id, attached to nothing',
    SOURCE,
    'binds nothing: the client chooses it',
    '+ Connect client/{client}',
  ),
  bad('any topic', SOURCE, 'forges telemetry of all', CONNECT, '+ Publish topic/*'),
  bad('wildcard in the middle', SOURCE, 'forges telemetry of all', CONNECT, '+ Publish topic/dt/*/telemetry'),
  bad('any filter', SOURCE, 'listens to all', CONNECT, '+ Subscribe topicfilter/*', '+ Receive topic/*'),
  bad(
    'shadows of all',
    SOURCE,
    'changes the state of any device',
    CONNECT,
    '+ Publish topic/$aws/things/*/shadow/update',
  ),
  bad('Deny with #', SOURCE, 'denies next to nothing', CONNECT, '+ Publish topic/dt/{thing}/*', '- Publish topic/dt/#'),
  bad('action by prefix', SOURCE, 'also allows what AWS adds', CONNECT, '+ P* topic/dt/{thing}/*'),
  bad('control plane', SOURCE, 'gives itself any right', CONNECT, '+ AttachPolicy *'),
  bad('name that another begins with', SOURCE, 'pump-1 reaches pump-10', CONNECT, '+ Publish topic/dt/{thing}*'),
  bad(
    'gathering filter',
    SOURCE,
    'listens to all',
    CONNECT,
    '+ Subscribe topicfilter/dt/+/telemetry',
    '+ Receive topic/dt/{thing}/telemetry',
  ),
  bad('any role alias', SOURCE, 'takes any role', CONNECT, '+ AssumeRoleWithCertificate rolealias/*'),
  bad('thing type in place of the thing', SOURCE, 'shared by the whole fleet', CONNECT, '+ Publish topic/{type}/*'),
  bad('organization in place of the device', SOURCE, 'shared by the whole fleet', CONNECT, '+ Publish topic/{org}/*'),
  bad(
    'client id that anybody takes, in a topic',
    SOURCE,
    'connects as another and speaks as it',
    '+ Connect client/*',
    '+ Publish topic/dt/{client}',
  ),
  bad(
    'retained for all',
    SOURCE,
    'replays to everyone who comes later',
    CONNECT,
    '+ Publish,RetainPublish topic/site/estop',
  ),
  bad(
    'another thing in full',
    SOURCE,
    'every device changes the state of the controller',
    CONNECT,
    '+ Publish topic/$aws/things/controller/shadow/update',
  ),
  bad(
    'shared subscription to all',
    SOURCE,
    'takes the messages of all',
    CONNECT,
    '+ Subscribe topicfilter/$share/g/dt/#',
    '+ Receive topic/dt/{thing}',
  ),
  good(
    'own topics',
    SOURCE,
    'each level is bound',
    CONNECT,
    '+ Publish topic/dt/{thing}/*',
    '+ Subscribe topicfilter/cmd/{thing}/#',
    '+ Receive topic/cmd/{thing}/*',
  ),
  good(
    'own shadow',
    SOURCE,
    'names the thing',
    CONNECT,
    '+ Publish,Receive topic/$aws/things/{thing}/shadow/*',
    '+ Subscribe topicfilter/$aws/things/{thing}/shadow/*',
  ),
  good(
    'topic for all',
    SOURCE,
    'named in full, read only',
    CONNECT,
    '+ Subscribe topicfilter/announcements',
    '+ Receive topic/announcements',
  ),
  good(
    'one gateway by its name',
    SOURCE,
    'a policy for one device',
    '+ Connect client/gateway-7',
    '+ Publish topic/gw/gateway-7/*',
  ),
  good(
    'isolation',
    SOURCE,
    'denies all but the repair channel',
    CONNECT,
    '-! iot:* client/{thing},topic/$aws/things/{thing}/jobs/*',
  ),
  good(
    'a wide grant that a Deny takes back',
    SOURCE,
    'what is left is its own',
    CONNECT,
    '+ Publish topic/dt/*',
    '-! Publish topic/dt/{thing}/*',
  ),
  good(
    'basic ingest',
    SOURCE,
    'names the rule and the thing',
    CONNECT,
    '+ Publish topic/$aws/rules/telemetry/dt/{thing}',
  ),
  good(
    'a tunnel of its own',
    SOURCE,
    'names the thing',
    CONNECT,
    '+ Subscribe topicfilter/$aws/things/{thing}/tunnels/notify',
    '+ Receive topic/$aws/things/{thing}/tunnels/notify',
  ),
];

/** What the fixes of the rules say in full. */
const fixes: Sample[] = CATALOG.map(({ id, title, example }) => ({
  name: `fix of ${id}`,
  label: 'good',
  reason: title,
  source: SOURCE,
  resources: example,
}));

export const OURS: readonly Sample[] = [...small, ...fixes];

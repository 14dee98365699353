/** Small policies with a label by hand and its reason. Shapes are those of public samples and of AWS's developer guide, rewritten. */
export interface Sample {
  readonly name: string;
  readonly good: boolean;
  readonly reason: string;
  readonly statements: readonly object[];
}

const ARN = 'arn:aws:iot:us-east-1:123456789012:';
const THING = '${iot:Connection.Thing.ThingName}';
const allow = (Action: string | string[], resource: string | string[], Condition?: object): object => ({
  Effect: 'Allow',
  Action,
  Resource: [resource].flat().map((each) => (each === '*' ? each : ARN + each)),
  ...(Condition === undefined ? {} : { Condition }),
});
const ATTACHED = { Bool: { 'iot:Connection.Thing.IsAttached': ['true'] } };
const CONNECT = allow('iot:Connect', `client/${THING}`, ATTACHED);

const bad = (name: string, reason: string, ...statements: object[]): Sample => ({
  name,
  good: false,
  reason,
  statements,
});
const good = (name: string, reason: string, ...statements: object[]): Sample => ({
  name,
  good: true,
  reason,
  statements,
});

export const CORPUS: readonly Sample[] = [
  bad('everything', 'one stolen certificate owns the fleet', allow('iot:*', '*')),
  bad('any client', 'takes any device off line', allow('iot:Connect', 'client/*')),
  bad('the client id itself', 'binds nothing: the client chooses it', allow('iot:Connect', 'client/${iot:ClientId}')),
  bad('any topic', 'forges telemetry of all', CONNECT, allow('iot:Publish', 'topic/*')),
  bad('wildcard in the middle', 'forges telemetry of all', CONNECT, allow('iot:Publish', 'topic/dt/*/telemetry')),
  bad(
    'any filter',
    'listens to all',
    CONNECT,
    allow('iot:Subscribe', 'topicfilter/*'),
    allow('iot:Receive', 'topic/*'),
  ),
  bad(
    'shadows of all',
    'changes the state of any device',
    CONNECT,
    allow('iot:Publish', 'topic/$aws/things/*/shadow/update'),
  ),
  bad('Deny with #', 'denies next to nothing', CONNECT, allow('iot:Publish', `topic/dt/${THING}/*`), {
    Effect: 'Deny',
    Action: 'iot:Publish',
    Resource: `${ARN}topic/dt/#`,
  }),
  bad('action by prefix', 'also allows what AWS adds', CONNECT, allow('iot:P*', `topic/dt/${THING}/*`)),
  bad('NotAction', 'allows everything else', { Effect: 'Allow', NotAction: 'iot:DeletePolicy', Resource: '*' }),
  bad('control plane', 'gives itself any right', CONNECT, allow('iot:AttachPolicy', '*')),
  bad('name that another begins with', 'pump-1 reaches pump-10', CONNECT, allow('iot:Publish', `topic/dt/${THING}*`)),
  bad(
    'gathering filter',
    'listens to all',
    CONNECT,
    allow('iot:Subscribe', 'topicfilter/dt/+/telemetry'),
    allow('iot:Receive', `topic/dt/${THING}/telemetry`),
  ),
  bad('any role alias', 'takes any role', CONNECT, allow('iot:AssumeRoleWithCertificate', 'rolealias/*')),
  bad(
    'thing type in place of the thing',
    'shared by the whole fleet',
    CONNECT,
    allow('iot:Publish', 'topic/${iot:Connection.Thing.ThingTypeName}/*'),
  ),
  bad(
    'client id that anybody takes, in a topic',
    'connects as another and speaks as it',
    allow('iot:Connect', 'client/*'),
    allow('iot:Publish', 'topic/dt/${iot:ClientId}'),
  ),
  good(
    'own topics',
    'each level is bound',
    CONNECT,
    allow('iot:Publish', `topic/dt/${THING}/*`),
    allow('iot:Subscribe', `topicfilter/cmd/${THING}/#`),
    allow('iot:Receive', `topic/cmd/${THING}/*`),
  ),
  good(
    'attached to a thing, on everything',
    'the developer guide: the thing must have this client id',
    allow('iot:Connect', '*', ATTACHED),
  ),
  good(
    'own shadow',
    'names the thing',
    CONNECT,
    allow(['iot:Publish', 'iot:Receive'], `topic/$aws/things/${THING}/shadow/*`),
    allow('iot:Subscribe', `topicfilter/$aws/things/${THING}/shadow/*`),
  ),
  good(
    'topic for all',
    'named in full, read only',
    CONNECT,
    allow('iot:Subscribe', 'topicfilter/announcements'),
    allow('iot:Receive', 'topic/announcements'),
  ),
  good(
    'one gateway by its name',
    'a policy for one device',
    allow('iot:Connect', 'client/gateway-7'),
    allow('iot:Publish', 'topic/gw/gateway-7/*'),
  ),
  good('isolation', 'denies all but the repair channel', CONNECT, {
    Effect: 'Deny',
    Action: 'iot:*',
    NotResource: [`${ARN}client/${THING}`, `${ARN}topic/$aws/things/${THING}/jobs/*`],
  }),
];

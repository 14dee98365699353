/**
 * The workload of the policy benchmark: a fleet's group policy with ten statements, sixteen devices, and thirteen kinds of
 * request for each. What the answer must be is written here by hand, for every kind, and checked for every engine.
 */
export const REGION = 'eu-central-1';
export const ACCOUNT = '123456789012';
const ARN = `arn:aws:iot:${REGION}:${ACCOUNT}:`;
export const THING = '${iot:Connection.Thing.ThingName}';

const arns = (...names: string[]): string[] => names.map((name) => ARN + name);

export interface StatementJson {
  readonly Effect: string;
  readonly Action: string[];
  readonly Resource: string[];
  readonly Condition?: { readonly [operator: string]: { readonly [key: string]: string } };
}

export const DOCUMENT: { readonly Version: string; readonly Statement: StatementJson[] } = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Action: ['iot:Connect'],
      Resource: arns(`client/${THING}`),
      Condition: { Bool: { 'iot:Connection.Thing.IsAttached': 'true' } },
    },
    {
      Effect: 'Allow',
      Action: ['iot:Publish'],
      Resource: arns(`topic/pumps/${THING}/telemetry`, `topic/pumps/${THING}/events/*`),
    },
    { Effect: 'Allow', Action: ['iot:Publish', 'iot:RetainPublish'], Resource: arns(`topic/pumps/${THING}/status`) },
    { Effect: 'Allow', Action: ['iot:Subscribe'], Resource: arns(`topicfilter/pumps/${THING}/commands/*`) },
    { Effect: 'Allow', Action: ['iot:Receive'], Resource: arns(`topic/pumps/${THING}/commands/*`) },
    {
      Effect: 'Allow',
      Action: ['iot:Publish'],
      Resource: arns(`topic/$aws/things/${THING}/jobs/*`, `topic/$aws/things/${THING}/shadow/*`),
    },
    { Effect: 'Allow', Action: ['iot:Subscribe'], Resource: arns(`topicfilter/$aws/things/${THING}/*`) },
    { Effect: 'Allow', Action: ['iot:Receive'], Resource: arns(`topic/$aws/things/${THING}/*`) },
    {
      Effect: 'Allow',
      Action: ['iot:Subscribe', 'iot:Receive'],
      Resource: arns('topicfilter/pumps/broadcast', 'topic/pumps/broadcast'),
    },
    { Effect: 'Deny', Action: ['iot:Publish'], Resource: arns(`topic/$aws/things/${THING}/shadow/delete`) },
  ],
};

/** One question of the workload. `other` is the next device. */
export interface Question {
  readonly thing: string;
  readonly action: 'Connect' | 'Publish' | 'RetainPublish' | 'Subscribe' | 'Receive';
  readonly name: string;
  readonly arn: string;
  readonly allowed: boolean;
}

const RESOURCE_TYPE = {
  Connect: 'client',
  Publish: 'topic',
  RetainPublish: 'topic',
  Subscribe: 'topicfilter',
  Receive: 'topic',
} as const;

function questionsOf(thing: string, other: string): Question[] {
  const ask = (action: Question['action'], name: string, allowed: boolean): Question => ({
    thing,
    action,
    name,
    arn: `${ARN}${RESOURCE_TYPE[action]}/${name}`,
    allowed,
  });
  return [
    ask('Connect', thing, true),
    ask('Publish', `pumps/${thing}/telemetry`, true),
    ask('Publish', `pumps/${other}/telemetry`, false),
    ask('Publish', `pumps/${thing}/events/overheated`, true),
    ask('RetainPublish', `pumps/${thing}/status`, true),
    ask('RetainPublish', `pumps/${other}/status`, false),
    ask('Subscribe', `pumps/${thing}/commands/#`, true),
    ask('Subscribe', `pumps/${other}/commands/#`, false),
    ask('Receive', `pumps/${thing}/commands/stop`, true),
    ask('Receive', `pumps/${other}/commands/stop`, false),
    ask('Publish', `$aws/things/${thing}/jobs/get`, true),
    ask('Publish', `$aws/things/${thing}/shadow/delete`, false),
    ask('Receive', 'pumps/broadcast', true),
  ];
}

export const THINGS = Array.from({ length: 16 }, (_, i) => `pump-${1000 + i * 37}`);

export const QUESTIONS: Question[] = THINGS.flatMap((thing, i) =>
  questionsOf(thing, THINGS[(i + 1) % THINGS.length] as string),
);

/** A statement with the thing name written in, as engines without policy variables need it. */
export function writtenFor(thing: string): StatementJson[] {
  return DOCUMENT.Statement.map((statement) => ({
    ...statement,
    Resource: statement.Resource.map((resource) => resource.replaceAll(THING, thing)),
  }));
}

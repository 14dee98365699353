import { isRawMap, type RawMap, section } from './template';

const TRANSFORM = 'AWS::Serverless-2016-10-31';

/**
 * The resources that the AWS Serverless Application Model makes of its shorthands, as far as rules look at them: functions
 * with what `Globals` gives them, their roles, and what their events subscribe them to.
 *
 * @see https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources.html
 */
export function expandServerless(body: RawMap): RawMap {
  const transforms: readonly unknown[] = Array.isArray(body.Transform) ? body.Transform : [body.Transform];
  if (!transforms.includes(TRANSFORM) || !isRawMap(body.Resources)) return body;
  const globals = section(section(body, 'Globals'), 'Function');
  const entries = Object.entries(body.Resources).flatMap(([id, resource]) =>
    isRawMap(resource) ? expand(id, resource, globals) : [[id, resource] as const],
  );
  return { ...body, Resources: Object.fromEntries(entries) };
}

type Entries = readonly (readonly [string, unknown])[];

function expand(id: string, resource: RawMap, globals: RawMap): Entries {
  if (resource.Type === 'AWS::Serverless::Application') return [[id, application(resource)]];
  if (resource.Type !== 'AWS::Serverless::Function') return [[id, resource]];
  const properties = merge(globals, section(resource, 'Properties'));
  const made = properties.Role === undefined ? [[`${id}Role`, role(properties, resource)] as const] : [];
  const events = Object.entries(section(properties, 'Events')).flatMap(([name, event]) =>
    isRawMap(event) ? eventResources(id, name, event, resource) : [],
  );
  return [[id, lambda(id, resource, properties)], ...made, ...events];
}

/** Maps are merged, member by member; all else is the function's own, where it says it. */
function merge(globals: RawMap, own: RawMap): RawMap {
  const members = Object.entries(own).map(([name, value]) => {
    const general = Object.hasOwn(globals, name) ? globals[name] : undefined;
    return [name, isRawMap(value) && isRawMap(general) ? merge(general, value) : value] as const;
  });
  return { ...globals, ...Object.fromEntries(members) };
}

function application(resource: RawMap): RawMap {
  const { Location, ...rest } = section(resource, 'Properties');
  return { ...resource, Type: 'AWS::CloudFormation::Stack', Properties: { ...rest, TemplateURL: Location } };
}

/** What a resource has of the one that it is made for: its condition, and where it stands. */
function beside(resource: RawMap): RawMap {
  return {
    ...(resource.Condition === undefined ? {} : { Condition: resource.Condition }),
    ...(resource.Metadata === undefined ? {} : { Metadata: resource.Metadata }),
  };
}

/** Properties that are SAM's own. */
const SHORTHANDS = ['Events', 'Policies', 'InlineCode', 'CodeUri'];

function lambda(id: string, resource: RawMap, properties: RawMap): RawMap {
  const own = Object.entries(properties).filter(([name]) => !SHORTHANDS.includes(name));
  const { InlineCode, CodeUri } = properties;
  const Code = InlineCode === undefined ? CodeUri : { ZipFile: InlineCode };
  const Role = { 'Fn::GetAtt': [`${id}Role`, 'Arn'] };
  return { ...resource, Type: 'AWS::Lambda::Function', Properties: { Role, Code, ...Object.fromEntries(own) } };
}

function role({ Policies }: RawMap, resource: RawMap): RawMap {
  const all: readonly unknown[] = Array.isArray(Policies) ? Policies : Policies === undefined ? [] : [Policies];
  const isDocument = (each: unknown): boolean => isRawMap(each) && each.Statement !== undefined;
  const managed = all.filter((each) => !isDocument(each)).map(managedPolicy);
  const service = { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' };
  return {
    Type: 'AWS::IAM::Role',
    ...beside(resource),
    Properties: {
      AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [service] },
      ManagedPolicyArns: managed,
      Policies: all.filter(isDocument).map((PolicyDocument) => ({ PolicyName: 'own', PolicyDocument })),
    },
  };
}

/** A name of AWS's own, an ARN, or one of SAM's templates, which stays as its name. */
function managedPolicy(policy: unknown): unknown {
  if (typeof policy === 'string') return policy.startsWith('arn:') ? policy : `arn:aws:iam::aws:policy/${policy}`;
  const [name = ''] = isRawMap(policy) ? Object.keys(policy) : [];
  return name === 'Ref' || name.startsWith('Fn::') ? policy : `SAM ${name}`;
}

/** The resources that one event of a function stands for. */
function eventResources(id: string, name: string, event: RawMap, resource: RawMap): Entries {
  const properties = section(event, 'Properties');
  const self = { 'Fn::GetAtt': [id, 'Arn'] };
  const make = (Type: string, Properties: RawMap, suffix = ''): Entries[number] => [
    `${id}${name}${suffix}`,
    { Type, ...beside(resource), Properties },
  ];
  if (event.Type === 'IoTRule') {
    const { Sql, AwsIotSqlVersion } = properties;
    const Actions = [{ Lambda: { FunctionArn: self } }];
    const SourceArn = {
      'Fn::Sub': `arn:\${AWS::Partition}:iot:\${AWS::Region}:\${AWS::AccountId}:rule/\${${id}${name}}`,
    };
    const permission = {
      Action: 'lambda:InvokeFunction',
      FunctionName: self,
      Principal: 'iot.amazonaws.com',
      SourceArn,
    };
    return [
      make('AWS::IoT::TopicRule', { TopicRulePayload: { Sql, AwsIotSqlVersion, RuleDisabled: false, Actions } }),
      make('AWS::Lambda::Permission', permission, 'Permission'),
    ];
  }
  if (event.Type === 'SQS') {
    const { Queue, ...rest } = properties;
    return [make('AWS::Lambda::EventSourceMapping', { ...rest, EventSourceArn: Queue, FunctionName: { Ref: id } })];
  }
  if (event.Type === 'SNS')
    return [make('AWS::SNS::Subscription', { TopicArn: properties.Topic, Protocol: 'lambda', Endpoint: self })];
  return [];
}

import { type IamGrant, rightsOf, roleOf } from '../iam/role';
import { parseJson } from '../model/json-text';
import type { Model, Resource } from '../model/model';
import { at, booleanOf, isList, isMap, listOf, numberOf, targetsOf, type Value } from '../model/value';
import { matchesName } from '../policies/pattern';
import type { Observation, Rule } from '../rule';
import { type AlertPath, alertPath } from './alert-path';
import { AUDIT } from './aud1';
import { iotArn, roleExample } from './examples';

/** Times the function's timeout that a message stays invisible. @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html */
const FACTOR = 6;
const DEFAULT_VISIBILITY_SECONDS = 30;
const DEFAULT_TIMEOUT_SECONDS = 3;

const ARN = (id: string): object => ({ 'Fn::GetAtt': [id, 'Arn'] });

/** The path of an alert: topic, queue with a second queue for what fails, function, alarm. */
export const PIPELINE = {
  ...AUDIT,
  Audit: {
    ...AUDIT.Audit,
    Properties: {
      ...AUDIT.Audit.Properties,
      AuditNotificationTargetConfigurations: {
        Sns: { Enabled: true, TargetArn: { Ref: 'Alerts' }, RoleArn: ARN('AuditRole') },
      },
    },
  },
  Alerts: { Type: 'AWS::SNS::Topic', Properties: { KmsMasterKeyId: { 'Fn::ImportValue': 'DataKeyId' } } },
  AlertsPolicy: secureTransport('AWS::SNS::TopicPolicy', 'Topics', { Ref: 'Alerts' }, 'sns:Publish'),
  Signals: {
    Type: 'AWS::SQS::Queue',
    Properties: {
      KmsMasterKeyId: { 'Fn::ImportValue': 'DataKeyId' },
      VisibilityTimeout: 180,
      RedrivePolicy: { deadLetterTargetArn: ARN('Failed'), maxReceiveCount: 5 },
    },
  },
  Failed: { Type: 'AWS::SQS::Queue', Properties: { KmsMasterKeyId: { 'Fn::ImportValue': 'DataKeyId' } } },
  SignalsPolicy: secureTransport('AWS::SQS::QueuePolicy', 'Queues', { Ref: 'Signals' }, 'sqs:*'),
  FailedPolicy: secureTransport('AWS::SQS::QueuePolicy', 'Queues', { Ref: 'Failed' }, 'sqs:*'),
  FailedAlarm: {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Statistic: 'Maximum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 0,
      ComparisonOperator: 'GreaterThanThreshold',
      Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': ['Failed', 'QueueName'] } }],
    },
  },
  Subscription: {
    Type: 'AWS::SNS::Subscription',
    Properties: { TopicArn: { Ref: 'Alerts' }, Protocol: 'sqs', Endpoint: ARN('Signals') },
  },
  Handler: {
    Type: 'AWS::Lambda::Function',
    Properties: {
      Role: ARN('HandlerRole'),
      Timeout: 30,
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Code: { S3Bucket: 'code', S3Key: 'isolate.zip' },
    },
  },
  HandlerRole: roleExample('lambda.amazonaws.com', {
    Effect: 'Allow',
    Action: ['iot:AddThingToThingGroup'],
    Resource: [iotArn('thing/*'), iotArn('thinggroup/quarantine')],
  }),
  Mapping: {
    Type: 'AWS::Lambda::EventSourceMapping',
    Properties: {
      EventSourceArn: ARN('Signals'),
      FunctionName: { Ref: 'Handler' },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    },
  },
};

function secureTransport(type: string, property: string, resource: object, action: string): object {
  const statement = {
    Effect: 'Deny',
    Principal: '*',
    Action: action,
    Resource: '*',
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
  return {
    Type: type,
    Properties: { [property]: [resource], PolicyDocument: { Version: '2012-10-17', Statement: [statement] } },
  };
}

export const MIT3: Rule = {
  id: 'ZTI-MIT3',
  title: 'No alert is lost on its way, and who acts on it can do only that',
  tenets: [5, 7],
  severity: 'error',
  types: ['AWS::SNS::Topic', 'AWS::SQS::Queue', 'AWS::Lambda::EventSourceMapping', 'AWS::Lambda::Function'],
  why: 'In a storm a function that a topic calls directly is throttled and alerts are gone. One bad message without partial answers holds up the rest. And a responder that may do anything is the best target of all.',
  fix: 'Put a queue with a dead-letter queue and an alarm between, report partial failures, keep messages invisible for six times the timeout, and give the role exact actions on exact resources.',
  example: PIPELINE,
  evidenceFor: ['IoT Lens IOTSEC06-BP03', 'IoT Lens IOTSEC11-BP01', 'IEC 62443-4-2 CR 7.1'],
  check: (model) => {
    const path = alertPath(model);
    return [...direct(path), ...queues(model, path), ...mappings(path), ...handlers(model, path)];
  },
};

function direct({ direct: functions }: AlertPath): Observation[] {
  return functions.map((at) => ({
    at,
    message: 'is called by the alert topic without a queue between: throttled alerts are lost',
  }));
}

function queues(model: Model, path: AlertPath): Observation[] {
  return path.queues.flatMap((queue): Observation[] => {
    const targets = queue.variants.map(({ value }) => at(redrive(value.RedrivePolicy), 'deadLetterTargetArn'));
    if (targets.some((target) => target === undefined))
      return [
        {
          at: queue,
          message: 'has no dead-letter queue: what fails is tried until it expires',
          location: 'Properties/RedrivePolicy',
        },
      ];
    const all = targets.flatMap((target) => targetsOf(target).flatMap(({ resource }) => model.byId(resource) ?? []));
    return [...new Set(all)]
      .filter((dead) => !isWatched(model, dead))
      .map((dead) => ({ at: dead, message: 'is a dead-letter queue that no alarm watches' }));
  });
}

/** A map, or JSON in a text. */
function redrive(policy: Value | undefined): Value | undefined {
  if (policy === undefined || isMap(policy)) return policy;
  const parsed = parseJson(policy);
  return parsed.ok ? parsed.value : policy;
}

function isWatched(model: Model, queue: Resource): boolean {
  const names = queue.variants.map(({ value }) => value.QueueName).filter((name) => typeof name === 'string');
  return model
    .ofType('AWS::CloudWatch::Alarm')
    .some(({ variants }) =>
      variants.every(
        ({ value }) =>
          booleanOf(value.ActionsEnabled) !== false &&
          (mentions(value, queue.id) || names.some((name) => isNamed(value, name))),
      ),
    );
}

/** Whether some dimension of an alarm has a queue's name. */
function isNamed(value: Value, name: string): boolean {
  if (isList(value)) return value.some((item) => isNamed(item, name));
  if (!isMap(value)) return false;
  if (value.Name === 'QueueName') return value.Value === name;
  return Object.values(value).some((item) => isNamed(item, name));
}

function mentions(value: unknown, id: string): boolean {
  if (Array.isArray(value)) return value.some((item) => mentions(item, id));
  if (targetsOf(value as never).some(({ resource }) => resource === id)) return true;
  return typeof value === 'object' && value !== null && Object.values(value).some((item) => mentions(item, id));
}

function mappings({ mappings: all }: AlertPath): Observation[] {
  return all.flatMap(({ mapping, queue, handler }) => {
    const isOff = mapping.variants.some(({ value }) => booleanOf(value.Enabled) === false);
    const partial = mapping.variants.every(({ value }) =>
      listOf(value.FunctionResponseTypes).includes('ReportBatchItemFailures'),
    );
    const visible = Math.min(
      ...queue.variants.map(({ value }) => numberOf(value.VisibilityTimeout) ?? DEFAULT_VISIBILITY_SECONDS),
    );
    const timeout = Math.max(
      ...(handler?.variants.map(({ value }) => numberOf(value.Timeout) ?? DEFAULT_TIMEOUT_SECONDS) ?? [0]),
    );
    const short = visible < timeout * FACTOR;
    return [
      ...(isOff ? [{ at: mapping, message: 'is off: nobody takes alerts from the queue' }] : []),
      ...(partial
        ? []
        : [
            {
              at: mapping,
              message: 'does not report single failures: one bad alert holds up the rest',
              location: 'Properties/FunctionResponseTypes',
            },
          ]),
      ...(short
        ? [
            {
              at: queue,
              message: `shows a message again after ${visible} s, while the function may still work on it (${timeout} s, times ${FACTOR})`,
              location: 'Properties/VisibilityTimeout',
            },
          ]
        : []),
    ];
  });
}

function handlers(model: Model, { mappings: all, direct: called }: AlertPath): Observation[] {
  const functions = [...new Set([...called, ...all.flatMap(({ handler }) => handler ?? [])])];
  return functions.flatMap((handler) => {
    const roles = handler.variants.flatMap(({ value }) => roleOf(model, value.Role) ?? []);
    return roles.flatMap((role) => {
      const { grants, managed } = rightsOf(model, role);
      const problems = [
        ...grants.filter(({ denies }) => !denies).flatMap(excesses),
        ...managed.filter((arn) => /(?:FullAccess|AdministratorAccess|PowerUserAccess)$/.test(arn)),
      ];
      return problems.length === 0 ? [] : [{ at: role, message: `lets the responder ${problems.join(', ')}` }];
    });
  });
}

/** Acts on devices, each of which IAM lets a policy confine to a resource. */
const CONFINED = [
  'iot:UpdateCertificate',
  'iot:AttachPolicy',
  'iot:DetachPolicy',
  'iot:CreatePolicyVersion',
  'iot:SetDefaultPolicyVersion',
  'iot:AddThingToThingGroup',
  'iot:DeleteThing',
  'iot:DeleteConnection',
].map((action) => action.toLowerCase());

/** What a responder's statement allows beyond exact actions on some resources. */
function excesses({ actions, notActions, resources }: IamGrant): string[] {
  const broad = [
    ...actions.filter((action) => action === '*' || action.endsWith(':*')),
    ...notActions.map((name) => `all but ${name}`),
  ];
  if (broad.length > 0) return broad;
  const pass = actions.some((action) => covers(action, 'iam:passrole')) && resources.some(isAnyRole);
  const everywhere = actions.filter((action) => CONFINED.some((each) => covers(action, each)));
  return [
    ...(pass ? [`iam:PassRole on ${resources.filter(isAnyRole).join(', ')}`] : []),
    ...(resources.includes('*') && everywhere.length > 0 ? [`${everywhere.join(', ')} on *`] : []),
  ];
}

function covers(pattern: string, action: string): boolean {
  return matchesName(pattern.toLowerCase(), action);
}

function isAnyRole(resource: string): boolean {
  return resource === '*' || resource.endsWith(':role/*');
}

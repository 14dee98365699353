import { Model } from '../../../lib/compliance/model/model';
import { expandServerless } from '../../../lib/compliance/model/serverless';
import { judge } from '../support/suite';
import { pastedKey } from '../../support/private-key';

const SAM = 'AWS::Serverless-2016-10-31';
const fn = (Properties: object, rest: object = {}): object => ({
  Fn: { Type: 'AWS::Serverless::Function', Properties, ...rest },
});
const sam = (Resources: object, rest: object = {}): { path: string; body: object } => ({
  path: 't.yaml',
  body: { Transform: SAM, ...rest, Resources },
});
const found = (file: { path: string; body: object }): string[] =>
  judge([file], undefined).findings.map(({ ruleId, logicalId }) => `${ruleId} ${logicalId ?? ''}`);
const typesOf = (file: { path: string; body: object }): string[] =>
  new Model([file]).resources.map(({ logicalId, type }) => `${logicalId} ${type}`);

test('without the transform nothing is expanded', () => {
  expect(typesOf({ path: 't', body: { Resources: fn({}) } })).toEqual(['Fn AWS::Serverless::Function']);
});

test('a function is one, with its role and what its events make', () => {
  const Events = {
    Up: { Type: 'IoTRule', Properties: { Sql: "SELECT * FROM 'dt/+'" } },
    Alerts: { Type: 'SNS', Properties: { Topic: { Ref: 'T' } } },
    Queue: { Type: 'SQS', Properties: { Queue: 'arn:q', BatchSize: 1 } },
    Web: { Type: 'Api', Properties: {} },
  };
  expect(typesOf(sam(fn({ Events })))).toEqual([
    'Fn AWS::Lambda::Function',
    'FnRole AWS::IAM::Role',
    'FnUp AWS::IoT::TopicRule',
    'FnUpPermission AWS::Lambda::Permission',
    'FnAlerts AWS::SNS::Subscription',
    'FnQueue AWS::Lambda::EventSourceMapping',
  ]);
  expect(typesOf(sam(fn({ Role: 'arn:r' }), { Transform: ['Other', SAM] }))).toEqual(['Fn AWS::Lambda::Function']);
});

test('a rule of an event has no error action, and may be under the condition of its function', () => {
  const Events = { Up: { Type: 'IoTRule', Properties: { Sql: "SELECT * FROM '#'" } } };
  const under = (C: object) => sam(fn({ Events }, { Condition: 'C' }), { Conditions: { C } });
  const perhaps = under({ 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'eu-central-1'] });
  expect(found(perhaps)).toEqual(['ZTI-RUL1 FnUp', 'ZTI-RUL1 FnUp']);
  expect(new Model([perhaps]).ofType('AWS::IoT::TopicRule')[0]?.exists).toBe('sometimes');
  expect(found(under({ 'Fn::Equals': [1, 2] }))).toEqual([]);
});

test('globals are merged', () => {
  const Globals = { Function: { Timeout: 30, Environment: { Variables: { A: '1', B: '2' } } } };
  const [model] = [new Model([sam(fn({ Environment: { Variables: { B: '3' } } }), { Globals })])];
  expect(model.ofType('AWS::Lambda::Function')[0]?.variants[0]?.value).toMatchObject({
    Timeout: 30,
    Environment: { Variables: { A: '1', B: '3' } },
  });
  const key = { Function: { Environment: { Variables: { KEY: pastedKey().pem } } } };
  expect(found(sam(fn({}), { Globals: key }))).toEqual(expect.arrayContaining(['ZTI-ID1 Fn', 'ZTI-ID1 Globals']));
});

test('policies of a function are its role', () => {
  const Policies = [
    'AWSLambdaBasicExecutionRole',
    'arn:aws:iam::123456789012:policy/own',
    { DynamoDBCrudPolicy: { TableName: 't' } },
    { Ref: 'Managed' },
    { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'iot:*', Resource: '*' }] },
  ];
  const model = new Model([sam({ ...fn({ Policies }), Managed: { Type: 'AWS::IAM::ManagedPolicy' } })]);
  expect(model.ofType('AWS::IAM::Role')[0]?.variants[0]?.value).toMatchObject({
    ManagedPolicyArns: [
      'arn:aws:iam::aws:policy/AWSLambdaBasicExecutionRole',
      'arn:aws:iam::123456789012:policy/own',
      'SAM DynamoDBCrudPolicy',
      expect.objectContaining({ label: 'Ref:Managed' }),
    ],
    Policies: [{ PolicyDocument: { Statement: [{ Action: 'iot:*' }] } }],
  });
  expect(new Model([sam(fn({ Policies: 'A' }))]).ofType('AWS::IAM::Role')[0]?.variants[0]?.value).toMatchObject({
    ManagedPolicyArns: ['arn:aws:iam::aws:policy/A'],
    Policies: [],
  });
});

test('code in the template is read', () => {
  expect(found(sam(fn({ InlineCode: 'iot.createKeysAndCertificate()' })))).toEqual(['ZTI-ID1 Fn']);
  expect(found(sam(fn({ CodeUri: './src' })))).toEqual([]);
});

test('an application is a nested stack', () => {
  const application = {
    App: { Type: 'AWS::Serverless::Application', Properties: { Location: './inner.yaml', Parameters: { P: 'x' } } },
  };
  expect(found(sam(application))).toEqual(['ZTI-GEN1 App']);
  const inner = {
    path: 'inner.yaml',
    body: {
      Resources: {
        Rule: { Type: 'AWS::IoT::TopicRule', Properties: { TopicRulePayload: { Sql: "SELECT * FROM 'a'" } } },
      },
    },
  };
  expect(judge([sam(application), inner], undefined).findings.map(({ ruleId, file }) => [ruleId, file])).toEqual([
    ['ZTI-RUL1', 'inner.yaml'],
  ]);
});

describe('all that a function stands for', () => {
  const Metadata = { SamResourceId: 'Fn' };
  const Events = {
    Up: { Type: 'IoTRule', Properties: { Sql: "SELECT * FROM 'dt/+'", AwsIotSqlVersion: '2016-03-23' } },
    Alerts: { Type: 'SNS', Properties: { Topic: 'arn:t' } },
    Queue: { Type: 'SQS', Properties: { Queue: 'arn:q', BatchSize: 1 } },
    Odd: 'no event',
  };
  const written = (Properties: object, rest: object = {}, others: object = {}) =>
    expandServerless(sam({ ...fn(Properties, rest), ...others }).body as never).Resources;
  const self = { 'Fn::GetAtt': ['Fn', 'Arn'] };
  const assumed = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
  };

  test('is written as CloudFormation would have it', () => {
    const beside = { Condition: 'C', Metadata };
    expect(written({ Events, CodeUri: './src', Timeout: 3, InlineCode: undefined }, beside)).toEqual({
      Fn: {
        Type: 'AWS::Lambda::Function',
        ...beside,
        Properties: { Role: { 'Fn::GetAtt': ['FnRole', 'Arn'] }, Code: './src', Timeout: 3 },
      },
      FnRole: {
        Type: 'AWS::IAM::Role',
        ...beside,
        Properties: { AssumeRolePolicyDocument: assumed, ManagedPolicyArns: [], Policies: [] },
      },
      FnUp: {
        Type: 'AWS::IoT::TopicRule',
        ...beside,
        Properties: {
          TopicRulePayload: {
            Sql: "SELECT * FROM 'dt/+'",
            AwsIotSqlVersion: '2016-03-23',
            RuleDisabled: false,
            Actions: [{ Lambda: { FunctionArn: self } }],
          },
        },
      },
      FnUpPermission: {
        Type: 'AWS::Lambda::Permission',
        ...beside,
        Properties: {
          Action: 'lambda:InvokeFunction',
          FunctionName: self,
          Principal: 'iot.amazonaws.com',
          SourceArn: { 'Fn::Sub': 'arn:${AWS::Partition}:iot:${AWS::Region}:${AWS::AccountId}:rule/${FnUp}' },
        },
      },
      FnAlerts: {
        Type: 'AWS::SNS::Subscription',
        ...beside,
        Properties: { TopicArn: 'arn:t', Protocol: 'lambda', Endpoint: self },
      },
      FnQueue: {
        Type: 'AWS::Lambda::EventSourceMapping',
        ...beside,
        Properties: { BatchSize: 1, EventSourceArn: 'arn:q', FunctionName: { Ref: 'Fn' } },
      },
    });
  });

  test('has no condition where the function has none, and its code where that stands in the template', () => {
    const { Fn, FnRole } = written({ InlineCode: 'x', Policies: [{ 'Fn::Sub': 'a' }, 7] }) as Record<string, object>;
    expect(Fn).toMatchObject({ Properties: { Code: { ZipFile: 'x' } } });
    expect(FnRole).toEqual({
      Type: 'AWS::IAM::Role',
      Properties: { AssumeRolePolicyDocument: assumed, ManagedPolicyArns: [{ 'Fn::Sub': 'a' }, 'SAM '], Policies: [] },
    });
  });

  test('leaves all else as it is', () => {
    const others = { Topic: { Type: 'AWS::SNS::Topic' }, Odd: 'text' };
    expect(written({ Role: 'arn:r' }, {}, others)).toEqual({
      Fn: { Type: 'AWS::Lambda::Function', Properties: { Role: 'arn:r' } },
      ...others,
    });
  });
});

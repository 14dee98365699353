import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Stack, Validations } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { CfnDomainConfiguration } from 'aws-cdk-lib/aws-iot';
import { CfnKey, Key } from 'aws-cdk-lib/aws-kms';
import { CfnTopic, Topic as ImportedTopic } from 'aws-cdk-lib/aws-sns';
import { AwsSolutionsChecks, NIST80053R5Checks } from 'cdk-nag';
import { Access, ConnectionGate, ZeroTrustFleet } from '../../lib';
import { templateOf, testApp, testStack } from '../support/app';

describe('a gate', () => {
  let template: Template;
  let folder: string;
  beforeAll(() => {
    const app = testApp();
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new NIST80053R5Checks(app));
    const stack = new Stack(app, 'Test');
    const gate = new ConnectionGate(stack, 'Gate');
    const domain = new CfnDomainConfiguration(stack, 'Domain', { domainName: 'iot.example.com' });
    gate.guard(domain);
    folder = app.synth().directory;
    template = Template.fromStack(stack);
  });

  test('cdk-nag finds nothing that is not acknowledged', () => {
    const report = JSON.parse(readFileSync(join(folder, 'validation-report.json'), 'utf8')) as {
      pluginReports: { violations: object[] }[];
    };
    expect(report.pluginReports.flatMap(({ violations }) => violations)).toEqual([]);
  });

  test('is asked by AWS IoT for domains of this account only', () => {
    template.hasResourceProperties('AWS::Lambda::Permission', {
      Principal: 'iot.amazonaws.com',
      SourceAccount: { Ref: 'AWS::AccountId' },
      SourceArn: Match.objectLike({}),
    });
    template.hasResource('AWS::IoT::DomainConfiguration', {
      Properties: {
        ClientCertificateConfig: { ClientCertificateCallbackArn: { 'Fn::GetAtt': [Match.anyValue(), 'Arn'] } },
      },
      DependsOn: Match.arrayWith([Match.stringLikeRegexp('GateFunctionAsk')]),
    });
  });

  test('reads its list, and cannot write it', () => {
    const [policy] = Object.values(template.findResources('AWS::IAM::ManagedPolicy')) as {
      Properties: { PolicyDocument: { Statement: { Action: string | string[] }[] } };
    }[];
    const actions = policy!.Properties.PolicyDocument.Statement.flatMap(({ Action }) => Action);
    expect(actions.sort()).toEqual(['dynamodb:GetItem', 'kms:Decrypt', 'logs:CreateLogStream', 'logs:PutLogEvents']);
  });

  test('keeps the list when the stack goes', () => {
    template.hasResource('AWS::DynamoDB::Table', { DeletionPolicy: 'RetainExceptOnCreate' });
  });
});

test('takes a key and a topic', () => {
  const stack = testStack();
  const alertTopic = new CfnTopic(stack, 'Alerts');
  new ConnectionGate(stack, 'Gate', { alertTopic, encryptionKey: new CfnKey(stack, 'K', { keyPolicy: {} }) });
  const template = templateOf(stack);
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    AlarmActions: [{ Ref: 'Alerts' }],
    MetricName: 'GateFailures',
  });
  template.resourceCountIs('AWS::KMS::Key', 1);
});

test('the response of a fleet puts certificates on the list, and may do nothing else with it', () => {
  const stack = testStack();
  const connectionGate = new ConnectionGate(stack, 'Gate');
  new ZeroTrustFleet(stack, 'Fleet', { access: [Access.shadow()], connectionGate });
  const template = templateOf(stack);
  const told = Object.values(template.findResources('AWS::Lambda::Function')).filter((found) =>
    JSON.stringify(found.Properties).includes('DENY_LIST_TABLE'),
  );
  expect(told).toHaveLength(3);
  const rights = Object.values(template.findResources('AWS::IAM::ManagedPolicy')).flatMap(
    ({ Properties }) => (Properties as { PolicyDocument: { Statement: object[] } }).PolicyDocument.Statement,
  );
  const onList = rights.map((statement) => JSON.stringify(statement)).filter((text) => text.includes('GateDenyList'));
  expect(onList.filter((text) => text.includes('dynamodb:PutItem'))).toHaveLength(2);
  expect(onList.filter((text) => /dynamodb:(?!GetItem|PutItem)/.test(text))).toEqual([]);
});

test('the key of the alert topic lets CloudWatch use it', () => {
  const stack = testStack();
  const alertTopicKey = new Key(stack, 'TopicKey');
  const alertTopic = ImportedTopic.fromTopicArn(stack, 'Alerts', 'arn:aws:sns:eu-west-1:111122223333:alerts');
  new ConnectionGate(stack, 'Gate', { alertTopic, alertTopicKey });
  templateOf(stack).hasResourceProperties('AWS::KMS::Key', {
    Description: Match.absent(),
    KeyPolicy: {
      Statement: Match.arrayWith([Match.objectLike({ Principal: { Service: 'cloudwatch.amazonaws.com' } })]),
    },
  });
  expect(() => new ConnectionGate(stack, 'Other', { alertTopicKey })).toThrow(/AlertTopicKeyUnfit/);
});

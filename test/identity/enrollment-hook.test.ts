import { Match, type Template } from 'aws-cdk-lib/assertions';
import { CfnTopic } from 'aws-cdk-lib/aws-sns';
import { AllowList } from '../../lib/identity/allow-list';
import { AllowListTable } from '../../lib/identity/allow-list-table';
import { EnrollmentHook, type EnrollmentHookProps } from '../../lib/identity/enrollment-hook';
import { templateOf, testStack } from '../support/app';

function synthesize(changes: Partial<EnrollmentHookProps> = {}, withTopic = false): Template {
  const stack = testStack();
  new EnrollmentHook(stack, 'Hook', {
    table: new AllowListTable(stack, 'List', AllowList.managedOutside(), undefined),
    templateName: 'pumps',
    templateArn: 'arn:aws:iot:eu-west-1:111122223333:provisioningtemplate/pumps',
    thingsArn: 'arn:aws:iot:eu-west-1:111122223333:thing/pump-*',
    thingNamePrefix: 'pump-',
    fleetGroupName: 'fleet',
    oneTimeUse: true,
    refusalsToAlarm: 3,
    ...(withTopic && { alarmTopic: new CfnTopic(stack, 'Topic') }),
    ...changes,
  });
  return templateOf(stack);
}

describe('the function', () => {
  let template: Template;
  beforeAll(() => {
    template = synthesize();
  });

  test('has as long as AWS IoT waits, and knows what to verify against', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      Timeout: 5,
      Environment: {
        Variables: {
          ALLOW_LIST_TABLE: { Ref: Match.stringLikeRegexp('^List') },
          PROVISIONING_TEMPLATE: 'pumps',
          FLEET_GROUP: 'fleet',
          ONE_TIME_USE: 'true',
          THING_NAME_PREFIX: 'pump-',
        },
      },
    });
  });

  test('has the rights that its calls take, and nothing more', () => {
    const [policy] = Object.values(template.findResources('AWS::IAM::ManagedPolicy'));
    const statements = policy?.Properties.PolicyDocument.Statement as { Action: string[]; Resource: unknown[] }[];
    expect(statements.map(({ Action }) => Action)).toEqual([
      ['logs:CreateLogStream', 'logs:PutLogEvents'],
      ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
      ['kms:Decrypt'],
      ['iot:ListThingPrincipals', 'iot:ListThingGroupsForThing'],
    ]);
    expect(statements[3]?.Resource).toEqual(['arn:aws:iot:eu-west-1:111122223333:thing/pump-*']);
  });

  test('keeps its log, which is evidence', () => {
    template.hasResource('AWS::Logs::LogGroup', { DeletionPolicy: 'Retain', Properties: { RetentionInDays: 365 } });
  });
});

test('sets no empty variable, and says when serials are used again', () => {
  const [lambda] = Object.values(
    synthesize({ thingNamePrefix: '', oneTimeUse: false }).findResources('AWS::Lambda::Function'),
  );
  expect(lambda?.Properties.Environment.Variables).not.toHaveProperty('THING_NAME_PREFIX');
  expect(lambda?.Properties.Environment.Variables.ONE_TIME_USE).toBe('false');
});

describe('the alarms', () => {
  test.each([
    ['refusals', { MetricName: 'EnrollmentRefused', Namespace: 'ZeroTrustIot', Statistic: 'Sum', Threshold: 3 }],
    ['failures', { MetricName: 'EnrollmentFailed', Namespace: 'ZeroTrustIot', Statistic: 'Sum', Threshold: 1 }],
    ['crashes', { MetricName: 'Errors', Namespace: 'AWS/Lambda', Statistic: 'Sum', Threshold: 1 }],
    ['slow answers', { MetricName: 'Duration', Namespace: 'AWS/Lambda', Statistic: 'Maximum', Threshold: 4_000 }],
  ])('are raised on %s, and reach the topic', (_, expected) => {
    const template = synthesize({}, true);
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      ...expected,
      Period: 300,
      EvaluationPeriods: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
      AlarmActions: [{ Ref: 'Topic' }],
    });
  });

  test('watch this template and this function', () => {
    const template = synthesize();
    const dimensions = Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(
      ({ Properties }) => Properties.Dimensions,
    );
    expect(dimensions.slice(0, 2)).toEqual(
      Array(2).fill([
        { Name: 'Service', Value: 'verify-enrollment' },
        { Name: 'ProvisioningTemplate', Value: 'pumps' },
      ]),
    );
    expect(dimensions[2]).toEqual([{ Name: 'FunctionName', Value: { Ref: expect.stringMatching(/^HookFunction/) } }]);
  });

  test('act on nothing without a topic', () => {
    synthesize().allResourcesProperties('AWS::CloudWatch::Alarm', { AlarmActions: Match.absent() });
  });
});

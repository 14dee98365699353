import { Duration, Fn, Lazy, Stack, Tags, Validations } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { CfnThingGroup } from 'aws-cdk-lib/aws-iot';
import {
  Behavior,
  Confidence,
  Detection,
  DetectionTarget,
  MetricsExport,
  SecurityProfile,
  type SecurityProfileProps,
} from '../../../lib/detection';
import { valuesOf } from '../../../lib/detection/device-defender/profile-limits';
import { templateOf, testApp, testStack } from '../../support/app';
import { quiet } from '../samples';

const PROFILE = 'AWS::IoT::SecurityProfile';
const env = { account: '111111111111', region: 'eu-west-1' };
const all = DetectionTarget.allThings();
const WARNING = 'zero-trust-iot:DetectClosedToNewCustomers';

function profile(props: Partial<SecurityProfileProps>, stack = testStack(), id = 'P'): SecurityProfile {
  return new SecurityProfile(stack, id, { targets: [all], behaviors: [quiet()], ...props });
}

describe('with defaults only', () => {
  const stack = new Stack(testApp(), 'Detect', { env });
  const made = profile({}, stack);
  const template = templateOf(stack);
  const name = made.securityProfileName;

  test('has a name of its path, that its role trusts and nothing else', () => {
    expect(name).toMatch(/^Detect-P-[0-9A-F]{8}$/);
    template.hasResourceProperties(PROFILE, { SecurityProfileName: name });
    template.resourceCountIs('AWS::IAM::Role', 1);
    template.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Service: 'iot.amazonaws.com' },
            Action: 'sts:AssumeRole',
            Condition: {
              StringEquals: { 'aws:SourceAccount': '111111111111' },
              ArnLike: {
                'aws:SourceArn': {
                  'Fn::Join': [
                    '',
                    ['arn:', { Ref: 'AWS::Partition' }, `:iot:eu-west-1:111111111111:securityprofile/${name}`],
                  ],
                },
              },
            },
          },
        ],
      },
    });
  });

  test('alerts to an encrypted topic of its own, with exactly the rights that it takes', () => {
    const topic = stack.resolve(made.alertTopic.topicRef.topicArn);
    template.resourceCountIs('AWS::IAM::ManagedPolicy', 1);
    template.hasResourceProperties('AWS::IAM::ManagedPolicy', {
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Action: ['sns:Publish'], Resource: [topic] },
          {
            Effect: 'Allow',
            Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
            Resource: [{ 'Fn::GetAtt': [Match.stringLikeRegexp('^ZeroTrustKey'), 'Arn'] }],
          },
        ],
      },
    });
    template.hasResource(PROFILE, { DependsOn: [Match.stringLikeRegexp('AlertRoleRights')] });
  });

  test('is CloudFormation’s spelling to the last letter', () => {
    const [resource] = Object.values(template.findResources(PROFILE));
    expect(resource?.Properties).toEqual({
      SecurityProfileName: name,
      TargetArns: [{ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iot:eu-west-1:111111111111:all/things']] }],
      AlertTargets: {
        SNS: { AlertTargetArn: { Ref: expect.any(String) }, RoleArn: { 'Fn::GetAtt': [expect.any(String), 'Arn'] } },
      },
      Behaviors: [
        {
          Name: 'messages-sent-at-most',
          Metric: 'aws:num-messages-sent',
          Criteria: {
            ComparisonOperator: 'less-than-equals',
            Value: { Count: '120' },
            DurationSeconds: 300,
            ConsecutiveDatapointsToAlarm: 1,
            ConsecutiveDatapointsToClear: 1,
          },
        },
      ],
    });
  });

  test('can be referred to', () => {
    expect(stack.resolve(made.securityProfileRef)).toEqual({
      securityProfileName: { Ref: expect.any(String) },
      securityProfileArn: { 'Fn::GetAtt': [expect.any(String), 'SecurityProfileArn'] },
    });
    expect(made.env).toEqual(env);
    expect(made.behaviors).toMatchObject([{ name: 'messages-sent-at-most' }]);
  });
});

describe('with everything set', () => {
  const stack = testStack();
  const group = new CfnThingGroup(stack, 'Group');
  Tags.of(stack).add('team', 'soc');
  profile(
    {
      targets: [DetectionTarget.thingGroup(group), DetectionTarget.unregisteredThings()],
      behaviors: [quiet().exported().suppressed()],
      retainedMetrics: [Behavior.messageSize().retained().onTopics(['a/#'])],
      securityProfileName: 'Pumps:rules_1',
      description: 'What pumps do',
      metricsExport: MetricsExport.toTopic('$aws/rules/metrics/pumps'),
    },
    stack,
  );
  const template = templateOf(stack);

  test('says all of it', () => {
    template.hasResourceProperties(PROFILE, {
      SecurityProfileName: 'Pumps:rules_1',
      SecurityProfileDescription: 'What pumps do',
      TargetArns: [{ 'Fn::GetAtt': ['Group', 'Arn'] }, Match.anyValue()],
      Behaviors: [{ SuppressAlerts: true, ExportMetric: true }],
      AdditionalMetricsToRetainV2: [
        {
          Metric: 'aws:message-byte-size',
          MetricDimension: { DimensionName: { Ref: Match.stringLikeRegexp('^TopicDimension') }, Operator: 'IN' },
        },
      ],
      MetricsExportConfig: {
        MqttTopic: '$aws/rules/metrics/pumps',
        RoleArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('ExportRole'), 'Arn'] },
      },
      Tags: [{ Key: 'team', Value: 'soc' }],
    });
  });

  test('exports with a role that may publish to that topic alone', () => {
    template.hasResourceProperties('AWS::IAM::ManagedPolicy', {
      PolicyDocument: {
        Statement: [
          {
            Effect: 'Allow',
            Action: ['iot:Publish'],
            Resource: [{ 'Fn::Join': ['', Match.arrayWith([':topic/$aws/rules/metrics/pumps'])] }],
          },
        ],
      },
    });
    const roles = Object.values(template.findResources('AWS::IAM::Role'));
    expect(roles).toHaveLength(2);
    for (const role of roles) expect(JSON.stringify(role)).toContain(':securityprofile/Pumps:rules_1"');
    template.hasResource(PROFILE, {
      DependsOn: Match.arrayWith([
        Match.stringLikeRegexp('AlertRoleRights'),
        Match.stringLikeRegexp('ExportRoleRights'),
      ]),
    });
  });
});

test('takes tokens', () => {
  const stack = testStack();
  profile(
    {
      securityProfileName: Fn.ref('AWS::StackName'),
      description: Lazy.string({ produce: () => 'D' }),
      metricsExport: MetricsExport.toTopic(Lazy.string({ produce: () => 't' })),
      behaviors: [quiet().exported()],
    },
    stack,
  );
  const template = templateOf(stack);
  template.hasResourceProperties(PROFILE, {
    SecurityProfileName: { Ref: 'AWS::StackName' },
    SecurityProfileDescription: 'D',
    MetricsExportConfig: { MqttTopic: 't' },
  });
  expect(JSON.stringify(template.findResources('AWS::IAM::Role'))).toContain(
    ':securityprofile/",{"Ref":"AWS::StackName"}',
  );
});

describe('fails for', () => {
  const port = (index: number): Behavior => Behavior.listeningTcpPorts().mustNotBeWithin([index]);
  const ports = (count: number): number[] => Array.from({ length: count }, (_port, index) => index);

  test.each<[string, Partial<SecurityProfileProps>, RegExp]>([
    [
      'no name',
      { securityProfileName: '' },
      /'securityProfileName' must have 1 to 128 characters, got 0.*\[TextInvalid\]/,
    ],
    [
      'a long name',
      { securityProfileName: 'x'.repeat(129) },
      /'securityProfileName' must have 1 to 128 characters, got 129/,
    ],
    [
      'a name with a blank',
      { securityProfileName: 'a b' },
      /'securityProfileName' may contain only letters, digits, ':', '_' and '-'/,
    ],
    ['a long description', { description: 'x'.repeat(1001) }, /'description' must have 0 to 1000 characters, got 1001/],
    [
      'a description of two lines',
      { description: 'a\nb' },
      /'description' may contain only printable characters and blanks/,
    ],
    [
      'a metric that is retained twice',
      {
        retainedMetrics: [
          Behavior.bytesOut().retained(),
          Behavior.bytesIn().retained(),
          Behavior.bytesOut().retained(),
        ],
      },
      /'retainedMetrics\[2\]' is the same as 'retainedMetrics\[0\]'; leave one of them out \[ListSizeInvalid\]/,
    ],
    ['nothing to watch', { behaviors: [] }, /'behaviors' and 'retainedMetrics' are both empty.*\[DetectionEmpty\]/],
    ['nothing said at all', { behaviors: undefined }, /\[DetectionEmpty\]/],
    [
      'a wrong behavior',
      { behaviors: [Behavior.messagesSent().mustBeAtMost(1)] },
      /'behaviors\[0\]\.per' is missing.*\[BehaviorWindowInvalid\]/,
    ],
    [
      'a wrong retained metric',
      { retainedMetrics: [Behavior.disconnects().retained().onTopics(['a'])] },
      /'retainedMetrics\[0\]\.onTopics' is not possible.*\[BehaviorScopeInvalid\]/,
    ],
    [
      'too many topics for CloudFormation',
      { retainedMetrics: [Behavior.messagesSent().retained().exceptOnTopics(['1', '2', '3', '4', '5', '6'])] },
      /'retainedMetrics\[0\]\.exceptOnTopics' must have at most 5 topic filters/,
    ],
    [
      'rules and learned ones together',
      { behaviors: [quiet(), Behavior.disconnects().learned(Confidence.LOW)] },
      /'behaviors' has 1 learned and 1 stated.*\[SecurityProfileMixed\]/,
    ],
    [
      '101 behaviors',
      { behaviors: ports(101).map(port) },
      /'behaviors' must be at most 100 with at most 1000 values together, got 101 with 101.*\[SecurityProfileTooLarge\]/,
    ],
    [
      '1,001 values',
      { behaviors: [quiet(), Behavior.listeningTcpPorts().mustNotBeWithin(ports(1000))] },
      /got 2 with 1001.*\[SecurityProfileTooLarge\]/,
    ],
    ['no target', { targets: [] }, /'targets' must have 1 to 100 items, got 0 \[DetectionTargetInvalid\]/],
    [
      'a target twice',
      { targets: [all, DetectionTarget.allThings()] },
      /'targets\[1\]' must not be there twice \[DetectionTargetInvalid\]/,
    ],
    [
      'something to export and nowhere to',
      { behaviors: [quiet().exported()] },
      /'metricsExport' must say where to.*\[MetricsExportInvalid\]/,
    ],
    [
      'somewhere to export to and nothing',
      { metricsExport: MetricsExport.toTopic('t') },
      /'metricsExport' has nothing to export.*\[MetricsExportInvalid\]/,
    ],
    [
      'a topic that cannot be published to',
      { behaviors: [quiet().exported()], metricsExport: MetricsExport.toTopic('t/#') },
      /'metricsExport' must be a topic without.*\[MetricsExportInvalid\]/,
    ],
  ])('%s', (_what, props, message) => expect(() => profile(props)).toThrow(message));

  test('a thing group that is none', () => {
    const stack = testStack();
    const group = {
      thingGroupRef: { thingGroupArn: 'Pumps', thingGroupName: 'Pumps' },
      node: stack.node,
      env,
    } as never;
    expect(() => profile({ targets: [all, DetectionTarget.thingGroup(group)] }, stack)).toThrow(
      /'targets\[1\]' must be the ARN of a thing group.*\[DetectionTargetInvalid\]/,
    );
  });

  test('a sixth profile of a target', () => {
    const stack = testStack();
    for (let index = 0; index < 5; index += 1) profile({}, stack, `P${index}`);
    expect(() => profile({}, stack, 'P5')).toThrow(
      /'targets\[0\]' can have at most 5 security profiles.*\[TooManyProfilesPerTarget\]/,
    );
  });

  test('a thing group twice, although its ARN is a token', () => {
    const stack = testStack();
    const group = new CfnThingGroup(stack, 'G');
    expect(() =>
      profile({ targets: [DetectionTarget.thingGroup(group), DetectionTarget.thingGroup(group)] }, stack),
    ).toThrow(/'targets\[1\]' must not be there twice/);
  });
});

test('takes just as much as the service does', () => {
  const behaviors = Array.from({ length: 100 }, (_behavior, index) =>
    Behavior.listeningTcpPorts().mustNotBeWithin(Array.from({ length: 10 }, (_port, port) => index * 10 + port)),
  );
  expect(profile({ behaviors }).behaviors).toHaveLength(100);
  expect(
    profile({
      behaviors: [],
      retainedMetrics: [Behavior.bytesIn().retained().exported()],
      metricsExport: MetricsExport.toTopic('t'),
    }).behaviors,
  ).toEqual([]);
  profile({ description: '', securityProfileName: 'x'.repeat(128) });
});

test('counts each value of a list, and one for all else', () => {
  const value = (behavior: object): number => valuesOf({ spec: behavior } as never);
  expect([
    value({ texts: ['a', 'b'] }),
    value({ numbers: [1, 2, 3] }),
    value({ threshold: 1 }),
    value({ confidence: 'LOW' }),
  ]).toEqual([2, 3, 1, 1]);
});

describe('that Detect takes no new customers', () => {
  const watch = (stack: Stack): unknown =>
    Detection.deviceDefender().watch(stack, 'Watch', {
      target: all,
      behaviors: [quiet(), Behavior.disconnects().learned(Confidence.LOW)],
    });

  test('is a warning of a profile, with where to read on', () => {
    const stack = testStack();
    profile({}, stack);
    expect(warnings(stack)).toEqual([
      expect.stringMatching(
        /since 2026-08-31.*https:\/\/docs\.aws\.amazon\.com\/iot-device-defender\/latest\/devguide\/dd-detect-availability-change\.html/,
      ),
    ]);
    expect(warnings(stack)[0]).toContain(WARNING);
  });

  test('is one warning of a detector, however many profiles it has', () => {
    const stack = testStack();
    watch(stack);
    expect(warnings(stack)).toHaveLength(1);
  });

  test('can be acknowledged above', () => {
    const stack = testStack();
    Validations.of(stack).acknowledge({ id: WARNING, reason: 'the account had Detect before' });
    watch(stack);
    profile({}, stack);
    expect(warnings(stack)).toEqual([]);
  });

  test('is not said where nothing was made', () => {
    const stack = testStack();
    expect(() => profile({ behaviors: [] }, stack)).toThrow();
    expect(warnings(stack)).toEqual([]);
  });

  function warnings(stack: Stack): string[] {
    return Annotations.fromStack(stack)
      .findWarning('*', Match.anyValue())
      .map(({ entry }) => entry.data as string);
  }
});

test('a window may be an hour, and names may be given', () => {
  const stack = testStack();
  profile({ behaviors: [quiet().per(Duration.hours(1)).named('mine')] }, stack);
  templateOf(stack).hasResourceProperties(PROFILE, {
    Behaviors: [{ Name: 'mine', Criteria: { DurationSeconds: 3600 } }],
  });
});

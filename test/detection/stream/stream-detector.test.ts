import { App, CfnParameter, Duration, Fn, Lazy, Stack, Token, Validations } from 'aws-cdk-lib';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { CfnDimension, CfnThingGroup } from 'aws-cdk-lib/aws-iot';
import { CfnKey, Key } from 'aws-cdk-lib/aws-kms';
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnTopic, Topic } from 'aws-cdk-lib/aws-sns';
import { type BehaviorsDocument, ENV, SWEEP_EVENT } from '../../../lambda/evaluate-behaviors/contract';
import { parseDocument } from '../../../lambda/evaluate-behaviors/document';
import {
  Behavior,
  Confidence,
  CustomMetric,
  CustomMetricType,
  Detection,
  DetectionTarget,
  type Detector,
  DeviceReports,
  IotLogs,
  Severity,
  type StreamOptions,
  TopicDimension,
} from '../../../lib/detection';
import { Construct } from 'constructs';
import { capabilityOf } from '../../../lib/internal/capability';
import { outcomeOf } from '../../compliance/support/outcome';
import type { Resources } from '../../compliance/support/rewrite';
import { templateOf, testApp, testStack } from '../../support/app';
import { nagFindings } from '../../support/nag';

const FIVE = Duration.minutes(5);
const all = DetectionTarget.allThings();
const quiet = () => Behavior.disconnects().mustBeAtMost(3).per(FIVE);
const failures = () => Behavior.authorizationFailures().mustBeAtMost(3).per(FIVE);

interface Watched {
  readonly stack: Stack;
  readonly detector: Detector;
  readonly template: Template;
}

function watch(behaviors: Behavior[], options: StreamOptions = {}, target = all, stack = testStack()): Watched {
  const detector = Detection.stream(options).watch(stack, 'Watch', { behaviors, target });
  return { stack, detector, template: templateOf(stack) };
}

function propertiesOf(template: Template, type: string, props: object = {}): Record<string, never>[] {
  return Object.values(template.findResources(type, { Properties: props })).map(
    ({ Properties }) => Properties as never,
  );
}

function environmentOf(template: Template): Record<string, unknown> {
  const [found] = propertiesOf(template, 'AWS::Lambda::Function', { Timeout: 120 }) as unknown as {
    Environment: { Variables: Record<string, unknown> };
  }[];
  return found!.Environment.Variables;
}

function documentOf(template: Template): BehaviorsDocument {
  return JSON.parse(environmentOf(template)[ENV.behaviors] as string) as BehaviorsDocument;
}

function rulesOf(template: Template): { sql: string; key: string; RuleName?: string }[] {
  return (
    propertiesOf(template, 'AWS::IoT::TopicRule') as unknown as {
      RuleName?: string;
      TopicRulePayload: { Sql: string; Actions: { Kinesis: { PartitionKey: string } }[] };
    }[]
  ).map(({ RuleName, TopicRulePayload: { Sql, Actions } }) => ({
    RuleName,
    sql: Sql,
    key: Actions[0]!.Kinesis.PartitionKey,
  }));
}

function rightsOf(template: Template, description: string): { Action: string[]; Resource: unknown }[] {
  const [found] = propertiesOf(template, 'AWS::IAM::ManagedPolicy', { Description: description }) as unknown as {
    PolicyDocument: { Statement: { Action: string[]; Resource: unknown }[] };
  }[];
  return found!.PolicyDocument.Statement;
}

describe('the stream engine watches a group', () => {
  let watched: Watched;
  beforeAll(() => {
    const stack = testStack();
    const group = new CfnThingGroup(stack, 'Pumps');
    const temperature = CustomMetric.named('temperature', CustomMetricType.NUMBER);
    const target = DetectionTarget.thingGroup(group);
    const behaviors = [
      quiet(),
      failures().withSeverity(Severity.HIGH),
      Behavior.messagesSent().mustBeAtMost(120).per(FIVE).onTopics(['pumps/+/telemetry', 'pumps/${iot:ClientId}/log']),
      Behavior.messageSize().mustBeAtMost(1024),
      Behavior.custom(temperature).mustBeAtMost(70),
      Behavior.bytesOut().learned(Confidence.HIGH),
    ];
    watched = watch(behaviors, {}, target, stack);
  });

  test('with one document of what is normal, the same in every process', () => {
    const document = documentOf(watched.template);
    expect(document).toMatchObject({ v: 1, dryRun: true, learnedDryRunSeconds: 14 * 86_400 });
    expect(document.detector).toMatch(/^[A-Za-z0-9-]{1,60}$/);
    expect(document.behaviors.map(({ name }) => name)).toEqual(watched.detector.behaviors.map(({ name }) => name));
    expect(document.behaviors.every(({ target }) => target === '0')).toBe(true);
    expect(document.behaviors[1]).toEqual({
      name: 'authorization-failures-at-most',
      metric: 'authorization-failures',
      operator: 'atMost',
      threshold: 3,
      windowSeconds: 300,
      datapointsToAlarm: 1,
      datapointsToClear: 1,
      severity: 'HIGH',
      suppressed: false,
      target: '0',
    });
    expect(document.topics).toEqual([
      {
        id: expect.stringMatching(/^t[0-9a-f]{8}$/),
        filters: ['pumps/+/telemetry', 'pumps/${iot:ClientId}/log'],
        excluded: false,
      },
    ]);
  });

  test('the group stands apart, since its name is known at deployment', () => {
    expect(environmentOf(watched.template)[ENV.groups]).toEqual({
      'Fn::Join': ['', ['{"0":["', { Ref: 'Pumps' }, '"]}']],
    });
  });

  test('rules bring what the behaviors need, with what only the rule can know', () => {
    const rules = rulesOf(watched.template);
    expect(rules.map(({ sql, key }) => [/FROM '(.*?)'/.exec(sql)?.[1], key])).toEqual([
      ['$aws/events/presence/#', '${clientId}'],
      ['$aws/events/subscriptions/#', '${clientId}'],
      ['$aws/things/+/defender/metrics/+', '${clientid()}'],
      ['pumps/+/telemetry', '${clientid()}'],
      ['pumps/+/log', '${clientid()}'],
      ['#', '${clientid()}'],
    ]);
    expect(rules[2]?.sql).toBe(
      "SELECT 1 AS v, 'report' AS source, topic(3) AS thing, clientid() AS clientId, principal() AS principal, " +
        "traceid() AS id, timestamp() AS at, encode(*, 'base64') AS data FROM '$aws/things/+/defender/metrics/+'",
    );
    for (const { sql } of rules) expect(sql).not.toMatch(/\$\{Token/);
  });

  test('what a rule cannot deliver is kept, encrypted', () => {
    const rules = propertiesOf(watched.template, 'AWS::IoT::TopicRule') as unknown as {
      TopicRulePayload: { ErrorAction: { Sqs: { QueueUrl: unknown } }; AwsIotSqlVersion: string };
    }[];
    const [queue] = Object.keys(watched.template.findResources('AWS::SQS::Queue'));
    for (const { TopicRulePayload } of rules)
      expect(TopicRulePayload).toMatchObject({
        AwsIotSqlVersion: '2016-03-23',
        ErrorAction: { Sqs: { QueueUrl: { Ref: queue }, UseBase64: false } },
      });
    watched.template.allResourcesProperties('AWS::SQS::Queue', { KmsMasterKeyId: Match.anyValue() });
  });

  test('rules may do nothing but that, for this account', () => {
    const statements = rightsOf(watched.template, 'Lets rules of AWS IoT put events on the stream of the detection');
    expect(statements.flatMap(({ Action }) => Action).sort()).toEqual([
      'kinesis:PutRecord',
      'kms:Decrypt',
      'kms:GenerateDataKey',
      'kms:GenerateDataKey',
      'sqs:SendMessage',
    ]);
    expect(JSON.stringify(statements)).not.toContain('*');
    watched.template.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [
          {
            Principal: { Service: 'iot.amazonaws.com' },
            Condition: {
              StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
              ArnLike: { 'aws:SourceArn': Match.anyValue() },
            },
          },
        ],
      },
    });
  });

  test('the stream is encrypted and grows with the traffic', () => {
    watched.template.hasResourceProperties('AWS::Kinesis::Stream', {
      StreamModeDetails: { StreamMode: 'ON_DEMAND' },
      ShardCount: Match.absent(),
      RetentionPeriodHours: 72,
      StreamEncryption: { EncryptionType: 'KMS', KeyId: Match.anyValue() },
    });
  });

  test('windows are fed in the order of each device, and nothing is dropped', () => {
    watched.template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      StartingPosition: 'TRIM_HORIZON',
      TumblingWindowInSeconds: 300,
      ParallelizationFactor: 1,
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 50,
      MaximumRecordAgeInSeconds: 21_600,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      DestinationConfig: { OnFailure: { Destination: Match.anyValue() } },
    });
  });

  test('a schedule calls for devices that have fallen silent', () => {
    watched.template.hasResourceProperties('AWS::Events::Rule', {
      ScheduleExpression: 'rate(5 minutes)',
      Targets: [{ Input: JSON.stringify(SWEEP_EVENT), DeadLetterConfig: Match.anyValue() }],
    });
  });

  test('the table is kept, and can be put back to any second', () => {
    watched.template.hasResource('AWS::DynamoDB::Table', {
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [{ AttributeName: 'page', KeyType: 'HASH' }],
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
        TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      },
    });
  });

  test('the log brings refusals, and nothing that is not needed', () => {
    watched.template.hasResourceProperties('AWS::Logs::SubscriptionFilter', {
      LogGroupName: 'AWSIotLogsV2',
      FilterPattern: '{ ($.status = "Failure") }',
    });
    watched.template.hasResourceProperties('AWS::Lambda::Permission', {
      Principal: 'logs.amazonaws.com',
      SourceAccount: { Ref: 'AWS::AccountId' },
      SourceArn: { 'Fn::Join': ['', Match.arrayWith([':log-group:AWSIotLogsV2:*'])] },
    });
  });

  test('the log group is there before it is subscribed to, whoever made it', () => {
    const [ensured] = Object.keys(
      watched.template.findResources('Custom::IotLogGroup', { Properties: { LogGroupName: 'AWSIotLogsV2' } }),
    );
    watched.template.hasResource('AWS::Logs::SubscriptionFilter', { DependsOn: Match.arrayWith([ensured]) });
  });

  test('the function may read who is in the group', () => {
    const actions = rightsOf(watched.template, "What the handler 'evaluate-behaviors' may do").flatMap(
      ({ Action }) => Action,
    );
    expect(actions).toEqual(expect.arrayContaining(['iot:ListThingGroupsForThing', 'sns:Publish', 'dynamodb:PutItem']));
    expect(actions.filter((action) => action.endsWith('*'))).toEqual([]);
  });

  test('people hear when the detection does not see', () => {
    const alarms = propertiesOf(watched.template, 'AWS::CloudWatch::Alarm') as unknown as {
      MetricName: string;
      AlarmActions: unknown[];
      Dimensions: { Name: string; Value: unknown }[];
    }[];
    const topic = watched.stack.resolve(watched.detector.alertTopic.topicRef.topicArn) as unknown;
    for (const { AlarmActions } of alarms) expect(AlarmActions).toEqual([topic]);
    expect(alarms.map(({ MetricName }) => MetricName).sort()).toEqual([
      'ApproximateNumberOfMessagesVisible',
      'DevicesNotKept',
      'Errors',
      'Errors',
      'ForeignReports',
      'Invocations',
      'IteratorAge',
      'LogBatchesUnreadable',
      'StreamRecordsFailed',
      'StreamRecordsRefused',
    ]);
    const { detector } = documentOf(watched.template);
    for (const { Dimensions } of alarms.filter(({ MetricName }) => MetricName.startsWith('Stream')))
      expect(Dimensions).toEqual([
        { Name: 'Service', Value: 'evaluate-behaviors' },
        { Name: 'Detector', Value: detector },
      ]);
  });

  test('the number of resources does not depend on the number of behaviors', () => {
    const count = (behaviors: number) => {
      const many = Array.from({ length: behaviors }, (_item, index) => quiet().named(`b${index}`));
      return Object.keys((watch(many).template.toJSON() as { Resources: object }).Resources).length;
    };
    expect(count(200)).toBe(count(1));
  });

  test('all of it belongs to detection', () => {
    const resources = watched.detector.node.findAll().filter((node) => 'cfnResourceType' in node);
    expect(resources.length).toBeGreaterThan(20);
    for (const resource of resources) expect(capabilityOf(resource as never)).toBe('detection');
  });
});

test('a dry run is said, and going live ends it', () => {
  const dry = watch([quiet()]);
  const metadata = (stack: Stack) => JSON.stringify(stack.node.findAll().flatMap((node) => node.node.metadata));
  expect(metadata(dry.stack)).toContain('zero-trust-iot:DetectionDryRun');
  const live = watch([quiet()], { dryRun: false, learnedDryRun: Duration.days(0) });
  expect(metadata(live.stack)).not.toContain('DetectionDryRun');
  expect(documentOf(live.template)).toMatchObject({ dryRun: false, learnedDryRunSeconds: 0 });
});

test('behaviors of all devices ask for no group', () => {
  const { template } = watch([quiet()]);
  expect(documentOf(template).behaviors[0]?.target).toBe('all');
  expect(environmentOf(template)[ENV.groups]).toBe('{}');
  expect(JSON.stringify(rightsOf(template, "What the handler 'evaluate-behaviors' may do"))).not.toContain('iot:');
  template.resourceCountIs('AWS::Logs::SubscriptionFilter', 0);
  expect(rulesOf(template).map(({ sql }) => sql)).toEqual([
    "SELECT *, 1 AS v, 'presence' AS source FROM '$aws/events/presence/#'",
    "SELECT *, 1 AS v, 'subscription' AS source FROM '$aws/events/subscriptions/#'",
  ]);
});

test.each([
  [DetectionTarget.registeredThings(), 'registered'],
  [DetectionTarget.unregisteredThings(), 'unregistered'],
])('%# others are told by the registry', (target, expected) => {
  const { template } = watch([quiet()], {}, target);
  expect(documentOf(template).behaviors[0]?.target).toBe(expected);
  expect(JSON.stringify(rightsOf(template, "What the handler 'evaluate-behaviors' may do"))).toContain(
    'iot:ListThingGroupsForThing',
  );
});

test('options reach the resources', () => {
  const stack = testStack();
  const encryptionKey = new CfnKey(stack, 'Key', {});
  const { template } = watch(
    [Behavior.bytesIn().mustBeAtMost(1).per(FIVE), failures()],
    {
      shardCount: 4,
      retention: Duration.days(7),
      encryptionKey,
      deviceReports: DeviceReports.basicIngest('pump_reports'),
    },
    all,
    stack,
  );
  template.hasResourceProperties('AWS::Kinesis::Stream', {
    ShardCount: 4,
    StreamModeDetails: { StreamMode: 'PROVISIONED' },
    RetentionPeriodHours: 168,
    StreamEncryption: { KeyId: { 'Fn::GetAtt': ['Key', 'Arn'] } },
  });
  expect(rulesOf(template)).toContainEqual({
    RuleName: 'pump_reports',
    key: '${clientid()}',
    sql: expect.stringMatching(/topic\(3\) AS thing.* FROM 'zero-trust\/reports\/\+'$/),
  });
});

test('a device is told what it needs to report', () => {
  const { access } = DeviceReports.basicIngest('pump_reports');
  expect(access.statements.flatMap(({ resources }) => resources)).toEqual([
    'topic/$aws/rules/pump_reports/zero-trust/reports/${iot:Connection.Thing.ThingName}',
  ]);
  expect(DeviceReports.defenderTopic().access.description).toBe('May report its own security metrics.');
});

test('another log group is read where events were directed to it', () => {
  const stack = testStack();
  const group = new CfnLogGroup(stack, 'Refusals');
  const { template } = watch([failures()], { logs: IotLogs.inLogGroup(group) }, all, stack);
  template.hasResourceProperties('AWS::Logs::SubscriptionFilter', { LogGroupName: { Ref: 'Refusals' } });
  template.resourceCountIs('Custom::IotLogGroup', 0);
});

test('many behaviors lie beside the code', () => {
  const app = new App({ outdir: testApp().outdir, analyticsReporting: false });
  const stack = new Stack(app, 'Test');
  const many = Array.from({ length: 100 }, (_item, index) => quiet().named(`behavior-${index}`));
  const { template } = watch(many, {}, all, stack);
  expect(environmentOf(template)[ENV.behaviors]).toBe('file:behaviors.json');
});

test('what is written in another script than Latin lies beside the code by its bytes, of which Lambda takes 4 kB', () => {
  const app = new App({ outdir: testApp().outdir, analyticsReporting: false });
  const stack = new Stack(app, 'Test');
  const topics = Array.from({ length: 20 }, (_item, index) => `${'水泵'.repeat(40)}/${index}/#`);
  const { template } = watch([Behavior.messagesSent().mustBeAtMost(5).per(FIVE).onTopics(topics)], {}, all, stack);
  expect(environmentOf(template)[ENV.behaviors]).toBe('file:behaviors.json');
});

describe('values that are known at deployment only', () => {
  test('are an error where there is no room for them, numbers as well', () => {
    const many = Array.from({ length: 30 }, (_item, index) => quiet().named(`behavior-${index}`));
    const most = Token.asNumber({ Ref: 'Most' });
    const told = /room for 2500; use values that are known at synth.*\[StreamDocumentTooLong\]/s;
    expect(() => watch([...many, Behavior.disconnects().mustBeAtMost(most).per(FIVE)])).toThrow(told);
    expect(() => watch([...many, Behavior.listeningTcpPorts().mustBeWithin([22, most])])).toThrow(told);
    expect(() => watch([...many, Behavior.disconnects().mustBeAtMost(1).per(FIVE).alarmAfter(most)])).toThrow(told);
  });

  test('reach the function in its environment', () => {
    const { template } = watch([Behavior.sourceIp().mustBeWithin([Fn.importValue('Range')])]);
    expect(JSON.stringify(environmentOf(template)[ENV.behaviors])).toContain('{"Fn::ImportValue":"Range"}');
  });

  test('reach it as lists, with no function of the CDK that writes them', () => {
    const stack = testStack();
    const ranges = new CfnParameter(stack, 'Ranges', { type: 'CommaDelimitedList' }).valueAsList;
    const names = Fn.split(',', Fn.importValue('Names'));
    const own = CustomMetric.named('own', CustomMetricType.STRING_LIST);
    const behaviors = [Behavior.sourceIp().mustBeWithin(ranges), Behavior.customStrings(own).mustBeWithin(names)];
    const { template } = watch(behaviors, {}, all, stack);
    template.resourceCountIs('Custom::AWSCDKCfnJsonStringify', 0);
    const text = environmentOf(template)[ENV.behaviors] as { 'Fn::Join': [string, (string | object)[]] };
    const given = new Map(
      [
        [{ Ref: 'Ranges' }, ['192.0.2.0/24', '2001:db8::/32']],
        [{ 'Fn::Split': [',', { 'Fn::ImportValue': 'Names' }] }, ['init']],
      ].map(([list, values]) => [JSON.stringify({ 'Fn::Join': ['","', list] }), (values as string[]).join('","')]),
    );
    const deployed = text['Fn::Join'][1].map((part) =>
      typeof part === 'string' ? part : given.get(JSON.stringify(part)),
    );
    expect(parseDocument(deployed.join('')).behaviors.map(({ texts }) => texts)).toEqual([
      ['192.0.2.0/24', '2001:db8::/32'],
      ['init'],
    ]);
  });

  test('are an error where there is no room for them', () => {
    const many = Array.from({ length: 30 }, (_item, index) =>
      Behavior.sourceIp()
        .mustBeWithin([Fn.importValue(`Range${index}`)])
        .named(`behavior-${index}`),
    );
    expect(() => watch(many)).toThrow(/room for 2500; use values that are known at synth.*\[StreamDocumentTooLong\]/s);
  });
});

test('a metric of the fleet that has the name of one of AWS is what devices report, and nothing else', () => {
  const named = (name: string) => Behavior.custom(CustomMetric.named(name, CustomMetricType.NUMBER)).mustBeAtMost(5);
  const names = ['messages-sent', 'message-size', 'messages-received', 'authorization-failures', 'disconnect-duration'];
  const { template } = watch(names.map(named), { logs: IotLogs.none() });
  expect(rulesOf(template).map(({ sql }) => sql)).toEqual([expect.stringContaining("'report' AS source")]);
  expect(documentOf(template).behaviors.map(({ metric, customType }) => [metric, customType])).toEqual(
    names.map((name) => [name, 'number']),
  );
});

test('an option that only the other engine has is an error, since it would do nothing', () => {
  const stream = { retainedMetrics: [], dryRun: true } as StreamOptions;
  expect(() => watch([quiet()], stream)).toThrow(
    /'retainedMetrics' is an option of Detection.deviceDefender\(\) only; leave it out.*Allowed: .*dryRun.*\[EngineOptionForeign\]/s,
  );
  const defender = { dryRun: true } as object;
  expect(() =>
    Detection.deviceDefender(defender).watch(testStack(), 'Watch', { behaviors: [quiet()], target: all }),
  ).toThrow(/'dryRun' is an option of Detection.stream\(\) only.*\[EngineOptionForeign\]/s);
});

describe('more topic filters than the stack has room for', () => {
  const filters = (from: number) => Array.from({ length: 100 }, (_item, index) => `${from}/${index}/#`);
  const sent = (from: number) =>
    Behavior.messagesSent().mustBeAtMost(5).per(FIVE).onTopics(filters(from)).named(`${from}`);
  const synth = (behaviors: Behavior[]) => {
    const app = new App({ outdir: testApp().outdir, analyticsReporting: false });
    const stack = new Stack(app, 'Pumps');
    Detection.stream().watch(stack, 'Watch', { behaviors, target: all });
    return app.synth();
  };

  test('are an error that names the behaviors, before the one of the CDK', () => {
    const many = [...[1, 2, 3, 4, 5, 6].map(sent), sent(7).onTopics(['a', 'b']), quiet()];
    const told =
      /'behaviors\[0\].onTopics' \(100\), 'behaviors\[1\].onTopics' \(100\), .* and 2 more count messages on 602 topic filters together.* stack 'Pumps' has 6\d\d resources, of which 500 are allowed\. Use fewer filters.*\[TooManyTopicFilters\]/s;
    expect(() => synth(many)).toThrow(told);
  });

  test('are none where behaviors share a list, where one rule reads all else, or where no rule is needed', () => {
    const shared = [1, 2, 3, 4, 5].map((index) => sent(0).named(`shared-${index}`));
    const others = [1, 2, 3].map((index) => sent(0).exceptOnTopics(filters(index)).named(`others-${index}`));
    const denied = [1, 2].map((index) => failures().onTopics(filters(index)).named(`denied-${index}`));
    expect(() => synth([...shared, ...others, ...denied])).not.toThrow();
  });
});

describe('what the engine cannot do is an error that names the way out', () => {
  const stack = testStack();
  const unknown = CfnDimension.fromDimensionName(stack, 'Dimension', 'commands');
  const sent = () => Behavior.messagesSent().mustBeAtMost(1).per(FIVE);
  test.each<[string, Behavior, StreamOptions, RegExp]>([
    [
      'exports',
      quiet().exported(),
      {},
      /'behaviors\[0\].exported'.*Detection.deviceDefender\(\).*\[StreamCannotExport\]/s,
    ],
    [
      'failures without a log',
      failures(),
      { logs: IotLogs.none() },
      /'authorization-failures'.*give logs.*\[StreamLogsMissing\]/s,
    ],
    [
      'a dimension by its name',
      sent().onDimension(unknown),
      {},
      /'behaviors\[0\].onTopics'.*onTopics.*\[StreamScopeInvalid\]/s,
    ],
    ['filters at deployment', sent().onTopics([Fn.ref('X')]), {}, /must be known at synth.*\[StreamScopeInvalid\]/s],
    ['a list at deployment', sent().onTopics(Lazy.list({ produce: () => ['a'] })), {}, /\[StreamScopeInvalid\]/],
    ['a quote', sent().onTopics(["a'b"]), {}, /must not contain quotes.*got "a'b".*\[StreamScopeInvalid\]/s],
    [
      'an odd exception',
      sent().exceptOnTopics(['a*b']),
      {},
      /exceptOnTopics' may contain only.*\[StreamScopeInvalid\]/s,
    ],
    [
      'retention',
      quiet(),
      { retention: Duration.hours(23) },
      /'retention' must be 1 to 365 days.*\[StreamOptionInvalid\]/s,
    ],
    ['retention in parts', quiet(), { retention: Duration.minutes(1501) }, /'retention'/],
    ['long retention', quiet(), { retention: Duration.days(366) }, /'retention'/],
    ['a long dry run', quiet(), { learnedDryRun: Duration.days(91) }, /'learnedDryRun' must be 0 to 90 days/],
    ['no shards', quiet(), { shardCount: 0 }, /'shardCount' must be a whole number from 1 to 10000, got 0/],
    ['part of a shard', quiet(), { shardCount: 1.5 }, /'shardCount'/],
    ['many shards', quiet(), { shardCount: 10_001 }, /'shardCount'/],
  ])('%s', (_what, behavior, options, message) => {
    expect(() => watch([behavior], options)).toThrow(message);
  });

  test('all of it at once', () => {
    expect(() => watch([quiet().exported(), failures()], { shardCount: 0, logs: IotLogs.none() })).toThrow(
      /'shardCount'.*'behaviors\[0\].exported'.*'behaviors\[1\]' measures/,
    );
    expect(() => watch([])).toThrow('DetectionEmpty');
    const many = Array.from({ length: 1_001 }, (_item, index) => quiet().named(`b${index}`));
    expect(() => watch(many)).toThrow("'behaviors' must have at most 1000 items, got 1001");
  });

  test('not what the engine can do', () => {
    const known = new TopicDimension(testStack(), 'Commands', { topicFilters: ['a/#'] });
    const edge = { retention: Duration.days(365), learnedDryRun: Duration.days(90), shardCount: 10_000 };
    expect(() => watch([sent().onDimension(known), quiet()], { ...edge, logs: IotLogs.none() })).not.toThrow();
    const tokens = { shardCount: Lazy.number({ produce: () => 2 }), retention: Duration.days(1) };
    expect(() => watch([quiet()], tokens)).not.toThrow();
    expect(() => watch([Behavior.sourceIp().mustBeWithin(['10.0.0.0/8'])], { logs: IotLogs.none() })).not.toThrow();
  });

  test('an encrypted topic without its key', () => {
    const scope = testStack();
    const alertTopic = new CfnTopic(scope, 'Alerts', { kmsMasterKeyId: 'alias/own' });
    const options = { behaviors: [quiet()], target: all, alertTopic };
    expect(() => Detection.stream().watch(scope, 'Watch', options)).toThrow('AlertTopicKeyMissing');
  });

  test('a target that is no group', () => {
    const thingGroupRef = { thingGroupName: 'x', thingGroupArn: 'arn:aws:iot:eu-west-1:111111111111:thing/x' };
    const group = Object.assign(new Construct(testStack(), 'Group'), {
      thingGroupRef,
      env: { account: '', region: '' },
    });
    expect(() => watch([quiet()], {}, DetectionTarget.thingGroup(group))).toThrow('DetectionTargetInvalid');
  });

  test('a third stack that reads one log', () => {
    const app = testApp();
    const env = { account: '111122223333', region: 'eu-west-1' };
    const engine = Detection.stream();
    const watchIn = (id: string, behaviors = [failures()]) =>
      engine.watch(new Stack(app, id, { env }), 'Watch', { behaviors, target: all });
    for (const id of ['One', 'Two']) watchIn(id);
    expect(() => watchIn('Three')).toThrow(/One\/Watch\/Logs and Two\/Watch\/Logs.*\[TooManyLogSubscriptions\]/s);
    expect(() => watchIn('Four', [quiet()])).not.toThrow();
  });
});

test('behaviors that count each message in the log are warned of', () => {
  const received = Behavior.messagesReceived().mustBeAtMost(9).per(FIVE);
  const { stack, template } = watch([received, Behavior.sourceIp().mustBeWithin(['10.0.0.0/8']).onTopics(['a'])]);
  expect(JSON.stringify(stack.node.findAll().flatMap((node) => node.node.metadata))).toContain(
    'zero-trust-iot:LogLevelInfoNeeded',
  );
  template.hasResourceProperties('AWS::Logs::SubscriptionFilter', {
    FilterPattern: '{ ($.status = "Failure") || ($.eventType = "Publish-In") || ($.eventType = "Publish-Out") }',
  });
  const { template: only } = watch([received]);
  only.hasResourceProperties('AWS::Logs::SubscriptionFilter', { FilterPattern: '{ ($.eventType = "Publish-Out") }' });
});

describe('a rule that every message of the account triggers', () => {
  const sent = () => Behavior.messagesSent().mustBeAtMost(9).per(FIVE);
  const cases: [words: string, behavior: Behavior, every: boolean][] = [
    ['messages sent', sent(), true],
    ['their size', Behavior.messageSize().mustBeAtMost(9), true],
    ['all but some topics', sent().exceptOnTopics(['pumps/#']), true],
    ['every topic, said', sent().onTopics(['#']), true],
    ['any first level', sent().onTopics(['pumps/#', '+/up']), true],
    ['the client id first', sent().onTopics(['${iot:ClientId}/up']), true],
    ['topics by name', sent().onTopics(['pumps/#', 'pumps/${iot:ClientId}/+']), false],
    ['messages received, which are in the log', Behavior.messagesReceived().mustBeAtMost(9).per(FIVE), false],
    ['disconnects', quiet(), false],
  ];

  test.each(cases)('is warned of, by the detector as by ZTI-RUL1: %s', (_words, behavior, every) => {
    const { detector, template } = watch([behavior]);
    const warnings = detector.node.metadata.filter(({ type }) => type === 'aws:cdk:warning');
    const said = warnings.map(({ data }) => String(data)).filter((text) => text.includes('MessagesOnEveryTopic'));
    expect(said).toEqual(every ? [expect.stringMatching(/onTopics.*zero-trust-iot:MessagesOnEveryTopic/)] : []);
    expect(outcomeOf('ZTI-RUL1', template.toJSON()['Resources'] as Resources)).toBe(every ? 'fails' : 'passes');
  });

  test('can be acknowledged', () => {
    const stack = testStack();
    const id = 'annotation::zero-trust-iot:MessagesOnEveryTopic';
    Validations.of(stack).acknowledge({ id, reason: 'The account has no other fleet.' });
    const { detector } = watch([sent()], {}, all, stack);
    expect(JSON.stringify(detector.node.metadata)).not.toContain('MessagesOnEveryTopic');
  });
});

test('cdk-nag finds nothing that is not acknowledged', () => {
  const app = testApp();
  const stack = new Stack(app, 'Test');
  const target = DetectionTarget.thingGroup(new CfnThingGroup(stack, 'Pumps'));
  const behaviors = [failures(), Behavior.bytesIn().mustBeAtMost(1).per(FIVE)];
  Detection.stream().watch(stack, 'Watch', { behaviors, target });
  const { open } = nagFindings(app);
  expect(open).toEqual([]);
});

test('the detectors of a stack share one subscription of a log, which brings each what it needs', () => {
  const scope = testStack();
  const engine = Detection.stream();
  const addresses = Behavior.sourceIp().mustBeWithin(['10.0.0.0/8']).onTopics(['a/#']);
  for (const [id, behavior] of Object.entries({ One: failures(), Two: failures(), Three: addresses }))
    engine.watch(scope, id, { behaviors: [behavior], target: all });
  const template = templateOf(scope);
  const [subscription, ...others] = Object.values(template.findResources('AWS::Logs::SubscriptionFilter'));
  expect(others).toEqual([]);
  expect((subscription as { Properties: object }).Properties).toMatchObject({
    FilterPattern: '{ ($.status = "Failure") || ($.eventType = "Publish-In") }',
  });
  template.resourcePropertiesCountIs('AWS::CloudWatch::Alarm', { MetricName: 'LogBatchesUnreadable' }, 3);
  const [forwarder] = Object.values(template.findResources('AWS::Lambda::Function')).filter((each) =>
    JSON.stringify(each).includes('STREAM_NAMES'),
  );
  const streams = Object.keys(template.findResources('AWS::Kinesis::Stream'));
  expect(streams).toHaveLength(3);
  const names = JSON.stringify((forwarder as { Properties: { Environment: unknown } }).Properties.Environment);
  for (const stream of streams) expect(names).toContain(stream);
});

describe('the key of the topic that alarms go to lets CloudWatch use it', () => {
  const topicOf = (stack: Stack, id: string) =>
    Topic.fromTopicArn(stack, id, `arn:aws:sns:eu-west-1:111122223333:${id}`);

  test.each(['alert', 'alarm'])('that of the %s topic', (kind) => {
    const stack = testStack();
    const key = new Key(stack, 'TopicKey');
    const topics = {
      alertTopic: topicOf(stack, 'alerts'),
      ...(kind === 'alarm' && { alarmTopic: topicOf(stack, 'soc') }),
    };
    Detection.stream().watch(stack, 'Watch', {
      behaviors: [quiet()],
      target: all,
      ...topics,
      [`${kind}TopicKey`]: key,
    });
    templateOf(stack).hasResourceProperties('AWS::KMS::Key', {
      Description: Match.absent(),
      KeyPolicy: {
        Statement: Match.arrayWith([Match.objectLike({ Principal: { Service: 'cloudwatch.amazonaws.com' } })]),
      },
    });
  });

  test('and must be given with it', () => {
    const stack = testStack();
    const alarmTopicKey = new Key(stack, 'TopicKey');
    expect(() =>
      Detection.stream().watch(stack, 'Watch', { behaviors: [quiet()], target: all, alarmTopicKey }),
    ).toThrow(/'alarmTopicKey' is given without 'alarmTopic'.*AlertTopicKeyUnfit/);
  });
});

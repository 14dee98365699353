import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Duration, Fn, Stack, Validations } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnThingGroup, type IThingGroupRef } from 'aws-cdk-lib/aws-iot';
import { CfnKey, Key } from 'aws-cdk-lib/aws-kms';
import { CfnTopic, Topic } from 'aws-cdk-lib/aws-sns';
import { AwsSolutionsChecks, NIST80053R5Checks } from 'cdk-nag';
import { ENV } from '../../lambda/mitigate-device/contract';
import { ENV as RECORDER } from '../../lambda/record-incident/contract';
import { NOTHING_UNDER_WAY_SECONDS } from '../../lambda/release-device/contract';
import { ConnectionGate } from '../../lib/connectivity';
import { capabilityOf } from '../../lib/internal/capability';
import { SecureTopic } from '../../lib/internal/secure-topic';
import { type Detector, Severity } from '../../lib/detection';
import { BlastRadius } from '../../lib/mitigation/blast-radius';
import { IncidentResponse, type IncidentResponseProps } from '../../lib/mitigation/incident-response';
import { Playbook } from '../../lib/mitigation/playbook';
import { SignalSource } from '../../lib/mitigation/signal-source';
import { Response } from '../../lib/mitigation/terms';
import { Access } from '../../lib/policy';
import { FleetGroup } from '../../lib/quarantine';
import { templateOf, testApp, testStack } from '../support/app';
import { importsOf, reachableFrom } from '../support/sources';

interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Principal?: unknown;
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: Record<string, unknown>;
}

function groups(stack: Stack) {
  const fleet = new CfnThingGroup(stack, 'Fleet', { thingGroupName: 'pumps' });
  const quarantine = new CfnThingGroup(stack, 'Quarantine', { thingGroupName: 'quarantine' });
  return { fleet, quarantine };
}

/** Of a region that the stack is not in. */
function groupElsewhere(stack: Stack): IThingGroupRef {
  return new CfnThingGroup(new Stack(stack.node.scope, 'Elsewhere', { env: { region: 'eu-west-2' } }), 'Group');
}

function respond(stack: Stack, props: Partial<IncidentResponseProps> = {}): IncidentResponse {
  const { fleet, quarantine } = groups(stack);
  const alertTopic = props.alertTopic ?? new CfnTopic(stack, 'Alerts');
  return new IncidentResponse(stack, 'Response', {
    fleetGroups: [fleet],
    quarantineGroup: quarantine,
    ...props,
    alertTopic,
  });
}

function responderOf(template: Template): Record<string, unknown> {
  const [found] = Object.values(
    template.findResources('AWS::Lambda::Function', { Properties: { Timeout: 60, MemorySize: 1024 } }),
  );
  return (found as { Properties: { Environment: { Variables: Record<string, unknown> } } }).Properties.Environment
    .Variables;
}

/** Which services each key of the template lets use it, by the first word of their names. */
function servicesOf(template: Template): Record<string, string[]> {
  const keys = Object.entries(template.findResources('AWS::KMS::Key')) as [
    string,
    { Properties: { KeyPolicy: { Statement: Statement[] } } },
  ][];
  return Object.fromEntries(
    keys.map(([id, { Properties }]) => [
      id.replace(/[0-9A-F]{8}$/, ''),
      Properties.KeyPolicy.Statement.flatMap(
        ({ Principal }) =>
          /"Service":[^a-z]*?(?:Fn::Join[^a-z]*)?([a-z]+)\./.exec(JSON.stringify(Principal))?.[1] ?? [],
      ),
    ]),
  );
}

function rightsOf(template: Template, handler: string): Statement[] {
  const found = template.findResources('AWS::IAM::ManagedPolicy', {
    Properties: { Description: `What the handler '${handler}' may do` },
  });
  const documents = Object.values(found) as { Properties: { PolicyDocument: { Statement: Statement[] } } }[];
  return documents.flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
}

describe('with every source', () => {
  let stack: Stack;
  let template: Template;
  let folder: string;
  let response: IncidentResponse;
  let topics: SecureTopic[];
  beforeAll(() => {
    const app = testApp();
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new NIST80053R5Checks(app));
    stack = new Stack(app, 'Test');
    topics = ['Detect', 'Audit', 'Anomalies'].map((id) => new SecureTopic(stack, id, { displayName: id }));
    const alertTopic = new SecureTopic(stack, 'Alarms', { displayName: 'Alarms' });
    response = respond(stack, {
      alertTopic,
      connectionGate: new ConnectionGate(stack, 'Gate'),
      sources: [
        SignalSource.deviceDefenderDetect(topics[0]!),
        SignalSource.deviceDefenderAudit(topics[1]!),
        SignalSource.topic(topics[2]!, { severity: Severity.LOW }),
        SignalSource.securityHub(),
        SignalSource.guardDuty(),
      ],
    });
    folder = app.synth().directory;
    template = Template.fromStack(stack);
  });

  test('cdk-nag finds nothing that is not acknowledged', () => {
    const report = JSON.parse(readFileSync(join(folder, 'validation-report.json'), 'utf8')) as {
      pluginReports: { violations: object[] }[];
    };
    expect(report.pluginReports.map(({ violations }) => violations)).toEqual([[], []]);
  });

  test('the function knows who may speak, each as it is called', () => {
    const sources = stack.resolve(responderOf(template)[ENV.sources]) as { 'Fn::Join': [string, unknown[]] };
    const text = sources['Fn::Join'][1]
      .map((part) => (typeof part === 'string' ? part : (part as { Ref: string }).Ref))
      .join('');
    expect(JSON.parse(text)).toEqual([
      { kind: 'engine' },
      { kind: 'detect', topicArn: expect.stringMatching('^Detect'), severity: 'HIGH' },
      { kind: 'audit', topicArn: expect.stringMatching('^Audit') },
      { kind: 'generic', topicArn: expect.stringMatching('^Anomalies'), severity: 'LOW' },
      { kind: 'securityHub' },
      { kind: 'guardDuty' },
    ]);
  });

  test('every variable that the handlers read is set, and none else', () => {
    expect(Object.keys(responderOf(template)).sort()).toEqual(Object.values(ENV).sort());
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: Object.fromEntries(Object.values(RECORDER).map((name) => [name, Match.anyValue()])) },
    });
  });

  test('the rates are the share of each of two processes', () => {
    const rates = JSON.parse(responderOf(template)[ENV.rates] as string) as Record<string, number>;
    expect(rates).toMatchObject({ AddThingToThingGroup: 48.75, DeleteConnection: 48.75, UpdateCertificate: 4.875 });
  });

  test('only named sources may send to the signal queue, over TLS', () => {
    const [policy] = Object.values(
      template.findResources('AWS::SQS::QueuePolicy', {
        Properties: { Queues: [{ Ref: Match.stringLikeRegexp('SignalQueue') }] },
      }),
    ) as { Properties: { PolicyDocument: { Statement: Statement[] } } }[];
    const statements = policy!.Properties.PolicyDocument.Statement;
    expect(statements.filter(({ Effect }) => Effect === 'Deny')).toHaveLength(1);
    const allowed = statements.filter(({ Effect }) => Effect === 'Allow');
    const sendersOf = (service: string) =>
      allowed
        .filter(({ Principal }) => isDeepStrictEqual(Principal, { Service: service }))
        .map(({ Condition }) => Condition);
    const rule = (id: string) => ({ 'Fn::GetAtt': [expect.stringContaining(id), 'Arn'] });
    const rules = ['Heartbeat', 'SecurityHub', 'GuardDuty'].map(rule);
    expect(sendersOf('events.amazonaws.com')).toEqual([{ ArnEquals: { 'aws:SourceArn': rules } }]);
    const arns = topics.map(({ topicArn }) => stack.resolve(topicArn) as unknown);
    expect(sendersOf('sns.amazonaws.com')).toEqual([{ ArnEquals: { 'aws:SourceArn': arns } }]);
    expect(allowed).toHaveLength(2);
  });

  test('topics are subscribed with their envelope, and what they cannot deliver is kept', () => {
    template.resourceCountIs('AWS::SNS::Subscription', 3);
    template.allResourcesProperties('AWS::SNS::Subscription', {
      Protocol: 'sqs',
      RawMessageDelivery: false,
      RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('DeadLetterQueue'), 'Arn'] } },
    });
  });

  test('findings and the heartbeat come by rules', () => {
    template.resourceCountIs('AWS::Events::Rule', 3);
    template.hasResourceProperties('AWS::Events::Rule', { EventPattern: { source: ['aws.securityhub'] } });
    template.hasResourceProperties('AWS::Events::Rule', { EventPattern: { source: ['aws.guardduty'] } });
    template.hasResourceProperties('AWS::Events::Rule', {
      ScheduleExpression: 'rate(5 minutes)',
      Targets: [{ Input: '{"schema":"zero-trust-iot/heartbeat@1"}', DeadLetterConfig: { Arn: Match.anyValue() } }],
    });
  });

  test('each queue feeds the function in batches that fit the quotas, with failures reported one by one', () => {
    template.resourceCountIs('AWS::Lambda::EventSourceMapping', 4);
    template.allResourcesProperties('AWS::Lambda::EventSourceMapping', {
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 2 },
    });
    const sizes = Object.values(template.findResources('AWS::Lambda::EventSourceMapping')).map(
      ({ Properties }) => (Properties as { BatchSize: number }).BatchSize,
    );
    expect(sizes.sort((a, b) => a - b)).toEqual([10, 20, 200, 200]);
    template.resourcePropertiesCountIs(
      'AWS::SQS::Queue',
      { VisibilityTimeout: 360, RedrivePolicy: { maxReceiveCount: 12, deadLetterTargetArn: Match.anyValue() } },
      4,
    );
  });

  test('no function that takes or gives runs longer than half of what a release waits before it is checked', () => {
    const functions = Object.values(template.findResources('AWS::Lambda::Function')) as {
      Properties: { Timeout: number; Environment?: { Variables: Record<string, unknown> } };
    }[];
    const timeouts = functions
      .filter(({ Properties }) => Properties.Environment?.Variables[ENV.quarantineGroup] !== undefined)
      .map(({ Properties }) => Properties.Timeout);
    expect(timeouts).toHaveLength(2);
    for (const timeout of timeouts) expect(timeout * 2).toBeLessThanOrEqual(NOTHING_UNDER_WAY_SECONDS);
  });

  test('records are encrypted, recoverable, kept, found while held, and expire once closed', () => {
    template.hasResource('AWS::DynamoDB::Table', {
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        BillingMode: 'PAY_PER_REQUEST',
        DeletionProtectionEnabled: true,
        KeySchema: [
          { AttributeName: 'subject', KeyType: 'HASH' },
          { AttributeName: 'episode', KeyType: 'RANGE' },
        ],
        GlobalSecondaryIndexes: [Match.objectLike({ IndexName: 'held' }), Match.objectLike({ IndexName: 'due' })],
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
        StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
        TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      },
    });
  });

  test('every write goes through the recorder to the event bus, and is tried until it expires', () => {
    template.hasResourceProperties('AWS::Pipes::Pipe', {
      SourceParameters: {
        DynamoDBStreamParameters: {
          BatchSize: 10,
          StartingPosition: 'TRIM_HORIZON',
          OnPartialBatchItemFailure: 'AUTOMATIC_BISECT',
        },
        FilterCriteria: {
          Filters: [
            {
              Pattern: JSON.stringify({
                eventName: ['INSERT', 'MODIFY'],
                dynamodb: { Keys: { subject: { S: [{ 'anything-but': { prefix: '#' } }] } } },
              }),
            },
          ],
        },
      },
      TargetParameters: {
        EventBridgeEventBusParameters: { Source: 'zero-trust-iot', DetailType: 'Incident State Change' },
      },
    });
  });

  test('evidence is encrypted, versioned, private and kept', () => {
    template.hasResource('AWS::S3::Bucket', {
      DeletionPolicy: 'RetainExceptOnCreate',
      Properties: {
        VersioningConfiguration: { Status: 'Enabled' },
        PublicAccessBlockConfiguration: Match.objectLike({ BlockPublicAcls: true, RestrictPublicBuckets: true }),
        ObjectLockEnabled: Match.absent(),
      },
    });
  });

  test('no evidence is written over or deleted, by whomever, as long as the policy of its bucket is there', () => {
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          {
            Sid: 'NeverOverwritten',
            Effect: 'Deny',
            Principal: '*',
            Action: 's3:PutObject',
            Resource: Match.anyValue(),
            Condition: {
              Null: { 's3:if-none-match': 'true' },
              BoolIfExists: { 's3:ObjectCreationOperation': 'true' },
            },
          },
          {
            Sid: 'NeverDeleted',
            Effect: 'Deny',
            Principal: '*',
            Action: ['s3:DeleteObject', 's3:DeleteObjectVersion'],
            Resource: Match.anyValue(),
          },
        ]),
      },
    });
  });

  test('there is an alarm for each thing that a person must hear of, with an action', () => {
    const all = Object.values(template.findResources('AWS::CloudWatch::Alarm')) as {
      Properties: Record<string, unknown>;
    }[];
    const alarms = all.filter(({ Properties }) => Properties.MetricName !== 'GateFailures');
    expect(alarms.map(({ Properties }) => Properties.MetricName).sort()).toEqual([
      'ApproximateAgeOfOldestMessage',
      'ApproximateAgeOfOldestMessage',
      'ApproximateAgeOfOldestMessage',
      'ApproximateAgeOfOldestMessage',
      'ApproximateNumberOfMessagesVisible',
      'Errors',
      'Heartbeats',
      'IncidentsHeld',
      'ReleasesIncomplete',
      'SecondLooksConnected',
      'SecondLooksDrifted',
      'SignalsRefused',
    ]);
    for (const { Properties } of alarms)
      expect(Properties.AlarmActions).toEqual([{ Ref: expect.stringMatching('^Alarms') }]);
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'Heartbeats',
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
      EvaluationPeriods: 3,
      Period: 300,
      OKActions: [{ Ref: Match.stringLikeRegexp('^Alarms') }],
    });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'ApproximateAgeOfOldestMessage',
      Threshold: 300,
      TreatMissingData: 'notBreaching',
    });
  });

  describe.each(['mitigate-device', 'record-incident', 'release-device', 'operate-incident'])(
    'the role of %s',
    (handler) => {
      const PLATFORM =
        /^(logs:(CreateLogStream|PutLogEvents)|sqs:(ReceiveMessage|DeleteMessage|GetQueueAttributes)|kms:(Decrypt|GenerateDataKey))$/;
      const SERVICES: Record<string, string> = {
        'client-iot': 'iot',
        'client-iot-data-plane': 'iot',
        'client-dynamodb': 'dynamodb',
        'client-sqs': 'sqs',
        'client-s3': 's3',
        'client-sns': 'sns',
      };
      const granted = () => rightsOf(template, handler).flatMap(({ Action }) => Action);
      const sent = [...reachableFrom(`lambda/${handler}/index.ts`)].flatMap((file) =>
        importsOf(file)
          .filter(({ module, typeOnly }) => module.startsWith('@aws-sdk/') && !typeOnly)
          .flatMap(({ module, names }) =>
            names
              .filter((name) => name.endsWith('Command'))
              .map((name) => `${SERVICES[module.slice('@aws-sdk/'.length)]}:${name.replace(/Command$/, '')}`)
              // A transaction is authorized as what it is made of.
              .map((action) => action.replace('dynamodb:TransactWriteItems', 'dynamodb:PutItem')),
          ),
      );

      test('allows every command that the handler sends, and nothing else', () => {
        expect(sent.length).toBeGreaterThan(1);
        expect(sent.filter((action) => !granted().includes(action))).toEqual([]);
        expect(granted().filter((action) => !sent.includes(action) && !PLATFORM.test(action))).toEqual([]);
      });

      test('is not bare *, but for actions without resources', () => {
        const bare = rightsOf(template, handler).filter(({ Resource }) => [Resource].flat().includes('*'));
        const actions: Record<string, string[]> = {
          'mitigate-device': ['iot:ListAuditFindings', 'iot:ListRelatedResourcesForAuditFinding'],
          'release-device': ['iot:PutVerificationStateOnViolation'],
        };
        expect(bare.flatMap(({ Action }) => Action)).toEqual(actions[handler] ?? []);
      });
    },
  );

  test('releasing is the mirror of isolating', () => {
    const groupsOf = (action: string) =>
      rightsOf(template, 'release-device')
        .filter(({ Action }) => [Action].flat().includes(action))
        .flatMap(({ Resource }) => JSON.stringify(Resource).match(/"(Fleet|Quarantine)"/g));
    expect(groupsOf('iot:RemoveThingFromThingGroup')).toEqual(['"Quarantine"']);
    expect(groupsOf('iot:AddThingToThingGroup')).toEqual(['"Fleet"']);
  });

  test('each verb of the operators is a route of its own, and none is open', () => {
    template.resourceCountIs('AWS::ApiGatewayV2::Route', 7);
    template.allResourcesProperties('AWS::ApiGatewayV2::Route', { AuthorizationType: 'AWS_IAM' });
    template.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
      StageName: '$default',
      AccessLogSettings: { Format: Match.stringLikeRegexp('userArn') },
    });
    expect(stack.resolve(response.operatorUrl)).toEqual({
      'Fn::GetAtt': [expect.stringContaining('Operators'), 'ApiEndpoint'],
    });
  });

  test('isolating is bounded by the groups: out of the fleet groups, into quarantine, and not the other way', () => {
    const groupsOf = (action: string) =>
      rightsOf(template, 'mitigate-device')
        .filter(({ Action }) => [Action].flat().includes(action))
        .flatMap(({ Resource }) => JSON.stringify(Resource).match(/"(Fleet|Quarantine)"/g));
    expect(groupsOf('iot:RemoveThingFromThingGroup')).toEqual(['"Fleet"']);
    expect(groupsOf('iot:AddThingToThingGroup')).toEqual(['"Quarantine"']);
  });

  test('everything belongs to the capability', () => {
    for (const child of response.node.findAll())
      if (Stack.of(child).node !== child.node && 'cfnResourceType' in child)
        expect(capabilityOf(child as never)).toBe('mitigation');
  });

  test('its parts can be referred to', () => {
    expect(stack.resolve(response.signalQueueArn)).toEqual({
      'Fn::GetAtt': [expect.stringContaining('SignalQueue'), 'Arn'],
    });
    expect(stack.resolve(response.signalQueueUrl)).toEqual({ Ref: expect.stringContaining('SignalQueue') });
    expect(stack.resolve(response.deadLetterQueueArn)).toEqual({
      'Fn::GetAtt': [expect.stringContaining('DeadLetter'), 'Arn'],
    });
    expect(stack.resolve(response.incidentTableName)).toEqual({ Ref: expect.stringContaining('Incidents') });
    expect(stack.resolve(response.evidenceBucketName)).toEqual({ Ref: expect.stringContaining('Evidence') });
    expect(stack.resolve(response.responderName)).toEqual({ Ref: expect.stringContaining('Responder') });
    expect(IncidentResponse.isIncidentResponse(response)).toBe(true);
    expect(IncidentResponse.isIncidentResponse(stack)).toBe(false);
  });
});

describe('options', () => {
  test('a verdict may be given to Device Defender only where it is a source, and the right is there once', () => {
    const verifying = (sources: (stack: Stack) => SignalSource[]) => {
      const stack = testStack();
      respond(stack, { sources: sources(stack) });
      const actions = rightsOf(Template.fromStack(stack), 'release-device').flatMap(({ Action }) => Action);
      return actions.filter((action) => action === 'iot:PutVerificationStateOnViolation').length;
    };
    expect(verifying(() => [SignalSource.securityHub()])).toBe(0);
    const detect = (stack: Stack, id: string) => SignalSource.deviceDefenderDetect(new CfnTopic(stack, id));
    expect(verifying((stack) => [detect(stack, 'One'), detect(stack, 'Two')])).toBe(1);
  });

  test('a key of the user encrypts all, and no other is made', () => {
    const stack = testStack();
    const encryptionKey = new CfnKey(stack, 'Mine', { keyPolicy: {} });
    respond(stack, { encryptionKey });
    const template = templateOf(stack);
    template.resourceCountIs('AWS::KMS::Key', 1);
    template.allResourcesProperties('AWS::SQS::Queue', { KmsMasterKeyId: { 'Fn::GetAtt': ['Mine', 'Arn'] } });
  });

  test('the key of the stack lets topics and rules send to the queues', () => {
    const stack = testStack();
    respond(stack, { sources: [SignalSource.topic(new CfnTopic(stack, 'Topic'))] });
    expect(servicesOf(templateOf(stack))).toEqual({ ZeroTrustKey: ['logs', 'events', 'sns'] });
  });

  test('a key of the user that has its policy in this app lets them, too, and alarms publish where it encrypts alerts', () => {
    const stack = testStack();
    const masterKey = new Key(stack, 'Alerting');
    respond(stack, {
      encryptionKey: new Key(stack, 'Mine'),
      alertTopic: new Topic(stack, 'Encrypted', { masterKey }),
      sources: [SignalSource.topic(new CfnTopic(stack, 'Topic'))],
    });
    expect(servicesOf(templateOf(stack))).toMatchObject({ Mine: ['events', 'logs', 'sns'], Alerting: ['cloudwatch'] });
  });

  test('a topic of another account and region is subscribed where it is, and its account may use the key', () => {
    const stack = testStack();
    const elsewhere = Topic.fromTopicArn(stack, 'Elsewhere', 'arn:aws:sns:us-east-1:444455556666:anomalies');
    const here = new CfnTopic(stack, 'Here');
    respond(stack, { sources: [SignalSource.topic(elsewhere), SignalSource.topic(here)] });
    const template = templateOf(stack);
    template.hasResourceProperties('AWS::SNS::Subscription', { TopicArn: elsewhere.topicArn, Region: 'us-east-1' });
    template.hasResourceProperties('AWS::SNS::Subscription', { TopicArn: { Ref: 'Here' }, Region: Match.absent() });
    const accounts = ['444455556666', { Ref: 'AWS::AccountId' }];
    template.hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Principal: { Service: 'sns.amazonaws.com' },
            Condition: { StringEquals: { 'aws:SourceAccount': accounts } },
          }),
        ]),
      },
    });
  });

  test('as many topics as there is room for fit into the policies of the queues', () => {
    const stack = testStack();
    const sources = Array.from({ length: 20 }, (_, index) => SignalSource.topic(new CfnTopic(stack, `T${index}`)));
    respond(stack, { sources });
    const policies = templateOf(stack).findResources('AWS::SQS::QueuePolicy');
    for (const { Properties } of Object.values(policies) as { Properties: { PolicyDocument: unknown } }[]) {
      const text = JSON.stringify(Properties.PolicyDocument);
      expect(text.match(/"Condition"/g)?.length).toBeLessThanOrEqual(10);
      expect(text.match(/"Effect"/g)?.length).toBeLessThanOrEqual(20);
      expect(text.length).toBeLessThan(8_192);
    }
  });

  test('evidence can be locked', () => {
    const stack = testStack();
    respond(stack, { evidenceLock: Duration.days(365) });
    templateOf(stack).hasResourceProperties('AWS::S3::Bucket', {
      ObjectLockEnabled: true,
      ObjectLockConfiguration: {
        ObjectLockEnabled: 'Enabled',
        Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days: 365 } },
      },
    });
  });

  test('small regions have smaller rates', () => {
    const stack = testStack({ env: { account: '111122223333', region: 'eu-north-1' } });
    respond(stack);
    const rates = JSON.parse(responderOf(templateOf(stack))[ENV.rates] as string) as Record<string, number>;
    expect(rates).toMatchObject({
      AddThingToThingGroup: 29.25,
      RemoveThingFromThingGroup: 24.375,
      DeleteConnection: 48.75,
    });
  });

  test('an alert goes to the encrypted topic of the user, with its key', () => {
    const stack = testStack();
    const key = new CfnKey(stack, 'Mine', { keyPolicy: {} });
    const alertTopic = new CfnTopic(stack, 'Encrypted', { kmsMasterKeyId: key.ref });
    const { fleet, quarantine } = groups(stack);
    const props = { fleetGroups: [fleet], quarantineGroup: quarantine, alertTopic };
    expect(() => new IncidentResponse(stack, 'Without', props)).toThrow('AlertTopicKeyMissing');
    new IncidentResponse(stack, 'With', { ...props, alertTopicKey: key });
    expect(
      rightsOf(templateOf(stack), 'record-incident').filter(({ Action }) => [Action].flat().includes('sns:Publish')),
    ).toHaveLength(1);
  });

  test('principals may be let send signals', () => {
    const stack = testStack();
    const role = new Role(stack, 'Detector', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    respond(stack).grants.sendSignals(role);
    templateOf(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: [
          Match.objectLike({ Action: 'sqs:SendMessage' }),
          Match.objectLike({ Action: ['kms:Decrypt', 'kms:GenerateDataKey'] }),
        ],
      },
    });
  });

  test.each([
    ['read', ['GET/held', 'GET/incident']],
    ['report', ['POST/report']],
    ['isolate', ['GET/held', 'GET/incident', 'POST/isolate']],
    ['hold', ['GET/held', 'GET/incident', 'POST/hold']],
    ['release', ['GET/held', 'GET/incident', 'POST/release']],
    ['retire', ['GET/held', 'GET/incident', 'POST/retire']],
  ] as const)('%s is a grant of its own', (verb, routes) => {
    const stack = testStack();
    const role = new Role(stack, 'Operator', { assumedBy: new ServicePrincipal('ec2.amazonaws.com') });
    respond(stack).grants[verb](role);
    const [policy] = Object.values(templateOf(stack).findResources('AWS::IAM::Policy')) as {
      Properties: { PolicyDocument: { Statement: Statement[] } };
    }[];
    const [statement, ...others] = policy!.Properties.PolicyDocument.Statement;
    expect(others).toEqual([]);
    expect(statement?.Action).toBe('execute-api:Invoke');
    const granted = ([statement?.Resource].flat() as { 'Fn::Join': [string, unknown[]] }[]).map((arn) =>
      arn['Fn::Join'][1].at(-1),
    );
    expect(granted).toEqual(routes.map((route) => `/$default/${route}`));
  });

  test('sources may be added later, and detectors bring the severities of their behaviors', () => {
    const stack = testStack();
    const alertTopic = new CfnTopic(stack, 'DetectorTopic');
    const behaviors = [
      { name: 'quiet', severity: Severity.LOW },
      { name: 'loud', severity: Severity.HIGH },
    ];
    const response = respond(stack);
    for (const [engineName, id] of [
      ['device-defender', 'a'],
      ['stream', 'b'],
    ] as const)
      response.addSource(
        SignalSource.detector({
          engineName,
          behaviors,
          alertTopic: id === 'a' ? alertTopic : new CfnTopic(stack, 'Other'),
        } as unknown as Detector),
      );
    const sources = JSON.stringify(responderOf(templateOf(stack))[ENV.sources]).replaceAll('\\', '');
    expect(sources).toContain('"kind":"detect"');
    expect(sources).toContain('"kind":"generic"');
    expect(sources).toContain('"severities":{"quiet":"LOW"}');
  });

  test.each([
    ['violationEventType', SignalSource.deviceDefenderDetect],
    ['taskStatus', SignalSource.deviceDefenderAudit],
  ] as const)('of a topic that people are alerted on, only messages with %s are taken', (name, from) => {
    const stack = testStack();
    const alertTopic = new CfnTopic(stack, 'Shared');
    respond(stack, { alertTopic, sources: [from(alertTopic)] });
    templateOf(stack).hasResourceProperties('AWS::SNS::Subscription', {
      FilterPolicyScope: 'MessageBody',
      FilterPolicy: { [name]: [{ exists: true }] },
    });
  });

  test('whose isolation is over is looked at where isolations have an end, and only there', () => {
    const rulesWith = (playbook: Playbook) => {
      const stack = testStack();
      respond(stack, { playbook });
      return JSON.stringify(templateOf(stack).findResources('AWS::Events::Rule'));
    };
    expect(rulesWith(Playbook.standard())).not.toContain('release-due');
    const ends = rulesWith(Playbook.standard({ isolationTimeToLive: Duration.days(1) }));
    expect(ends).toContain('release-due');
    expect(ends).toContain('ReleaseQueue');
  });

  test('several responses live in one stack', () => {
    const stack = testStack();
    respond(stack);
    const other = (name: string) => new CfnThingGroup(stack, name);
    new IncidentResponse(stack, 'Second', {
      fleetGroups: [other('A')],
      quarantineGroup: other('B'),
      playbook: Playbook.standard({ dryRun: true }),
    });
    templateOf(stack).resourceCountIs('AWS::DynamoDB::Table', 2);
  });

  test('imported groups and tokens are fine', () => {
    const stack = testStack();
    const fleet = CfnThingGroup.fromThingGroupName(stack, 'F', Fn.importValue('fleet'));
    const quarantineGroup = CfnThingGroup.fromThingGroupName(stack, 'Q', Fn.importValue('quarantine'));
    expect(() => respond(stack, { fleetGroups: [fleet], quarantineGroup })).not.toThrow();
  });
});

describe('warnings', () => {
  const warningsOf = (playbook: Playbook): string[] => {
    const stack = testStack();
    const response = respond(stack, { playbook });
    return response.node.metadata.map(({ data }) => String(data)).filter((text) => text.includes('zero-trust-iot'));
  };
  const rule = { atLeast: Severity.HIGH, response: Response.ISOLATE };

  test.each([
    ['PlaybookDryRun', Playbook.standard({ dryRun: true })],
    ['BlastRadiusUnbounded', Playbook.standard({ blastRadius: BlastRadius.unbounded() })],
    ['AutomaticRetirement', new Playbook({ rules: [{ ...rule, response: Response.RETIRE }] })],
  ])('%s', (id, playbook) => {
    expect(warningsOf(playbook).join()).toContain(`zero-trust-iot:${id}`);
  });

  test('are not raised for the standard', () => expect(warningsOf(Playbook.standard())).toEqual([]));

  test.each([
    ['us-gov-west-1', ['PipesMissingInRegion']],
    ['us-gov-east-1', ['PipesMissingInRegion']],
    ['us-west-2', []],
    ['cn-north-1', []],
    [undefined, []],
  ])('where there are no pipes: %s', (region, ids) => {
    const stack = testStack({ env: { region } });
    respond(stack);
    const texts = stack.node.findAll().flatMap(({ node }) => node.metadata.map(({ data }) => String(data)));
    expect(texts.filter((text) => text.includes('zero-trust-iot:')).map((text) => /iot:(\w+)/.exec(text)?.[1])).toEqual(
      ids,
    );
  });
});

describe('fails for', () => {
  const attempt =
    (
      change: (parts: {
        stack: Stack;
        fleet: IThingGroupRef;
        quarantine: IThingGroupRef;
      }) => Partial<IncidentResponseProps>,
    ) =>
    () => {
      const stack = testStack({ env: { region: 'eu-west-1' } });
      const { fleet, quarantine } = groups(stack);
      const alertTopic = new CfnTopic(stack, 'Alerts');
      return new IncidentResponse(stack, 'Response', {
        fleetGroups: [fleet],
        quarantineGroup: quarantine,
        alertTopic,
        ...change({ stack, fleet, quarantine }),
      });
    };

  test('nothing', () => expect(attempt(() => ({}))).not.toThrow());

  test.each<[string, Parameters<typeof attempt>[0], string]>([
    ['no fleet group', () => ({ fleetGroups: [] }), 'FleetGroupsInvalid'],
    [
      'eleven fleet groups',
      ({ stack }) => ({ fleetGroups: Array.from({ length: 11 }, (_, n) => new CfnThingGroup(stack, `G${n}`)) }),
      'FleetGroupsInvalid',
    ],
    ['a fleet group twice', ({ fleet }) => ({ fleetGroups: [fleet, fleet] }), 'FleetGroupsInvalid'],
    [
      'the quarantine group among the fleet groups',
      ({ quarantine }) => ({ fleetGroups: [quarantine] }),
      'QuarantineGroupMisused',
    ],
    [
      'a fleet group of another region',
      ({ stack }) => ({ fleetGroups: [groupElsewhere(stack)] }),
      'FleetGroupsInvalid',
    ],
    [
      'a quarantine group of another region',
      ({ stack }) => ({ quarantineGroup: groupElsewhere(stack) }),
      'FleetGroupsInvalid',
    ],
    [
      'a dynamic fleet group, which nothing can leave',
      ({ stack }) => ({ fleetGroups: [new CfnThingGroup(stack, 'Dynamic', { queryString: 'thingName:pump*' })] }),
      'FleetGroupsInvalid',
    ],
    [
      'a dynamic quarantine group, which nothing can join',
      ({ stack }) => ({ quarantineGroup: new CfnThingGroup(stack, 'Dynamic', { queryString: 'thingName:pump*' }) }),
      'QuarantineGroupMisused',
    ],
    [
      'a group that gives rights as the quarantine group',
      ({ stack }) => ({ quarantineGroup: new FleetGroup(stack, 'Rights', { access: [Access.shadow()] }) }),
      'QuarantineGroupMisused',
    ],
    [
      'a quarantine group in a hierarchy',
      ({ stack }) => ({ quarantineGroup: new CfnThingGroup(stack, 'Child', { parentGroupName: 'pumps' }) }),
      'QuarantineGroupNotRoot',
    ],
    [
      'the quarantine group as a protected one',
      ({ quarantine }) => ({ playbook: Playbook.standard({ protectedGroups: [quarantine] }) }),
      'QuarantineGroupMisused',
    ],
    ['no alert topic', () => ({ alertTopic: undefined }), 'AlertTopicMissing'],
    ['a lock of no time', () => ({ evidenceLock: Duration.days(0) }), 'EvidenceLockInvalid'],
    ['a lock of hours', () => ({ evidenceLock: Duration.hours(36) }), 'EvidenceLockInvalid'],
    ['a lock for ever', () => ({ evidenceLock: Duration.days(36_501) }), 'EvidenceLockInvalid'],
    ['a source twice', () => ({ sources: [SignalSource.guardDuty(), SignalSource.guardDuty()] }), 'SignalSourceTwice'],
    [
      'a topic twice',
      ({ stack }) => {
        const topic = new CfnTopic(stack, 'T');
        return { sources: [SignalSource.topic(topic), SignalSource.topic(topic, { severity: Severity.LOW })] };
      },
      'SignalSourceTwice',
    ],
    [
      'a topic that two sources publish to',
      ({ stack }) => {
        const topic = new CfnTopic(stack, 'T');
        return { sources: [SignalSource.deviceDefenderDetect(topic), SignalSource.deviceDefenderAudit(topic)] };
      },
      'SignalSourceTwice',
    ],
    [
      'signals on the topic that people are alerted on',
      ({ stack }) => {
        const alertTopic = new CfnTopic(stack, 'T');
        return { alertTopic, sources: [SignalSource.topic(alertTopic)] };
      },
      'SignalTopicIsAlertTopic',
    ],
    [
      'more than a function can be told',
      ({ stack }) => ({
        sources: Array.from({ length: 40 }, (_, n) => SignalSource.topic(new CfnTopic(stack, `Topic${n}`))),
      }),
      'ResponseSettingsTooLarge',
    ],
  ])('%s', (_name, change, code) => expect(attempt(change)).toThrow(code));

  test('all that is wrong at once', () => {
    expect(attempt(() => ({ fleetGroups: [], alertTopic: undefined, evidenceLock: Duration.days(0) }))).toThrow(
      /'fleetGroups' must have.*'alertTopic' must be given.*'evidenceLock' must be/,
    );
  });
});

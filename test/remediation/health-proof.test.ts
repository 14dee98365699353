import { type App, Duration, Lazy, NestedStack, Stack } from 'aws-cdk-lib';
import { Annotations, Match, type Template } from 'aws-cdk-lib/assertions';
import { CfnThingGroup } from 'aws-cdk-lib/aws-iot';
import { CfnTopic } from 'aws-cdk-lib/aws-sns';
import { ENV } from '../../lambda/prove-health/contract';
import { capabilityOf } from '../../lib/internal/capability';
import { IncidentResponse } from '../../lib/mitigation/incident-response';
import { Playbook } from '../../lib/mitigation/playbook';
import { HealthProof, type HealthProofProps } from '../../lib/remediation/health-proof';
import { PatchChannel } from '../../lib/remediation/patch-channel';
import { PatchDocument } from '../../lib/remediation/patch-document';
import { PatchStep } from '../../lib/remediation/patch-step';
import { ReleaseApproval } from '../../lib/remediation/release-approval';
import { templateOf, testApp, testStack } from '../support/app';
import { nagFindings } from '../support/nag';

const DOCUMENT = PatchDocument.ofSteps([PatchStep.handler('Update', 'update.sh')]);

function parts(stack: Stack, dryRun = false) {
  const fleet = new CfnThingGroup(stack, 'Fleet', { thingGroupName: 'pumps' });
  const quarantineGroup = new CfnThingGroup(stack, 'Quarantine', { thingGroupName: 'quarantine' });
  const response = new IncidentResponse(stack, 'Response', {
    fleetGroups: [fleet],
    quarantineGroup,
    ...(dryRun ? { playbook: Playbook.standard({ dryRun: true }) } : { alertTopic: new CfnTopic(stack, 'Alerts') }),
  });
  return { fleet, response, patches: new PatchChannel(stack, 'Patches', { quarantineGroup, document: DOCUMENT }) };
}

function prove(stack: Stack, props: Partial<HealthProofProps> = {}): HealthProof {
  return new HealthProof(stack, 'Proof', { ...parts(stack), ...props });
}

function variablesOf(template: Template): Record<string, unknown> {
  const [found] = Object.values(
    template.findResources('AWS::Lambda::Function', {
      Properties: { Description: 'Follows repairs, and releases devices that have proved their health' },
    }),
  ) as { Properties: { Environment: { Variables: Record<string, unknown> } } }[];
  return found!.Properties.Environment.Variables;
}

const ruleOf = (stack: Stack) => JSON.parse(variablesOf(templateOf(stack))[ENV.rule] as string) as object;

describe('by default', () => {
  let template: Template;
  let proof: HealthProof;
  let stack: Stack;
  beforeAll(() => {
    stack = testStack();
    proof = prove(stack);
    template = templateOf(stack);
  });

  test('three clean hours after the job, alarms ended, and a person decides', () => {
    expect(JSON.parse(variablesOf(template)[ENV.rule] as string)).toEqual({
      windows: 3,
      windowSeconds: 3_600,
      requireCleared: true,
      silentSeconds: 86_400,
      automaticReleases: 0,
    });
    expect(JSON.parse(variablesOf(template)[ENV.rates] as string)).toEqual({ DescribeJobExecution: 4.875 });
    expect(Object.keys(variablesOf(template)).sort()).toEqual(Object.values(ENV).sort());
    expect(variablesOf(template)[ENV.jobId]).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^Patches/), 'JobId'] });
  });

  test('it hears of isolated devices by the event bus, and of nothing else', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['zero-trust-iot'],
        'detail-type': ['Incident State Change'],
        detail: { state: ['isolated'] },
      },
      Targets: [Match.objectLike({ DeadLetterConfig: { Arn: Match.anyValue() } })],
    });
  });

  test('it hears of the jobs of its channel by MQTT, with a role that can only tell the queue', () => {
    const rules = Object.values(template.findResources('AWS::IoT::TopicRule')) as {
      Properties: {
        TopicRulePayload: { Sql: { 'Fn::Join': [string, unknown[]] }; Actions: object[]; ErrorAction: object };
      };
    }[];
    const texts = rules.map(({ Properties }) =>
      Properties.TopicRulePayload.Sql['Fn::Join'][1].map((part) => (typeof part === 'string' ? part : 'guid')).join(''),
    );
    expect(texts.sort()).toEqual([
      expect.stringMatching(
        /^SELECT eventType, operation, jobId, thingArn FROM '\$aws\/events\/job\/\+\/canceled' WHERE startswith\(topic\(4\), '[0-9a-f]{8}-guid-'\)$/,
      ),
      expect.stringMatching(
        /^SELECT eventType, operation, jobId, thingArn FROM '\$aws\/events\/jobExecution\/\+\/\+' WHERE startswith\(topic\(4\), '[0-9a-f]{8}-guid-'\)$/,
      ),
    ]);
    for (const { Properties } of rules) {
      expect(Properties.TopicRulePayload.Actions).toEqual([{ Sqs: expect.objectContaining({ UseBase64: false }) }]);
      expect(Properties.TopicRulePayload.ErrorAction).toEqual({ Sqs: expect.anything() });
    }
    template.hasResourceProperties('AWS::IAM::ManagedPolicy', {
      Description: 'Puts events of patch jobs on the queue of the proof of health',
      PolicyDocument: {
        Statement: [
          Match.objectLike({ Action: ['sqs:SendMessage'] }),
          Match.objectLike({ Action: ['kms:Decrypt', 'kms:GenerateDataKey'] }),
        ],
      },
    });
  });

  test('it may read jobs of the channel, write incidents and order releases, and touch no device', () => {
    const [policy] = Object.values(
      template.findResources('AWS::IAM::ManagedPolicy', {
        Properties: { Description: "What the handler 'prove-health' may do" },
      }),
    ) as { Properties: { PolicyDocument: { Statement: { Action: string[] }[] } } }[];
    const actions = policy!.Properties.PolicyDocument.Statement.flatMap(({ Action }) => Action);
    expect(actions.filter((action) => action.startsWith('iot:'))).toEqual(['iot:DescribeJobExecution']);
    expect(actions).toEqual(expect.arrayContaining(['dynamodb:Query', 'dynamodb:PutItem', 'sqs:SendMessage']));
  });

  test('people hear of jobs that fail, devices that are silent, a job that stops, and a proof that is late', () => {
    for (const MetricName of ['RepairsFailed', 'RepairsSilent', 'PatchJobsStopped'])
      template.hasResourceProperties('AWS::CloudWatch::Alarm', {
        MetricName,
        Namespace: 'ZeroTrustIot',
        AlarmActions: [{ Ref: 'Alerts' }],
        Dimensions: [
          { Name: 'Service', Value: 'prove-health' },
          { Name: 'QuarantineGroup', Value: { Ref: 'Quarantine' } },
        ],
      });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'ApproximateAgeOfOldestMessage',
      Threshold: 3_600,
    });
  });

  test('it belongs to its capability', () => {
    expect(HealthProof.isHealthProof(proof)).toBe(true);
    expect(HealthProof.isHealthProof(stack)).toBe(false);
    expect(capabilityOf(proof.node.findChild('Rule') as never)).toBe('remediation');
    expect(stack.resolve(proof.functionName)).toEqual({ Ref: expect.stringMatching(/^Proof/) });
  });
});

test('everything can be said otherwise', () => {
  const stack = testStack();
  prove(stack, {
    windows: 10,
    window: Duration.minutes(5),
    silence: Duration.days(14),
    requireClearedAlarms: false,
    approval: ReleaseApproval.automatic({ mostReleases: 1 }),
  });
  expect(ruleOf(stack)).toEqual({
    windows: 10,
    windowSeconds: 300,
    requireCleared: false,
    silentSeconds: 1_209_600,
    automaticReleases: 1,
  });
});

test('without a channel no job is asked for, none can be read, and none can fail', () => {
  const stack = testStack();
  const { response } = parts(stack, true);
  new HealthProof(stack, 'Proof', { response });
  const template = templateOf(stack);
  expect(variablesOf(template)).not.toHaveProperty(ENV.jobId);
  expect(JSON.stringify(template.toJSON())).not.toContain('iot:DescribeJobExecution');
  template.resourceCountIs('AWS::IoT::TopicRule', 0);
  template.resourcePropertiesCountIs('AWS::CloudWatch::Alarm', { MetricName: 'RepairsFailed' }, 0);
});

test('warns of a release without a person, and of no other', () => {
  const warned = testStack();
  prove(warned, { approval: ReleaseApproval.automatic() });
  Annotations.fromStack(warned).hasWarning('/Test/Proof', Match.stringLikeRegexp('ReleaseAutomatic'));
  expect(ruleOf(warned)).toMatchObject({ automaticReleases: 3 });
  const quiet = testStack();
  prove(quiet, { approval: ReleaseApproval.byPerson() });
  Annotations.fromStack(quiet).hasNoWarning('/Test/Proof', Match.anyValue());
});

test('a channel in a stack before that of the response, with the group in one before both', () => {
  const app = testApp();
  const [base, work, stack] = ['Base', 'Work', 'Test'].map((id) => new Stack(app, id)) as [Stack, Stack, Stack];
  const quarantineGroup = new CfnThingGroup(base, 'Quarantine');
  const patches = new PatchChannel(work, 'Patches', { quarantineGroup, document: DOCUMENT });
  const response = new IncidentResponse(stack, 'Response', {
    fleetGroups: [new CfnThingGroup(base, 'Fleet')],
    quarantineGroup,
    playbook: Playbook.standard({ dryRun: true }),
  });
  new HealthProof(stack, 'Proof', { response, patches });
  expect(JSON.stringify(variablesOf(templateOf(stack))[ENV.jobId])).toContain('Fn::ImportValue');
});

describe('fails for', () => {
  test.each<[string, Partial<HealthProofProps>, RegExp]>([
    ['no window', { windows: 0 }, /'windows' must be a whole number from 1 to 100, got 0/],
    ['101 windows', { windows: 101 }, /got 101/],
    ['half a window', { windows: 1.5 }, /whole number/],
    ['a window of 4 minutes', { window: Duration.minutes(4) }, /'window'.*5 to 10080 minutes, got 4/],
    ['a window of 8 days', { window: Duration.days(8) }, /'window'/],
    ['a silence of 14 minutes', { silence: Duration.minutes(14) }, /'silence'.*15 to 20160 minutes/],
    ['a silence of 15 days', { silence: Duration.days(15) }, /'silence'/],
  ])('%s', (_name, props, message) => {
    expect(() => prove(testStack(), props)).toThrow(
      expect.objectContaining({ code: 'HealthProofInvalid', message: expect.stringMatching(message) }),
    );
  });

  test('a channel of another group', () => {
    const stack = testStack();
    const { response, fleet } = parts(stack);
    const patches = new PatchChannel(stack, 'Others', { quarantineGroup: fleet, document: DOCUMENT });
    expect(() => new HealthProof(stack, 'Proof', { response, patches })).toThrow(
      expect.objectContaining({ code: 'HealthProofInvalid', message: expect.stringContaining('another group') }),
    );
  });

  test('a response in another stack, since the two refer to each other; nested ones go with theirs', () => {
    const stack = testStack();
    const { response } = parts(stack);
    expect(() => new HealthProof(new Stack(stack.node.scope, 'Other'), 'Proof', { response })).toThrow(
      /'response' is in the stack Test, and the two refer to each other; put the proof there, too/,
    );
    expect(() => new HealthProof(new NestedStack(stack, 'Nested'), 'Proof', { response })).not.toThrow();
  });

  test('a channel in a stack that needs the group of this one', () => {
    const stack = testStack();
    const { response, patches } = parts(stack);
    const { quarantineGroup } = patches;
    const other = new Stack(stack.node.scope, 'Other');
    const elsewhere = new PatchChannel(other, 'Patches', { quarantineGroup, document: DOCUMENT });
    expect(() => new HealthProof(stack, 'Proof', { response, patches: elsewhere })).toThrow(
      /'patches' is in the stack Other, which needs the quarantine group of this one/,
    );
  });

  test('two proofs of one response, which would undo what the other does', () => {
    const stack = testStack();
    const { response, patches } = parts(stack);
    new HealthProof(stack, 'Proof', { response, patches });
    expect(() => new HealthProof(new NestedStack(stack, 'Nested'), 'Second', { response })).toThrow(
      /'response' has a proof already, Test\/Proof, and two would undo/,
    );
  });

  test.each([0, 101, 1.5])('%d automatic releases', (mostReleases) => {
    expect(() => ReleaseApproval.automatic({ mostReleases })).toThrow(
      expect.objectContaining({ code: 'HealthProofInvalid' }),
    );
  });

  test('and not for what is just allowed, or known only at deployment', () => {
    const props = {
      windows: Lazy.number({ produce: () => 2 }),
      window: Duration.days(7),
      silence: Duration.minutes(15),
    };
    expect(() => prove(testStack(), props)).not.toThrow();
    expect(() => ReleaseApproval.automatic({ mostReleases: 100 })).not.toThrow();
  });
});

function everything(): App {
  const app = testApp();
  const stack = new Stack(app, 'Test');
  const { response, patches } = parts(stack);
  new HealthProof(stack, 'Proof', { response, patches });
  const quiet = new Stack(app, 'Quiet');
  new HealthProof(quiet, 'Proof', { response: parts(quiet, true).response });
  return app;
}

test('cdk-nag finds nothing that is not acknowledged', () => {
  const open = nagFindings(everything()).open;
  expect(open.filter((finding) => !finding.endsWith('at Test/Alerts'))).toEqual([]);
});

import { App, Aws, Duration, Stack } from 'aws-cdk-lib';
import { Annotations, Match, type Template } from 'aws-cdk-lib/assertions';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { CfnThingGroup, CfnThingType } from 'aws-cdk-lib/aws-iot';
import { CfnKey, Key } from 'aws-cdk-lib/aws-kms';
import { CfnTopic, Topic as ImportedTopic } from 'aws-cdk-lib/aws-sns';
import {
  Access,
  AccountSetting,
  AllowList,
  Behavior,
  Detection,
  Enrollment,
  FleetPart,
  Playbook,
  QuarantineGroup,
  SignalSource,
  Topic,
  ZeroTrustAccount,
  ZeroTrustFleet,
  type ZeroTrustFleetProps,
} from '../../lib';
import { testApp, testStack, templateOf } from '../support/app';

const access = [Access.publish(Topic.of('dt', Topic.THING, 'telemetry'))];
const behaviors = [Behavior.messagesSent().mustBeAtMost(120).per(Duration.minutes(5))];

function template(props: Partial<ZeroTrustFleetProps> = {}): Template {
  const stack = testStack();
  new ZeroTrustFleet(stack, 'Fleet', { access, ...props });
  return templateOf(stack);
}

describe('with access only', () => {
  let made: Template;
  beforeAll(() => {
    made = template();
  });

  test('has a fleet group and a quarantine group, both roots', () => {
    made.resourceCountIs('AWS::IoT::ThingGroup', 2);
    expect(
      Object.values(made.findResources('AWS::IoT::ThingGroup')).filter(
        ({ Properties }) => Properties?.ParentGroupName !== undefined,
      ),
    ).toEqual([]);
  });

  test('attaches policies to both groups and none to certificates', () => {
    made.resourceCountIs('Custom::IotGroupPolicies', 2);
    made.resourceCountIs('AWS::IoT::PolicyPrincipalAttachment', 0);
  });

  test('enrolls by claim, with a list that nobody is on yet', () => {
    made.resourceCountIs('AWS::IoT::ProvisioningTemplate', 1);
    made.resourceCountIs('Custom::IotAllowList', 0);
    made.resourcePropertiesCountIs(
      'AWS::DynamoDB::Table',
      { KeySchema: [{ AttributeName: 'serial', KeyType: 'HASH' }] },
      1,
    );
  });

  test('answers signals about its devices, within the standard playbook', () => {
    made.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { PLAYBOOK: Match.stringLikeRegexp('"devices":50'), FLEET_GROUPS: Match.anyValue() } },
    });
  });

  test('sends alarms to a topic of its own', () => {
    made.resourceCountIs('AWS::SNS::Topic', 1);
    for (const { Properties } of Object.values(made.findResources('AWS::CloudWatch::Alarm')))
      expect(Properties?.AlarmActions).toHaveLength(1);
  });

  test('keeps the quarantine when the stack is deleted', () => {
    const kept = Object.values(
      made.toJSON().Resources as Record<string, { Type: string; DeletionPolicy?: string }>,
    ).filter(({ DeletionPolicy }) => /^Retain/.test(DeletionPolicy ?? ''));
    expect(kept.map(({ Type }) => Type)).toEqual(
      expect.arrayContaining(['AWS::IoT::ThingGroup', 'Custom::IotGroupPolicies', 'AWS::DynamoDB::Table']),
    );
  });
});

test('the number of resources does not depend on the number of serials', () => {
  const sizes = [1, 5_000].map((count) => {
    const serials = Array.from({ length: count }, (_, index) => `S${index}`);
    const made = template({ enrollment: Enrollment.byClaim({ allowList: AllowList.fromSerials(serials) }) });
    return Object.keys(made.toJSON().Resources as object).length;
  });
  expect(sizes[0]).toBe(sizes[1]);
});

test('uses the topic of the account in the same stack', () => {
  const stack = testStack();
  const account = new ZeroTrustAccount(stack, 'Account');
  const fleet = new ZeroTrustFleet(stack, 'Fleet', { access });
  expect(fleet.alertTopic).toBe(account.alertTopic);
  templateOf(stack).resourceCountIs('AWS::SNS::Topic', 1);
});

test('logs more of the isolated where the account logs', () => {
  const stack = testStack();
  new ZeroTrustAccount(stack, 'Account');
  new ZeroTrustFleet(stack, 'Fleet', { access });
  templateOf(stack).hasResourceProperties('AWS::IoT::ResourceSpecificLogging', {
    TargetType: 'THING_GROUP',
    LogLevel: 'DEBUG',
  });
});

test('an account may have several, in one stack or many', () => {
  const app = testApp();
  const stack = new Stack(app, 'One');
  new ZeroTrustFleet(stack, 'Pumps', { access });
  new ZeroTrustFleet(stack, 'Valves', { access });
  new ZeroTrustFleet(new Stack(app, 'Two'), 'Meters', { access });
  templateOf(stack).resourceCountIs('AWS::IoT::ThingGroup', 4);
  templateOf(stack).resourceCountIs('AWS::KMS::Key', 1);
});

test('takes what exists', () => {
  const stack = testStack();
  const fleetGroup = CfnThingGroup.fromThingGroupName(stack, 'G', 'pumps');
  const quarantineGroup = CfnThingGroup.fromThingGroupName(stack, 'Q', 'held');
  const alertTopic = ImportedTopic.fromTopicArn(stack, 'T', 'arn:aws:sns:eu-central-1:111111111111:soc');
  const encryptionKey = new CfnKey(stack, 'K', { keyPolicy: {} });
  const thingType = new CfnThingType(stack, 'Type', {});
  const fleet = new ZeroTrustFleet(stack, 'Fleet', {
    access,
    fleetGroup,
    quarantineGroup,
    alertTopic,
    encryptionKey,
    thingType,
  });
  expect([fleet.fleetGroup, fleet.quarantineGroup, fleet.alertTopic]).toEqual([
    fleetGroup,
    quarantineGroup,
    alertTopic,
  ]);
  const made = templateOf(stack);
  made.resourceCountIs('AWS::IoT::ThingGroup', 0);
  made.resourceCountIs('AWS::SNS::Topic', 0);
  made.hasResourceProperties('Custom::IotGroupPolicies', { ThingGroupName: 'pumps' });
  made.hasResourceProperties('AWS::DynamoDB::Table', {
    SSESpecification: Match.objectLike({ KMSMasterKeyId: { 'Fn::GetAtt': ['K', 'Arn'] } }),
  });
});

describe('detection', () => {
  test('in the stack of the fleet', () => {
    template({ behaviors, detection: [Detection.deviceDefender()] }).resourceCountIs('AWS::IoT::SecurityProfile', 1);
  });

  test('is the engine that every account can deploy, where none is named', () => {
    const made = template({ behaviors });
    made.resourceCountIs('AWS::Kinesis::Stream', 1);
    made.resourceCountIs('AWS::IoT::SecurityProfile', 0);
    template({}).resourceCountIs('AWS::Kinesis::Stream', 0);
  });

  test('tells people on their topic of what is wrong with itself, and machines on theirs of devices', () => {
    const stack = testStack();
    const fleet = new ZeroTrustFleet(stack, 'Fleet', { access, behaviors });
    const [detector] = fleet.detectors;
    const made = templateOf(stack);
    made.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'IteratorAge',
      AlarmActions: [stack.resolve(fleet.alertTopic.topicRef.topicArn)],
    });
    made.hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'sqs',
      TopicArn: stack.resolve(detector?.alertTopic.topicRef.topicArn),
      FilterPolicyScope: 'MessageBody',
      FilterPolicy: { schema: ['zero-trust-iot/signal@1'] },
    });
  });

  const engines = { detection: [Detection.deviceDefender(), Detection.stream()] };
  const watched = (stack: Stack) => {
    const [profile] = Object.values(templateOf(stack).findResources('AWS::IoT::SecurityProfile'));
    const [judge] = Object.values(
      templateOf(stack).findResources('AWS::Lambda::Function', {
        Properties: { Environment: { Variables: { TARGET_GROUPS: Match.anyValue() } } },
      }),
    );
    return {
      profile: profile?.Properties.TargetArns as unknown[],
      judge: judge?.Properties.Environment.Variables.TARGET_GROUPS as unknown,
    };
  };

  test('also while its devices are isolated: how else would one be known to be well again', () => {
    const stack = testStack();
    const fleet = new ZeroTrustFleet(stack, 'Fleet', { access, behaviors, ...engines });
    const { fleetGroup, quarantineGroup } = fleet;
    const groups = [fleetGroup, quarantineGroup].map(({ thingGroupRef }) => thingGroupRef);
    const { profile, judge } = watched(stack);
    expect(profile).toEqual(groups.map(({ thingGroupArn }) => stack.resolve(thingGroupArn)));
    const [one, other] = groups.map(({ thingGroupName }) => stack.resolve(thingGroupName) as object);
    expect(judge).toEqual({ 'Fn::Join': ['', ['{"0":["', one, '","', other, '"]}']] });
  });

  test('but not in a quarantine that is shared: the normal of others is another', () => {
    const stack = testStack();
    const quarantineGroup = new QuarantineGroup(stack, 'Shared');
    new ZeroTrustFleet(stack, 'Fleet', { access, behaviors, quarantineGroup, ...engines });
    expect(watched(stack).profile).toHaveLength(1);
    expect(JSON.stringify(watched(stack).judge)).not.toContain('Shared');
  });

  test('in a stack apart, on which the fleet does not depend', () => {
    const app = testApp();
    const stack = new Stack(app, 'Fleet');
    const apart = new Stack(app, 'Detect');
    const fleet = new ZeroTrustFleet(stack, 'Fleet', { access, behaviors, detection: [] });
    fleet.watchWith(apart, 'Profiles', Detection.deviceDefender());
    templateOf(apart).resourceCountIs('AWS::IoT::SecurityProfile', 1);
    templateOf(stack).resourceCountIs('AWS::IoT::SecurityProfile', 0);
    expect(stack.dependencies).toEqual([]);
    expect(apart.dependencies).toEqual([stack]);
  });

  test('warns when nothing watches the behaviors', () => {
    const stack = testStack();
    new ZeroTrustFleet(stack, 'Fleet', { access, behaviors, detection: [] });
    Annotations.fromStack(stack).hasWarning(
      '/Test/Fleet',
      Match.stringLikeRegexp('1 behavior is stated, but no engine watches.*zero-trust-iot:BehaviorsNotWatched'),
    );
  });

  test('does not warn when something does', () => {
    const stack = testStack();
    new ZeroTrustFleet(stack, 'Fleet', { access, behaviors, detection: [Detection.deviceDefender()] });
    Annotations.fromStack(stack).hasNoWarning('/Test/Fleet', Match.stringLikeRegexp('BehaviorsNotWatched'));
  });
});

describe('variables of topics that enrollment sets on no device', () => {
  const { THING } = Topic;
  const topics = (...levels: string[]) => [Access.publish(Topic.of('a', THING, ...levels))];
  const warned = (props: ZeroTrustFleetProps): string | undefined => {
    const { node } = new ZeroTrustFleet(testStack(), 'Fleet', props);
    return node.metadata.map(({ data }) => String(data)).find((data) => data.includes('VariablesNotSet'));
  };

  test('are warned of by name', () => {
    const access = [...topics(Topic.attribute('site'), Topic.attribute('Serialnumber')), ...topics(Topic.THING_TYPE)];
    expect(warned({ access })).toMatch(
      /^'access' names \$\{attribute\.\w+\}, \$\{attribute\.\w+\}, \$\{thingType\}, which/,
    );
    const enrollment = Enrollment.byClaim({ attributes: { sit: 'x' } });
    expect(warned({ access: topics(Topic.attribute('site')), enrollment })).toContain('names ${attribute.site}, which');
  });

  test('are not where enrollment sets them, or may', () => {
    expect(warned({ access: topics(Topic.attribute('serialNumber')) })).toBeUndefined();
    const attributes = { site: 'x' };
    const access = topics(Topic.attribute('site'));
    expect(warned({ access, enrollment: Enrollment.byClaim({ attributes }) })).toBeUndefined();
    const someName = { [Aws.STACK_NAME]: 'x' };
    expect(warned({ access, enrollment: Enrollment.byClaim({ attributes: someName }) })).toBeUndefined();
    const thingType = CfnThingType.fromThingTypeName(testStack(), 'Type', 'pump');
    expect(warned({ access: topics(Topic.THING_TYPE), thingType })).toBeUndefined();
    const typed = Enrollment.byClaim({ thingType });
    expect(warned({ access: topics(Topic.THING_TYPE), enrollment: typed })).toBeUndefined();
  });
});

describe('the response', () => {
  const variablesOf = (made: Template) => {
    const [found] = Object.values(
      made.findResources('AWS::Lambda::Function', {
        Properties: { Environment: { Variables: { PLAYBOOK: Match.anyValue() } } },
      }),
    ) as { Properties: { Environment: { Variables: Record<string, unknown> } } }[];
    return found?.Properties.Environment.Variables;
  };
  const withEngine = { behaviors, detection: [Detection.deviceDefender()] };

  test('hears the engines of the fleet on a topic that no person reads', () => {
    const stack = testStack();
    const fleet = new ZeroTrustFleet(stack, 'Fleet', { access, ...withEngine });
    const [detector] = fleet.detectors;
    expect(detector?.alertTopic).not.toBe(fleet.alertTopic);
    const made = templateOf(stack);
    made.resourceCountIs('AWS::SNS::Subscription', 1);
    made.hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'sqs',
      TopicArn: stack.resolve(detector?.alertTopic.topicRef.topicArn),
      FilterPolicy: Match.absent(),
    });
    expect(JSON.stringify(variablesOf(made)?.SOURCES)).toContain('detect');
  });

  test('a second look by the same engine has a topic of its own', () => {
    const stack = testStack();
    const fleet = new ZeroTrustFleet(stack, 'Fleet', { access, ...withEngine });
    fleet.watchWith(new Stack(stack, 'Apart'), 'Profiles', Detection.deviceDefender());
    templateOf(stack).resourceCountIs('AWS::SNS::Subscription', 2);
  });

  test('hears the audit of the account, but not what people are told on its topic', () => {
    const stack = testStack();
    const account = new ZeroTrustAccount(stack, 'Account');
    new ZeroTrustFleet(stack, 'Fleet', { access });
    templateOf(stack).hasResourceProperties('AWS::SNS::Subscription', {
      TopicArn: stack.resolve(account.alertTopic.topicRef.topicArn),
      FilterPolicyScope: 'MessageBody',
      FilterPolicy: { taskStatus: [{ exists: true }] },
    });
  });

  test('follows the playbook and the sources that are given', () => {
    const made = template({
      response: Playbook.standard({ dryRun: true }),
      signalSources: [SignalSource.guardDuty()],
      evidenceLock: Duration.days(30),
    });
    expect(variablesOf(made)?.PLAYBOOK).toContain('"dryRun":true');
    expect(variablesOf(made)?.SOURCES).toContain('guardDuty');
    made.hasResourceProperties('AWS::S3::Bucket', { ObjectLockEnabled: true });
  });

  test('can be left out: then people get the alerts of engines', () => {
    const stack = testStack();
    const fleet = new ZeroTrustFleet(stack, 'Fleet', { access, ...withEngine, without: [FleetPart.RESPONSE] });
    expect(fleet.response).toBeUndefined();
    expect(fleet.detectors[0]?.alertTopic).toBe(fleet.alertTopic);
    expect(variablesOf(templateOf(stack))).toBeUndefined();
    templateOf(stack).resourceCountIs('AWS::S3::Bucket', 0);
    expect(() => fleet.grants).toThrow(/'without' leaves the response out.*\[ResponseLeftOut\]/);
  });

  test('its rights are granted by the fleet', () => {
    const stack = testStack();
    const fleet = new ZeroTrustFleet(stack, 'Fleet', { access });
    const role = new Role(stack, 'Operator', { assumedBy: new AccountRootPrincipal() });
    fleet.grants.release(role);
    expect(fleet.grants).toBe(fleet.response?.grants);
    templateOf(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: Match.objectLike({ Statement: [Match.objectLike({ Action: 'execute-api:Invoke' })] }),
    });
  });
});

describe('fails', () => {
  test.each<[string, (stack: Stack) => Partial<ZeroTrustFleetProps>, RegExp]>([
    ['without access', () => ({ access: [] }), /'access' must have at least 1 item/],
    [
      'for an engine without behaviors',
      () => ({ detection: [Detection.deviceDefender()] }),
      /'detection' is given, but 'behaviors' states nothing to watch.*\[EnginesWithoutBehaviors\]/,
    ],
    [
      'for the same engine twice',
      () => ({ behaviors, detection: [Detection.deviceDefender(), Detection.deviceDefender()] }),
      /'detection' must not name an item twice/,
    ],
    [
      'for an encrypted topic without its key',
      (stack) => ({ alertTopic: new CfnTopic(stack, 'T', { kmsMasterKeyId: 'alias/mine' }) }),
      /AlertTopicKeyMissing/,
    ],
    [
      'for a dynamic fleet group',
      (stack) => ({ fleetGroup: new CfnThingGroup(stack, 'G', { queryString: 'attributes.a:1' }) }),
      /dynamic group.*GroupPoliciesOnDynamicGroup/,
    ],
    ...(
      [
        ['response', Playbook.standard()],
        ['signalSources', []],
        ['evidenceLock', Duration.days(1)],
        ['connectionGate', { denyListName: 'Denied', functionArn: 'arn', guard: () => undefined }],
      ] as const
    ).map(([property, value]): [string, () => Partial<ZeroTrustFleetProps>, RegExp] => [
      `for ${property} of a response that is left out`,
      () => ({ [property]: value, without: [FleetPart.RESPONSE] }),
      new RegExp(`'${property}' is given, but 'without' leaves RESPONSE out.*\\[PartLeftOut\\]`),
    ]),
    [
      'for a part left out twice',
      () => ({ without: [FleetPart.RESPONSE, FleetPart.RESPONSE] }),
      /'without' must not name an item twice/,
    ],
    [
      'for a quarantine that has a parent',
      (stack) => ({ quarantineGroup: new CfnThingGroup(stack, 'G', { parentGroupName: 'plant' }) }),
      /'quarantineGroup' has a parent, .* give a root group \[QuarantineUnfit\]/,
    ],
    [
      'for a key without the topic that it is of',
      (stack) => ({ alertTopicKey: new Key(stack, 'K') }),
      /'alertTopicKey' is given without 'alertTopic'.*\[AlertTopicKeyUnfit\]/,
    ],
    [
      'for a FIFO topic',
      (stack) => ({ alertTopic: new ImportedTopic(stack, 'T', { fifo: true }) }),
      /'alertTopic' Test\/T is a FIFO topic.*\[AlertTopicFifo\]/,
    ],
    [
      'for the group of another fleet as quarantine',
      (stack) => ({ quarantineGroup: new ZeroTrustFleet(stack, 'Other', { access }).fleetGroup }),
      /'quarantineGroup' Test\/Other\/Group is the group of a fleet.*rights of that fleet; give a QuarantineGroup.*\[QuarantineUnfit\]/,
    ],
    [
      'for a group that is given to another fleet as quarantine',
      (stack) => {
        const quarantineGroup = new CfnThingGroup(stack, 'G');
        new ZeroTrustFleet(stack, 'Other', { access, fleetGroup: quarantineGroup });
        return { quarantineGroup };
      },
      /'quarantineGroup' Test\/G is the group of a fleet.*\[QuarantineUnfit\]/,
    ],
    [
      'for the quarantine of another fleet as its group',
      (stack) => {
        const fleetGroup = new CfnThingGroup(stack, 'G');
        new ZeroTrustFleet(stack, 'Other', { access, quarantineGroup: fleetGroup });
        return { fleetGroup };
      },
      /'fleetGroup' Test\/G is a quarantine group.*give another group.*\[FleetGroupInQuarantine\]/,
    ],
    [
      'for a quarantine group as its group',
      (stack) => ({ fleetGroup: new QuarantineGroup(stack, 'G') }),
      /'fleetGroup' Test\/G is a quarantine group.*\[FleetGroupInQuarantine\]/,
    ],
    [
      'for a dynamic group as quarantine',
      (stack) => ({ quarantineGroup: new CfnThingGroup(stack, 'G', { queryString: 'attributes.a:1' }) }),
      /'quarantineGroup' has a query, so it is a dynamic group, which takes no things \[QuarantineUnfit\]/,
    ],
    [
      'for the fleet group as its own quarantine',
      (stack) => {
        const group = new CfnThingGroup(stack, 'G', {});
        return { fleetGroup: group, quarantineGroup: group };
      },
      /'quarantineGroup' must be another group than 'fleetGroup'.*\[QuarantineIsFleet\]/,
    ],
    [
      'for access that does not fit',
      () => ({
        access: Array.from({ length: 60 }, (_, index) =>
          Access.publish(Topic.of(`area-${index}`, Topic.THING, 'measurements')),
        ),
      }),
      /characters/,
    ],
  ])('%s', (_what, props, expected) => {
    const stack = testStack();
    expect(() => new ZeroTrustFleet(stack, 'Fleet', { access, ...props(stack) })).toThrow(expected);
  });
});

test('works in the partitions of China and GovCloud', () => {
  for (const region of ['cn-north-1', 'us-gov-west-1']) {
    const app = new App({
      outdir: testApp().outdir,
      analyticsReporting: false,
      context: { 'aws:cdk:disable-asset-staging': true },
    });
    const stack = new Stack(app, 'Fleet', { env: { account: '111111111111', region } });
    new ZeroTrustFleet(stack, 'Fleet', { access });
    expect(JSON.stringify(templateOf(stack).findResources('AWS::IoT::Policy'))).not.toMatch(/arn:aws:/);
  }
});

test('alarms of enrollment and detection reach a topic whose key the account was given, also without a response', () => {
  const stack = testStack();
  const topicKey = new Key(stack, 'TopicKey');
  const topic = ImportedTopic.fromTopicArn(stack, 'Alerts', 'arn:aws:sns:eu-west-1:111122223333:alerts');
  new ZeroTrustAccount(stack, 'Account', { alerts: { topic, topicKey }, without: [AccountSetting.AUDIT] });
  new ZeroTrustFleet(stack, 'Fleet', { access, without: [FleetPart.RESPONSE] });
  templateOf(stack).hasResourceProperties('AWS::KMS::Key', {
    Description: Match.absent(),
    KeyPolicy: {
      Statement: Match.arrayWith([Match.objectLike({ Principal: { Service: 'cloudwatch.amazonaws.com' } })]),
    },
  });
});

test('names the properties whose topic or key is of another region', () => {
  const here = new Stack(testApp(), 'Here', { env: { account: '111122223333', region: 'eu-west-1' } });
  const there = new Stack(here.node.root, 'There', { env: { account: '111122223333', region: 'us-east-1' } });
  const alertTopic = new ImportedTopic(there, 'T');
  const encryptionKey = new Key(there, 'K');
  expect(() => new ZeroTrustFleet(here, 'Fleet', { access, alertTopic, encryptionKey })).toThrow(
    /^Here\/Fleet: 'alertTopic' There\/T is in us-east-1, and this stack in eu-west-1; give .*; 'encryptionKey' There\/K is in us-east-1.*\[AlarmTopicElsewhere\]/,
  );
});

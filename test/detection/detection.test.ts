import { Duration, Stack } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import { CfnThingGroup } from 'aws-cdk-lib/aws-iot';
import { CfnKey } from 'aws-cdk-lib/aws-kms';
import { CfnTopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import {
  Behavior,
  Confidence,
  CustomMetric,
  CustomMetricType,
  Detection,
  DetectionTarget,
  MetricsExport,
} from '../../lib/detection';
import type { BehaviorSpec } from '../../lib/detection/behavior-spec';
import { DetectionEngine, type WatchOptions } from '../../lib/detection/detection-engine';
import { Detector } from '../../lib/detection/detector';
import { checkBehaviors } from '../../lib/detection/checked-behaviors';
import { METRICS } from '../../lib/detection/metrics';
import { type DeviceDefenderDetector } from '../../lib/detection/device-defender/device-defender-detector';
import { DeviceDefenderEngine } from '../../lib/detection/device-defender/device-defender-engine';
import { capabilityOf } from '../../lib/internal/capability';
import { Problems } from '../../lib/internal/problems';
import { SecureTopic } from '../../lib/internal/secure-topic';
import { templateOf, testApp, testStack } from '../support/app';
import { quiet } from './samples';

const PROFILE = 'AWS::IoT::SecurityProfile';
const FIVE = Duration.minutes(5);
const all = DetectionTarget.allThings();

function ports(count: number, first = 0): number[] {
  return Array.from({ length: count }, (_port, index) => first + index);
}

function profilesIn(
  stack: Stack,
): { Behaviors: { Name: string }[]; SecurityProfileName: string; [key: string]: unknown }[] {
  return Object.values(templateOf(stack).findResources(PROFILE)).map((resource) => resource.Properties);
}

describe('Device Defender watches the behaviors of a fleet', () => {
  const stack = testStack();
  const group = new CfnThingGroup(stack, 'Fleet');
  const engine = Detection.deviceDefender();
  const detector = engine.watch(stack, 'Watch', {
    target: DetectionTarget.thingGroup(group),
    behaviors: [
      quiet(),
      Behavior.disconnects().learned(Confidence.HIGH),
      Behavior.sourceIp().mustBeWithin(['203.0.113.0/24']),
      Behavior.messagesSent().learned(Confidence.LOW),
    ],
  });

  test('with rules and learned behaviors in profiles of their own', () => {
    expect(profilesIn(stack).map(({ Behaviors }) => Behaviors.map(({ Name }) => Name))).toEqual([
      ['messages-sent-at-most', 'source-ip-within'],
      ['disconnects-learned', 'messages-sent-learned'],
    ]);
  });

  test('attached to the group', () => {
    for (const profile of profilesIn(stack)) expect(profile.TargetArns).toEqual([{ 'Fn::GetAtt': ['Fleet', 'Arn'] }]);
  });

  test('with one encrypted alert topic for all, that is the detector’s', () => {
    const template = templateOf(stack);
    template.resourceCountIs('AWS::SNS::Topic', 1);
    const topic = stack.resolve(detector.alertTopic.topicRef.topicArn);
    template.allResourcesProperties(PROFILE, { AlertTargets: { SNS: { AlertTargetArn: topic } } });
    template.hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: Match.anyValue() });
  });

  test('and says what is watched, in the order that was given', () => {
    expect(detector).toBeInstanceOf(Detector);
    expect(engine).toBeInstanceOf(DetectionEngine);
    expect([engine.engineName, detector.engineName]).toEqual(['device-defender', 'device-defender']);
    const watched: BehaviorSpec[] = detector.behaviors;
    expect(watched.map(({ name, severity }) => [name, severity])).toEqual([
      ['messages-sent-at-most', 'MEDIUM'],
      ['disconnects-learned', 'MEDIUM'],
      ['source-ip-within', 'MEDIUM'],
      ['messages-sent-learned', 'MEDIUM'],
    ]);
  });

  test('with names that are made of the path, and different', () => {
    const names = profilesIn(stack).map(({ SecurityProfileName }) => SecurityProfileName);
    expect(names).toEqual([
      expect.stringMatching(/^Test-Watch-Rules-[0-9A-F]{8}$/),
      expect.stringMatching(/^Test-Watch-Learned-[0-9A-F]{8}$/),
    ]);
  });

  test('as resources of detection', () => {
    const resource = stack.node.findAll().find((node) => node.node.path === 'Test/Watch/Rules/Resource');
    expect(capabilityOf(resource as never)).toBe('detection');
  });
});

test('two stacks of one app that differ in name only have profiles of different names', () => {
  const app = testApp();
  const nameIn = (stackName: string): string => {
    const detector = Detection.deviceDefender().watch(new Stack(app, stackName), 'Watch', {
      target: all,
      behaviors: [quiet()],
    });
    return (detector as DeviceDefenderDetector).profiles[0]!.securityProfileName;
  };
  expect(nameIn('Beta')).not.toBe(nameIn('Prod'));
});

describe('the limits of a profile', () => {
  test('split behaviors by number', () => {
    const stack = testStack();
    const behaviors = ports(201).map((port) => Behavior.listeningTcpPorts().mustNotBeWithin([port]));
    const detector = Detection.deviceDefender().watch(stack, 'Watch', {
      target: all,
      behaviors,
    }) as DeviceDefenderDetector;
    expect(profilesIn(stack).map(({ Behaviors }) => Behaviors.length)).toEqual([100, 100, 1]);
    expect(detector.profiles.map(({ node }) => node.id)).toEqual(['Rules', 'Rules2', 'Rules3']);
    expect(new Set(detector.behaviors.map(({ name }) => name)).size).toBe(201);
  });

  test('split behaviors by their values, in their order', () => {
    const stack = testStack();
    const behaviors = [400, 600, 1, 999, 1000].map((count, index) =>
      Behavior.listeningTcpPorts().mustNotBeWithin(ports(count)).named(`b${index}`),
    );
    Detection.deviceDefender().watch(stack, 'Watch', { target: all, behaviors });
    expect(profilesIn(stack).map(({ Behaviors }) => Behaviors.map(({ Name }) => Name))).toEqual([
      ['b0', 'b1'],
      ['b2', 'b3'],
      ['b4'],
    ]);
  });

  test('are reached where more than 5 profiles would be needed', () => {
    const behaviors = ports(501).map((port) => Behavior.listeningTcpPorts().mustNotBeWithin([port]));
    const watch = (count: number): Detector =>
      Detection.deviceDefender().watch(testStack(), 'Watch', { target: all, behaviors: behaviors.slice(0, count) });
    expect(watch(500).behaviors).toHaveLength(500);
    expect(() => watch(501)).toThrow(
      /'target' can have at most 5 security profiles, but 6 would be needed; state fewer .*, or use Detection.stream\(\) \[TooManyProfilesPerTarget\]/,
    );
  });

  test('count all profiles of a target, wherever they are made', () => {
    const app = testApp();
    const env = { account: '111111111111', region: 'eu-west-1' };
    const watch = (id: string, target: DetectionTarget, stackEnv = env): Detector =>
      Detection.deviceDefender().watch(new Stack(app, id, { env: stackEnv }), 'W', {
        target,
        behaviors: [quiet(), Behavior.disconnects().learned(Confidence.LOW)],
      });
    watch('A', all);
    watch('B', all);
    expect(() => watch('C', all)).toThrow(
      /'target' can have at most 5 security profiles, but 2 would be needed beside A\/W\/Rules, A\/W\/Learned, B\/W\/Rules, B\/W\/Learned/,
    );
    watch('D', DetectionTarget.registeredThings());
    watch('E', all, { ...env, region: 'eu-west-2' });
  });
});

describe('alerts', () => {
  test('go to a topic that is given', () => {
    const stack = testStack();
    const topic = new CfnTopic(stack, 'Mine');
    const detector = Detection.deviceDefender().watch(stack, 'Watch', {
      target: all,
      behaviors: [quiet()],
      alertTopic: topic,
    });
    expect(detector.alertTopic).toBe(topic);
    const template = templateOf(stack);
    template.resourceCountIs('AWS::SNS::Topic', 1);
    template.resourceCountIs('AWS::KMS::Key', 0);
  });

  test('go to a topic that is made with a key that is given', () => {
    const stack = testStack();
    const key = new CfnKey(stack, 'Key', { keyPolicy: {} });
    Detection.deviceDefender().watch(stack, 'Watch', { target: all, behaviors: [quiet()], alertTopicKey: key });
    const template = templateOf(stack);
    template.resourceCountIs('AWS::KMS::Key', 1);
    template.hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: { 'Fn::GetAtt': ['Key', 'Arn'] } });
  });

  test('go to a topic of this library in another stack, with the rights on its key', () => {
    const app = testApp();
    const topic = new SecureTopic(new Stack(app, 'Core'), 'Alerts', { displayName: 'x' });
    const stack = new Stack(app, 'Detect');
    Detection.deviceDefender().watch(stack, 'Watch', { target: all, behaviors: [quiet()], alertTopic: topic });
    const template = templateOf(stack);
    template.resourceCountIs('AWS::KMS::Key', 0);
    template.hasResourceProperties('AWS::IAM::ManagedPolicy', {
      PolicyDocument: {
        Statement: [
          { Action: ['sns:Publish'] },
          { Action: ['kms:Decrypt', 'kms:GenerateDataKey'], Resource: [{ 'Fn::ImportValue': Match.anyValue() }] },
        ],
      },
    });
  });

  test('fail for an encrypted topic whose key is not given', () => {
    const stack = testStack();
    const topic = new CfnTopic(stack, 'Mine', { kmsMasterKeyId: 'alias/mine' });
    expect(() =>
      Detection.deviceDefender().watch(stack, 'Watch', { target: all, behaviors: [quiet()], alertTopic: topic }),
    ).toThrow(/'alertTopicKey' must be the key of the encrypted topic Test\/Mine.*\[AlertTopicKeyMissing\]/);
  });
});

describe('retained and exported metrics', () => {
  const metricsExport = MetricsExport.toTopic('$aws/rules/metrics');

  test('are in the first profile of rules, and only profiles that export say where to', () => {
    const stack = testStack();
    Detection.deviceDefender({ metricsExport, retainedMetrics: [Behavior.bytesIn().retained().exported()] }).watch(
      stack,
      'Watch',
      {
        target: all,
        behaviors: [Behavior.disconnects().learned(Confidence.LOW), quiet()],
      },
    );
    const [rules, learned] = profilesIn(stack);
    expect(rules).toMatchObject({
      AdditionalMetricsToRetainV2: [{ Metric: 'aws:all-bytes-in', ExportMetric: true }],
      MetricsExportConfig: { MqttTopic: '$aws/rules/metrics' },
    });
    expect(learned).not.toHaveProperty('AdditionalMetricsToRetainV2');
    expect(learned).not.toHaveProperty('MetricsExportConfig');
  });

  test('have a profile of their own where all behaviors are learned', () => {
    const stack = testStack();
    Detection.deviceDefender({ metricsExport, retainedMetrics: [Behavior.bytesIn().retained()] }).watch(
      stack,
      'Watch',
      { target: all, behaviors: [Behavior.disconnects().learned(Confidence.LOW).exported()] },
    );
    const [rules, learned] = profilesIn(stack);
    expect(rules).toMatchObject({ Behaviors: [], AdditionalMetricsToRetainV2: [{ Metric: 'aws:all-bytes-in' }] });
    expect(rules).not.toHaveProperty('MetricsExportConfig');
    expect(learned).toMatchObject({
      Behaviors: [{ ExportMetric: true }],
      MetricsExportConfig: { MqttTopic: '$aws/rules/metrics' },
    });
  });
});

describe('everything that is wrong is said at once', () => {
  test('with the code of the first', () => {
    const watch = (): Detector =>
      Detection.deviceDefender({
        retainedMetrics: [
          Behavior.disconnects().retained().onTopics(['a']),
          Behavior.messagesSent().retained().onTopics(['1', '2', '3', '4', '5', '6']),
        ],
      }).watch(testStack(), 'Watch', {
        target: all,
        behaviors: [
          quiet().alarmAfter(0),
          quiet().named('x').exported(),
          Behavior.disconnects().learned(Confidence.LOW).named('x'),
        ],
      });
    expect(watch).toThrow(/^Test\/Watch: /);
    expect(watch).toThrow(/\[BehaviorDatapointsInvalid\]$/);
    for (const part of [
      "'behaviors[0].alarmAfter' must be a whole number from 1 to 10 datapoints, got 0",
      "'behaviors[2]' has the name 'x' of 'behaviors[1]'; remove one of them or give it a name with named()",
      "'retainedMetrics[0].onTopics' is not possible",
      "'retainedMetrics[1].onTopics' must have at most 5 topic filters with Device Defender, got 6",
      "'metricsExport' must say where to",
    ]) {
      expect(watch).toThrow(part);
    }
  });

  test('fails for no behavior', () => {
    expect(() => Detection.deviceDefender().watch(testStack(), 'Watch', { target: all, behaviors: [] })).toThrow(
      /'behaviors' is empty; state what is normal \[DetectionEmpty\]/,
    );
  });

  test('fails for a behavior twice', () => {
    expect(() =>
      Detection.deviceDefender().watch(testStack(), 'Watch', { target: all, behaviors: [quiet(), quiet()] }),
    ).toThrow(
      /'behaviors\[1\]' says the same as 'behaviors\[0\]'; remove one of them or give it a name with named\(\) \[BehaviorNameTaken\]/,
    );
  });

  test('leaves nothing behind in the stack', () => {
    const stack = testStack();
    expect(() =>
      Detection.deviceDefender().watch(stack, 'Watch', {
        target: all,
        behaviors: [Behavior.messagesSent().mustBeAtMost(1)],
      }),
    ).toThrow(/\[BehaviorWindowInvalid\]/);
    expect(Object.keys((templateOf(stack).toJSON() as { Resources?: object }).Resources ?? {})).toEqual([]);
  });

  test.each<[Behavior, string]>([
    [Behavior.messagesSent().mustBeAtMost(-1).per(FIVE), 'BehaviorValueInvalid'],
    [quiet().named('a b'), 'BehaviorNameInvalid'],
    [Behavior.disconnects().learned(Confidence.LOW).onTopics(['a']), 'BehaviorScopeInvalid'],
    [quiet().onTopics(['1', '2', '3', '4', '5', '6']), 'BehaviorScopeInvalid'],
    [Behavior.disconnects().learned('x' as Confidence), 'BehaviorCriterionInvalid'],
    [Behavior.custom(CustomMetric.named('l', CustomMetricType.STRING_LIST)).mustBeAtMost(1), 'CustomMetricInvalid'],
  ])('fails with a code of its own (%#)', (behavior, code) => {
    expect(() =>
      Detection.deviceDefender().watch(testStack(), 'Watch', { target: all, behaviors: [behavior] }),
    ).toThrow(`[${code}]`);
  });
});

describe('another engine', () => {
  /** Stands for an engine of another kind: it knows no metric of the table yet. */
  class OtherEngine extends DetectionEngine {
    public readonly engineName = 'other';

    public watch(_scope: Construct, _id: string, options: WatchOptions): Detector {
      const errors = new Problems();
      checkBehaviors(options.behaviors, this.engineName, errors);
      errors.throwIfAny();
      throw new Error('not reached');
    }
  }

  test('fails for a metric that it cannot watch, naming the engine that can', () => {
    expect(() =>
      new OtherEngine().watch(testStack(), 'W', {
        target: all,
        behaviors: [quiet(), Behavior.custom(CustomMetric.named('c', CustomMetricType.NUMBER)).mustBeAtMost(1)],
      }),
    ).toThrow(
      "'behaviors[0]' measures 'messages-sent', which other cannot watch; use stream or device-defender; 'behaviors[1]' measures 'c', which other cannot watch; use stream or device-defender [BehaviorNotSupported]",
    );
  });

  test('is not needed: Device Defender can watch every metric', () => {
    const engine = new DeviceDefenderEngine({});
    for (const facts of Object.values(METRICS)) expect(facts.engines).toContain(engine.engineName);
  });
});

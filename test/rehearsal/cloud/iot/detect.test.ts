import { openCloud, type RehearsalCloud } from '../../../../rehearsal/cloud/rehearsal-cloud';
import type { AlarmEvent, FaultEvent } from '../../../../rehearsal/ports';
import { assemblyOf } from '../../../support/rehearsal-assembly';
import { arnOf, role } from '../../../support/rehearsal-stack';

const WINDOW = 300_000;
const THING = 'pump-1';
let cloud: RehearsalCloud | undefined;

afterEach(async () => {
  await cloud?.close();
  cloud = undefined;
});

interface Alert {
  readonly violationEventType: string;
  readonly violationId: string;
  readonly [member: string]: unknown;
}

const failures = (more: object = {}, behavior: object = {}) => ({
  Name: 'failures',
  Metric: 'aws:num-authorization-failures',
  Criteria: { ComparisonOperator: 'less-than-equals', DurationSeconds: 300, Value: { Count: '3' }, ...more },
  ...behavior,
});

async function watching(behaviors: readonly object[], { actions = ['sns:Publish'], resources = {} } = {}) {
  const assembly = assemblyOf({
    S: {
      Resources: {
        Fleet: { Type: 'AWS::IoT::ThingGroup', Properties: { ThingGroupName: 'fleet' } },
        Role: role('iot.amazonaws.com', ...actions),
        Alerts: { Type: 'AWS::SNS::Topic' },
        Inbox: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'inbox' } },
        InboxPolicy: {
          Type: 'AWS::SQS::QueuePolicy',
          Properties: {
            Queues: [{ Ref: 'Inbox' }],
            PolicyDocument: {
              Statement: [
                { Effect: 'Allow', Principal: { Service: 'sns.amazonaws.com' }, Action: 'sqs:*', Resource: '*' },
              ],
            },
          },
        },
        Subscription: {
          Type: 'AWS::SNS::Subscription',
          Properties: {
            TopicArn: { Ref: 'Alerts' },
            Protocol: 'sqs',
            Endpoint: arnOf('Inbox'),
            RawMessageDelivery: true,
          },
        },
        Topics: { Type: 'AWS::IoT::Dimension', Properties: { Name: 'own', StringValues: ['a/+'] } },
        Profile: {
          Type: 'AWS::IoT::SecurityProfile',
          Properties: {
            SecurityProfileName: 'rules',
            Behaviors: behaviors,
            TargetArns: [arnOf('Fleet')],
            AlertTargets: { SNS: { AlertTargetArn: { Ref: 'Alerts' }, RoleArn: arnOf('Role') } },
          },
        },
        ...resources,
      },
    },
  });
  cloud = await openCloud({ assembly });
  const { events, clock, services, registry } = cloud;
  services.things.create({ thingName: THING });
  services.things.join({ thingName: THING, thingGroupName: 'fleet' });
  const who = { kind: 'device', name: THING } as const;
  return {
    cloud,
    registry,
    services,
    pass: () => clock.advance(WINDOW),
    /** Is refused as often, as the broker tells of it. */
    denied: (times: number, topic = 'a/b', thingName = THING) => {
      for (let i = 0; i < times; i++) {
        const decision = {
          action: 'iot:Publish',
          resource: `arn:aws:iot:r:a:topic/${topic}`,
          allowed: false,
          because: [],
        };
        events.emit({ kind: 'decision', who, what: 'denied', clientId: thingName, thingName, decision });
        // A message in between, since what follows at once would be the same request.
        events.emit({ kind: 'time', who, what: 'a moment', passedMs: 0 });
      }
    },
    alerts: () => services.sqs.find('inbox')!.messages.map(({ body }) => JSON.parse(body) as Alert),
    faults: () => events.all().filter((event): event is FaultEvent => event.kind === 'fault'),
    changes: () => events.all().filter((event): event is AlarmEvent => event.kind === 'alarm'),
  };
}

test('a device that breaks a behavior is told of once, in the form of the service, and again when it keeps to it', async () => {
  const { denied, pass, alerts } = await watching([failures()]);
  denied(3);
  await pass();
  expect(alerts()).toEqual([]);
  denied(4);
  await pass();
  denied(9);
  await pass();
  expect(alerts()).toEqual([
    {
      violationEventTime: expect.any(Number) as unknown,
      violationEventType: 'in-alarm',
      violationId: expect.any(String) as unknown,
      thingName: THING,
      securityProfileName: 'rules',
      metricValue: { count: 4 },
      behavior: {
        name: 'failures',
        metric: 'aws:num-authorization-failures',
        criteria: { comparisonOperator: 'less-than-equals', durationSeconds: 300, value: { count: 3 } },
      },
    },
  ]);
  denied(1);
  await pass();
  const [first, second] = alerts();
  expect(second).toMatchObject({ violationEventType: 'alarm-cleared', violationId: first?.violationId });
});

test('datapoints in a row raise and clear an alarm', async () => {
  const criteria = { ConsecutiveDatapointsToAlarm: 2, ConsecutiveDatapointsToClear: 2 };
  const { denied, pass, alerts } = await watching([failures(criteria)]);
  const said: number[] = [];
  for (const times of [4, 1, 4, 4, 1, 4, 1, 1]) {
    denied(times);
    await pass();
    said.push(alerts().length);
  }
  expect(said).toEqual([0, 0, 0, 1, 1, 1, 1, 2]);
});

test('only targets are judged, and only by the topics of a dimension', async () => {
  const scope = { MetricDimension: { DimensionName: { Ref: 'Topics' }, Operator: 'NOT_IN' } };
  const { denied, pass, alerts, services } = await watching([failures({}, scope)]);
  denied(9, 'a/b');
  denied(9, 'b/c', 'stranger');
  await pass();
  expect(alerts()).toEqual([]);
  denied(9, 'b/c');
  await pass();
  expect(alerts()).toHaveLength(1);
  services.things.leave({ thingName: THING, thingGroupName: 'fleet' });
  denied(1, 'b/c');
  await pass();
  expect(alerts()).toHaveLength(1);
});

test('suppressed alerts are not sent, and the violation stands', async () => {
  const {
    denied,
    pass,
    alerts,
    changes,
    services,
    cloud: each,
  } = await watching([failures({}, { SuppressAlerts: true })]);
  const { outside } = each;
  denied(4);
  await pass();
  expect(alerts()).toEqual([]);
  expect(changes().map(({ to, reason }) => [to, reason])).toEqual([['ALARM', 'measured 4']]);
  const { activeViolations } = services.detect.activeViolations({}) as { activeViolations: Alert[] };
  expect(activeViolations).toEqual([expect.objectContaining({ thingName: THING, securityProfileName: 'rules' })]);
  const { violationId } = activeViolations[0]!;
  expect(outside.verdictsOn(THING)).toEqual([undefined]);
  services.detect.verify({ violationId, verificationState: 'FALSE_POSITIVE' });
  expect(services.detect.activeViolations({})).toMatchObject({
    activeViolations: [{ verificationState: 'FALSE_POSITIVE' }],
  });
  expect(outside.verdictsOn(THING)).toEqual(['FALSE_POSITIVE']);
  expect(outside.verdictsOn('other')).toEqual([]);
  expect(() => services.detect.verify({ violationId: 'x', verificationState: 'UNKNOWN' })).toThrow('no such violation');
  expect(() => services.detect.verify({ violationId, verificationState: 'MAYBE' })).toThrow('MAYBE is no verification');
});

test('the role of the profile must be allowed to publish', async () => {
  const { denied, pass, alerts, faults } = await watching([failures()], { actions: ['sns:Subscribe'] });
  denied(4);
  await pass();
  expect(alerts()).toEqual([]);
  expect(faults()).toEqual([expect.objectContaining({ code: 'AccessDenied' })]);
});

test('reports are measured, in short names too', async () => {
  const hot = {
    Name: 'hot',
    Metric: 'temperature',
    Criteria: { ComparisonOperator: 'less-than', Value: { Number: 70 } },
  };
  const ports = {
    Name: 'ports',
    Metric: 'aws:listening-tcp-ports',
    Criteria: { ComparisonOperator: 'in-port-set', Value: { Ports: [8883] } },
  };
  const { cloud: made, pass, alerts } = await watching([hot, ports]);
  await made.defender.report(THING, {
    hed: { rid: 1, v: '1.0' },
    cmet: { temperature: [{ number: 71 }] },
    met: { tp: { t: 2, pts: [{ pt: 8883 }, { pt: 22 }] } },
  });
  await pass();
  expect(alerts().map(({ behavior, metricValue }) => [(behavior as { name: string }).name, metricValue])).toEqual([
    ['hot', { number: 71 }],
    ['ports', { ports: [8883, 22] }],
  ]);
});

test('what is learned, and exported, is said not to be modelled', async () => {
  const learned = {
    Name: 'usual',
    Metric: 'aws:num-disconnects',
    Criteria: { MlDetectionConfig: { ConfidenceLevel: 'HIGH' } },
  };
  const { cloud: made } = await watching([failures(), learned]);
  expect(made.gaps).toEqual([
    { subject: 'learned behavior usual', where: 'S/Profile', meaning: expect.stringContaining('two weeks') as unknown },
  ]);
});

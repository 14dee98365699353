import { Lazy, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { ConfigurationError } from '../../lib/internal/configuration-error';
import { Access, ConnectionContext, PolicyRequest, RepairChannel, Topic } from '../../lib/policy';
import { FleetLogging, FleetLogLevel } from '../../lib/posture';
import { FleetGroup, QuarantineGroup, type QuarantineGroupProps } from '../../lib/quarantine';
import { testApp, testStack } from '../support/app';
import { nagFindings } from '../support/nag';
import { attachedPolicies, evaluatorOf } from '../support/template-policies';

function quarantineIn(stack: Stack, props: QuarantineGroupProps = {}): QuarantineGroup {
  return new QuarantineGroup(stack, 'Quarantine', props);
}

function templateWith(props: QuarantineGroupProps): Template {
  const stack = testStack();
  quarantineIn(stack, props);
  return Template.fromStack(stack);
}

function warningsOf(props: QuarantineGroupProps): string[] {
  const stack = testStack();
  quarantineIn(stack, props);
  return Annotations.fromStack(stack)
    .findWarning('*', Match.stringLikeRegexp('zero-trust-iot:'))
    .map(({ entry }) => String(entry.data));
}

describe('with defaults', () => {
  const stack = testStack();
  const quarantine = quarantineIn(stack);
  const template = Template.fromStack(stack);

  test('is a static root group with a generated name', () => {
    template.hasResourceProperties('AWS::IoT::ThingGroup', {
      ThingGroupName: Match.absent(),
      ParentGroupName: Match.absent(),
      QueryString: Match.absent(),
      ThingGroupProperties: { ThingGroupDescription: Match.stringLikeRegexp('^Isolated devices') },
    });
  });

  test('hangs two policies on it, the one that denies first', () => {
    template.resourceCountIs('AWS::IoT::Policy', 2);
    template.hasResourceProperties('Custom::IotGroupPolicies', {
      ThingGroupName: stack.resolve(quarantine.thingGroupName),
      Policies: [
        { Name: { Ref: Match.stringLikeRegexp('DenyPolicy') }, Denies: 'true', Digest: Match.anyValue() },
        { Name: { Ref: Match.stringLikeRegexp('AllowPolicy') }, Denies: 'false', Digest: Match.anyValue() },
      ],
      KeepWhileMembers: 'true',
    });
  });

  test('is kept with all that makes it a quarantine, unless its creation fails', () => {
    const kept = { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' };
    template.hasResource('AWS::IoT::ThingGroup', kept);
    template.hasResource('Custom::IotGroupPolicies', kept);
    template.allResources('AWS::IoT::Policy', kept);
  });

  test("sets no level of logging, which would need the account's logging", () => {
    template.resourceCountIs('AWS::IoT::ResourceSpecificLogging', 0);
  });

  test('names what others need', () => {
    expect(stack.resolve([quarantine.thingGroupRef, quarantine.env])).toEqual([
      {
        thingGroupName: { Ref: expect.stringMatching(/^Quarantine/) },
        thingGroupArn: { 'Fn::GetAtt': [expect.stringMatching(/^Quarantine/), 'Arn'] },
      },
      { account: { Ref: 'AWS::AccountId' }, region: { Ref: 'AWS::Region' } },
    ]);
    expect(quarantine.policies).toHaveLength(2);
    expect(quarantine.groupPolicies.thingGroup.thingGroupRef.thingGroupName).toBe(quarantine.thingGroupName);
  });

  test('is known as what it is', () => {
    expect(QuarantineGroup.isQuarantineGroup(quarantine)).toBe(true);
    expect(QuarantineGroup.isQuarantineGroup(stack)).toBe(false);
  });

  test('warns of nothing', () => expect(warningsOf({})).toEqual([]));
});

describe('an isolated device', () => {
  const generous = [
    Access.publish(Topic.of('pumps', Topic.THING, 'telemetry')),
    Access.publishBelow(Topic.of('all')),
    Access.subscribe(Topic.of('pumps', Topic.THING, Topic.REST)),
    Access.retain(Topic.of('pumps', Topic.THING, 'state')),
    Access.shadow(),
    Access.shadow('config'),
    Access.roleAlias('camera'),
  ];
  let allowed: (request: PolicyRequest, context?: ConnectionContext) => boolean;
  let allowedBefore: (request: PolicyRequest) => boolean;

  beforeAll(() => {
    const stack = testStack();
    quarantineIn(stack);
    new FleetGroup(stack, 'Fleet', { access: generous });
    const policies = attachedPolicies(stack);
    const device = ConnectionContext.ofThing('pump-7');
    const isolated = evaluatorOf(policies);
    const free = evaluatorOf(policies.filter(({ thingGroupName }) => thingGroupName?.startsWith('Fleet') === true));
    allowed = (request, context = device) => isolated.isAllowed(context, request);
    allowedBefore = (request) => free.isAllowed(device, request);
  });

  test.each([
    PolicyRequest.connect(),
    PolicyRequest.publish('$aws/things/pump-7/jobs/get'),
    PolicyRequest.publish('$aws/things/pump-7/jobs/start-next'),
    PolicyRequest.publish('$aws/things/pump-7/jobs/job-1/update'),
    PolicyRequest.subscribe('$aws/things/pump-7/jobs/notify-next'),
    PolicyRequest.receive('$aws/things/pump-7/jobs/notify-next'),
    PolicyRequest.receive('$aws/things/pump-7/jobs/job-1/update/accepted'),
    PolicyRequest.subscribe('$aws/things/pump-7/tunnels/notify'),
    PolicyRequest.receive('$aws/things/pump-7/tunnels/notify'),
    PolicyRequest.publish('$aws/things/pump-7/defender/metrics/json'),
    PolicyRequest.receive('$aws/things/pump-7/defender/metrics/json/accepted'),
    PolicyRequest.publish('$aws/things/pump-7/shadow/get'),
    PolicyRequest.publish('$aws/things/pump-7/shadow/update'),
    PolicyRequest.receive('$aws/things/pump-7/shadow/update/delta'),
  ])('can be repaired (%#)', (request) => {
    expect(allowed(request)).toBe(true);
  });

  test.each([
    PolicyRequest.publish('pumps/pump-7/telemetry'),
    PolicyRequest.publish('all/of/it'),
    PolicyRequest.subscribe('pumps/pump-7/#'),
    PolicyRequest.receive('pumps/pump-7/commands/open'),
    PolicyRequest.retain('pumps/pump-7/state'),
    PolicyRequest.publish('$aws/things/pump-7/shadow/name/config/update'),
  ])('can do nothing else, although the fleet allows it (%#)', (request) => {
    expect(allowedBefore(request)).toBe(true);
    expect(allowed(request)).toBe(false);
  });

  test.each([
    PolicyRequest.publish('$aws/things/pump-8/jobs/get'),
    PolicyRequest.publish('$aws/things/pump-8/defender/metrics/json'),
    PolicyRequest.publish('$aws/things/pump-8/shadow/update'),
    PolicyRequest.subscribe('$aws/things/+/tunnels/notify'),
    PolicyRequest.receive('$aws/things/pump-8/tunnels/notify'),
    PolicyRequest.subscribe('#'),
  ])('cannot speak for another device (%#)', (request) => {
    expect(allowed(request)).toBe(false);
  });

  test('gets no credentials for the role of a role alias', () => {
    expect(allowed(PolicyRequest.assumeRoleWithCertificate('camera'))).toBe(false);
  });

  test('cannot leave a will behind', () => {
    const withWill = new ConnectionContext({ thingName: 'pump-7', lastWill: { topic: 'pumps/pump-7/telemetry' } });
    expect(allowed(PolicyRequest.connect(), withWill)).toBe(false);
  });
});

describe('logging of members', () => {
  test('is as fine as can be once the account logs', () => {
    const stack = testStack();
    const quarantine = quarantineIn(stack, { accountLogging: new FleetLogging(stack, 'Logging') });
    Template.fromStack(stack).hasResource('AWS::IoT::ResourceSpecificLogging', {
      Properties: {
        TargetType: 'THING_GROUP',
        TargetName: stack.resolve(quarantine.thingGroupName),
        LogLevel: 'DEBUG',
      },
      DependsOn: Match.arrayWith([Match.stringLikeRegexp('^Logging')]),
    });
  });

  test('can be less, and rely on logging that is set up elsewhere', () => {
    templateWith({ memberLogLevel: FleetLogLevel.INFO }).hasResource('AWS::IoT::ResourceSpecificLogging', {
      Properties: { LogLevel: 'INFO' },
      DependsOn: Match.absent(),
    });
  });
});

describe('to be destroyed', () => {
  test('nothing is kept, and the deletion is refused while there are members', () => {
    const template = templateWith({ removalPolicy: RemovalPolicy.DESTROY });
    for (const type of ['AWS::IoT::ThingGroup', 'AWS::IoT::Policy', 'Custom::IotGroupPolicies'])
      template.allResources(type, { DeletionPolicy: Match.absent(), UpdateReplacePolicy: Match.absent() });
    template.hasResourceProperties('Custom::IotGroupPolicies', { KeepWhileMembers: 'true' });
    expect(warningsOf({ removalPolicy: RemovalPolicy.DESTROY, thingGroupName: 'quarantine' })).toEqual([]);
  });

  test('without a guard only with a warning', () => {
    const props = { removalPolicy: RemovalPolicy.DESTROY, allowDeletionWithMembers: true };
    templateWith(props).hasResourceProperties('Custom::IotGroupPolicies', { KeepWhileMembers: 'false' });
    expect(warningsOf(props)).toEqual([expect.stringContaining('zero-trust-iot:QuarantineNotGuarded')]);
  });
});

test('takes a name, with a warning, and a description', () => {
  const props = { thingGroupName: 'quarantine', description: 'Held' };
  templateWith(props).hasResourceProperties('AWS::IoT::ThingGroup', {
    ThingGroupName: 'quarantine',
    ThingGroupProperties: { ThingGroupDescription: 'Held' },
  });
  expect(warningsOf(props)).toEqual([expect.stringContaining('zero-trust-iot:QuarantineGroupNameFixed')]);
});

test('takes a repair channel', () => {
  const channel = RepairChannel.standard();
  const deny = jest.spyOn(channel, 'denyDocument');
  templateWith({ repairChannel: channel });
  expect(deny).toHaveBeenCalledTimes(1);
});

describe('fails', () => {
  const wrong = (props: QuarantineGroupProps) => {
    try {
      templateWith(props);
    } catch (error) {
      if (ConfigurationError.is(error)) return error;
      throw error;
    }
    return undefined;
  };

  test.each([
    [{ thingGroupName: 'a b' }, 'ThingGroupNameInvalid'],
    [{ thingGroupName: 'x'.repeat(129) }, 'ThingGroupNameInvalid'],
    [{ description: 'a\nb' }, 'ThingGroupDescriptionInvalid'],
    [{ description: 'x'.repeat(2_029) }, 'ThingGroupDescriptionInvalid'],
    [{ removalPolicy: RemovalPolicy.SNAPSHOT }, 'QuarantineRemovalInvalid'],
    [{ allowDeletionWithMembers: true }, 'QuarantineRemovalInvalid'],
    [{ allowDeletionWithMembers: true, removalPolicy: RemovalPolicy.RETAIN }, 'QuarantineRemovalInvalid'],
    [{ parentGroup: {} } as QuarantineGroupProps, 'QuarantineGroupNotRoot'],
  ])('for %p', (props, code) => {
    expect(wrong(props)?.code).toBe(code);
  });

  test('with all that is wrong at once', () => {
    const message = wrong({ thingGroupName: '', description: '\n', removalPolicy: RemovalPolicy.SNAPSHOT })?.message;
    for (const part of ['thingGroupName', 'description', 'removalPolicy']) expect(message).toContain(part);
  });

  test('not for what is allowed, nor for tokens', () => {
    const late = Lazy.string({ produce: () => 'a b' });
    expect(
      wrong({
        thingGroupName: late,
        description: late,
        allowDeletionWithMembers: false,
        removalPolicy: RemovalPolicy.RETAIN,
      }),
    ).toBeUndefined();
  });
});

test('has no finding of cdk-nag that is not acknowledged with a reason', () => {
  const app = testApp();
  const stack = new Stack(app, 'Test');
  quarantineIn(stack, { memberLogLevel: FleetLogLevel.DEBUG });
  new FleetGroup(stack, 'Fleet', { access: [Access.shadow()] });
  expect(nagFindings(app)).toEqual({
    open: [],
    acknowledged: ['NIST.800.53.R5-LambdaConcurrency', 'NIST.800.53.R5-LambdaInsideVPC'],
  });
});

test.each([null, 5, {}, 'logging'])('fails for account logging that is no construct: %p', (accountLogging) => {
  const props = { accountLogging: accountLogging as never };
  expect(() => new QuarantineGroup(testStack(), 'Quarantine', props)).toThrow(
    /'accountLogging' must be .*\[InputKindInvalid\]/,
  );
});

import { Lazy, Tags } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { CfnThingGroup } from 'aws-cdk-lib/aws-iot';
import * as fc from 'fast-check';
import { ConfigurationError } from '../../lib/internal/configuration-error';
import { Access, ConnectionContext, PolicyRequest, Topic } from '../../lib/policy';
import { FleetGroup, type FleetGroupProps, QuarantineGroup } from '../../lib/quarantine';
import { testStack } from '../support/app';
import { attachedPolicies, evaluatorOf } from '../support/template-policies';

const access = [
  Access.publish(Topic.of('pumps', Topic.THING, 'telemetry')),
  Access.subscribe(Topic.of('pumps', Topic.THING, 'commands', Topic.ANY)),
  Access.shadow(),
  Access.jobs(),
];

function fleetIn(stack = testStack(), props: Partial<FleetGroupProps> = {}): FleetGroup {
  return new FleetGroup(stack, 'Fleet', { access, ...props });
}

describe('with defaults', () => {
  const stack = testStack();
  const fleet = fleetIn(stack);
  const template = Template.fromStack(stack);

  test('is a static root group with a generated name', () => {
    template.hasResourceProperties('AWS::IoT::ThingGroup', {
      ThingGroupName: Match.absent(),
      ParentGroupName: Match.absent(),
      QueryString: Match.absent(),
      ThingGroupProperties: { ThingGroupDescription: Match.stringLikeRegexp('good standing') },
    });
  });

  test('hangs its policies on the group, and on nothing else', () => {
    template.resourceCountIs('AWS::IoT::Policy', 1);
    template.resourceCountIs('AWS::IoT::PolicyPrincipalAttachment', 0);
    template.hasResourceProperties('Custom::IotGroupPolicies', {
      ThingGroupName: stack.resolve(fleet.thingGroupName),
      Policies: [Match.objectLike({ Denies: 'false' })],
      KeepWhileMembers: 'false',
    });
  });

  test('names what others need', () => {
    expect(stack.resolve([fleet.thingGroupRef, fleet.env])).toEqual([
      {
        thingGroupName: { Ref: expect.stringMatching(/^Fleet/) },
        thingGroupArn: { 'Fn::GetAtt': [expect.stringMatching(/^Fleet/), 'Arn'] },
      },
      { account: { Ref: 'AWS::AccountId' }, region: { Ref: 'AWS::Region' } },
    ]);
    expect(fleet.policies).toHaveLength(1);
    expect(fleet.policyCount).toBe(1);
    expect(fleet.groupPolicies.policies).toEqual(fleet.policies);
  });

  test('is known as what it is', () => {
    expect(FleetGroup.isFleetGroup(fleet)).toBe(true);
    expect(FleetGroup.isFleetGroup(stack)).toBe(false);
  });
});

test('takes name, description, parent and tags', () => {
  const stack = testStack();
  const parentGroup = new CfnThingGroup(stack, 'Parent');
  const fleet = fleetIn(stack, {
    thingGroupName: 'pumps:eu_1-a',
    description: 'Pumps – Süd',
    parentGroup,
    inherited: 1,
  });
  Tags.of(fleet).add('team', 'water');
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::IoT::ThingGroup', {
    ThingGroupName: 'pumps:eu_1-a',
    ParentGroupName: { Ref: 'Parent' },
    ThingGroupProperties: { ThingGroupDescription: 'Pumps – Süd' },
    Tags: [{ Key: 'team', Value: 'water' }],
  });
  template.hasResourceProperties('AWS::IoT::Policy', { Tags: [{ Key: 'team', Value: 'water' }] });
  expect(fleet.policyCount).toBe(2);
});

describe('below another fleet group', () => {
  test('counts what is inherited', () => {
    const stack = testStack();
    const parentGroup = new FleetGroup(stack, 'Parent', { access: [Access.shadow()] });
    expect(fleetIn(stack, { parentGroup }).policyCount).toBe(2);
  });

  test('fails where nothing is left', () => {
    const stack = testStack();
    const grandparent = new FleetGroup(stack, 'Grandparent', { access: [Access.shadow()] });
    const parentGroup = new FleetGroup(stack, 'Parent', { access: [Access.jobs()], parentGroup: grandparent });
    expect(() => fleetIn(stack, { parentGroup })).toThrow(
      /^Test\/\w+: 'parentGroup' Test\/Parent and the groups above it have 2 policies, .* no room is left for 'access'.*GroupPoliciesInvalid/,
    );
  });
});

describe('a device', () => {
  let decide: (device: string, request: PolicyRequest, clientId?: string) => boolean;

  beforeAll(() => {
    const stack = testStack();
    fleetIn(stack);
    const evaluator = evaluatorOf(attachedPolicies(stack));
    decide = (device, request) => evaluator.isAllowed(ConnectionContext.ofThing(device), request);
  });

  test.each([
    PolicyRequest.connect(),
    PolicyRequest.publish('pumps/pump-7/telemetry'),
    PolicyRequest.subscribe('pumps/pump-7/commands/+'),
    PolicyRequest.receive('pumps/pump-7/commands/stop'),
    PolicyRequest.publish('$aws/things/pump-7/shadow/update'),
    PolicyRequest.publish('$aws/things/pump-7/jobs/start-next'),
  ])('may do what is listed (%#)', (request) => {
    expect(decide('pump-7', request)).toBe(true);
  });

  test.each([
    PolicyRequest.publish('pumps/pump-8/telemetry'),
    PolicyRequest.publish('pumps/pump-7/commands/stop'),
    PolicyRequest.subscribe('pumps/+/commands/+'),
    PolicyRequest.subscribe('#'),
    PolicyRequest.receive('pumps/pump-8/commands/stop'),
    PolicyRequest.publish('$aws/things/pump-8/shadow/update'),
    PolicyRequest.retain('pumps/pump-7/telemetry'),
  ])('may do nothing else (%#)', (request) => {
    expect(decide('pump-7', request)).toBe(false);
  });

  test("never reaches what is another's", () => {
    const name = fc.stringMatching(/^[a-zA-Z0-9:_-]{1,24}$/);
    fc.assert(
      fc.property(name, name, (one, other) => {
        fc.pre(one !== other);
        for (const request of [
          PolicyRequest.publish(`pumps/${other}/telemetry`),
          PolicyRequest.subscribe(`pumps/${other}/commands/+`),
          PolicyRequest.receive(`pumps/${other}/commands/stop`),
          PolicyRequest.publish(`$aws/things/${other}/shadow/update`),
          PolicyRequest.publish(`$aws/things/${other}/jobs/get`),
        ])
          expect(decide(one, request)).toBe(false);
        expect(decide(one, PolicyRequest.publish(`pumps/${one}/telemetry`))).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});

describe('fails', () => {
  const codesOf = (props: (stack: ReturnType<typeof testStack>) => Partial<FleetGroupProps>) => {
    const stack = testStack();
    try {
      fleetIn(stack, props(stack));
    } catch (error) {
      if (ConfigurationError.is(error)) return error;
      throw error;
    }
    return undefined;
  };

  test.each([
    ['thingGroupName', '', 'ThingGroupNameInvalid'],
    ['thingGroupName', 'a b', 'ThingGroupNameInvalid'],
    ['thingGroupName', 'x'.repeat(129), 'ThingGroupNameInvalid'],
    ['description', 'two\nlines', 'ThingGroupDescriptionInvalid'],
    ['description', 'x'.repeat(2_029), 'ThingGroupDescriptionInvalid'],
    ['inherited', -1, 'GroupPoliciesInvalid'],
    ['inherited', 2, 'GroupPoliciesInvalid'],
  ])('for %s %p', (name, value, code) => {
    expect(codesOf(() => ({ [name]: value }))).toMatchObject({ code, message: expect.stringContaining(`'${name}'`) });
  });

  test('below the quarantine group', () => {
    expect(codesOf((stack) => ({ parentGroup: new QuarantineGroup(stack, 'Quarantine') }))).toMatchObject({
      code: 'FleetGroupInQuarantine',
      message: expect.stringContaining('Quarantine'),
    });
  });

  test('for an access that does not fit', () => {
    const much = [...'abcdefghijklmnopqrstuvwxyz'].map((letter) =>
      Access.publish(Topic.of(letter.repeat(120), Topic.THING)),
    );
    expect(codesOf(() => ({ access: much }))).toMatchObject({ code: 'PolicyTooLarge' });
  });

  test('not for the longest that is allowed, nor for tokens', () => {
    const late = (text: string) => Lazy.string({ produce: () => text });
    expect(codesOf(() => ({ thingGroupName: 'x'.repeat(128), description: 'x'.repeat(2_028) }))).toBeUndefined();
    expect(
      codesOf(() => ({
        thingGroupName: late('a b'),
        description: late('\n'),
        inherited: Lazy.number({ produce: () => 0 }),
      })),
    ).toBeUndefined();
    expect(codesOf(() => ({ description: '' }))).toBeUndefined();
  });
});

test('two in one stack share the function', () => {
  const stack = testStack();
  new FleetGroup(stack, 'A', { access });
  new FleetGroup(stack, 'B', { access });
  const template = Template.fromStack(stack);
  template.resourceCountIs('AWS::Lambda::Function', 1);
  template.resourceCountIs('Custom::IotGroupPolicies', 2);
});

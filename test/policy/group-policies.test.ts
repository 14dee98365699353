import { App, Aws, CfnParameter, Fn, Lazy, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { CfnPolicy, CfnThingGroup } from 'aws-cdk-lib/aws-iot';
import { ConfigurationError } from '../../lib/internal/configuration-error';
import { Access, AccessPolicy, GroupPolicies, type GroupPoliciesProps, Topic } from '../../lib/policy';
import { testStack } from '../support/app';

const TYPE = 'Custom::IotGroupPolicies';
const ALLOW = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'iot:Connect', Resource: 'x' }] };
const DENY = { Version: '2012-10-17', Statement: { Effect: 'Deny', Action: 'iot:*', Resource: '*' } };

type Input = Partial<GroupPoliciesProps>;

function synthesize(props: Input | ((stack: Stack) => Input), stack = testStack()): Template {
  const input = typeof props === 'function' ? props(stack) : props;
  new GroupPolicies(stack, 'Policies', { thingGroup: new CfnThingGroup(stack, 'Group'), ...input });
  return Template.fromStack(stack);
}

function attachment(template: Template): { Properties: Record<string, unknown>; [key: string]: unknown } {
  const [resource] = Object.values(template.findResources(TYPE));
  return resource as ReturnType<typeof attachment>;
}

function codeOf(act: () => unknown): { code: string; message: string } {
  try {
    act();
  } catch (error) {
    if (ConfigurationError.is(error)) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error('nothing was wrong');
}

/** Made when it is asked for: nothing of the library runs while tests are collected. */
const pumps = () => [Access.publish(Topic.of('pumps', Topic.THING, 'telemetry'))];

describe('with access', () => {
  const template = () => synthesize({ access: pumps() });

  test('makes the policies and attaches them', () => {
    template().resourceCountIs('AWS::IoT::Policy', 1);
    expect(attachment(template()).Properties).toEqual({
      ServiceToken: { 'Fn::GetAtt': [expect.stringContaining('Function'), 'Arn'] },
      ServiceTimeout: 3_300,
      ThingGroupName: { Ref: 'Group' },
      ThingGroupArn: { 'Fn::GetAtt': ['Group', 'Arn'] },
      Policies: [
        {
          Name: { Ref: expect.stringMatching(/^PoliciesPolicy1/) },
          Denies: 'false',
          Digest: expect.stringMatching(/^[0-9a-f]{16}$/),
        },
      ],
      KeepWhileMembers: 'false',
    });
  });

  test('is deleted with the stack', () => {
    expect(attachment(template()).DeletionPolicy).toBeUndefined();
    expect(Object.values(template().findResources('AWS::IoT::Policy'))[0]?.DeletionPolicy).toBeUndefined();
  });

  test('may do what the handler does, on this group and these policies', () => {
    const group = { 'Fn::GetAtt': ['Group', 'Arn'] };
    const policy = { 'Fn::GetAtt': [Match.stringLikeRegexp('^PoliciesPolicy1'), 'Arn'] };
    template().hasResourceProperties('AWS::IAM::RolePolicy', {
      PolicyDocument: {
        Statement: [
          {
            Effect: 'Allow',
            Action: ['iot:AttachPolicy', 'iot:DetachPolicy', 'iot:ListThingsInThingGroup'],
            Resource: [group],
          },
          { Effect: 'Allow', Action: ['iot:ListAttachedPolicies'], Resource: ['*'] },
          { Effect: 'Allow', Action: ['iot:ListTargetsForPolicy'], Resource: [policy] },
          { Effect: 'Allow', Action: ['iot:ListPolicyVersions', 'iot:DeletePolicyVersion'], Resource: [policy] },
        ],
      },
    });
  });

  test('is called before nothing that it needs is there', () => {
    const made = template();
    const { DependsOn: after } = attachment(made);
    const types = (after as string[]).map(
      (id) => (made.toJSON() as { Resources: Record<string, { Type: string }> }).Resources[id]?.Type,
    );
    expect(new Set(types)).toEqual(
      new Set([
        'AWS::IAM::ManagedPolicy',
        'AWS::IAM::RolePolicy',
        'AWS::Lambda::EventSourceMapping',
        'AWS::Lambda::EventInvokeConfig',
        'AWS::SQS::QueuePolicy',
      ]),
    );
  });
});

describe('a policy', () => {
  const propertiesOf = (document: unknown) =>
    (
      attachment(synthesize((stack) => ({ policies: [new CfnPolicy(stack, 'P', { policyDocument: document })] })))
        .Properties.Policies as Record<string, string>[]
    )[0]!;

  test.each<[string, unknown, string]>([
    ['allows', ALLOW, 'false'],
    ['denies', DENY, 'true'],
    ['denies in one of many statements', { Statement: [...ALLOW.Statement, DENY.Statement] }, 'true'],
    ['denies in a document that is known late', Lazy.any({ produce: () => DENY }), 'true'],
    ['has no statement', {}, 'false'],
    ['has a statement that is none', { Statement: [null] }, 'false'],
    ['is put together at deployment', Fn.sub('{}'), 'false'],
  ])('that %s', (_, document, denies) => {
    expect(propertiesOf(document).Denies).toBe(denies);
  });

  test('has another digest when its document changes, and only then', () => {
    expect(propertiesOf(ALLOW).Digest).toBe(propertiesOf({ ...ALLOW }).Digest);
    expect(propertiesOf(ALLOW).Digest).not.toBe(propertiesOf(DENY).Digest);
  });

  test('is read as it is written in the end', () => {
    const stack = testStack();
    const policy = new CfnPolicy(stack, 'P', { policyDocument: ALLOW });
    new GroupPolicies(stack, 'Policies', { thingGroup: new CfnThingGroup(stack, 'Group'), policies: [policy] });
    policy.policyDocument = DENY;
    expect((attachment(Template.fromStack(stack)).Properties.Policies as Record<string, string>[])[0]!.Denies).toBe(
      'true',
    );
  });

  test('of another app is attached by its name, and its versions are left alone', () => {
    const template = synthesize((stack) => ({ policies: [CfnPolicy.fromPolicyName(stack, 'P', 'shared')] }));
    expect(attachment(template).Properties.Policies).toEqual([{ Name: 'shared', Denies: 'false' }]);
    expect(JSON.stringify(template.findResources('AWS::IAM::RolePolicy'))).not.toContain('PolicyVersion');
    expect(JSON.stringify(template.findResources('AWS::IAM::RolePolicy'))).toContain('iot:ListTargetsForPolicy');
  });
});

describe('the group', () => {
  const idOf = (props: ConstructorParameters<typeof CfnThingGroup>[2]) =>
    Object.keys(
      synthesize((stack) => ({ access: pumps(), thingGroup: new CfnThingGroup(stack, 'G', props) })).findResources(
        TYPE,
      ),
    )[0];

  test('that CloudFormation would replace gets a new attachment, so that the old one can be cleaned up with its rights', () => {
    const ids = [
      idOf({}),
      idOf({ thingGroupName: 'a' }),
      idOf({ thingGroupName: 'b' }),
      idOf({ parentGroupName: 'a' }),
    ];
    expect(new Set(ids).size).toBe(4);
    expect(idOf({ thingGroupName: 'a' })).toBe(idOf({ thingGroupName: 'a' }));
    expect(idOf({ thingGroupProperties: { thingGroupDescription: 'other' } })).toBe(idOf({}));
    // Without a name there is nothing that could change; a name adds eight digits.
    expect(idOf({})).toMatch(/^Policies[0-9A-F]{8}$/);
    expect(idOf({ thingGroupName: 'a' })).toMatch(/^PoliciesResource[0-9a-f]{8}[0-9A-F]{8}$/);
    expect(idOf({ thingGroupName: Fn.importValue('group') })).toBe(idOf({}));
    expect(idOf({ thingGroupName: Fn.importValue('group'), parentGroupName: 'a' })).not.toBe(idOf({}));
  });

  test('of another app gets a new attachment when another one is named', () => {
    const named = (name: string) =>
      Object.keys(
        synthesize((stack) => ({
          access: pumps(),
          thingGroup: CfnThingGroup.fromThingGroupName(stack, 'G', name),
        })).findResources(TYPE),
      )[0];
    expect(named('a')).not.toBe(named('b'));
    expect(named(Fn.importValue('group'))).toMatch(/^Policies[0-9A-F]{8}$/);
  });

  test('of another app is named, and may have a name that is known late', () => {
    const template = synthesize((stack) => ({
      access: pumps(),
      thingGroup: CfnThingGroup.fromThingGroupName(stack, 'G', 'pumps'),
    }));
    expect(attachment(template).Properties.ThingGroupName).toBe('pumps');
    const late = synthesize((stack) => ({
      access: pumps(),
      thingGroup: CfnThingGroup.fromThingGroupName(stack, 'G', Fn.importValue('group')),
    }));
    expect(attachment(late).Properties.ThingGroupName).toEqual({ 'Fn::ImportValue': 'group' });
  });

  test('of another stack is referred to across', () => {
    const app = new App({ analyticsReporting: false });
    const env = { account: '111122223333', region: 'eu-west-1' };
    const group = new CfnThingGroup(new Stack(app, 'A', { env }), 'Group');
    const stack = new Stack(app, 'B', { env });
    new GroupPolicies(stack, 'Policies', { thingGroup: group, access: pumps() });
    const template = Template.fromStack(stack);
    expect(attachment(template).Properties.ThingGroupName).toEqual({
      'Fn::ImportValue': expect.stringContaining('Group'),
    });
    expect(JSON.stringify(template.findResources('AWS::IAM::RolePolicy'))).toContain('Fn::ImportValue');
  });
});

describe('kept', () => {
  test.each([RemovalPolicy.RETAIN, RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE])(
    'with %s, but not when its creation fails',
    (removalPolicy) => {
      const template = synthesize({ access: pumps(), removalPolicy });
      template.hasResource(TYPE, { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
      template.hasResource('AWS::IoT::Policy', { DeletionPolicy: 'RetainExceptOnCreate' });
    },
  );

  test('not with DESTROY', () => {
    expect(
      attachment(synthesize({ access: pumps(), removalPolicy: RemovalPolicy.DESTROY })).DeletionPolicy,
    ).toBeUndefined();
  });

  test('while the group has members', () => {
    expect(attachment(synthesize({ access: pumps(), keepWhileMembers: true })).Properties.KeepWhileMembers).toBe(
      'true',
    );
  });
});

test('many in a stack share one function, each with rights of its own', () => {
  const stack = testStack();
  for (const id of ['A', 'B', 'C'])
    new GroupPolicies(stack, id, { thingGroup: new CfnThingGroup(stack, `${id}Group`), access: pumps() });
  const template = Template.fromStack(stack);
  template.resourceCountIs('AWS::Lambda::Function', 1);
  template.resourceCountIs('AWS::IAM::RolePolicy', 3);
});

test('fails where the groups of one stack are too many for the policies of one role', () => {
  const build = (count: number) => {
    const stack = testStack();
    for (let index = 0; index < count; index += 1)
      new GroupPolicies(stack, `P${index}`, { thingGroup: new CfnThingGroup(stack, `G${index}`), access: pumps() });
    return () => Template.fromStack(stack);
  };
  expect(build(12)).not.toThrow();
  expect(codeOf(build(40))).toMatchObject({
    code: 'RightsTooLarge',
    message: expect.stringMatching(
      /take about \d+ characters and the inline policies of a role can have 10240.*divide them among several stacks/,
    ),
  });
});

describe('fails', () => {
  const wrong = (props: (stack: Stack) => Input) => {
    const stack = testStack();
    return codeOf(
      () => new GroupPolicies(stack, 'Policies', { thingGroup: new CfnThingGroup(stack, 'Group'), ...props(stack) }),
    );
  };
  const named = (stack: Stack, ...names: string[]) =>
    names.map((name, index) => CfnPolicy.fromPolicyName(stack, `P${index}`, name));

  test('with nothing to attach', () => {
    expect(wrong(() => ({}))).toMatchObject({
      code: 'GroupPoliciesInvalid',
      message: expect.stringContaining("'access' or 'policies' must be given"),
    });
    expect(wrong(() => ({ policies: [] })).code).toBe('GroupPoliciesInvalid');
  });

  test.each([
    [3, () => ({}), "'policies' can have 2 here, got 3"],
    [2, () => ({ access: pumps() }), "'policies' can have 1 here, got 2"],
    [2, () => ({ inherited: 1 }), "'policies' can have 1 here, got 2"],
    [1, () => ({ access: pumps(), inherited: 1 }), "'policies' can have 0 here, got 1"],
  ])('with %i policies (%#)', (count, more, message) => {
    const names = ['a', 'b', 'c'].slice(0, count);
    expect(wrong((stack) => ({ ...more(), policies: named(stack, ...names) }))).toMatchObject({
      code: 'GroupPoliciesInvalid',
      message: expect.stringContaining(message),
    });
  });

  test('not with as many as there may be', () => {
    for (const [count, more] of [
      [2, {}],
      [1, { access: pumps() }],
      [1, { inherited: 1 }],
    ] as const)
      expect(() =>
        synthesize((stack) => ({ ...more, policies: named(stack, ...['a', 'b'].slice(0, count)) })),
      ).not.toThrow();
  });

  test('with one policy twice', () => {
    expect(wrong((stack) => ({ policies: named(stack, 'a', 'a') }))).toMatchObject({
      code: 'GroupPoliciesInvalid',
      message: expect.stringContaining('twice'),
    });
    const twice = (stack: Stack) => {
      const policy = new CfnPolicy(stack, 'P', { policyDocument: ALLOW });
      return { policies: [policy, policy] };
    };
    expect(wrong(twice).code).toBe('GroupPoliciesInvalid');
  });

  test.each([-1, 2, 0.5, NaN])('with %p inherited policies', (inherited) => {
    const { code, message } = wrong(() => ({ access: pumps(), inherited }));
    expect(code).toBe('GroupPoliciesInvalid');
    expect(message).toMatch(/'inherited' must be .* 0 to 1\b/);
  });

  test('when the access does not fit beside inherited policies', () => {
    const much = [...'abcdefghijklm'].map((letter) => Access.publish(Topic.of(letter.repeat(120), Topic.THING)));
    expect(() => synthesize({ access: much })).not.toThrow();
    const { code, message } = wrong(() => ({ access: much, inherited: 1 }));
    expect(code).toBe('PolicyTooLarge');
    expect(message).toMatch(
      /^\S*Policies: 'access': the accesses are \d+ characters too long: [^]* \[PolicyTooLarge\]$/,
    );
  });

  test('with what is not about the access as it is', () => {
    const fault = new TypeError('not ours');
    const render = jest.spyOn(AccessPolicy.prototype, 'render').mockImplementation(() => {
      throw fault;
    });
    try {
      expect(() => synthesize({ access: pumps() })).toThrow(fault);
    } finally {
      render.mockRestore();
    }
  });

  test('on a dynamic group', () => {
    const dynamic = (stack: Stack) => ({
      access: pumps(),
      thingGroup: new CfnThingGroup(stack, 'Dynamic', { queryString: 'attributes.a:1' }),
    });
    expect(wrong(dynamic)).toMatchObject({
      code: 'GroupPoliciesOnDynamicGroup',
      message: expect.stringContaining('Dynamic has a query'),
    });
  });

  test('with a snapshot as removal policy', () => {
    expect(wrong(() => ({ access: pumps(), removalPolicy: RemovalPolicy.SNAPSHOT })).code).toBe(
      'GroupPoliciesRemovalInvalid',
    );
  });

  test('with all that is wrong at once', () => {
    const { message } = wrong((stack) => ({
      removalPolicy: RemovalPolicy.SNAPSHOT,
      thingGroup: new CfnThingGroup(stack, 'D', { queryString: 'x' }),
    }));
    for (const part of ['nothing to attach', 'has a query', 'SNAPSHOT']) expect(message).toContain(part);
  });
});

test('tokens pass', () => {
  const template = synthesize((stack) => ({
    inherited: Lazy.number({ produce: () => 0 }),
    thingGroup: CfnThingGroup.fromThingGroupName(stack, 'G', `${Aws.STACK_NAME}-fleet`),
    policies: [CfnPolicy.fromPolicyName(stack, 'P', Fn.ref('Name'))],
  }));
  expect(attachment(template).Properties.Policies).toEqual([{ Name: { Ref: 'Name' }, Denies: 'false' }]);
});

describe('topics that name no device', () => {
  const warningsOf = (access: Access[], acknowledge = false) => {
    const stack = testStack();
    if (acknowledge)
      Validations.of(stack).acknowledge({ id: 'zero-trust-iot:TopicsShared', reason: 'all ring one bell' });
    synthesize({ access }, stack);
    return Annotations.fromStack(stack)
      .findWarning('*', Match.stringLikeRegexp('TopicsShared'))
      .map(({ entry }) => String(entry.data));
  };

  test('are warned of by name, and how many there are besides', () => {
    const shared = ['alarms', 'bells', 'horns', 'lamps'].map((name) => Access.publish(Topic.of('plant', name)));
    expect(warningsOf([...pumps(), ...shared])).toEqual([
      expect.stringContaining(
        `'access' lets each member publish to "plant/alarms", "plant/bells", "plant/horns" and 1 more in the name of any other: ` +
          'put Topic.THING into the topic, or acknowledge this where it is meant for all',
      ),
    ]);
    expect(warningsOf([Access.subscribe(Topic.of('pumps', Topic.ANY, 'state')), shared[0]!])).toEqual([
      expect.stringContaining('in the name of any other, and receive what is on "pumps/*/state" for any other'),
    ]);
  });

  test('are not warned of where each names the thing, or where it is acknowledged', () => {
    expect(warningsOf(pumps())).toEqual([]);
    expect(warningsOf([Access.publish(Topic.of('plant', 'alarms'))], true)).toEqual([]);
  });
});

describe('counts what else in the app attaches to the group', () => {
  const attach = (stack: Stack, id: string, thingGroup: GroupPoliciesProps['thingGroup'], props: Input = {}) =>
    new GroupPolicies(stack, id, { thingGroup, access: pumps(), ...props });

  test('and fails beyond what a group takes', () => {
    const stack = testStack();
    const group = new CfnThingGroup(stack, 'Group');
    attach(stack, 'One', group);
    attach(stack, 'Two', group);
    const { code, message } = codeOf(() => attach(stack, 'Three', group));
    expect(code).toBe('GroupPoliciesInvalid');
    expect(message).toContain(
      "'thingGroup' Test/Group has 2 of the 2 policies that it can have, inherited ones included, attached by Test/One, Test/Two, and 1 more are given here",
    );
  });

  test('with what that group inherits', () => {
    const stack = testStack();
    const group = new CfnThingGroup(stack, 'Group', { parentGroupName: 'plant' });
    attach(stack, 'One', group, { inherited: 1 });
    expect(codeOf(() => attach(stack, 'Two', group)).message).toContain('has 2 of the 2 policies');
  });

  test('but not twice where a root is said to have inherited them', () => {
    const stack = testStack();
    const group = new CfnThingGroup(stack, 'Group');
    for (const id of ['One', 'Two']) attach(stack, id, group, { inherited: 1 });
    expect(codeOf(() => attach(stack, 'Three', group)).code).toBe('GroupPoliciesInvalid');
  });

  test('by its name, from any stack of the account and region', () => {
    const env = { account: '111122223333', region: 'eu-west-1' };
    const stack = testStack({ env });
    const other = new Stack(stack.node.root, 'Other', { env });
    const named = (scope: Stack) => CfnThingGroup.fromThingGroupName(scope, 'Group', 'pumps');
    attach(stack, 'One', named(stack));
    attach(other, 'Two', named(other));
    expect(codeOf(() => attach(stack, 'Three', new CfnThingGroup(stack, 'G', { thingGroupName: 'pumps' }))).code).toBe(
      'GroupPoliciesInvalid',
    );
  });

  test('and lets access use the room that is left only', () => {
    const stack = testStack();
    const group = new CfnThingGroup(stack, 'Group');
    const many = Array.from({ length: 25 }, (_, index) =>
      Access.publish(Topic.of(`some-long-prefix-of-a-topic-${index}`, Topic.THING, `telemetry-${index}`)),
    );
    expect(attach(stack, 'Alone', new CfnThingGroup(stack, 'Empty'), { access: many }).policies).toHaveLength(2);
    attach(stack, 'One', group);
    expect(codeOf(() => attach(stack, 'Two', group, { access: many })).code).toBe('PolicyTooLarge');
  });

  test('a policy that is attached twice once, and other groups not at all', () => {
    const stack = testStack();
    const group = new CfnThingGroup(stack, 'Group');
    const policy = new CfnPolicy(stack, 'Policy', { policyDocument: ALLOW });
    attach(stack, 'One', group, { policies: [policy] });
    expect(() => attach(stack, 'Two', group, { access: undefined, policies: [policy] })).not.toThrow();
    expect(() => attach(stack, 'Three', new CfnThingGroup(stack, 'Other'))).not.toThrow();
  });

  test('one of a name once, whoever made it, and those of two parameters twice', () => {
    const env = { account: '111122223333', region: 'eu-west-1' };
    const stack = testStack({ env });
    const other = new Stack(stack.node.root, 'Other', { env });
    const group = new CfnThingGroup(stack, 'Group');
    const own = new CfnPolicy(stack, 'Policy', { policyDocument: ALLOW, policyName: 'p' });
    const theirs = ['p', 'q'].map((name) => CfnPolicy.fromPolicyName(other, name, name));
    attach(stack, 'One', group, { access: undefined, policies: [own] });
    expect(() => attach(other, 'Two', group, { access: undefined, policies: theirs })).not.toThrow();

    const shared = new CfnThingGroup(stack, 'Shared');
    const given = [stack, other].map((scope) =>
      CfnPolicy.fromPolicyName(scope, 'Given', new CfnParameter(scope, 'Name').valueAsString),
    );
    given.forEach((policy, index) => attach(stack, `Given${index}`, shared, { access: undefined, policies: [policy] }));
    expect(codeOf(() => attach(stack, 'Beyond', shared)).code).toBe('GroupPoliciesInvalid');
  });
});

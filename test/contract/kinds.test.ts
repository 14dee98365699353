// What callers without types give: another kind of value than a public property or parameter takes is refused in words that name
// it, whatever else is missing. The cases come from the table that the types of the library are written into.
import { Duration, Lazy, type Stack, Token } from 'aws-cdk-lib';
import { CfnThingGroup } from 'aws-cdk-lib/aws-iot';
import * as library from '../../lib';
import { ConfigurationError } from '../../lib/internal/configuration-error';
import { CALLS, STRUCTS } from '../../lib/internal/surface';
import { testStack } from '../support/app';

const {
  Access,
  Behavior,
  Detection,
  DetectionTarget,
  DeviceDefenderAudit,
  FleetGroup,
  Playbook,
  PolicyEvaluator,
  SignalSource,
  Topic,
  ZeroTrustFleet,
} = library;

/** A value of another kind. */
const WRONG: Readonly<Record<string, readonly unknown[]>> = {
  text: [null, 5, true, {}, ['a']],
  number: [null, '5', true, {}, [5]],
  flag: [null, 'false', 0, {}],
  list: [null, 'a', 5, {}, true],
  map: [null, 'a', 5, ['a']],
  struct: [null, 'a', 5, ['a'], true],
  class: [null, 'a', 5, {}, [], true, () => undefined],
};

function wrongFor(kind: string): readonly unknown[] {
  const [word = '', ...inner] = kind.replace('?', '').replace('rest ', 'list ').split(' ');
  const items = word === 'list' ? wrongFor(inner.join(' ')).map((item) => [item]) : [];
  return [...(WRONG[word] ?? []), ...items];
}

function refusal(build: () => unknown): string {
  try {
    build();
  } catch (error) {
    if (!ConfigurationError.is(error)) throw error;
    expect(error.code).toBe('InputKindInvalid');
    return error.message;
  }
  return 'was not refused';
}

type Constructor = new (...given: unknown[]) => unknown;
const exported = library as unknown as Record<string, Constructor & Record<string, (...given: unknown[]) => unknown>>;
/** How a struct is given to who checks it. */
const builders: [struct: string, build: (stack: Stack, props: unknown) => unknown][] = [
  ...Object.keys(STRUCTS)
    .filter((struct) => struct.endsWith('Props') && exported[struct.slice(0, -'Props'.length)] !== undefined)
    .filter((struct) => !['PatchArtifactProps', 'IotStatementProps', 'PolicyDecisionProps'].includes(struct))
    .map((struct): [string, (stack: Stack, props: unknown) => unknown] => {
      const made = exported[struct.slice(0, -'Props'.length)] as Constructor;
      const isConstruct = !['ConnectionContext', 'PolicyEvaluator', 'Playbook'].includes(made.name);
      return [struct, (stack, props) => (isConstruct ? new made(stack, 'Made', props) : new made(props))];
    }),
  ['WatchOptions', (stack, options) => Detection.stream().watch(stack, 'Watch', options as never)],
  ['WatchOptions', (stack, options) => Detection.deviceDefender().watch(stack, 'Watch', options as never)],
];

describe.each(builders)('%s', (struct, build) => {
  const fields = Object.entries(STRUCTS[struct] as object) as [string, string][];
  test.each(fields)('refuses %s of another kind than %s', (field, kind) => {
    for (const wrong of wrongFor(kind))
      expect(refusal(() => build(testStack(), { [field]: wrong }))).toMatch(
        new RegExp(`'${field}(\\[0\\])?' must be `),
      );
  });

  test('refuses what holds no properties', () => {
    for (const wrong of [null, 'props', 5, []])
      expect(refusal(() => build(testStack(), wrong))).toContain("'props' must be an object");
  });
});

const calls = Object.entries(CALLS).flatMap(([owner, methods]) =>
  Object.entries(methods).map(([method, parameters]): [string, string, Record<string, string>] => [
    owner,
    method,
    parameters,
  ]),
);

test.each(calls)('%s %s refuses parameters of another kind', (owner, method, parameters) => {
  const name = owner.replace('#', '');
  const target = (owner.endsWith('#') ? exported[name]!.prototype : exported[name]) as Record<
    string,
    (...given: unknown[]) => unknown
  >;
  Object.entries(parameters).forEach(([parameter, kind], index) => {
    for (const wrong of wrongFor(kind)) {
      const given = [
        ...Array<undefined>(index).fill(undefined),
        ...(kind.startsWith('rest ') ? [wrong].flat() : [wrong]),
      ];
      if (kind.startsWith('rest ') && !Array.isArray(wrong)) continue;
      const message = refusal(() => target[method]!(...given));
      expect(message.startsWith(`${name}.${method}(): '`)).toBe(true);
      expect(message.replace('[0]', '')).toContain(`'${parameter}' must be `);
    }
  });
});

describe('what is refused is said', () => {
  const stack = testStack();
  test.each<[string, () => unknown, string]>([
    [
      'all at once, with the construct',
      () => new FleetGroup(stack, 'Fleet', { access: 'all', description: 7 } as never),
      "Test/Fleet: 'access' must be a list, got text (\"all\"); 'description' must be text, got number 7; leave it out for the default [InputKindInvalid]",
    ],
    [
      'with a way to make what belongs there',
      () => Detection.stream().watch(stack, 'Watch', { behaviors: [Behavior.messagesSent()], target: 'all' } as never),
      "Test: 'behaviors[0]' must be a Behavior, got an object (NumberMetric); 'target' must be a DetectionTarget, such as DetectionTarget.thingGroup(), got text (\"all\") [InputKindInvalid]",
    ],
    [
      'where it stands in other properties',
      () => new library.ZeroTrustAccount(stack, 'Account', { audit: { certificateAge: 30 } } as never),
      "Test/Account: 'audit.certificateAge' must be a Duration, such as Duration.minutes(5), got number 30; leave it out for the default [InputKindInvalid]",
    ],
    [
      'with the method that was called',
      () => Playbook.standard({ dryRun: 'false' } as never),
      'Playbook.standard(): \'dryRun\' must be true or false, got text ("false"); leave it out for the default [InputKindInvalid]',
    ],
    [
      'without a private key',
      () => new library.Device(stack, 'Device', { fleetGroup: `-----BEGIN EC ${'PRIVATE'} KEY-----` } as never),
      "Test/Device: 'certificateSigningRequest' must be text, got nothing; 'fleetGroup' must be an IThingGroupRef, got text ((a private key, not shown)) [InputKindInvalid]",
    ],
  ])('%s', (_how, build, expected) => {
    expect(refusal(build)).toBe(expected);
  });

  test('a severity of a source that is none', () => {
    expect(() => SignalSource.topic(topic(), { severity: 'high' as never })).toThrow(
      /'severity' must be one of LOW, MEDIUM, HIGH.*got "high"/,
    );
  });
});

function topic() {
  return { topicRef: { topicArn: 'arn:aws:sns:eu-west-1:111122223333:t' }, node: testStack().node } as never;
}

describe('a slip in the name of a property', () => {
  test.each(builders)('is refused: every one of %s', (struct, build) => {
    const known = Object.keys(STRUCTS[struct] as object);
    for (const name of known.filter((each) => each.length > 3)) {
      const swapped = (name[1] ?? '') + (name[0] ?? '') + name.slice(2);
      for (const slip of [name.slice(0, -1), `${name}x`, name.toUpperCase(), swapped]) {
        let message = '';
        try {
          if (!known.includes(slip)) build(testStack(), { [slip]: null });
        } catch (error) {
          message = (error as Error).message;
        }
        if (!known.includes(slip)) expect(message).toContain(`'${slip}' is not known: write '`);
      }
    }
  });

  test.each<[string, () => unknown, string]>([
    [
      'in an object of options',
      () => Playbook.standard({ dryrun: true } as never),
      "Playbook.standard(): 'dryrun' is not known: write 'dryRun', or leave it out [InputPropertyUnknown]",
    ],
    [
      'deeper, beside what else is wrong',
      () => new library.ZeroTrustAccount(testStack(), 'Account', { alerts: { email: ['a@b.cd'], emails: 5 } } as never),
      "Test/Account: 'alerts.emails' must be a list, got number 5; leave it out for the default [InputKindInvalid]",
    ],
    [
      'deeper',
      () => new library.ZeroTrustAccount(testStack(), 'Account', { alerts: { email: ['a@b.cd'] } } as never),
      "Test/Account: 'alerts.email' is not known: write 'emails', or leave it out [InputPropertyUnknown]",
    ],
  ])('%s', (_where, build, expected) => {
    expect(build).toThrow(expect.objectContaining({ message: expected }));
  });
});

describe('what passes', () => {
  test('tokens, what is resolved at synth, and what has more than is asked', () => {
    const stack = testStack();
    const group = new CfnThingGroup(stack, 'Group');
    const behavior = Behavior.messagesSent()
      .mustBeAtMost(Token.asNumber(Lazy.any({ produce: () => 5 })))
      .per(Duration.minutes(5));
    const options = { behaviors: [behavior], target: DetectionTarget.thingGroup(group), note: 'mine' };
    expect(() => Detection.stream().watch(stack, 'Watch', options)).not.toThrow();
    const access = [Access.publish(Topic.of('pumps', Topic.THING))];
    expect(
      () => new FleetGroup(stack, 'Fleet', { access, parentGroup: undefined, inherited: undefined }),
    ).not.toThrow();
    const resolved = Lazy.any({ produce: () => ({ topicArn: 'arn' }) }) as never;
    expect(() => new DeviceDefenderAudit(stack, 'Audit', { alertTopicKey: resolved })).toThrow(
      expect.not.objectContaining({ code: 'InputKindInvalid' }),
    );
  });

  test('objects of another copy of the library', () => {
    jest.isolateModules(() => {
      const other = jest.requireActual<typeof library>('../../lib');
      expect(other.Behavior).not.toBe(Behavior);
      const access = [other.Access.publish(other.Topic.of('pumps', other.Topic.THING))];
      expect(() => new ZeroTrustFleet(testStack(), 'Fleet', { access })).not.toThrow();
    });
  });

  test('a guard checks once, however often the library is loaded', () => {
    expect(Behavior.prototype.per.name).toBe('per');
    expect(() => new PolicyEvaluator({ policies: [], region: 'eu-west-1', account: '111122223333' })).not.toThrow();
  });
});

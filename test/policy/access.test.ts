import * as fc from 'fast-check';
import { Lazy } from 'aws-cdk-lib';
import { pastedKey } from '../support/private-key';
import { ConfigurationError } from '../../lib/internal/configuration-error';
import { Access } from '../../lib/policy/access';
import { AccessPolicy } from '../../lib/policy/access-policy';
import { IotStatement } from '../../lib/policy/statement';
import { Topic } from '../../lib/policy/topic';
import { decide, errorOf, PREFIX, SCOPE } from './oracle';

const THING = { 'iot:Connection.Thing.ThingName': 'pump-7' };

/** What the statements allow, as `action resource`, with `OWN` for the thing's reserved topics. */
function grants(access: Access): string[] {
  return access.statements
    .flatMap(({ effect, actions, resources, notResources, conditions }) => {
      expect([effect, notResources, conditions]).toEqual(['Allow', [], {}]);
      return actions.flatMap((action) => resources.map((resource) => `${action.slice(4)} ${resource}`));
    })
    .map((grant) => grant.replaceAll('$aws/things/${iot:Connection.Thing.ThingName}/', 'OWN/'));
}

/** Whether a device called pump-7 with this access may do something. */
function may(access: Access, action: string, resource: string): boolean {
  const documents = AccessPolicy.of([access]).render(SCOPE);
  return decide(documents, `iot:${action}`, PREFIX + resource, THING) === 'allowed';
}

describe('topics of the fleet', () => {
  const own = (): Topic => Topic.of('a', Topic.THING);
  const text = 'a/${iot:Connection.Thing.ThingName}';

  test.each([
    [() => Access.publish(own()), [`Publish topic/${text}`], 'May publish to a/${thing}.'],
    [() => Access.publishBelow(own()), [`Publish topic/${text}/*`], 'May publish to every topic below a/${thing}/.'],
    [
      () => Access.retain(own()),
      [`Publish topic/${text}`, `RetainPublish topic/${text}`],
      'May publish retained and other messages to a/${thing}.',
    ],
    [() => Access.lastWill(own()), [`Publish topic/${text}`], 'May leave a last will on a/${thing}.'],
    [
      () => Access.subscribe(own()),
      [`Subscribe topicfilter/${text}`, `Receive topic/${text}`],
      'May subscribe to a/${thing} and receive what it matches.',
    ],
    [() => Access.receive(own()), [`Receive topic/${text}`], 'May receive messages on a/${thing}.'],
    [
      () => Access.subscribe(Topic.parse('a/+/${thing}/#')),
      [
        'Subscribe topicfilter/a/+/${iot:Connection.Thing.ThingName}/#',
        'Receive topic/a/*/${iot:Connection.Thing.ThingName}/*',
      ],
      'May subscribe to a/+/${thing}/# and receive what it matches.',
    ],
    [() => Access.receive(Topic.of('a', Topic.REST)), ['Receive topic/a/*'], 'May receive messages on a/#.'],
    [
      () => Access.publish(Topic.basicIngest('rule', Topic.THING)),
      ['Publish topic/$aws/rules/rule/${iot:Connection.Thing.ThingName}'],
      'May publish to $aws/rules/rule/${thing}.',
    ],
    [
      () => Access.publishBelow(Topic.basicIngest('rule')),
      ['Publish topic/$aws/rules/rule/*'],
      'May publish to every topic below $aws/rules/rule/.',
    ],
    [
      () => Access.publishBelow(Topic.parse('$aws/things/${thing}')),
      ['Publish topic/$aws/things/${iot:Connection.Thing.ThingName}/*'].map((grant) =>
        grant.replace(/\$aws\/things\/[^/]*\//, 'OWN/'),
      ),
      'May publish to every topic below $aws/things/${thing}/.',
    ],
    [
      () => Access.subscribe(Topic.parse('$aws/commands/things/${thing}/#')),
      [
        'Subscribe topicfilter/$aws/commands/things/${iot:Connection.Thing.ThingName}/#',
        'Receive topic/$aws/commands/things/${iot:Connection.Thing.ThingName}/*',
      ],
      'May subscribe to $aws/commands/things/${thing}/# and receive what it matches.',
    ],
    [
      () => Access.subscribe(Topic.parse('$aws/events/presence/connected/+')),
      ['Subscribe topicfilter/$aws/events/presence/connected/+', 'Receive topic/$aws/events/presence/connected/*'],
      'May subscribe to $aws/events/presence/connected/+ and receive what it matches.',
    ],
    [
      () => Access.subscribe(Topic.parse('$aws/sitewise/things/+')),
      ['Subscribe topicfilter/$aws/sitewise/things/+', 'Receive topic/$aws/sitewise/things/*'],
      'May subscribe to $aws/sitewise/things/+ and receive what it matches.',
    ],
    [
      () => Access.subscribe(Topic.parse('commands/+/x')),
      ['Subscribe topicfilter/commands/+/x', 'Receive topic/commands/*/x'],
      'May subscribe to commands/+/x and receive what it matches.',
    ],
    [
      () => Access.subscribe(Topic.parse('things/x/+')),
      ['Subscribe topicfilter/things/x/+', 'Receive topic/things/x/*'],
      'May subscribe to things/x/+ and receive what it matches.',
    ],
  ])('%#', (make, expected, description) => {
    const access = make();
    expect(grants(access)).toEqual(expected);
    expect(access.description).toBe(description);
  });

  test('a shared subscription is allowed in both forms that AWS may compare', () => {
    expect(grants(Access.subscribe(Topic.shared('group', Topic.of('a', Topic.ANY))))).toEqual([
      'Subscribe topicfilter/$share/group/a/+',
      'Subscribe topicfilter/a/+',
      'Receive topic/$share/group/a/*',
      'Receive topic/a/*',
    ]);
  });

  test('only a last will lets the device ask for one', () => {
    expect(Access.lastWill(own()).allowsLastWill).toBe(true);
    expect(Access.publish(own()).allowsLastWill).toBe(false);
    expect(Access.retain(own()).allowsLastWill).toBe(false);
  });

  test.each([
    ['Access.publish', Access.publish, 'use Access.publishBelow'],
    ['Access.publishBelow', Access.publishBelow, 'use Access.publishBelow with the levels before the wildcard'],
    ['Access.retain', Access.retain, 'use one Access.retain for each topic'],
    ['Access.lastWill', Access.lastWill, 'use one Access.lastWill for each topic'],
  ])('%s fails for wildcards and shared subscriptions', (name, make, remedy) => {
    for (const level of [Topic.ANY, Topic.REST]) {
      const error = errorOf(() => make(Topic.of('a', level)));
      expect(error.code).toBe('TopicWildcardMisplaced');
      expect(error.message).toContain(`${name} takes a topic without '+' and '#', got "a/${level}": ${remedy}`);
    }
    const error = errorOf(() => make(Topic.parse('$share/group/a')));
    expect(error.code).toBe('TopicReserved');
    expect(error.message).toContain(`${name} cannot take a shared subscription, got "$share/group/a"`);
  });

  test.each([
    ['#', 'start it with a level of text'],
    ['+/x', 'start it with a level of text'],
    ['$share/group/#', 'start it with a level of text'],
    ['$aws/things/#', 'put Topic.THING where the thing name is'],
    ['$aws/things/+/jobs/notify', 'put Topic.THING where the thing name is'],
    ['$aws/things', 'put Topic.THING where the thing name is'],
    ['$share/group/$aws/things/+/shadow/update', 'put Topic.THING where the thing name is'],
    ['$aws/commands/+/x/executions/+/request/json', 'name things/ and Topic.THING after $aws/commands/'],
    ['$aws/commands/#', 'name things/ and Topic.THING after $aws/commands/'],
    ['$aws/commands/things/+/executions/+/request/json', 'put Topic.THING where the thing name is'],
    ['$aws/commands/things/#', 'put Topic.THING where the thing name is'],
  ])('what covers every device fails: %s', (text, remedy) => {
    for (const [name, make] of [
      ['Access.subscribe', Access.subscribe],
      ['Access.receive', Access.receive],
    ] as const) {
      const error = errorOf(() => make(Topic.parse(text)));
      expect(error.code).toBe('TopicTooBroad');
      expect(error.message).toContain(`${name} would reach what is not the device's own with "${text}": ${remedy}`);
    }
  });

  test.each([
    '$aws/things/pump-8/defender/metrics/json',
    '$aws/things',
    '$aws/commands/things/pump-8/executions/e/response/json',
  ])('publishing to %s, for another device, fails', (text) => {
    for (const [name, make] of [
      ['Access.publish', Access.publish],
      ['Access.publishBelow', Access.publishBelow],
      ['Access.retain', Access.retain],
      ['Access.lastWill', Access.lastWill],
    ] as const) {
      const error = errorOf(() => make(Topic.parse(text)));
      expect(error.code).toBe('TopicTooBroad');
      expect(error.message).toContain(
        `${name} would reach what is not the device's own with "${text}": put Topic.THING`,
      );
    }
  });

  test.each(['$aws/things/${thing}/shadow/get', '$aws/commands/things/${Token[TOKEN.1]}/executions/e/response/json'])(
    'publishing to %s, its own, is allowed',
    (text) => {
      expect(Access.publish(Topic.parse(text)).statements).toHaveLength(1);
      expect(Access.publishBelow(Topic.parse(text)).statements).toHaveLength(1);
    },
  );

  test.each(['$aws/things', '$aws/commands', '$aws/commands/things'])('publishing below %s fails', (text) => {
    const error = errorOf(() => Access.publishBelow(Topic.parse(text)));
    expect(error.code).toBe('TopicTooBroad');
    expect(error.message).toContain(`Access.publishBelow would reach what is not the device's own with "${text}"`);
  });

  test('subscribing to Basic Ingest fails', () => {
    const error = errorOf(() => Access.subscribe(Topic.basicIngest('rule', 'a')));
    expect(error.code).toBe('TopicReserved');
    expect(error.message).toContain('no client can receive Basic Ingest topics, got "$aws/rules/rule/a"');
  });
});

describe('features of AWS IoT', () => {
  test.each([
    [
      () => Access.shadow(),
      [
        'Publish topic/OWN/shadow/get',
        'Publish topic/OWN/shadow/update',
        'Subscribe topicfilter/OWN/shadow/get/*',
        'Subscribe topicfilter/OWN/shadow/update/*',
        'Receive topic/OWN/shadow/get/*',
        'Receive topic/OWN/shadow/update/*',
      ],
      'May read and update its classic shadow.',
    ],
    [
      () => Access.shadow('config'),
      [
        'Publish topic/OWN/shadow/name/config/get',
        'Publish topic/OWN/shadow/name/config/update',
        'Subscribe topicfilter/OWN/shadow/name/config/get/*',
        'Subscribe topicfilter/OWN/shadow/name/config/update/*',
        'Receive topic/OWN/shadow/name/config/get/*',
        'Receive topic/OWN/shadow/name/config/update/*',
      ],
      'May read and update its shadow config.',
    ],
    [
      () => Access.shadowDeletion(),
      [
        'Publish topic/OWN/shadow/delete',
        'Subscribe topicfilter/OWN/shadow/delete/*',
        'Receive topic/OWN/shadow/delete/*',
      ],
      'May delete its classic shadow.',
    ],
    [
      () => Access.shadowDeletion('$package'),
      [
        'Publish topic/OWN/shadow/name/$package/delete',
        'Subscribe topicfilter/OWN/shadow/name/$package/delete/*',
        'Receive topic/OWN/shadow/name/$package/delete/*',
      ],
      'May delete its shadow $package.',
    ],
    [
      () => Access.jobs(),
      ['Publish topic/OWN/jobs/*', 'Subscribe topicfilter/OWN/jobs/*', 'Receive topic/OWN/jobs/*'],
      'May run jobs that are sent to it.',
    ],
    [
      () => Access.commands(),
      [
        'Publish topic/$aws/commands/things/${iot:Connection.Thing.ThingName}/executions/*/response/*',
        'Subscribe topicfilter/$aws/commands/things/${iot:Connection.Thing.ThingName}/executions/*',
        'Receive topic/$aws/commands/things/${iot:Connection.Thing.ThingName}/executions/*',
      ],
      'May run commands that are sent to it.',
    ],
    [
      () => Access.tunnelNotifications(),
      ['Subscribe topicfilter/OWN/tunnels/notify', 'Receive topic/OWN/tunnels/notify'],
      'May be told of secure tunnels to it.',
    ],
    [
      () => Access.defenderMetrics(),
      [
        'Publish topic/OWN/defender/metrics/*',
        'Subscribe topicfilter/OWN/defender/metrics/*',
        'Receive topic/OWN/defender/metrics/*',
      ],
      'May report its own security metrics.',
    ],
    [
      () => Access.stream('firmware-1'),
      [
        'Publish topic/OWN/streams/firmware-1/*',
        'Subscribe topicfilter/OWN/streams/firmware-1/*',
        'Receive topic/OWN/streams/firmware-1/*',
      ],
      'May read the files of stream firmware-1.',
    ],
    [
      () => Access.roleAlias('Uploads=1,@_-'),
      ['AssumeRoleWithCertificate rolealias/Uploads=1,@_-'],
      'May take on the role of Uploads=1,@_-.',
    ],
  ])('%#', (make, expected, description) => {
    const access = make();
    expect(grants(access)).toEqual(expected);
    expect(access.description).toBe(description);
    expect(access.allowsLastWill).toBe(false);
  });

  // The topics that the developer guide lists for devices: what each feature must be able to do, and what it must not.
  test.each<[string, () => Access, string[], string[]]>([
    [
      'shadow',
      () => Access.shadow(),
      [
        'Publish topic/$aws/things/pump-7/shadow/get',
        'Publish topic/$aws/things/pump-7/shadow/update',
        'Subscribe topicfilter/$aws/things/pump-7/shadow/get/accepted',
        'Subscribe topicfilter/$aws/things/pump-7/shadow/get/+',
        'Subscribe topicfilter/$aws/things/pump-7/shadow/update/#',
        'Receive topic/$aws/things/pump-7/shadow/get/rejected',
        'Receive topic/$aws/things/pump-7/shadow/update/delta',
        'Receive topic/$aws/things/pump-7/shadow/update/documents',
      ],
      [
        'Publish topic/$aws/things/pump-7/shadow/update/documents',
        'Publish topic/$aws/things/pump-7/shadow/delete',
        'Publish topic/$aws/things/pump-7/shadow/name/config/update',
        'Subscribe topicfilter/$aws/things/pump-7/shadow/name/config/get/accepted',
        'Subscribe topicfilter/$aws/things/pump-7/shadow/#',
        'Publish topic/$aws/things/pump-8/shadow/update',
        'Receive topic/$aws/things/pump-77/shadow/update/delta',
      ],
    ],
    [
      'jobs',
      () => Access.jobs(),
      [
        'Publish topic/$aws/things/pump-7/jobs/get',
        'Publish topic/$aws/things/pump-7/jobs/start-next',
        'Publish topic/$aws/things/pump-7/jobs/job-1/get',
        'Publish topic/$aws/things/pump-7/jobs/job-1/update',
        'Subscribe topicfilter/$aws/things/pump-7/jobs/notify-next',
        'Subscribe topicfilter/$aws/things/pump-7/jobs/+/update/accepted',
        'Receive topic/$aws/things/pump-7/jobs/job-1/update/rejected',
        'Receive topic/$aws/things/pump-7/jobs/notify',
      ],
      ['Publish topic/$aws/things/pump-8/jobs/job-1/update', 'Subscribe topicfilter/$aws/things/+/jobs/notify'],
    ],
    [
      'commands',
      () => Access.commands(),
      [
        'Subscribe topicfilter/$aws/commands/things/pump-7/executions/+/request/json',
        'Subscribe topicfilter/$aws/commands/things/pump-7/executions/+/request/#',
        'Receive topic/$aws/commands/things/pump-7/executions/e1/request',
        'Receive topic/$aws/commands/things/pump-7/executions/e1/request/cbor',
        'Receive topic/$aws/commands/things/pump-7/executions/e1/response/accepted/json',
        'Publish topic/$aws/commands/things/pump-7/executions/e1/response/json',
        'Publish topic/$aws/commands/things/pump-7/executions/e1/response/cbor',
      ],
      [
        'Publish topic/$aws/commands/things/pump-7/executions/e1/request/json',
        'Publish topic/$aws/commands/things/pump-8/executions/e1/response/json',
        'Subscribe topicfilter/$aws/commands/things/+/executions/+/request/json',
        'Subscribe topicfilter/$aws/commands/clients/pump-7/executions/+/request/json',
      ],
    ],
    [
      'tunnels',
      () => Access.tunnelNotifications(),
      ['Subscribe topicfilter/$aws/things/pump-7/tunnels/notify', 'Receive topic/$aws/things/pump-7/tunnels/notify'],
      ['Publish topic/$aws/things/pump-7/tunnels/notify', 'Subscribe topicfilter/$aws/things/+/tunnels/notify'],
    ],
    [
      'defender metrics',
      () => Access.defenderMetrics(),
      [
        'Publish topic/$aws/things/pump-7/defender/metrics/json',
        'Publish topic/$aws/things/pump-7/defender/metrics/cbor',
        'Receive topic/$aws/things/pump-7/defender/metrics/cbor/rejected',
        'Subscribe topicfilter/$aws/things/pump-7/defender/metrics/json/accepted',
      ],
      ['Publish topic/$aws/things/pump-8/defender/metrics/json', 'Publish topic/$aws/things/pump-7/defender'],
    ],
    [
      'stream',
      () => Access.stream('s1'),
      [
        'Publish topic/$aws/things/pump-7/streams/s1/describe/json',
        'Publish topic/$aws/things/pump-7/streams/s1/get/cbor',
        'Receive topic/$aws/things/pump-7/streams/s1/data/json',
        'Subscribe topicfilter/$aws/things/pump-7/streams/s1/description/json',
      ],
      ['Publish topic/$aws/things/pump-7/streams/s2/get/json', 'Publish topic/$aws/things/pump-8/streams/s1/get/json'],
    ],
  ])('%s', (_feature, make, allowed, refused) => {
    const access = make();
    for (const request of allowed)
      expect([request, may(access, ...(request.split(' ') as [string, string]))]).toEqual([request, true]);
    for (const request of refused)
      expect([request, may(access, ...(request.split(' ') as [string, string]))]).toEqual([request, false]);
  });

  test('names that CloudFormation fills in pass', () => {
    const token = '${Token[TOKEN.12]}';
    expect(grants(Access.roleAlias(token))).toEqual([`AssumeRoleWithCertificate rolealias/${token}`]);
    expect(grants(Access.stream(`a-${token}`))[0]).toBe(`Publish topic/OWN/streams/a-${token}/*`);
    expect(grants(Access.shadow(token))[0]).toBe(`Publish topic/OWN/shadow/name/${token}/get`);
  });

  test.each([Access.shadow, Access.shadowDeletion, Access.stream, Access.roleAlias])(
    'what stands beside a name that CloudFormation fills in must fit, and widens nothing: %p',
    (make) => {
      expect(make('a_${Token[TOKEN.1]}-${Token[TOKEN.2]}').statements.length).toBeGreaterThan(0);
      for (const name of [
        '*${Token[TOKEN.1]}',
        '${Token[TOKEN.1]}*',
        '${Token[TOKEN.1]}/../a',
        '${Token[TOKEN.1]}?',
        '$${Token[TOKEN.1]}{x}',
      ])
        expect(errorOf(() => make(name)).code).toBe('PolicyAccessInvalid');
      expect(errorOf(() => make('*${Token[TOKEN.1]}')).message).toContain('got "*<token>"');
    },
  );

  test("the '$' of a shadow's name counts", () => {
    expect(grants(Access.shadow('$' + 'a'.repeat(63)))[0]).toContain('/$aaa');
    expect(errorOf(() => Access.shadow('$' + 'a'.repeat(64))).code).toBe('PolicyAccessInvalid');
    expect(errorOf(() => Access.shadow('$')).code).toBe('PolicyAccessInvalid');
    expect(Access.shadow('$${Token[TOKEN.1]}').statements).toHaveLength(3);
  });

  test.each<[string, (name: string) => Access, number, string]>([
    ['name', Access.shadow, 64, "1 to 64 letters, digits, ':', '_' and '-', with '$' only at the start"],
    ['name', Access.shadowDeletion, 64, "1 to 64 letters, digits, ':', '_' and '-', with '$' only at the start"],
    ['streamId', Access.stream, 128, "1 to 128 letters, digits, '_' and '-'"],
    ['roleAliasName', Access.roleAlias, 128, "1 to 128 letters, digits and '=,@_-'"],
  ])("fails for a wrong '%s'", (property, make, most, allowed) => {
    expect(make('a'.repeat(most)).statements.length).toBeGreaterThan(0);
    for (const name of ['', 'a'.repeat(most + 1), 'a b', 'a/b', '*', 'a*', '${thing}', 'a#', ' a', 'a\n', 'é']) {
      const error = errorOf(() => make(name));
      expect(error.code).toBe('PolicyAccessInvalid');
      expect(error.message).toContain(`'${property}' must be ${allowed}, got ${JSON.stringify(name).slice(0, 20)}`);
    }
  });

  test('characters that one name allows and another does not', () => {
    expect(Access.shadow('a:b').statements).toHaveLength(3);
    expect(() => Access.stream('a:b')).toThrow("'streamId'");
    expect(() => Access.roleAlias('a:b')).toThrow("'roleAliasName'");
    expect(() => Access.stream('a=b')).toThrow("'streamId'");
    expect(() => Access.shadow('a$b')).toThrow("'name'");
  });
});

test('publishing below a prefix fails where no device could', () => {
  const deep = Topic.of(...'abcdefgh');
  expect(Access.publish(deep).statements).toHaveLength(1);
  expect(errorOf(() => Access.publishBelow(deep))).toMatchObject({
    code: 'TopicTooDeep',
    message: expect.stringContaining('any topic below "a/b/c/d/e/f/g/h" has 8 slashes, at most 7 are allowed'),
  });
  expect(Access.publishBelow(Topic.of(...'abcdefg')).statements).toHaveLength(1);
  const long = Topic.of('a'.repeat(255));
  expect(Access.publish(long).statements).toHaveLength(1);
  expect(errorOf(() => Access.publishBelow(long))).toMatchObject({
    code: 'TopicTooLong',
    message: expect.stringContaining('…" can have 257 bytes'),
  });
  expect(Access.publishBelow(Topic.of('a'.repeat(254))).statements).toHaveLength(1);
  expect(Access.publishBelow(Topic.basicIngest('rule', ...'abcdefg')).statements).toHaveLength(1);
  expect(errorOf(() => Access.publishBelow(Topic.basicIngest('rule', ...'abcdefgh'))).code).toBe('TopicTooDeep');
});

test.each([Access.publish, Access.publishBelow, Access.retain, Access.lastWill, Access.subscribe, Access.receive])(
  'a topic that only the deployment knows is refused: %p',
  (make) => {
    const later = Lazy.any({ produce: () => 'a' }) as unknown as Topic;
    expect(errorOf(() => make(later))).toMatchObject({
      code: 'TopicInvalid',
      message: expect.stringMatching(/^Access\.\w+ takes a Topic that is known at synth, such as Topic\.of/),
    });
  },
);

describe('an access of your own', () => {
  test('fails for statements that only the deployment knows', () => {
    const later = Lazy.any({ produce: () => [] }) as unknown as IotStatement[];
    expect(errorOf(() => Access.of('May.', later))).toMatchObject({
      code: 'PolicyAccessInvalid',
      message: expect.stringContaining("'statements' must be a list that is known at synth"),
    });
  });

  const statement = (): IotStatement =>
    IotStatement.allow({ actions: ['iot:GetRetainedMessage'], resources: ['topic/plant/notice'] });

  test('holds what it was given', () => {
    const access = Access.of('May read the retained message of plant/notice.', [statement()]);
    expect(access.description).toBe('May read the retained message of plant/notice.');
    expect(access.statements).toEqual([statement()]);
    expect(access.allowsLastWill).toBe(false);
  });

  test('fails without a sentence or statements', () => {
    expect(errorOf(() => Access.of(' ', [statement()])).message).toContain(
      "'description' must say what the access allows",
    );
    expect(Access.of('x'.repeat(500), [statement()]).description).toHaveLength(500);
    for (const description of ['x'.repeat(501), 'May do.\nMay do all.', 'May \ud800.', 'May \u2028.'])
      expect(errorOf(() => Access.of(description, [statement()])).message).toContain(
        "'description' must be one line of at most 500 characters, got",
      );
    const key = errorOf(() => Access.of(`May ${pastedKey().pem.split('\n').join(' ')}.`, [statement()]));
    expect(key).toMatchObject({ code: 'PrivateKeyGiven', message: expect.stringContaining("'description' holds") });
    expect(errorOf(() => Access.of('May.', [])).message).toContain("'statements' must hold at least one statement");
    const both = errorOf(() => Access.of('', []));
    expect(both.message).toMatch(/'description'.*'statements'/);
    expect(both.code).toBe('PolicyAccessInvalid');
  });
});

test('whatever a level holds, the statement allows publishing to that topic and to no other', () => {
  const hostile = fc.array(
    fc.constantFrom(
      'a',
      'b',
      '*',
      '?',
      '+',
      '#',
      '/',
      '$',
      '{',
      '}',
      '"',
      '\\',
      ',',
      ']',
      ':',
      '${iot:ClientId}',
      '$(*)',
      '","',
      'arn:',
      '\u0000',
    ),
    { minLength: 1, maxLength: 6 },
  );
  const other = fc
    .array(fc.constantFrom('a', 'b', '/', 'pump-8', 'x'), { maxLength: 6 })
    .map((units) => units.join(''));
  let accepted = 0;
  fc.assert(
    fc.property(
      hostile.map((units) => units.join('')),
      other,
      (level, elsewhere) => {
        let access: Access;
        try {
          access = Access.publish(Topic.of('dt', Topic.THING, level));
        } catch (error) {
          expect(ConfigurationError.is(error)).toBe(true);
          return;
        }
        accepted++;
        const [document] = AccessPolicy.of([access]).render(SCOPE);
        expect(document.Statement).toHaveLength(2);
        expect(may(access, 'Publish', `topic/dt/pump-7/${level}`)).toBe(true);
        expect(may(access, 'Publish', `topic/dt/pump-8/${level}`)).toBe(false);
        expect(may(access, 'Publish', `topic/dt/pump-7/${elsewhere}`)).toBe(elsewhere === level);
        expect(may(access, 'Subscribe', `topicfilter/dt/pump-7/${level}`)).toBe(false);
      },
    ),
    { numRuns: 500 },
  );
  expect(accepted).toBeGreaterThan(20);
});

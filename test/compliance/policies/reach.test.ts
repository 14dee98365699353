import { analyze, CHOSEN_CLIENT_ID } from '../../../lib/compliance/policies/reach';
import { worldsOf } from '../../../lib/compliance/policies/worlds';
import { readDocument, SOME_WORLD } from '../../../lib/compliance/policies/document';
import { Hole, Text, type Value } from '../../../lib/compliance/model/value';
import { allow, ARN, CONNECT, deny, type Statement, THING } from '../support/policies';

const of = (statements: readonly Statement[], exclusive = false) =>
  analyze({ Version: '2012-10-17', Statement: statements } as Value, exclusive);
const stories = (statements: readonly Statement[], exclusive = false): string[] =>
  of(statements, exclusive).reaches.map(({ act, statement, example }) => `${statement} ${act.action}: ${example}`);
const when = (operator: string, key: string, values: string | string[]): object => ({ [operator]: { [key]: values } });

test('a reach names statement, pattern, target and client id', () => {
  const [reach] = of([CONNECT, allow('iot:Publish', 'topic/dt/*')]).reaches;
  expect(reach).toMatchObject({
    statement: 1,
    pattern: `${ARN}topic/dt/*`,
    target: 'dt/device-b',
    clientId: 'device-a',
    example: "device 'device-a' can publish to 'dt/device-b'",
  });
});

test('what a policy lets be reached does not depend on the policies judged before it', () => {
  const asks = (i: number): Statement[] => [
    allow('iot:Connect', 'client/*'),
    allow('iot:Receive', `topic/\${iot:Connection.Thing.Attributes[a${i}]}`),
    allow('iot:Publish', `topic/device-${i}/\${iot:ClientId}`),
    allow('iot:Publish', 'topic/${iot:Certificate.Subject.CommonName}*'),
  ];
  const alone = stories(asks(0), true);
  expect(alone.join()).toContain('device1-a');
  for (let i = 1; i < 60; i++) for (const exclusive of [false, true]) of(asks(i), exclusive);
  expect(stories(asks(0), true)).toEqual(alone);
  expect(stories([CONNECT, allow('iot:Publish', 'topic/dt/*')])[0]).toContain("device 'device-a'");
});

test('a story names the client id where it is another', () => {
  const open = [allow('iot:Connect', 'client/${iot:ClientId}'), allow('iot:Publish', 'topic/${iot:ClientId}')];
  expect(stories(open)).toEqual(
    expect.arrayContaining([
      "0 iot:Connect: device 'device-a' can connect as 'device-b'",
      "1 iot:Publish: device 'device-a', connected under client id 'device-b', can publish to 'device-b'",
    ]),
  );
  expect(stories(open).filter((story) => story.includes("client id 'device-a',"))).toEqual([]);
});

test('names of the policy itself are not used for the devices', () => {
  expect(stories([CONNECT, allow('iot:Publish', 'topic/device-x/*')])[0]).toContain("device 'device1-a'");
});

test('each statement answers for itself', () => {
  expect(stories([CONNECT, allow('iot:Publish', 'topic/a/*'), allow('iot:Publish', `topic/b/${THING}`)])).toEqual(
    stories([CONNECT, allow('iot:Publish', 'topic/a/*')]),
  );
});

test('a Deny takes back', () => {
  expect(stories([CONNECT, allow('iot:Publish', 'topic/a/*'), deny('iot:Publish', 'topic/a/*')])).toEqual([]);
});

test('NotResource is about all that is not in it', () => {
  const reaches = of([CONNECT, { Effect: 'Allow', Action: 'iot:Publish', NotResource: `${ARN}topic/a` }]).reaches;
  expect(reaches.map(({ pattern }) => pattern)).toContain('(all but NotResource)');
});

test('a connection says by which pattern', () => {
  const [reach] = of([allow('iot:Connect', [`client/${THING}`, 'client/gate-*'])]).reaches;
  expect([reach?.pattern, reach?.act.name]).toEqual([`${ARN}client/gate-*`, 'connect']);
});

describe('conditions', () => {
  const reached = (...condition: [string, string, string | string[]]): boolean =>
    stories([CONNECT, allow('iot:Publish', 'topic/*', when(...condition))]).length > 0;

  test.each<[string, string, string | string[]]>([
    ['IpAddress', 'aws:SourceIp', '192.0.2.0/24'],
    ['StringLike', 'iot:ClientId', 'gate-*'],
    ['StringLike', 'iot:Connection.Thing.ThingName', ['gate-1', 'gate-*']],
    ['StringEqualsIfExists', 'iot:Connection.Thing.ThingName', 'gate-1'],
    ['ForAllValues:StringEquals', 'iot:Connection.Thing.ThingName', 'gate-1'],
    ['StringEquals', 'iot:Certificate.Subject.Organization', 'x'],
    ['StringNotEquals', 'iot:Connection.Thing.ThingName', 'gate-1'],
  ])('%s of %s does not bind', (...condition) => {
    expect(reached(...condition)).toBe(true);
  });

  test.each<[string, string, string | string[]]>([
    ['StringLike', 'iot:Connection.Thing.ThingName', 'gate-1'],
    ['StringEquals', 'IOT:ClientId', 'gate-1'],
    ['StringEqualsIfExists', 'IOT:ClientId', 'gate-1'],
    ['StringEquals', 'iot:Certificate.Subject.CommonName', 'gate-1'],
  ])('%s of %s does', (...condition) => {
    expect(reached(...condition)).toBe(false);
  });

  test.each<[string, string, string | string[]]>([
    ['StringLike', 'iot:ClientId', [THING, 'dev-*']],
    ['StringLike', 'iot:ClientId', `${THING}*`],
    ['StringLike', 'iot:Connection.Thing.ThingName', ['${iot:ClientId}', 'dev-*']],
  ])('%s of %s with a pattern beside the device, or around it, lets it connect as others', (...condition) => {
    expect(stories([allow('iot:Connect', 'client/*', when(...condition))])).not.toEqual([]);
  });

  test.each<[string, string, string]>([
    ['StringNotLike', 'iot:ClientId', THING],
    ['StringNotLike', 'iot:Connection.Thing.ThingName', '${iot:ClientId}'],
  ])('a Deny by %s of %s spares what its patterns stand for', (operator, key, own) => {
    const denied = (...values: string[]): string[] =>
      stories([
        allow('iot:Connect', 'client/*'),
        { ...deny('iot:Connect', '*'), Condition: when(operator, key, values) },
      ]);
    expect(denied(own)).toEqual([]);
    expect(denied(own, 'dev-*')).not.toEqual([]);
  });

  test('a pattern without wildcard is the name alone', () => {
    expect(stories([allow('iot:Connect', 'client/*', when('StringLike', 'iot:ClientId', THING))])).toEqual([]);
  });

  test('a Deny that holds without a value is believed', () => {
    const refusing = {
      ...deny('iot:Connect', '*'),
      Condition: when('BoolIfExists', 'iot:Connection.Thing.IsAttached', 'false'),
    };
    expect(stories([allow('iot:Connect', 'client/*'), refusing])).toEqual([]);
  });

  test('a Deny of something else says nothing of connecting', () => {
    const other = { ...deny('iot:Publish', '*'), Condition: when('Bool', 'iot:Connection.Thing.IsAttached', 'false') };
    expect(stories([allow('iot:Connect', 'client/*'), other])).not.toEqual([]);
  });

  test('a Deny for some addresses is met by who is elsewhere', () => {
    const some = { ...deny('iot:Publish', 'topic/*'), Condition: when('IpAddress', 'aws:SourceIp', '192.0.2.0/24') };
    expect(stories([CONNECT, allow('iot:Publish', 'topic/*'), some])).not.toEqual([]);
  });
});

describe('names in full', () => {
  const named = (...condition: [string, string, string | string[]]): string[] =>
    stories([allow('iot:Connect', '*', when(...condition)), allow('iot:Publish', 'topic/my/${iot:ClientId}/*')]);

  test.each<[string, string, string | string[]]>([
    ['StringEquals', 'iot:ClientId', 'c1'],
    ['StringLike', 'iot:ClientId', 'c1'],
    ['ForAnyValue:StringEquals', 'iot:ClientId', ['c1', 'c2']],
  ])('%s of %s makes a policy for these devices', (...condition) => {
    expect(named(...condition)).toEqual([]);
  });

  test.each<[string, string, string | string[]]>([
    ['StringNotEquals', 'iot:ClientId', 'c1'],
    ['StringEquals', 'iot:DomainName', 'c1'],
    ['StringLike', 'iot:ClientId', 'c*'],
  ])('%s of %s does not', (...condition) => {
    expect(named(...condition)).not.toEqual([]);
  });

  test('a client by its name writes to its own topic, not to another', () => {
    const policy = (topic: string) => stories([allow('iot:Connect', 'client/c1'), allow('iot:Publish', topic)]);
    expect(policy('topic/my/c1/*')).toEqual([]);
    expect(policy('topic/my/c*')).not.toEqual([]);
  });
});

test('with exclusive attachment thing variables have values under any client id', () => {
  const statements = [allow('iot:Connect', '*', when('Bool', 'iot:Connection.Thing.IsAttached', 'true'))];
  expect(stories(statements)).toEqual([]);
  expect(stories(statements, true)).toContain("0 iot:Connect: device 'device-a' can connect as 'device-b'");
});

describe('the client id', () => {
  const USES = allow('iot:Publish', 'topic/${iot:ClientId}');
  test.each<[string, Statement[], boolean]>([
    ['without a word on connecting', [USES], true],
    ['where connecting is only denied', [USES, deny('iot:Connect', 'client/x')], true],
    ['where connecting is allowed', [USES, CONNECT], false],
    ['where it is not used', [allow('iot:Publish', 'topic/a')], false],
  ])('%s', (_name, statements, expected) => {
    expect(of(statements).unknown.includes(CHOSEN_CLIENT_ID)).toBe(expected);
  });
});

describe('accounts and regions', () => {
  const worlds = (...resources: string[]) =>
    worldsOf(
      readDocument({ Statement: [{ Effect: 'Allow', Action: 'a', Resource: resources }] }, SOME_WORLD).statements,
    );

  test('are those that resources name', () => {
    expect(worlds('arn:aws-cn:iot:cn-north-1:123456789012:topic/a', 'arn:aws:iot:eu-west-1:1:topic/a')).toEqual([
      { partition: 'aws-cn', region: 'cn-north-1', account: '123456789012' },
      { partition: 'aws', region: 'eu-west-1', account: '1' },
    ]);
  });

  test.each([
    ['*'],
    ['arn:aws:iot:eu-west-1:1'],
    ['x:aws:iot:eu-west-1:1:topic/a'],
    ['arn:a*:iot:?:*:topic/a'],
    ['arn::iot:::topic/a'],
  ])('%s names none', (resource) => {
    expect(worlds(resource)).toEqual([SOME_WORLD]);
  });

  test('more than six are not looked at, and it is said', () => {
    const many = (count: number): Statement[] =>
      Array.from({ length: count }, (_, i) => allow('iot:Publish', `arn:aws:iot:r${i}:1:topic/a/*`));
    const told = 'it names more accounts and regions than are looked at';
    expect([of(many(6)).unknown.includes(told), of(many(7)).unknown.includes(told)]).toEqual([false, true]);
    expect(new Set(of(many(7)).reaches.map(({ statement }) => statement)).size).toBe(6);
  });

  test('the first one is the one that is explained', () => {
    expect(of([allow('iot:Publish', 'topic/a')]).world.region).toBe('eu-central-1');
    expect(of([allow('iot:Publish', '*')]).world).toEqual(SOME_WORLD);
  });
});

describe('a client id that is part of what the device has of its own', () => {
  const connecting = (operator: string, key: string, values: string | string[]) =>
    stories([
      allow('iot:Connect', 'client/*', when(operator, key, values)),
      allow('iot:Publish', 'topic/${iot:ClientId}'),
    ]);
  const THING_NAME = 'iot:Connection.Thing.ThingName';

  test.each([
    ['StringLike', '${iot:ClientId}*', 'device-bx'],
    ['ForAnyValue:StringLike', '${IOT:CLIENTID}?', 'device-bx'],
    ['StringLike', '*${iot:ClientId}', 'xdevice-b'],
    ['StringLike', ['${iot:ClientId}', '?${iot:ClientId}?'], 'xdevice-bx'],
    ['StringLike', '${iot:ClientId}-*', 'device-b-x'],
    ['StringLike', '${iot:ClientId}??', 'device-bxx'],
    ['StringLike', 'dev-${iot:ClientId}*', 'dev-device-bx'],
    ['StringLike', ['${iot:ClientId}', '*.${iot:ClientId}'], 'x.device-b'],
  ])('is found: %s %j', (operator, values, name) => {
    const found = connecting(operator, THING_NAME, values);
    expect(found).toContain(`0 iot:Connect: device '${name}' can connect as 'device-b'`);
    expect(found).toContain(
      `1 iot:Publish: device '${name}', connected under client id 'device-b', can publish to 'device-b'`,
    );
  });

  test.each([
    'iot:Connection.Thing.Attributes[serial]',
    'iot:Certificate.Subject.CommonName',
    'cognito-identity.amazonaws.com:sub',
  ])('is found for %s', (key) => {
    expect(connecting('StringLike', key, '${iot:ClientId}*')).toContain(
      "0 iot:Connect: device 'device-bx' can connect as 'device-b'",
    );
    expect(connecting('StringEquals', key, '${iot:ClientId}')).toEqual([]);
  });

  test('is found in other letters', () => {
    expect(connecting('StringEqualsIgnoreCase', THING_NAME, '${iot:ClientId}')).toContain(
      "0 iot:Connect: device 'device-a' can connect as 'DEVICE-A'",
    );
  });

  test.each([
    ['StringEquals', '${iot:ClientId}', 'shared'],
    ['StringLike', '?${iot:ClientId}', 'hared'],
    ['StringLike', '${iot:ClientId}?', 'share'],
  ])('is found where all devices have it in common: %s %s', (operator, value, id) => {
    expect(connecting(operator, 'iot:Connection.Thing.ThingTypeName', value)).toContain(
      `0 iot:Connect: device 'device-a' can connect as '${id}'`,
    );
  });

  test.each([
    ['StringEquals', '${iot:ClientId}*'],
    ['StringLike', '${iot:ClientId}'],
    ['StringLike', '${iot:ClientId}${*}'],
  ])('is not where it has to be the whole name: %s %j', (operator, values) => {
    expect(connecting(operator, THING_NAME, values)).toEqual([]);
  });

  test('is found in a deny with a hole', () => {
    const guard = {
      ...deny('iot:Connect', 'client/*'),
      Condition: when('StringNotLike', THING_NAME, '${iot:ClientId}*'),
    };
    expect(stories([allow('iot:Connect', 'client/*'), guard])).toContain(
      "0 iot:Connect: device 'device-bx' can connect as 'device-b'",
    );
  });

  test('is not asked of a condition that is not on connecting', () => {
    const connect = allow('iot:Connect', 'client/*', { Bool: { 'iot:Connection.Thing.IsAttached': ['true'] } });
    const publish = allow('iot:Publish', `topic/${THING}/*`, when('StringLike', THING_NAME, '${iot:ClientId}*'));
    expect(stories([connect, publish])).toEqual([]);
  });
});

describe('what a deny of all but something leaves', () => {
  const but = (action: string, resource: string): Statement => ({
    Effect: 'Deny',
    Action: action,
    NotResource: ARN + resource,
  });

  test('is tried', () => {
    expect(stories([CONNECT, allow('iot:Publish', 'topic/*'), but('iot:Publish', 'topic/public/*')])).toContain(
      "1 iot:Publish: device 'device-a' can publish to 'public/device-b'",
    );
    expect(
      stories([CONNECT, allow('iot:Subscribe', 'topicfilter/*'), but('iot:Subscribe', 'topicfilter/fleet/*')]),
    ).toContain("1 iot:Subscribe: device 'device-a' can subscribe to 'fleet/device-b'");
    expect(stories([allow('iot:Connect', 'client/*'), but('iot:Connect', 'client/sensor-*')])).toContain(
      "0 iot:Connect: device 'device-a' can connect as 'sensor-device-b'",
    );
  });

  test("is not where it is the device's own, or denied to others", () => {
    expect(stories([CONNECT, allow('iot:Publish', 'topic/*'), but('iot:Publish', `topic/${THING}/*`)])).toEqual([]);
    expect(
      stories([
        CONNECT,
        allow('iot:Publish', `topic/${THING}/*`),
        but('iot:Publish', 'topic/public/*'),
        but('iot:Receive', 'topic/*'),
      ]),
    ).toEqual([]);
  });
});

describe('documents that AWS IoT would not store', () => {
  test('for what is wrong with them, once', () => {
    const { refused, reaches } = of([{ Effect: 'Allow', Action: 'iot:Publish', Resource: 'topic/*' }]);
    expect([refused.length, reaches.length]).toEqual([1, 0]);
  });

  test.each([
    ['many statements', Array.from({ length: 200 }, (_, i) => allow('iot:Publish', `topic/${i}/*`))],
    ['long texts', [allow('iot:Publish', `topic/${'x'.repeat(70_000)}/*`)]],
  ])('for %s', (_name, statements) => {
    const analysis = of(statements);
    expect(analysis.refused[0]).toMatch(/^it has \d{5,} characters without white space, of 2048$/);
    expect(analysis).toMatchObject({
      reaches: [],
      unknown: [],
      text: { statements: [], unknown: [] },
      world: SOME_WORLD,
    });
    expect(analysis.text.characters).toBeGreaterThan(8192);
  });

  test('but one of eight thousand characters is still judged', () => {
    const filled = (length: number) => [allow('iot:Publish', `topic/${'x'.repeat(length)}/*`)];
    const room = 8_192 - of(filled(0)).text.characters;
    expect(of(filled(room)).reaches.length).toBeGreaterThan(0);
    expect(of(filled(room + 1))).toMatchObject({ reaches: [], text: { characters: 8_193 } });
  });

  const SPACE = ' '.repeat(70_000);
  const hole = new Hole('parameter', 'P', true);
  test.each<[string, Value]>([
    ['an item of a list', { Statement: [SPACE, 'x'] }],
    ['a name', { [SPACE]: ['x'] }],
    ['what has a name', { Statement: { Sid: SPACE, Effect: 'Allow' } }],
    ['text with something unknown in it', { Statement: [Text.of([SPACE, hole]) as Text, hole] }],
  ])('and it is not read for long white space in %s', (_name, document) => {
    const { refused, text } = analyze(document, false);
    expect(refused).toEqual([`it has ${text.characters} characters without white space, of 2048`]);
    expect(text.characters).toBeGreaterThan(70_000);
    expect(text.characters).toBeLessThan(70_030);
  });
});

describe('what somebody else writes', () => {
  const hole = new Hole('parameter', 'P', true);

  test('may well be right, and is not known', () => {
    const analysis = analyze({ Version: '2012-10-17', Statement: ['x', hole] }, false);
    expect(analysis).toMatchObject({ reaches: [], refused: [], world: SOME_WORLD });
    expect(analysis.unknown.join()).toContain('P');
    expect(analyze({ Version: '2012-10-17', Statement: ['x'] }, false).refused).toHaveLength(1);
  });

  test('beside what is written here does not hide that', () => {
    const statements = [allow('iot:Publish', 'topic/*'), hole] as unknown as Value;
    expect(analyze({ Version: '2012-10-17', Statement: statements }, false).reaches.length).toBeGreaterThan(0);
  });
});

test.each(['aws:eu-central-1:111122223333', 'aws:us-east-1:123456789012', 'aws-cn:us-east-1:111122223333'])(
  'where the template is deployed is the place that its resources name: %s',
  (place) => {
    const [partition, region, account] = place.split(':');
    const here = Text.of([
      'arn:',
      ...['AWS::Partition', 'AWS::Region', 'AWS::AccountId'].flatMap((label, index) => [
        ...(index === 1 ? ['iot:'] : []),
        new Hole('pseudo', label, false),
        ':',
      ]),
      'topic/*',
    ]) as Text;
    const document = {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: 'iot:Connect',
          Resource: `arn:${partition}:iot:${region}:${account}:client/${THING}`,
        },
        { Effect: 'Allow', Action: 'iot:Publish', Resource: here },
      ],
    };
    const { world, reaches } = analyze(document, true);
    expect(world).toEqual({ partition, region, account });
    expect(reaches.map(({ pattern }) => pattern)).toContain(`arn:${partition}:iot:${region}:${account}:topic/*`);
  },
);

test('a policy of its own devices is good', () => {
  const analysis = of([CONNECT, allow('iot:Publish', `topic/${THING}/*`), allow('iot:Receive', `topic/${THING}/*`)]);
  expect(analysis).toMatchObject({ reaches: [], unknown: [], refused: [] });
});

test('what is unknown is not asked for, and does not hide the rest', () => {
  const document = {
    Statement: [
      { Effect: 'Allow', Action: ['iot:Publish'], Resource: `${ARN}topic/*` },
      { Effect: 'Allow', Action: 'iot:Publish', Resource: 5 },
    ],
  };
  expect(analyze(document, false).refused.length + analyze(document, false).reaches.length).toBeGreaterThan(0);
});

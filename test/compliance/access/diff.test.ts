import fc from 'fast-check';
import { accessDiff } from '../../../lib/compliance/access/diff';
import { Model } from '../../../lib/compliance/model/model';
import { allow, ARN, CONNECT, deny, type Statement, THING } from '../support/policies';
import { OPEN, without } from '../support/resources';
import { REWRITES } from '../support/rewrite';
import { grouped, modelOf, policyOf, sentences } from './support';

const PUBLISH_OWN = allow('iot:Publish', `topic/cmd/${THING}/reboot`);
const fleet = (...statements: Statement[]): Model => modelOf(grouped([CONNECT, ...statements]));

describe('a change in words', () => {
  test('that reaches other things', () => {
    const [widens, ...rest] = sentences(fleet(PUBLISH_OWN), fleet(allow('iot:Publish', 'topic/cmd/*/reboot')));
    expect(widens).toBe(
      'widens: every member of Pumps may now publish to cmd/*/reboot, also what belongs to other things, such as cmd/another-thing/reboot',
    );
    expect(rest).toEqual([]);
  });

  test('and back', () => {
    expect(sentences(fleet(allow('iot:Publish', 'topic/cmd/*/reboot')), fleet(PUBLISH_OWN))).toEqual([
      'narrows: every member of Pumps may publish to less of cmd/*/reboot: no longer cmd/another-thing/reboot',
    ]);
  });

  test.each<[string, Statement[], Statement[], string[]]>([
    [
      'a topic for all',
      [],
      [allow('iot:Publish', 'topic/all')],
      ['widens: every member of Pumps may now publish to all, the same for every device'],
    ],
    ['its own', [], [PUBLISH_OWN], [`widens: every member of Pumps may now publish to cmd/${THING}/reboot`]],
    ['lost', [PUBLISH_OWN], [], [`narrows: every member of Pumps may no longer publish to cmd/${THING}/reboot`]],
    [
      'a deny that goes',
      [allow('iot:Receive', `topic/${THING}/*`), deny('iot:Receive', 'topic/*/secret')],
      [allow('iot:Receive', `topic/${THING}/*`)],
      [`widens: every member of Pumps may now receive from more of ${THING}/*, such as ${THING}/secret`],
    ],
    [
      'a condition that goes',
      [allow('iot:Publish', 'topic/a', { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } })],
      [allow('iot:Publish', 'topic/a')],
      ['widens: every member of Pumps may now publish to more of a, the same for every device'],
    ],
    [
      'retained messages',
      [PUBLISH_OWN],
      [PUBLISH_OWN, allow('iot:RetainPublish', 'topic/*')],
      [`widens: every member of Pumps may now leave retained messages on cmd/${THING}/reboot`],
    ],
  ])('%s', (_name, before, after, expected) => {
    expect(sentences(fleet(...before), fleet(...after))).toEqual(expected);
  });

  test('what was there before, and the statement', () => {
    const { widens } = accessDiff(fleet(PUBLISH_OWN), fleet(allow('iot:Publish', 'topic/cmd/*/reboot')));
    expect(widens).toMatchObject([
      {
        who: 'member of Pumps',
        action: 'publish',
        before: [`cmd/${THING}/reboot`],
        because: ['Allow in Statement[1] of policy PumpsPolicy'],
      },
    ]);
  });

  test('who cannot connect any more loses all', () => {
    const found = sentences(fleet(PUBLISH_OWN), fleet(PUBLISH_OWN, deny('iot:Connect', '*')));
    expect(found.map((each) => each.slice(0, 8))).toEqual(['narrows:', 'narrows:']);
  });
});

describe('identities', () => {
  test('a new one gains, one that goes loses', () => {
    const [now] = sentences(modelOf(grouped([CONNECT])), modelOf(grouped([CONNECT]), grouped([CONNECT], 'Valves')));
    expect(now).toBe(`widens: every member of Valves may now connect as ${THING}`);
    const [then] = sentences(modelOf(grouped([CONNECT]), grouped([CONNECT], 'Valves')), modelOf(grouped([CONNECT])));
    expect(then).toBe(`narrows: every member of Valves may no longer connect as ${THING}`);
  });

  test('the only one of a kind may change its name', () => {
    const { renamed, widens, narrows } = accessDiff(modelOf(grouped([CONNECT])), modelOf(grouped([CONNECT], 'Pipes')));
    expect({ renamed, widens, narrows }).toEqual({
      renamed: [{ from: 'member of Pumps', to: 'member of Pipes' }],
      widens: [],
      narrows: [],
    });
  });

  test('a policy that comes off a group gives nobody more', () => {
    const before = grouped([CONNECT, PUBLISH_OWN]);
    const after = without(before, 'PumpsAttachment');
    expect(sentences(modelOf(before), modelOf(after)).filter((each) => each.startsWith('widens'))).toEqual([]);
  });

  test('a policy that is put on a group gives its members more', () => {
    const after = grouped([CONNECT, PUBLISH_OWN]);
    const before = without(after, 'PumpsAttachment');
    expect(sentences(modelOf(before), modelOf(after))).toContain(
      `widens: every member of Pumps may now connect as ${THING}`,
    );
  });

  test('under another client id', () => {
    const loose = (client: string) => modelOf({ P: policyOf([allow('iot:Connect', client)], 'P') });
    expect(sentences(loose('client/a'), loose('client/*'))[1]).toBe(
      'widens: under another client id, a device whose certificate has policy P may now connect as *, also what belongs to other things, such as another-thing',
    );
  });
});

describe('what cannot be told', () => {
  test('is said where it changed', () => {
    const open = fleet({ Effect: 'Allow', Action: 'iot:Publish', Resource: OPEN });
    expect(sentences(fleet(PUBLISH_OWN), open).filter((each) => each.startsWith('unknown'))).toEqual([
      'unknown: every member of Pumps: PumpsPolicy: it depends on ‹ImportValue:not-in-these-templates›',
    ]);
    expect(sentences(open, open)).toEqual([]);
  });

  test('a template that a macro may change', () => {
    const resources = grouped([CONNECT]);
    const plain = new Model([{ path: 'a', body: { Resources: resources } }]);
    const macro = new Model([{ path: 'a', body: { Transform: 'Mine', Resources: resources } }]);
    expect(sentences(plain, macro)).toEqual(['unknown: a template: macro Mine may change the template at deployment']);
    expect(sentences(macro, macro)).toEqual([]);
  });

  test('a refused policy changes nothing that could be named', () => {
    const refused = modelOf(grouped([{ Effect: 'Allow', Action: 'iot:Connect', Resource: 'nonsense' }]));
    expect(sentences(fleet(PUBLISH_OWN), refused).every((each) => each.startsWith('unknown'))).toBe(true);
  });
});

describe('a rewritten policy is no change', () => {
  const statements = [
    CONNECT,
    allow(['iot:Publish', 'iot:Receive'], [`topic/dt/${THING}/*`, 'topic/all']),
    allow('iot:Subscribe', `topicfilter/cmd/${THING}/+`),
    deny('iot:Publish', `topic/dt/${THING}/secret`),
  ];
  const plain = modelOf(grouped(statements));

  test.each(Object.keys(REWRITES).filter((name) => name !== 'imported from another stack'))('%s', (name) => {
    // The other resources must keep their names: only the policy is rewritten.
    const { PumpsPolicy, ...rest } = grouped(statements);
    const files = REWRITES[name]!({ PumpsPolicy });
    if (files.length > 1) {
      const free = modelOf({ PumpsPolicy });
      expect(sentences(free, new Model(files))).toEqual([]);
      return;
    }
    const [file] = files as [{ path: string; body: { Resources: object } }];
    const model = new Model([{ ...file, body: { ...file.body, Resources: { ...file.body.Resources, ...rest } } }]);
    expect(sentences(plain, model)).toEqual([]);
  });

  test('in other statements, other order, other case, with what is included already', () => {
    const other = [
      deny(['iot:PUBLISH'], [`topic/dt/${THING}/secret`, `topic/dt/${THING}/secret`]),
      allow('iot:receive', [`topic/dt/${THING}/*`, `topic/dt/${THING}/a`]),
      allow('iot:receive', 'topic/al?'.replace('?', 'l')),
      allow('iot:Publish', [`topic/dt/${THING}/**`, 'topic/all', `topic/dt/${THING}/x/*`]),
      allow('iot:Subscribe', `topicfilter/cmd/${THING}/+`),
      CONNECT,
    ];
    expect(sentences(plain, modelOf(grouped(other)))).toEqual([]);
  });

  test('over two policies', () => {
    const [first, ...rest] = statements;
    const two = grouped([first!]);
    const Policies = [{ Name: { Ref: 'PumpsPolicy' } }, { Name: { Ref: 'Second' } }];
    const attachment = {
      Type: 'Custom::IotGroupPolicies',
      Properties: { ThingGroupName: { Ref: 'PumpsGroup' }, Policies },
    };
    expect(sentences(plain, modelOf(two, { Second: policyOf(rest, 'Second'), PumpsAttachment: attachment }))).toEqual(
      [],
    );
  });

  test('for one region instead of that of the stack', () => {
    const anywhere = JSON.parse(
      JSON.stringify(statements).replaceAll(`"${ARN}`, '"arn:aws:iot:us-east-1:111122223333:'),
    ) as Statement[];
    const pseudo = JSON.parse(
      JSON.stringify(grouped(anywhere)).replaceAll(
        /"arn:aws:iot:us-east-1:111122223333:([^"]*)"/g,
        (_all, rest: string) =>
          `{"Fn::Join":["",["arn:aws:iot:",{"Ref":"AWS::Region"},":",{"Ref":"AWS::AccountId"},":${rest}"]]}`,
      ),
    ) as { [id: string]: unknown };
    expect(sentences(modelOf(pseudo), plain)).toEqual([]);
  });
});

describe('for any policies', () => {
  const level = fc.constantFrom('a', 'b', '*', '?', THING, '${iot:ClientId}', 'a*');
  const path = fc.array(level, { minLength: 1, maxLength: 3 }).map((levels) => levels.join('/'));
  const condition = fc.constantFrom(
    undefined,
    undefined,
    { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } },
    { Bool: { 'iot:Connection.Thing.IsAttached': 'true' } },
  );
  const kinds = fc.constantFrom(
    ['iot:Connect', 'client'],
    ['iot:Publish', 'topic'],
    ['iot:RetainPublish', 'topic'],
    ['iot:Subscribe', 'topicfilter'],
    ['iot:*', 'topic'],
  );
  const statement = (effect: string) =>
    fc
      .tuple(kinds, fc.array(path, { minLength: 1, maxLength: 2 }), condition, fc.boolean())
      .map(([[action, type], paths, Condition, inverted]): Statement => ({
        Effect: effect,
        Action: action,
        [inverted && effect === 'Deny' ? 'NotResource' : 'Resource']: paths.map((each) => `${ARN}${type}/${each}`),
        ...(Condition === undefined ? {} : { Condition }),
      }));
  const some = fc.array(fc.oneof(statement('Allow'), statement('Allow'), statement('Deny')), { maxLength: 4 });
  // On a group, and on a certificate.
  const model = (statements: readonly Statement[]): Model =>
    modelOf(grouped([CONNECT, ...statements]), { Free: policyOf([CONNECT, ...statements], 'Free') });

  test('the same is no change, in whatever order', () => {
    fc.assert(
      fc.property(some, (statements) => {
        const before = model(statements);
        expect(sentences(before, model([...statements].reverse()))).toEqual([]);
        expect(sentences(before, model([...statements, ...statements]))).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  test('an allow more narrows nothing', () => {
    fc.assert(
      fc.property(some, statement('Allow'), (statements, extra) => {
        expect(accessDiff(model(statements), model([...statements, extra])).narrows).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  test('a deny more widens nothing', () => {
    fc.assert(
      fc.property(some, statement('Deny'), (statements, extra) => {
        expect(accessDiff(model(statements), model([...statements, extra])).widens).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  test('what widens one way narrows the other', () => {
    fc.assert(
      fc.property(some, some, (left, right) => {
        const [one, other] = [model(left), model(right)];
        const [there, back] = [accessDiff(one, other), accessDiff(other, one)];
        expect(there.widens.map(({ who, action, pattern }) => [who, action, pattern]).sort()).toEqual(
          back.narrows.map(({ who, action, pattern }) => [who, action, pattern]).sort(),
        );
      }),
      { numRuns: 40 },
    );
  });
});

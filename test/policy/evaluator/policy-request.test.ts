import { PolicyRequest } from '../../../lib/policy/evaluator';
import { type Check, CheckKind } from '../../../lib/policy/evaluator/check';

interface Permission {
  readonly action: string;
  readonly type: string | undefined;
  readonly name: string;
}

function permissions(request: PolicyRequest): Permission[] {
  const list: Permission[] = [];
  for (let check: Check | undefined = request._check; check !== undefined; check = check.next) {
    list.push({ action: check.kind.actionName, type: check.kind.type, name: check.name });
  }
  return list;
}

/** Made in their test: nothing of the library runs while tests are collected. */
test.each<[string, () => PolicyRequest, Permission[]]>([
  ['a connect depends on the connection', () => PolicyRequest.connect(), []],
  ['a publish', () => PolicyRequest.publish('a/b'), [{ action: 'iot:Publish', type: 'topic/', name: 'a/b' }]],
  [
    'a retained publish',
    () => PolicyRequest.retain('a'),
    [
      { action: 'iot:Publish', type: 'topic/', name: 'a' },
      { action: 'iot:RetainPublish', type: 'topic/', name: 'a' },
    ],
  ],
  ['a receive', () => PolicyRequest.receive('a'), [{ action: 'iot:Receive', type: 'topic/', name: 'a' }]],
  [
    'a subscribe',
    () => PolicyRequest.subscribe('a/#'),
    [{ action: 'iot:Subscribe', type: 'topicfilter/', name: 'a/#' }],
  ],
  [
    'a shared subscribe',
    () => PolicyRequest.subscribe('$share/g/a/#'),
    [
      { action: 'iot:Subscribe', type: 'topicfilter/', name: '$share/g/a/#' },
      { action: 'iot:Subscribe', type: 'topicfilter/', name: 'a/#' },
    ],
  ],
  [
    'a shared subscribe to nothing',
    () => PolicyRequest.subscribe('$share/g/'),
    [
      { action: 'iot:Subscribe', type: 'topicfilter/', name: '$share/g/' },
      { action: 'iot:Subscribe', type: 'topicfilter/', name: '' },
    ],
  ],
  [
    'a share without filter',
    () => PolicyRequest.subscribe('$share/g'),
    [{ action: 'iot:Subscribe', type: 'topicfilter/', name: '$share/g' }],
  ],
  [
    'a topic like a share',
    () => PolicyRequest.subscribe('$shared/g/a'),
    [{ action: 'iot:Subscribe', type: 'topicfilter/', name: '$shared/g/a' }],
  ],
  [
    'a role alias',
    () => PolicyRequest.assumeRoleWithCertificate('alias'),
    [{ action: 'iot:AssumeRoleWithCertificate', type: 'rolealias/', name: 'alias' }],
  ],
  [
    'another action',
    () => PolicyRequest.of('iot:GetThingShadow', 'thing/t/s'),
    [{ action: 'iot:GetThingShadow', type: 'thing/', name: 't/s' }],
  ],
  [
    'a known action',
    () => PolicyRequest.of('iot:Publish', 'topic/a'),
    [{ action: 'iot:Publish', type: 'topic/', name: 'a' }],
  ],
  [
    'a known action on something else',
    () => PolicyRequest.of('iot:Publish', 'client/a'),
    [{ action: 'iot:Publish', type: 'client/', name: 'a' }],
  ],
  [
    'an action in other letters',
    () => PolicyRequest.of('IOT:publish', 'topic/a'),
    [{ action: 'IOT:publish', type: 'topic/', name: 'a' }],
  ],
  [
    'no resource',
    () => PolicyRequest.of('iot:ListRetainedMessages', '*'),
    [{ action: 'iot:ListRetainedMessages', type: undefined, name: '*' }],
  ],
  [
    'a whole ARN',
    () => PolicyRequest.of('iot:Publish', 'arn:aws:iot:r:1:topic/a'),
    [{ action: 'iot:Publish', type: undefined, name: 'arn:aws:iot:r:1:topic/a' }],
  ],
  ['a resource without type', () => PolicyRequest.of('iot:X', 'thing'), [{ action: 'iot:X', type: '', name: 'thing' }]],
])('%s', (_name, request, expected) => {
  expect(permissions(request())).toEqual(expected);
});

test('requests of one kind share their kind', () => {
  const kinds = [
    PolicyRequest.publish('a'),
    PolicyRequest.publish('b'),
    PolicyRequest.of('iot:Publish', 'topic/c'),
    PolicyRequest.retain('a'),
  ];
  expect(new Set(kinds.map((request) => request._check!.kind)).size).toBe(1);
  expect(PolicyRequest.assumeRoleWithCertificate('a')._check!.kind).not.toBe(
    PolicyRequest.assumeRoleWithCertificate('a', 't')._check!.kind,
  );
});

describe('a kind', () => {
  test('has a key that tells it from others', () => {
    const keys = [
      new CheckKind('iot:A', 'x/'),
      new CheckKind('iot:B', 'x/'),
      new CheckKind('iot:A', 'y/'),
      new CheckKind('iot:A', undefined),
      new CheckKind('iot:A', ''),
      new CheckKind('iot:A', '*'),
      new CheckKind('iot:A', 'x/', true),
    ].map((kind) => kind.key);
    expect(new Set(keys).size).toBe(keys.length);
    expect(new CheckKind('IOT:a', 'x/').key).toBe(keys[0]);
  });

  test('knows whether it comes over HTTPS', () => {
    expect(new CheckKind('iot:GetThingShadow', 'thing/').overHttps).toBe(true);
    expect(new CheckKind('iot:Publish', 'topic/').overHttps).toBe(false);
  });
});

test.each([
  ['', 'client/x'],
  ['GetThingShadow', 'thing/x'],
  ['iot:', 'thing/x'],
  ['iot:Get Thing', 'thing/x'],
  ['iot:*', 'thing/x'],
])('%p is no action', (action, resource) => {
  expect(() => PolicyRequest.of(action, resource)).toThrow(
    "'action' must be a name with its prefix, such as iot:GetThingShadow",
  );
});

const WRONG = [undefined, null, 7, {}, ['a']] as unknown as string[];

test.each<[string, (given: string) => PolicyRequest, string]>([
  ['publish', PolicyRequest.publish, 'topic'],
  ['retain', PolicyRequest.retain, 'topic'],
  ['receive', PolicyRequest.receive, 'topic'],
  ['subscribe', PolicyRequest.subscribe, 'topicFilter'],
  ['assumeRoleWithCertificate', PolicyRequest.assumeRoleWithCertificate, 'roleAlias'],
  ['of', (given) => PolicyRequest.of(given, 'thing/t'), 'action'],
  ['of', (given) => PolicyRequest.of('iot:GetThingShadow', given), 'resource'],
])('%s() of what is no text is refused', (maker, make, property) => {
  for (const given of WRONG) {
    expect(() => make(given)).toThrow(
      `PolicyRequest.${maker}(): '${property}' must be text that is known at synth, got ${given === undefined ? 'nothing' : typeof given} [PolicyRequestInvalid]`,
    );
  }
});

test('a thing name that is no text is refused, none is not', () => {
  for (const given of WRONG.slice(1))
    expect(() => PolicyRequest.assumeRoleWithCertificate('a', given)).toThrow("'thingName' must be text");
  expect(() => PolicyRequest.assumeRoleWithCertificate('a', undefined)).not.toThrow();
});

test.each(['iot:Subscribe', 'iot:subscribe', 'IOT:SUBSCRIBE'])(
  '%s on a shared filter asks for both filters',
  (action) => {
    const both = permissions(PolicyRequest.subscribe('$share/g/a'));
    expect(permissions(PolicyRequest.of(action, 'topicfilter/$share/g/a'))).toEqual(both);
    expect(permissions(PolicyRequest._asWritten(action, 'topicfilter/$share/g/a'))).toHaveLength(1);
    expect(permissions(PolicyRequest.of(action, 'topic/$share/g/a'))).toHaveLength(1);
  },
);

test('a request for no resource says so by *', () => {
  expect(() => PolicyRequest.of('iot:ListNamedShadowsForThing', '')).toThrow("'resource' must not be empty; use '*'");
  expect(() => PolicyRequest.of('iot:ListNamedShadowsForThing', '*')).not.toThrow();
});

import * as fc from 'fast-check';
import { Access } from '../../../lib/policy/access';
import { AccessPolicy } from '../../../lib/policy/access-policy';
import {
  AttachedPolicy,
  ConnectionContext,
  type PolicyEvaluator,
  PolicyRequest,
  PolicyVerdict,
  ThingAttachment,
} from '../../../lib/policy/evaluator';
import { RepairChannel } from '../../../lib/policy/repair-channel';
import { Topic } from '../../../lib/policy/topic';
import {
  ACCOUNT,
  allow,
  ARN,
  certificatePolicy,
  decide,
  deny,
  evaluatorOf,
  groupPolicy,
  REGION,
  registered,
  type StatementJson,
  THING_NAME,
  unregistered,
} from '../../support/policy-builders';

const SCOPE = { partition: 'aws', region: REGION, account: ACCOUNT };

const hostile = fc.constantFrom(
  '*',
  '?',
  '+',
  '#',
  '$',
  ':',
  '${iot:ClientId}',
  THING_NAME,
  '${*}',
  '\\',
  'é',
  '😀',
  '\u0000',
  ' ',
);
const plain = fc.constantFrom('a', 'b', 'A', '7', '-', '_', 'pump');
/** Names of the shape that AWS IoT takes and of shapes that it does not, often the prefix of another. */
const thingName = fc
  .array(fc.oneof(plain, plain, hostile), { minLength: 1, maxLength: 5 })
  .map((parts) => parts.join(''));
const anyName = fc
  .array(fc.oneof(plain, hostile, fc.constant('/')), { minLength: 1, maxLength: 5 })
  .map((parts) => parts.join(''));
function hundred<T>(item: fc.Arbitrary<T>): fc.Arbitrary<T[]> {
  return fc.array(item, { minLength: 100, maxLength: 100 });
}

/** Jest's own assertions are too slow for a hundred thousand of them. */
function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(`not so: ${what}`);
}

function pairs(name: fc.Arbitrary<string>): fc.Arbitrary<[string, string]> {
  return fc.tuple(name, name, fc.boolean()).map(([a, b, longer]) => [a, longer ? a + b : b]);
}

describe('a deny', () => {
  const statement: fc.Arbitrary<StatementJson> = fc
    .tuple(
      fc.constantFrom('iot:Publish', 'iot:*', 'iot:Subscribe', 'iot:Receive'),
      fc.constantFrom('*', 'topic/a/*', 'topicfilter/a/*', 'topic/${iot:ClientId}/*', `topic/${THING_NAME}/x`),
    )
    .map(([action, resource]) => allow(action, resource));
  const topic = fc.constantFrom('a/b', 'b/x', 'a', 'a/+/b', '$share/g/a/b');
  const requests = fc.tuple(fc.constantFrom('publish' as const, 'subscribe' as const, 'receive' as const), topic);

  test('never widens what is allowed', () => {
    const verdicts = new Set<string>();
    fc.assert(
      fc.property(
        fc.array(statement, { maxLength: 4 }),
        statement,
        fc.nat(4),
        requests,
        (statements, denying, at, [kind, name]) => {
          const denied = [...statements];
          denied.splice(at, 0, { ...denying, Effect: 'Deny' });
          const request = PolicyRequest[kind](name);
          const before = decide(certificatePolicy(allow('iot:Connect', '*'), ...statements), registered('a'), request);
          const after = decide(certificatePolicy(allow('iot:Connect', '*'), ...denied), registered('a'), request);
          verdicts.add(`${before.verdict} ${after.verdict}`);
          if (after.allowed) expect(before.allowed).toBe(true);
          expect(after.verdict === PolicyVerdict.EXPLICITLY_DENIED || after.verdict === before.verdict).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
    expect(verdicts).toContain('ALLOWED EXPLICITLY_DENIED');
    expect(verdicts).toContain('ALLOWED ALLOWED');
  });
});

describe('how a policy is written down', () => {
  const statements: StatementJson[] = [
    allow(['iot:Publish', 'iot:Receive'], ['topic/a/*', `topic/${THING_NAME}/*`]),
    { ...deny('iot:Publish', ['topic/a/secret', 'topic/b/secret']), Sid: 'Secrets' },
    allow('iot:Subscribe', 'topicfilter/a/*', {
      StringEquals: { 'iot:ClientId': ['a', 'b'] },
      Bool: { 'iot:Connection.Thing.IsAttached': 'true' },
    }),
    { Effect: 'Deny', NotAction: ['iot:Publish', 'iot:Subscribe', 'iot:Receive', 'iot:Connect'], Resource: '*' },
    { Effect: 'Allow', Action: 'iot:Receive', NotResource: [`${ARN}topic/a/*`, `${ARN}topic/c/*`] },
  ];
  const requests = ['a/x', 'a/secret', 'b/secret', 'b/x', 'c/x', 'a/#'].flatMap((name) => [
    PolicyRequest.publish(name),
    PolicyRequest.subscribe(name),
    PolicyRequest.receive(name),
    PolicyRequest.retain(name),
  ]);
  const verdicts = (evaluator: PolicyEvaluator): string[] =>
    ['a', 'b', 'c'].flatMap((name) => requests.map((request) => decide(evaluator, registered(name), request).verdict));
  const expected = verdicts(certificatePolicy(...statements));

  /** The same value with the keys of each object shuffled, lists shuffled, and lists of one as the item itself. */
  function rewritten(value: unknown, order: (size: number) => number[], scalars: boolean): unknown {
    if (Array.isArray(value)) {
      const items = order(value.length).map((i) => rewritten(value[i], order, scalars));
      return scalars && items.length === 1 ? items[0] : items;
    }
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value);
    return Object.fromEntries(
      order(entries.length)
        .map((i) => entries[i]!)
        .map(([key, item]) => [key, rewritten(item, order, scalars)]),
    );
  }

  test('does not matter: order, scalars, text, split documents', () => {
    fc.assert(
      fc.property(
        fc.infiniteStream(fc.nat()),
        fc.boolean(),
        fc.boolean(),
        fc.nat(5),
        (stream, scalars, asText, cut) => {
          const order = (size: number): number[] => {
            const left = Array.from({ length: size }, (_, i) => i);
            return Array.from(
              { length: size },
              () => left.splice((stream.next().value as number) % left.length, 1)[0]!,
            );
          };
          const shuffled = order(statements.length).map((i) => statements[i]!);
          const parts = [shuffled.slice(0, cut), shuffled.slice(cut)].filter((part) => part.length > 0);
          const documents = order(parts.length).map((i) =>
            rewritten({ Version: '2012-10-17', Statement: parts[i] }, order, scalars),
          );
          const evaluator = evaluatorOf(
            ...documents.map((document) =>
              AttachedPolicy.onCertificate(asText ? JSON.stringify(document, null, 3) : document),
            ),
          );
          expect(verdicts(evaluator)).toEqual(expected);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe("a device and another device's topics", () => {
  const document = [
    allow('iot:Connect', `client/${THING_NAME}`, { Bool: { 'iot:Connection.Thing.IsAttached': 'true' } }),
    allow(['iot:Publish', 'iot:Receive'], [`topic/dt/${THING_NAME}`, `topic/dt/${THING_NAME}/state`]),
    allow('iot:Subscribe', [`topicfilter/dt/${THING_NAME}`, `topicfilter/dt/${THING_NAME}/state`]),
  ];
  const exclusive = (name: string): ConnectionContext => ConnectionContext.ofThing(name);

  test.each([
    ['on the certificate', certificatePolicy(...document)],
    ['on a group', groupPolicy(...document)],
  ])('10,000 pairs of names, also such that AWS would refuse, with a policy %s', (_where, evaluator) => {
    let different = 0;
    fc.assert(
      fc.property(hundred(pairs(anyName)), (names) => {
        for (const [one, other] of names) {
          const own = evaluator.forConnection(exclusive(one));
          must(own.isAllowed(PolicyRequest.connect()), `${one} connects`);
          for (const topic of [`dt/${other}`, `dt/${other}/state`]) {
            // A name with slashes may spell the other's topic out: no policy can tell these apart.
            const same = [`dt/${one}`, `dt/${one}/state`].includes(topic);
            if (!same) different++;
            for (const request of [PolicyRequest.publish, PolicyRequest.subscribe, PolicyRequest.receive]) {
              must(own.isAllowed(request(topic)) === same, `${one} asks for ${topic}`);
            }
          }
          const impostor = new ConnectionContext({
            thingName: one,
            clientId: other,
            attachment: ThingAttachment.EXCLUSIVE_THING,
          });
          const connects = evaluator.isAllowed(impostor, PolicyRequest.connect());
          must(connects === (one === other), `${one} connects as ${other}`);
        }
      }),
      { numRuns: 100 },
    );
    expect(different).toBeGreaterThan(10_000);
  });

  /** What the statements of rendered policies name for any one thing, wildcards filled in. */
  function resourcesOf(documents: { Statement: StatementJson[] }[]): (thing: string) => [string, string][] {
    const named = documents
      .flatMap((rendered) => rendered.Statement)
      .filter((statement) => statement.Effect === 'Allow')
      .flatMap((statement) =>
        [statement.Action as string | string[]]
          .flat()
          .flatMap((action) =>
            [statement.Resource as string | string[]].flat().map((resource): [string, string] => [action, resource]),
          ),
      )
      .filter(([, resource]) => resource.includes(THING_NAME))
      .map(
        ([action, resource]) =>
          [action, resource.slice(ARN.length).split('*').join('filled').split(THING_NAME)] as const,
      );
    return (thing) => named.map(([action, parts]) => [action, parts.join(thing)]);
  }

  const level = fc.constantFrom('telemetry', 'state', 'x', 'commands');
  const access: fc.Arbitrary<Access> = fc.oneof(
    fc.tuple(level, level).map(([a, b]) => Access.publish(Topic.of(a, Topic.THING, b))),
    level.map((a) => Access.publishBelow(Topic.of(a, Topic.THING))),
    level.map((a) => Access.retain(Topic.of(a, Topic.THING))),
    level.map((a) => Access.subscribe(Topic.of(a, Topic.THING, Topic.REST))),
    fc.tuple(level, level).map(([a, b]) => Access.subscribe(Topic.of(a, Topic.THING, Topic.ANY, b))),
    level.map((a) => Access.lastWill(Topic.of('will', Topic.THING, a))),
    fc.constantFrom(
      Access.shadow(),
      Access.shadow('settings'),
      Access.shadowDeletion(),
      Access.jobs(),
      Access.commands(),
      Access.tunnelNotifications(),
      Access.defenderMetrics(),
      Access.stream('firmware'),
    ),
  );

  test('10,000 pairs of names with random lists of accesses, as the library renders them', () => {
    let asked = 0;
    fc.assert(
      fc.property(fc.array(access, { minLength: 1, maxLength: 5 }), hundred(pairs(thingName)), (list, names) => {
        const documents = AccessPolicy.of(list).render(SCOPE) as { Statement: StatementJson[] }[];
        const evaluator = evaluatorOf(...documents.map((rendered) => AttachedPolicy.onThingGroup('fleet', rendered)));
        const resources = resourcesOf(documents);
        for (const [one, other] of names) {
          const connection = evaluator.forConnection(exclusive(one));
          for (const [action, resource] of resources(one)) {
            must(connection.isAllowed(PolicyRequest.of(action, resource)), `${one}: ${action} ${resource}`);
          }
          if (one === other) continue;
          for (const [action, resource] of resources(other)) {
            asked++;
            must(!connection.isAllowed(PolicyRequest.of(action, resource)), `${one}: ${action} ${resource}`);
          }
        }
      }),
      { numRuns: 100 },
    );
    expect(asked).toBeGreaterThan(10_000);
  });
});

describe('a value is never a pattern', () => {
  test.each(['*', '?', 'a*', '**', '${*}', '${iot:ClientId}', '[a]', '.*', '(?i)a', '$&', '\\'])(
    'client ID %p',
    (clientId) => {
      const evaluator = certificatePolicy(
        allow('iot:Publish', 'topic/${iot:ClientId}'),
        allow('iot:Receive', '*', { StringLike: { 'iot:ClientId': 'x${iot:ClientId}' } }),
        allow('iot:Subscribe', '*', { StringLike: { 'iot:ClientId': '${iot:ClientId}' } }),
      );
      const context = unregistered(clientId);
      expect(decide(evaluator, context, PolicyRequest.publish(clientId)).allowed).toBe(true);
      expect(decide(evaluator, context, PolicyRequest.publish('b')).allowed).toBe(false);
      expect(decide(evaluator, context, PolicyRequest.publish(`${clientId}b`)).allowed).toBe(false);
      expect(decide(evaluator, context, PolicyRequest.receive('b')).allowed).toBe(false);
      expect(decide(evaluator, context, PolicyRequest.subscribe('b')).allowed).toBe(true);
    },
  );
});

describe('a quarantined device', () => {
  const channel = RepairChannel.standard();
  const fleet = AccessPolicy.of([
    Access.publishBelow(Topic.of('pumps', Topic.THING)),
    Access.subscribe(Topic.of('pumps', Topic.THING, Topic.REST)),
    Access.retain(Topic.of('notes', Topic.THING)),
    Access.roleAlias('uploads'),
    Access.jobs(),
    Access.shadow(),
  ]).render(SCOPE) as object[];
  const quarantine = channel.documents(SCOPE) as object[];
  const pump = ConnectionContext.ofThing('pump-7');
  const both = evaluatorOf(
    ...fleet.map((document) => AttachedPolicy.onThingGroup('fleet', document)),
    ...quarantine.map((document) => AttachedPolicy.onThingGroup('quarantine', document)),
  );
  const only = evaluatorOf(...quarantine.map((document) => AttachedPolicy.onThingGroup('quarantine', document)));
  const own = '$aws/things/pump-7';
  const kept = [
    PolicyRequest.connect(),
    PolicyRequest.publish(`${own}/jobs/get`),
    PolicyRequest.subscribe(`${own}/jobs/notify-next`),
    PolicyRequest.receive(`${own}/jobs/notify-next`),
    PolicyRequest.subscribe(`${own}/tunnels/notify`),
    PolicyRequest.receive(`${own}/tunnels/notify`),
    PolicyRequest.publish(`${own}/defender/metrics/json`),
    PolicyRequest.publish(`${own}/shadow/update`),
  ];
  const taken = [
    PolicyRequest.publish('pumps/pump-7/telemetry'),
    PolicyRequest.publish('pumps/pump-8/telemetry'),
    PolicyRequest.subscribe('pumps/pump-7/#'),
    PolicyRequest.subscribe('#'),
    PolicyRequest.receive('pumps/pump-7/commands'),
    PolicyRequest.retain(`${own}/jobs/get`),
    PolicyRequest.retain('notes/pump-7'),
    PolicyRequest.publish('$aws/things/pump-8/jobs/get'),
  ];

  test.each([
    ['still in the fleet group', both],
    ['out of the fleet group', only],
  ])('keeps the repair channel and nothing else, %s', (_name, evaluator) => {
    for (const request of kept) expect(String(decide(evaluator, pump, request))).toMatch(/^allowed/);
    for (const request of taken) {
      expect(decide(evaluator, pump, request).verdict).toBe(PolicyVerdict.EXPLICITLY_DENIED);
    }
  });

  test('could do without quarantine what is taken from it', () => {
    const free = evaluatorOf(...fleet.map((document) => AttachedPolicy.onThingGroup('fleet', document)));
    for (const request of [taken[0]!, taken[2]!, taken[4]!, taken[6]!]) {
      expect(decide(free, pump, request).allowed).toBe(true);
    }
  });

  test('gains nothing by another client ID, since nothing hangs on its certificate', () => {
    const evasive = new ConnectionContext({
      thingName: 'pump-7',
      clientId: 'evasive',
      attachment: ThingAttachment.EXCLUSIVE_THING,
    });
    for (const request of [...kept, ...taken]) {
      expect(decide(both, evasive, request).verdict).toBe(PolicyVerdict.IMPLICITLY_DENIED);
    }
  });
});

import * as fc from 'fast-check';
import { Lazy, type Stack, Token } from 'aws-cdk-lib';
import { Access } from '../../lib/policy/access';
import { AccessPolicy } from '../../lib/policy/access-policy';
import { connectStatement, WITHOUT_WILL } from '../../lib/policy/connect';
import { IotStatement } from '../../lib/policy/statement';
import { Topic } from '../../lib/policy/topic';
import { testStack } from '../support/app';
import { decide, errorOf, length, OPEN_SCOPE, PREFIX, SCOPE } from './oracle';

const CLIENT = `${PREFIX}client/\${iot:Connection.Thing.ThingName}`;

function scopeOf(stack: Stack): { partition: string; region: string; account: string } {
  return { partition: stack.partition, region: stack.region, account: stack.account };
}

/** A topic whose resource has this many characters with the ARN of `SCOPE`. */
function topicOf(size: number, id: number): Topic {
  const text = `${id}`.padStart(4, '0');
  return Topic.of(text + 'x'.repeat(size - `${PREFIX}topic/`.length - text.length));
}

describe('connecting', () => {
  test('is as the attached thing, under its name, without a last will', () => {
    expect(AccessPolicy.of([]).render(SCOPE)).toEqual([
      {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Action: 'iot:Connect',
            Resource: CLIENT,
            Condition: {
              Bool: { 'iot:Connection.Thing.IsAttached': 'true' },
              'ForAllValues:StringEquals': { 'iot:ConnectAttributes': 'PersistentConnect' },
            },
          },
        ],
      },
    ]);
  });

  test('may leave a will where one access says so', () => {
    const accesses = [Access.jobs(), Access.lastWill(Topic.of('a', Topic.THING))];
    const [document] = AccessPolicy.of(accesses).render(SCOPE);
    expect(document.Statement[0]).toEqual({
      Effect: 'Allow',
      Action: 'iot:Connect',
      Resource: CLIENT,
      Condition: { Bool: { 'iot:Connection.Thing.IsAttached': 'true' } },
    });
  });

  test('the statement alone', () => {
    expect(connectStatement(true).conditions).toEqual({ Bool: { 'iot:Connection.Thing.IsAttached': ['true'] } });
    expect(connectStatement(false).conditions).toEqual({
      Bool: { 'iot:Connection.Thing.IsAttached': ['true'] },
      ...WITHOUT_WILL,
    });
    expect(WITHOUT_WILL).toEqual({ 'ForAllValues:StringEquals': { 'iot:ConnectAttributes': ['PersistentConnect'] } });
  });
});

describe('render', () => {
  test('joins what can be joined', () => {
    const own = Topic.of('a', Topic.THING);
    const documents = AccessPolicy.of([
      Access.publish(own),
      Access.retain(own),
      Access.receive(own),
      Access.publish(own),
    ]).render(SCOPE);
    expect(documents).toHaveLength(1);
    expect(documents[0].Statement).toHaveLength(2);
    expect(documents[0].Statement[1]).toEqual({
      Effect: 'Allow',
      Action: ['iot:Publish', 'iot:Receive', 'iot:RetainPublish'],
      Resource: `${PREFIX}topic/a/\${iot:Connection.Thing.ThingName}`,
    });
  });

  test('gives plain objects that JSON and CDK take as they are', () => {
    const documents = AccessPolicy.of([Access.jobs()]).render(SCOPE);
    expect(JSON.parse(JSON.stringify(documents))).toEqual(documents);
    expect(Object.getPrototypeOf(documents[0])).toBe(Object.prototype);
  });

  test('does not change when the list it was made from does', () => {
    const accesses = [Access.jobs()];
    const policy = AccessPolicy.of(accesses);
    accesses.push(Access.shadow());
    expect(policy.accesses).toHaveLength(1);
    expect(policy.render(SCOPE)).toEqual(AccessPolicy.of([Access.jobs()]).render(SCOPE));
  });

  test('leaves tokens to CloudFormation, in the scope and in topics', () => {
    const stack = testStack();
    const site = Lazy.string({ produce: () => 'north' });
    const documents = AccessPolicy.of([Access.publish(Topic.of('plant', site, stack.region, Topic.THING))]).render(
      scopeOf(stack),
    );
    expect(JSON.stringify(stack.resolve(documents))).toContain(
      '{"Fn::Join":["",["arn:",{"Ref":"AWS::Partition"},":iot:",{"Ref":"AWS::Region"},":",{"Ref":"AWS::AccountId"},":topic/plant/north/",{"Ref":"AWS::Region"},"/${iot:Connection.Thing.ThingName}"]]}',
    );
  });

  test('takes a role alias by reference', () => {
    const stack = testStack();
    const name = Token.asString({ Ref: 'Alias' });
    const documents = AccessPolicy.of([Access.roleAlias(name)]).render(scopeOf(stack));
    expect(JSON.stringify(stack.resolve(documents))).toContain('":rolealias/",{"Ref":"Alias"}');
  });

  test('keeps the statements of an access of your own, with what they deny', () => {
    const deny = IotStatement.deny({ actions: ['iot:RetainPublish'], resources: ['*'] });
    const [document] = AccessPolicy.of([Access.of('May retain nothing.', [deny])]).render(SCOPE);
    expect(document.Statement).toContainEqual({ Effect: 'Deny', Action: 'iot:RetainPublish', Resource: '*' });
  });
});

describe('size', () => {
  test('is what the documents have as JSON', () => {
    const policy = AccessPolicy.of([Access.shadow(), Access.jobs()]);
    const documents = policy.render(SCOPE);
    expect(policy.size(SCOPE)).toEqual({
      characters: length(documents[0]),
      documents: [length(documents[0])],
      limit: 2048,
    });
  });

  test('of several documents', () => {
    const policy = AccessPolicy.of([Access.shadow(), Access.shadow('a'), Access.shadow('b'), Access.jobs()]);
    const size = policy.size(SCOPE);
    const documents = policy.render(SCOPE);
    expect(documents).toHaveLength(2);
    expect(size.documents).toEqual(documents.map(length));
    expect(size.characters).toBeGreaterThan(2048);
  });

  test('counts what CloudFormation fills in at its longest', () => {
    const policy = AccessPolicy.of([Access.jobs()]);
    const worst = { partition: 'aws-us-gov', region: 'us-isof-south-1', account: '123456789012' };
    expect(policy.size(OPEN_SCOPE)).toEqual(policy.size(worst));
    expect(policy.size(scopeOf(testStack()))).toEqual(policy.size(worst));
    expect(policy.size(worst).characters).toBe(length(policy.render(worst)[0]));
  });

  test('is told even if the documents do not fit', () => {
    const topics = Array.from({ length: 30 }, (_, id) => Access.publish(topicOf(200, id)));
    expect(AccessPolicy.of(topics).size(SCOPE).documents.length).toBeGreaterThan(2);
  });

  test('the reference accesses of a fleet fit two documents anywhere', () => {
    const policy = AccessPolicy.of([
      Access.publish(Topic.parse('pumps/${thing}/telemetry')),
      Access.publish(Topic.parse('pumps/${thing}/alarms')),
      Access.subscribe(Topic.parse('pumps/${thing}/commands/+')),
      Access.lastWill(Topic.parse('pumps/${thing}/status')),
      Access.shadow(),
      Access.jobs(),
      Access.commands(),
      Access.tunnelNotifications(),
      Access.defenderMetrics(),
    ]);
    expect(policy.render(OPEN_SCOPE)).toHaveLength(2);
  });
});

describe('too large', () => {
  // Each topic takes 200 characters, quotes and comma included; a document holds 9 of them besides its statement.
  const publishing = (count: number): Access[] =>
    Array.from({ length: count }, (_, id) => Access.publish(topicOf(197, id)));

  test('says by how much, what would do, what is largest and what to do', () => {
    const policy = AccessPolicy.of([...publishing(30), Access.shadow(), Access.receive(Topic.of('small'))]);
    const { documents } = policy.size(SCOPE);
    const error = errorOf(() => policy.render(SCOPE));
    const frame = '{"Version":"2012-10-17","Statement":[]}'.length;
    const excess = documents.slice(2).reduce((sum, size) => sum + size - frame + 1, 0);
    expect(documents.length).toBe(4);
    expect(error.code).toBe('PolicyTooLarge');
    expect(error.message).toContain(
      `the accesses are ${excess} characters too long: they take 4 policy documents of 2048 characters, and there is room for 2.`,
    );
    expect(error.message).toContain(
      'Of the largest, "May read and update its classic shadow." takes 796, "May publish to 0000xx',
    );
    expect(error.message.match(/ takes \d+/g)).toHaveLength(3);
    expect(error.message).not.toContain('small');
    expect(error.message).toContain(
      'Let topics share a prefix (Access.publishBelow, or a subscription that ends in Topic.REST), or drop accesses: policies of parent groups count as well',
    );
  });

  test('says the same whatever the order', () => {
    const accesses = publishing(40);
    const message = errorOf(() => AccessPolicy.of(accesses).render(SCOPE)).message;
    expect(message.match(/May publish to \d+/g)).toEqual(['0000', '0001', '0002'].map((id) => `May publish to ${id}`));
    expect(errorOf(() => AccessPolicy.of([...accesses].reverse()).render(SCOPE)).message).toBe(message);
  });

  test('the limits decide', () => {
    const policy = AccessPolicy.of(publishing(25));
    expect(policy.size(SCOPE).documents).toHaveLength(3);
    expect(() => policy.render(SCOPE)).toThrow('room for 2');
    expect(() => policy.render(SCOPE, { maxDocuments: 2 })).toThrow('room for 2');
    expect(policy.render(SCOPE, { maxDocuments: 3 })).toHaveLength(3);
    expect(() => policy.render(SCOPE, { maxDocuments: 3, inherited: 1 })).toThrow('room for 2');
    expect(policy.render(SCOPE, { maxDocuments: 4, inherited: 1 })).toHaveLength(3);
  });

  test('one inherited policy leaves a single document', () => {
    const small = AccessPolicy.of([Access.jobs()]);
    expect(small.render(SCOPE, { inherited: 1 })).toHaveLength(1);
    expect(() => AccessPolicy.of(publishing(15)).render(SCOPE, { inherited: 1 })).toThrow('room for 1');
    expect(AccessPolicy.of(publishing(15)).render(SCOPE)).toHaveLength(2);
  });

  test('a statement that cannot be divided is named with its size', () => {
    const long = Access.of('May not.', [
      IotStatement.deny({
        actions: ['iot:Publish', 'iot:Receive'],
        notResources: Array.from({ length: 60 }, (_, id) => `topic/${id}`),
      }),
    ]);
    const error = errorOf(() => AccessPolicy.of([long]).render(SCOPE));
    const size = length({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Deny',
          Action: ['iot:Publish', 'iot:Receive'],
          NotResource: Array.from({ length: 60 }, (_, id) => `${PREFIX}topic/${id}`),
        },
      ],
    });
    expect(error.code).toBe('PolicyTooLarge');
    expect(error.message).toContain(
      `a statement for iot:Publish, iot:Receive that cannot be divided has ${size} characters with its document, ${size - 2048} more than 2048: shorten`,
    );
    expect(errorOf(() => AccessPolicy.of([long]).size(SCOPE)).code).toBe('PolicyTooLarge');
  });
});

describe('limits', () => {
  test.each([
    [{ maxDocuments: 0 }, "'maxDocuments' must be a whole number from 1 to 10, got 0"],
    [{ maxDocuments: 11 }, "'maxDocuments' must be a whole number from 1 to 10, got 11"],
    [{ maxDocuments: 1.5 }, "'maxDocuments' must be a whole number from 1 to 10, got 1.5"],
    [{ maxDocuments: NaN }, "'maxDocuments' must be a whole number"],
    [{ inherited: -1 }, "'inherited' must be a whole number, 0 or more, got -1"],
    [{ inherited: 0.5 }, "'inherited' must be a whole number, 0 or more, got 0.5"],
    [{ inherited: 2 }, "'inherited' policies (2) leave no room: at most 2 count for this target"],
    [{ maxDocuments: 10, inherited: 10 }, "'inherited' policies (10) leave no room: at most 10 count"],
  ])('fails for %j', (limits, message) => {
    const error = errorOf(() => AccessPolicy.of([]).render(SCOPE, limits));
    expect(error.code).toBe('PolicyLimitsInvalid');
    expect(error.message).toContain(message);
  });

  test('numbers that only the deployment knows are said to be that', () => {
    const token = Token.asNumber(Lazy.any({ produce: () => 1 }));
    const message = errorOf(() => AccessPolicy.of([]).render(SCOPE, { maxDocuments: token, inherited: token })).message;
    expect(message).toContain(
      "'maxDocuments' must be a whole number from 1 to 10, got <token>: it must be known at synth",
    );
    expect(message).toContain("'inherited' must be a whole number, 0 or more, got <token>: it must be known at synth");
    expect(message).not.toContain('e+');
  });

  test('one wrong number is one problem', () => {
    const message = errorOf(() => AccessPolicy.of([]).render(SCOPE, { maxDocuments: 0 })).message;
    expect(message).toBe("'maxDocuments' must be a whole number from 1 to 10, got 0 [PolicyLimitsInvalid]");
    expect(errorOf(() => AccessPolicy.of([]).render(SCOPE, { maxDocuments: 11, inherited: 12 })).message).not.toContain(
      'no room',
    );
  });

  test('accesses that only the deployment knows are refused', () => {
    const later = Lazy.any({ produce: () => [] }) as unknown;
    for (const given of [later as Access[], [later as Access], undefined as unknown as Access[]])
      expect(errorOf(() => AccessPolicy.of(given))).toMatchObject({
        code: 'PolicyAccessInvalid',
        message: expect.stringContaining(
          "'accesses' must be a list of Access, such as Access.jobs(), that is known at synth",
        ),
      });
  });

  test('the widest', () => {
    expect(AccessPolicy.of([]).render(SCOPE, { maxDocuments: 10, inherited: 9 })).toHaveLength(1);
    expect(AccessPolicy.of([]).render(SCOPE, { maxDocuments: 1, inherited: 0 })).toHaveLength(1);
  });
});

describe('for any accesses', () => {
  const word = fc.stringMatching(/^[a-z]{1,12}$/);
  const topic = fc.array(word, { minLength: 1, maxLength: 5 }).map((levels) => Topic.of(...levels, Topic.THING));
  const access = fc.oneof(
    topic.map((t) => Access.publish(t)),
    topic.map((t) => Access.publishBelow(t)),
    topic.map((t) => Access.retain(t)),
    topic.map((t) => Access.receive(t)),
    topic.map((t) => Access.subscribe(Topic.of(...t.levels, Topic.REST))),
    topic.map((t) => Access.lastWill(t)),
    word.map((name) => Access.shadow(name)),
    fc
      .constantFrom(Access.jobs, Access.commands, Access.defenderMetrics, Access.tunnelNotifications)
      .map((make) => make.call(Access)),
  );
  const accesses = fc.array(access, { maxLength: 12 });
  const limits = { maxDocuments: 10 };

  test('documents do not depend on the order and are within the limit', () => {
    fc.assert(
      fc.property(
        accesses.chain((given) =>
          fc.tuple(fc.constant(given), fc.shuffledSubarray(given, { minLength: given.length })),
        ),
        ([given, shuffled]) => {
          const documents = AccessPolicy.of(given).render(OPEN_SCOPE, limits);
          expect(AccessPolicy.of(shuffled).render(OPEN_SCOPE, limits)).toEqual(documents);
          const worst = { partition: 'aws-us-gov', region: 'us-isof-south-1', account: '123456789012' };
          for (const document of AccessPolicy.of(given).render(worst, limits))
            expect(length(document)).toBeLessThanOrEqual(2048);
          const sizes = AccessPolicy.of(given).size(worst).documents;
          expect(sizes).toEqual(AccessPolicy.of(given).render(worst, limits).map(length));
          expect(AccessPolicy.of(given).size(OPEN_SCOPE).documents).toEqual(sizes);
        },
      ),
    );
  });

  test('documents allow what the accesses allow, for this thing and no other', () => {
    const name = fc.oneof(
      fc.stringMatching(/^[a-zA-Z0-9:_-]{1,12}$/),
      fc.constantFrom('a', '*', '?', '+', '#', '${iot:ClientId}', '../x', 'pump-1', 'pump-10'),
    );
    fc.assert(
      fc.property(accesses, name, name, (given, mine, yours) => {
        const documents = AccessPolicy.of(given).render(SCOPE, limits);
        const values = { 'iot:Connection.Thing.ThingName': mine };
        for (const { actions, resources } of given.flatMap(({ statements }) => statements)) {
          for (const resource of resources) {
            const concrete = (thing: string): string =>
              PREFIX +
              resource.replaceAll('*', 'some/thing').replaceAll('${iot:Connection.Thing.ThingName}', () => thing);
            for (const action of actions) {
              expect(decide(documents, action, concrete(mine), values)).toBe('allowed');
              if (mine !== yours && !yours.startsWith(`${mine}/`)) {
                expect(decide(documents, action, concrete(yours), values)).toBe('implicitly denied');
              }
            }
          }
        }
      }),
    );
  });
});

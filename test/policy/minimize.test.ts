import * as fc from 'fast-check';
import { compareRules, minimize } from '../../lib/policy/minimize';
import { arnIn, renderDocument, type Rule, ruleOf } from '../../lib/policy/rule';
import { listSize, sizeIn } from '../../lib/policy/size';
import { IotStatement } from '../../lib/policy/statement';
import { decide, SCOPE } from './oracle';
import { cpuMs } from '../support/cpu';

const sizeOf = (rule: Rule): number => sizeIn(SCOPE)(rule);
const plain = (resource: string): string => resource;

function allow(actions: string[], resources: string[], conditions?: Record<string, Record<string, string[]>>): Rule {
  return ruleOf(IotStatement.allow({ actions, resources, conditions }));
}

function denyAllBut(actions: string[], notResources: string[]): Rule {
  return ruleOf(IotStatement.deny({ actions, notResources }));
}

/** The statements as `EFFECT actions kind resources`. */
function short(rules: readonly Rule[]): string[] {
  return minimize(rules, sizeOf).map(
    (rule) =>
      `${rule.effect} ${rule.actions.join('+')} ${rule.kind === 'NotResource' ? 'but ' : ''}${rule.resources.join(' ')}`,
  );
}

describe('one statement', () => {
  test('for one action', () => {
    expect(short([allow(['iot:Publish'], ['topic/b']), allow(['iot:Publish'], ['topic/a', 'topic/b'])])).toEqual([
      'Allow iot:Publish topic/a topic/b',
    ]);
  });

  test('for actions on the same resources', () => {
    expect(
      short([allow(['iot:Receive'], ['topic/b', 'topic/a']), allow(['iot:Publish'], ['topic/a', 'topic/b'])]),
    ).toEqual(['Allow iot:Publish+iot:Receive topic/a topic/b']);
  });

  test('for each effect and condition', () => {
    const attached = { Bool: { 'iot:Connection.Thing.IsAttached': ['true'] } };
    expect(
      short([
        allow(['iot:Connect'], ['client/a'], attached),
        allow(['iot:Connect'], ['client/a']),
        ruleOf(IotStatement.deny({ actions: ['iot:Connect'], resources: ['client/a'] })),
        allow(['iot:Connect'], ['client/b'], attached),
      ]),
    ).toEqual(['Allow iot:Connect client/a client/b', 'Allow iot:Connect client/a', 'Deny iot:Connect client/a']);
  });

  test('for conditions that differ in order only', () => {
    const one = { StringEquals: { 'iot:DomainName': ['a', 'b'], 'aws:SourceVpc': ['v'] }, Bool: { x: ['true'] } };
    const other = { Bool: { x: ['true'] }, StringEquals: { 'aws:SourceVpc': ['v'], 'iot:DomainName': ['b', 'a'] } };
    expect(
      short([allow(['iot:Connect'], ['client/a'], one), allow(['iot:Connect'], ['client/b'], other)]),
    ).toHaveLength(1);
    const third = { Bool: { x: ['true'] }, StringEquals: { 'aws:SourceVpc': ['v'], 'iot:DomainName': ['b'] } };
    expect(
      short([allow(['iot:Connect'], ['client/a'], one), allow(['iot:Connect'], ['client/b'], third)]),
    ).toHaveLength(2);
    const fourth = { StringEquals: { 'iot:DomainName': ['a', 'b'], 'aws:SourceVpce': ['v'] }, Bool: { x: ['true'] } };
    expect(
      short([allow(['iot:Connect'], ['client/a'], one), allow(['iot:Connect'], ['client/b'], fourth)]),
    ).toHaveLength(2);
  });
});

describe('resources that another one covers', () => {
  test('are dropped, whatever the order', () => {
    for (const resources of [
      ['topic/a/*', 'topic/a/b', 'topic/b', 'topic/a/*/c'],
      ['topic/a/*/c', 'topic/b', 'topic/a/b', 'topic/a/*'],
    ]) {
      expect(short([allow(['iot:Publish'], resources)])).toEqual(['Allow iot:Publish topic/a/* topic/b']);
    }
  });

  test('are dropped even if the one that covers sorts later', () => {
    expect(short([allow(['iot:Publish'], ['topic/!x', 'topic/?x', 'topic/!y'])])).toEqual([
      'Allow iot:Publish topic/!y topic/?x',
    ]);
  });

  test('one of two that cover each other stays', () => {
    expect(short([allow(['iot:Publish'], ['topic/a**', 'topic/a*', 'topic/a***'])])).toEqual([
      'Allow iot:Publish topic/a*',
    ]);
  });

  test('stay for other actions', () => {
    expect(
      short([allow(['iot:Publish'], ['topic/a/*', 'topic/a/b']), allow(['iot:RetainPublish'], ['topic/a/b'])]),
    ).toEqual(['Allow iot:Publish topic/a/*', 'Allow iot:RetainPublish topic/a/b']);
  });

  test('are dropped from exceptions too', () => {
    expect(short([denyAllBut(['iot:Publish'], ['topic/a/b', 'topic/a/*'])])).toEqual([
      'Deny iot:Publish but topic/a/*',
    ]);
  });
});

describe('exceptions', () => {
  test('are not joined: each statement spares only its own', () => {
    expect(short([denyAllBut(['iot:Publish'], ['topic/b']), denyAllBut(['iot:Publish'], ['topic/a'])])).toEqual([
      'Deny iot:Publish but topic/a',
      'Deny iot:Publish but topic/b',
    ]);
  });

  test('that are equal share their actions', () => {
    expect(
      short([
        denyAllBut(['iot:Receive', 'iot:Publish'], ['topic/b', 'topic/a']),
        denyAllBut(['iot:Publish', 'iot:Connect'], ['topic/a', 'topic/b']),
      ]),
    ).toEqual(['Deny iot:Connect+iot:Publish+iot:Receive but topic/a topic/b']);
  });

  test('stay apart from plain statements of the same actions', () => {
    expect(
      short([
        ruleOf(IotStatement.deny({ actions: ['iot:Publish'], resources: ['topic/a'] })),
        denyAllBut(['iot:Publish'], ['topic/a']),
      ]),
    ).toEqual(['Deny iot:Publish but topic/a', 'Deny iot:Publish topic/a']);
  });
});

describe('the shorter way is taken', () => {
  test('by resource where resources are long', () => {
    const long = `topic/${'x'.repeat(200)}`;
    expect(
      short([allow(['iot:Publish'], [`${long}1`, `${long}2`]), allow(['iot:RetainPublish'], [`${long}2`])]),
    ).toEqual([`Allow iot:Publish+iot:RetainPublish ${long}2`, `Allow iot:Publish ${long}1`]);
  });

  test('by action where that saves statements', () => {
    expect(
      short([allow(['iot:Publish'], ['*', 'arn:::::x']), allow(['iot:Receive'], ['arn:::::y', 'arn:::::x'])]),
    ).toEqual(['Allow iot:Publish *', 'Allow iot:Receive arn:::::x arn:::::y']);
    expect(
      short([allow(['iot:Publish'], ['arn:::::w', 'arn:::::x']), allow(['iot:Receive'], ['arn:::::y', 'arn:::::x'])]),
    ).toEqual(['Allow iot:Publish arn:::::w arn:::::x', 'Allow iot:Receive arn:::::x arn:::::y']);
  });

  test('by resource where both are as long', () => {
    const rules = [allow(['iot:Publish', 'iot:Receive'], ['topic/a'])];
    expect(short(rules)).toEqual(['Allow iot:Publish+iot:Receive topic/a']);
  });
});

describe('for any statements', () => {
  const action = fc.constantFrom('iot:Publish', 'iot:Receive', 'iot:RetainPublish');
  const actions = fc.uniqueArray(action, { minLength: 1, maxLength: 3 });
  const resource = fc
    .array(fc.constantFrom('a', 'b', '/', '*', '?', '${x}'), { minLength: 1, maxLength: 4 })
    .map((units) => `topic/${units.join('')}`);
  const resources = fc.array(resource, { minLength: 1, maxLength: 4 });
  const rule = fc.oneof(
    { weight: 4, arbitrary: fc.tuple(actions, resources).map(([a, r]) => allow(a, r)) },
    {
      weight: 1,
      arbitrary: fc.tuple(actions, resources).map(([a, r]) => ruleOf(IotStatement.deny({ actions: a, resources: r }))),
    },
    { weight: 1, arbitrary: fc.tuple(actions, resources).map(([a, r]) => denyAllBut(a, r)) },
  );
  const rules = fc.array(rule, { minLength: 1, maxLength: 6 });

  test('what is allowed and denied stays the same', () => {
    const text = fc.stringMatching(/^topic\/[ab/*]{0,4}$/);
    fc.assert(
      fc.property(
        rules,
        fc.array(fc.tuple(action, text, fc.stringMatching(/^[ab*]{0,2}$/)), { minLength: 20 }),
        (given, requests) => {
          const before = [renderDocument(given, plain)];
          const after = [renderDocument(minimize(given, sizeOf), plain)];
          const changed = requests.filter(
            ([name, target, x]) => decide(after, name, target, { x }) !== decide(before, name, target, { x }),
          );
          expect(changed).toEqual([]);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('the result does not depend on their order, is shorter than its parts, and cannot be minimised again', () => {
    fc.assert(
      fc.property(
        rules.chain((given) => fc.tuple(fc.constant(given), fc.shuffledSubarray(given, { minLength: given.length }))),
        ([given, shuffled]) => {
          const result = minimize(given, sizeOf);
          expect(minimize(shuffled, sizeOf)).toEqual(result);
          expect(minimize(result, sizeOf)).toEqual(result);
          const parts = given.flatMap((one) =>
            one.kind === 'NotResource'
              ? [one]
              : one.actions.flatMap((name) =>
                  one.resources.map((target) => ({ ...one, actions: [name], resources: [target] })),
                ),
          );
          expect(listSize(result, sizeOf)).toBeLessThanOrEqual(listSize(parts, sizeOf));
        },
      ),
    );
  });
});

test('statements are ordered by what they do, then by what they do it to', () => {
  const a = allow(['iot:Connect'], ['client/b']);
  const b = allow(['iot:Publish'], ['topic/a']);
  expect(compareRules(a, b)).toBe(-1);
  expect(compareRules(b, a)).toBe(1);
  expect(compareRules(a, allow(['iot:Connect'], ['client/b']))).toBe(0);
  expect(compareRules(a, allow(['iot:Connect'], ['client/a']))).toBe(1);
  expect(compareRules(a, allow(['iot:Connect'], ['client/b'], { Bool: { x: ['true'] } }))).not.toBe(0);
  expect(compareRules(denyAllBut(['iot:Connect'], ['client/b']), a)).toBe(1);
});

test('a thousand resources are minimised in no time', () => {
  const many = Array.from({ length: 1000 }, (_, index) => `topic/${index}/x`);
  const ms = cpuMs(() => {
    expect(minimize([allow(['iot:Publish'], many)], sizeOf)[0]?.resources).toHaveLength(1000);
  });
  expect(ms).toBeLessThan(3000);
  expect(
    renderDocument(minimize([allow(['iot:Publish'], [...many, 'topic/*'])], sizeOf), arnIn(SCOPE)).Statement,
  ).toHaveLength(1);
});

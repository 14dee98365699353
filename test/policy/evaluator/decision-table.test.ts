import { Problems } from '../../../lib/internal/problems';
import { ContextKeys } from '../../../lib/policy/evaluator/context-keys';
import { BoundStatement, DecisionTable } from '../../../lib/policy/evaluator/decision-table';
import { DocumentReader } from '../../../lib/policy/evaluator/document';
import type { Statement } from '../../../lib/policy/evaluator/statement';
import { allow, ARN, deny, documentOf, type StatementJson } from '../../support/policy-builders';

const keys = new ContextKeys();
keys.one('name', 'pump');

function statements(...json: StatementJson[]): Statement[] {
  return new DocumentReader({ policyName: 'p', target: 't' }, new Problems()).read(documentOf(...json));
}

const spare = (...resources: string[]): StatementJson => ({
  Effect: 'Allow',
  Action: 'iot:Publish',
  NotResource: resources.map((resource) => ARN + resource),
});

test.each<[string, StatementJson, string, boolean]>([
  ['one of its resources', allow('iot:Publish', ['topic/a', 'topic/b/*']), 'b/c', true],
  ['none of its resources', allow('iot:Publish', ['topic/a', 'topic/b/*']), 'c', false],
  ['a variable', allow('iot:Publish', 'topic/${name}'), 'pump', true],
  ['a variable without a value', allow('iot:Publish', 'topic/${other}'), '${other}', false],
  ['another variable that has one', allow('iot:Publish', ['topic/${other}', 'topic/a']), 'a', true],
  ['a resource that is spared', spare('topic/a', 'topic/b'), 'b', false],
  ['a resource that is not spared', spare('topic/a', 'topic/b'), 'c', true],
  ['a spared resource without a value', spare('topic/${other}'), 'a', true],
])('a statement covers %s', (_name, json, name, expected) => {
  expect(new BoundStatement(statements(json)[0]!, keys, `${ARN}topic/`).covers(name)).toBe(expected);
});

describe('a table', () => {
  const table = new DecisionTable(
    statements(
      allow('iot:Publish', 'topic/*'),
      deny('iot:Publish', 'topic/secret/*'),
      deny('iot:Receive', 'topic/a'),
      deny('iot:Publish', 'topic/a', { StringEquals: { name: 'valve' } }),
      deny('iot:Publish', 'topic/b', { StringEquals: { name: 'pump' } }),
    ),
    'iot:publish',
    keys,
    `${ARN}topic/`,
  );

  test('holds the statements about the action whose conditions are met', () => {
    expect(table.allows.map((bound) => bound.statement.source.index)).toEqual([0]);
    expect(table.denies.map((bound) => bound.statement.source.index)).toEqual([1, 4]);
    expect(table.keys).toBe(keys);
  });

  test.each([
    ['a', true],
    ['b', false],
    ['secret/a', false],
    ['secret', true],
  ])('name %p: %p', (name, expected) => {
    expect(table.allowsName(name)).toBe(expected);
  });

  test('without statements allows nothing', () => {
    expect(new DecisionTable([], 'iot:publish', keys, '').allowsName('')).toBe(false);
  });
});

import { Lazy } from 'aws-cdk-lib';
import { IotEffect, IotStatement, type IotStatementProps } from '../../lib/policy/statement';
import { errorOf } from './oracle';

test('a statement that allows', () => {
  const statement = IotStatement.allow({
    actions: ['iot:Publish', 'iotjobsdata:UpdateJobExecution'],
    resources: [
      'topic/a',
      'topicfilter/a',
      'client/a',
      'thing/a',
      'rolealias/a',
      'arn:aws:iot:eu-west-1:111122223333:topic/x',
      'arn:aws:iot:*',
      '*',
      '${Token[TOKEN.1]}',
    ],
  });
  expect(statement.effect).toBe(IotEffect.ALLOW);
  expect(statement.actions).toEqual(['iot:Publish', 'iotjobsdata:UpdateJobExecution']);
  expect(statement.resources).toHaveLength(9);
  expect(statement.notResources).toEqual([]);
  expect(statement.conditions).toEqual({});
});

test('a statement that denies all but', () => {
  const conditions = { Bool: { 'iot:Connection.Thing.IsAttached': ['true'] } };
  const statement = IotStatement.deny({ actions: ['iot:*', 'iot:Get*'], notResources: ['topic/a'], conditions });
  expect(statement.effect).toBe(IotEffect.DENY);
  expect(statement.resources).toEqual([]);
  expect(statement.notResources).toEqual(['topic/a']);
  expect(statement.conditions).toEqual(conditions);
});

test('does not change when what it was made from does', () => {
  const props = {
    actions: ['iot:Publish'],
    resources: ['topic/a'],
    conditions: { StringEquals: { 'iot:DomainName': ['a'] } },
  };
  const statement = IotStatement.allow(props);
  props.actions.push('iot:Connect');
  props.resources.push('*');
  props.conditions.StringEquals['iot:DomainName'].push('b');
  expect(statement.actions).toEqual(['iot:Publish']);
  expect(statement.resources).toEqual(['topic/a']);
  expect(statement.conditions).toEqual({ StringEquals: { 'iot:DomainName': ['a'] } });

  const denied = { actions: ['iot:Publish'], notResources: ['topic/a'] };
  const spares = IotStatement.deny(denied);
  denied.notResources.push('*');
  expect(spares.notResources).toEqual(['topic/a']);
});

describe('fails for', () => {
  test.each([
    [{ actions: [], resources: ['*'] }, "'actions' must name at least one action"],
    [
      { actions: ['Publish'], resources: ['*'] },
      'only actions of iot: and iotjobsdata: that are known at synth, got "Publish"',
    ],
    [{ actions: ['s3:GetObject'], resources: ['*'] }, 'got "s3:GetObject"'],
    [{ actions: ['iot:'], resources: ['*'] }, 'got "iot:"'],
    [{ actions: ['iot:publish'], resources: ['*'] }, 'got "iot:publish"'],
    [{ actions: ['iot:Pub lish'], resources: ['*'] }, 'got "iot:Pub lish"'],
    [{ actions: ['iot:P*h'], resources: ['*'] }, 'got "iot:P*h"'],
    [{ actions: ['xiot:Publish'], resources: ['*'] }, 'got "xiot:Publish"'],
    [{ actions: ['*'], resources: ['*'] }, 'got "*"'],
    [{ actions: ['iot:Publish'] }, "either 'resources' or 'notResources'"],
    [{ actions: ['iot:Publish'], resources: [] }, "either 'resources' or 'notResources'"],
    [{ actions: ['iot:Publish'], notResources: [] }, "either 'resources' or 'notResources'"],
    [{ actions: ['iot:Publish'], resources: ['*'], notResources: ['*'] }, "either 'resources' or 'notResources'"],
    [
      { actions: ['iot:Publish'], resources: ['a'] },
      "'resources' must be a list that is known at synth, of texts that start with client/, topic/",
    ],
    [{ actions: ['iot:Publish'], resources: ['topic/'] }, 'got "topic/"'],
    [{ actions: ['iot:Publish'], resources: ['xtopic/a'] }, 'got "xtopic/a"'],
    [{ actions: ['iot:Publish'], resources: ['**'] }, 'got "**"'],
    [{ actions: ['iot:Publish'], resources: ['xarn:aws'] }, 'got "xarn:aws"'],
    [{ actions: ['iot:Publish'], notResources: ['queue/a'] }, 'got "queue/a"'],
    [{ actions: ['iot:Publish'], resources: ['topic/a', ''] }, 'got ""'],
    [
      { actions: ['iot:Publish'], resources: ['topic/a', 'arn:'] },
      '\'resources\' may hold ARNs of six parts, of which a * can stand for several, got "arn:": write it as',
    ],
    [{ actions: ['iot:Publish'], notResources: ['arn:aws:iot:x'] }, "'notResources' may hold ARNs of six parts"],
    [
      { actions: ['iot:Publish'], resources: ['*'], conditions: { StringEqual: { a: ['x'] } } },
      "'conditions.StringEqual' is not an operator",
    ],
  ])('%j', (props, message) => {
    for (const make of [IotStatement.allow, IotStatement.deny]) {
      const error = errorOf(() => make(props));
      expect(error.code).toBe('PolicyStatementInvalid');
      expect(error.message).toContain(message);
    }
  });

  test.each([
    [{ actions: Lazy.any({ produce: () => [] }), resources: ['*'] }, "'actions' must be a list that is known at synth"],
    [
      { actions: ['iot:Publish'], resources: Lazy.any({ produce: () => [] }) },
      "'resources' must be a list that is known at synth",
    ],
    [{ actions: ['iot:Publish'], notResources: Lazy.any({ produce: () => [] }) }, "'notResources' must be a list that"],
    [
      { actions: ['iot:Publish'], resources: ['*'], conditions: Lazy.any({ produce: () => ({}) }) },
      "'conditions' must be an object that is known at synth",
    ],
  ])('what only the deployment knows: %#', (props, message) => {
    for (const make of [IotStatement.allow, IotStatement.deny]) {
      const error = errorOf(() => make(props as unknown as IotStatementProps));
      expect(error.code).toBe('PolicyStatementInvalid');
      expect(error.message).toContain(message);
    }
  });
});

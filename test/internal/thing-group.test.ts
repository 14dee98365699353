import { Fn, Stack } from 'aws-cdk-lib';
import { CfnThingGroup } from 'aws-cdk-lib/aws-iot';
import { identityOfGroup, isDynamic, resourceOf } from '../../lib/internal/thing-group';
import { QuarantineGroup } from '../../lib/quarantine/quarantine-group';
import { testStack } from '../support/app';

test('what a group is made of is known of resources and of constructs around them, and of no group of others', () => {
  const stack = testStack();
  const raw = new CfnThingGroup(stack, 'Raw');
  const around = new QuarantineGroup(stack, 'Around');
  expect(resourceOf(raw)).toBe(raw);
  expect(resourceOf(around)).toBe(around.node.defaultChild);
  expect(resourceOf(CfnThingGroup.fromThingGroupName(stack, 'Theirs', 'theirs'))).toBeUndefined();
});

test('a group with a query is dynamic', () => {
  const stack = testStack();
  expect(isDynamic(new CfnThingGroup(stack, 'Dynamic', { queryString: 'thingName:pump*' }))).toBe(true);
  expect(isDynamic(new CfnThingGroup(stack, 'Static'))).toBe(false);
  expect(isDynamic(CfnThingGroup.fromThingGroupName(stack, 'Theirs', 'theirs'))).toBe(false);
});

test('groups are told apart by their names, or by what they are', () => {
  const stack = testStack();
  const other = new Stack(stack.node.root, 'Other');
  const named = new CfnThingGroup(stack, 'Named', { thingGroupName: 'pumps' });
  const [one, two] = [stack, other].map((scope) => new CfnThingGroup(scope, 'Group'));
  const theirs = ['a', 'b'].map((name) => CfnThingGroup.fromThingGroupName(stack, name, Fn.importValue(name)));
  expect(identityOfGroup(named)).toBe(identityOfGroup(CfnThingGroup.fromThingGroupName(other, 'Theirs', 'pumps')));
  expect(new Set([one, two, named, ...theirs].map((group) => group && identityOfGroup(group))).size).toBe(5);
  expect(identityOfGroup(new QuarantineGroup(stack, 'Around'))).toBe('resource Test/Around/Resource');
});

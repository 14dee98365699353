import { CfnThingGroup } from 'aws-cdk-lib/aws-iot';
import { isDynamic, resourceOf } from '../../lib/internal/thing-group';
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

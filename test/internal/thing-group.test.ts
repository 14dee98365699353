import { CfnParameter, Fn, Stack } from 'aws-cdk-lib';
import { CfnThingGroup } from 'aws-cdk-lib/aws-iot';
import { identityOfGroup, isDynamic, resourceOf } from '../../lib/internal/thing-group';
import { QuarantineGroup } from '../../lib/quarantine/quarantine-group';
import { Access } from '../../lib/policy';
import { ClaimEnrollment } from '../../lib/identity/claim-enrollment';
import { Device } from '../../lib/identity/device';
import { FleetGroup } from '../../lib/quarantine';
import { OPENSSL_EC_REQUEST } from '../support/certificate-request';
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
  // Parameters of two stacks have one logical id, and two values.
  const given = [stack, other].map((scope) =>
    CfnThingGroup.fromThingGroupName(scope, 'Given', new CfnParameter(scope, 'Name').valueAsString),
  );
  expect(new Set(given.map((group) => group && identityOfGroup(group))).size).toBe(2);
});

describe('a dynamic group, which nothing can join, is refused by', () => {
  const csr = OPENSSL_EC_REQUEST;
  test.each<[string, (stack: Stack, group: CfnThingGroup) => unknown]>([
    ['fleetGroup', (stack, fleetGroup) => new Device(stack, 'X', { certificateSigningRequest: csr, fleetGroup })],
    ['fleetGroup', (stack, fleetGroup) => new ClaimEnrollment(stack, 'X', { fleetGroup })],
    ['parentGroup', (stack, parentGroup) => new FleetGroup(stack, 'X', { access: [Access.shadow()], parentGroup })],
  ])('%s (%#)', (property, make) => {
    const stack = testStack();
    const group = new CfnThingGroup(stack, 'Dynamic', { queryString: 'thingName:pump*' });
    expect(() => make(stack, group)).toThrow(
      new RegExp(`^Test/X: '${property}' Test/Dynamic has a query: .*give a static group \\[ThingGroupDynamic\\]`),
    );
  });
});

import * as fc from 'fast-check';
import { parseGroupPolicies } from '../../../lambda/attach-group-policies/event';

const ARN = 'arn:aws:iot:eu-west-1:111122223333:thinggroup/fleet';
const good = {
  ServiceToken: 'ignored',
  ThingGroupName: 'fleet',
  ThingGroupArn: ARN,
  Policies: [
    { Name: 'allow', Denies: 'false', Digest: 'd1' },
    { Name: 'deny', Denies: 'true' },
  ],
  KeepWhileMembers: 'true',
};

test('what denies comes first, whatever the order of the properties', () => {
  expect(parseGroupPolicies(good)).toEqual({
    ok: true,
    value: {
      groupName: 'fleet',
      groupArn: ARN,
      policies: [
        { name: 'deny', denies: true, owned: false },
        { name: 'allow', denies: false, owned: true },
      ],
      keepWhileMembers: true,
    },
  });
});

test('policies of one kind keep their order', () => {
  const Policies = ['b', 'a'].map((Name) => ({ Name, Denies: 'false' }));
  const parsed = parseGroupPolicies({ ...good, Policies });
  expect(parsed.ok && parsed.value.policies.map(({ name }) => name)).toEqual(['b', 'a']);
});

test('deletion is guarded only where the property says true', () => {
  for (const KeepWhileMembers of ['false', undefined, true, 'TRUE']) {
    const parsed = parseGroupPolicies({ ...good, KeepWhileMembers });
    expect(parsed.ok && parsed.value.keepWhileMembers).toBe(false);
  }
});

test.each([
  'arn:aws-cn:iot:cn-north-1:111122223333:thinggroup/a:b_c-d',
  'arn:aws-us-gov:iot:us-gov-west-1:111122223333:thinggroup/' + 'x'.repeat(128),
])('takes %s', (ThingGroupArn) => {
  const ThingGroupName = ThingGroupArn.split('/')[1];
  expect(parseGroupPolicies({ ...good, ThingGroupArn, ThingGroupName }).ok).toBe(true);
});

test('takes no policies at all', () => {
  expect(parseGroupPolicies({ ...good, Policies: [] }).ok).toBe(true);
});

test.each([
  ['ThingGroupName', undefined, 'ThingGroupName is not the name of a thing group'],
  ['ThingGroupName', '', 'ThingGroupName is not the name of a thing group'],
  ['ThingGroupName', 'a b', 'ThingGroupName is not the name of a thing group'],
  ['ThingGroupName', 'x'.repeat(129), 'ThingGroupName is not the name of a thing group'],
  ['ThingGroupName', 'other', 'ThingGroupName and ThingGroupArn name two groups'],
  ['ThingGroupName', 'leet', 'ThingGroupName and ThingGroupArn name two groups'],
  ['ThingGroupArn', undefined, 'ThingGroupArn is not the ARN of a thing group'],
  ['ThingGroupArn', 'arn:aws:iot:eu-west-1:111122223333:thing/fleet', 'ThingGroupArn is not the ARN of a thing group'],
  ['ThingGroupArn', `${ARN}\n`, 'ThingGroupArn is not the ARN of a thing group'],
  ['ThingGroupArn', `x${ARN}`, 'ThingGroupArn is not the ARN of a thing group'],
  ['ThingGroupArn', 'arn:aws:iot:eu-west-1:1111:thinggroup/fleet', 'ThingGroupArn is not the ARN of a thing group'],
  ['Policies', undefined, 'Policies is not a list of at most 2 policies'],
  ['Policies', 'allow', 'Policies is not a list of at most 2 policies'],
  ['Policies', [1, 2, 3], 'Policies is not a list of at most 2 policies'],
  ['Policies', [null], 'Policies has an item without the name of an IoT policy'],
  ['Policies', [{ Name: 'a/b' }], 'Policies has an item without the name of an IoT policy'],
  ['Policies', [{ Name: 'x'.repeat(129) }], 'Policies has an item without the name of an IoT policy'],
  ['Policies', [{ Name: 'a' }, { Name: 'a' }], "Policies names 'a' twice"],
])('refuses %s %p', (name, value, reason) => {
  expect(parseGroupPolicies({ ...good, [name]: value })).toEqual({ ok: false, reason });
});

test('any input is an answer, never an exception', () => {
  fc.assert(fc.property(fc.anything(), (raw) => typeof parseGroupPolicies(raw).ok === 'boolean'));
  expect(parseGroupPolicies(undefined).ok).toBe(false);
});

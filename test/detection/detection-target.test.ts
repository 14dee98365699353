import { Stack } from 'aws-cdk-lib';
import { CfnThingGroup } from 'aws-cdk-lib/aws-iot';
import { DetectionTarget } from '../../lib/detection';
import { testApp, testStack } from '../support/app';

const env = { account: '111111111111', region: 'cn-north-1' };

test.each([
  [DetectionTarget.allThings(), 'all/things'],
  [DetectionTarget.registeredThings(), 'all/registered-things'],
  [DetectionTarget.unregisteredThings(), 'all/unregistered-things'],
])('%# is a set of the account', (target, name) => {
  const stack = new Stack(testApp(), 'S', { env });
  expect(stack.resolve(target._arn(stack))).toEqual({
    'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:iot:cn-north-1:111111111111:${name}`]],
  });
  expect(target._key()).toBe(name);
  expect(target._problem(stack)).toBeUndefined();
});

test('is a thing group of a stack', () => {
  const stack = testStack();
  const group = new CfnThingGroup(stack, 'G');
  const target = DetectionTarget.thingGroup(group);
  expect(stack.resolve(target._arn(stack))).toEqual({ 'Fn::GetAtt': ['G', 'Arn'] });
  expect(target._key()).toBe(DetectionTarget.thingGroup(group)._key());
  expect(target._problem(stack)).toBeUndefined();
});

test('is an imported thing group', () => {
  const arn = 'arn:aws-us-gov:iot:us-gov-west-1:111111111111:thinggroup/Pumps:1';
  const target = DetectionTarget.thingGroup(CfnThingGroup.fromThingGroupArn(testStack(), 'G', arn));
  expect([target._key(), target._problem(testStack())]).toEqual([arn, undefined]);
});

test.each([
  'Pumps',
  'arn:aws:iot:eu-west-1:111111111111:thing/Pumps',
  'arn:aws:iot:eu-west-1:111111111111:thinggroup/',
  'arn:aws:iot:eu-west-1:1:thinggroup/Pumps',
])('says that %s is no thing group', (thingGroupArn) => {
  const stack = testStack();
  const target = DetectionTarget.thingGroup({
    thingGroupRef: { thingGroupArn, thingGroupName: 'x' },
    node: stack.node,
    env,
    with: () => stack,
  } as never);
  expect(target._problem(stack)).toMatch(/^must be the ARN of a thing group/);
});

test('says that a group of another region cannot be watched', () => {
  const stack = new Stack(testApp(), 'S', { env: { account: '111111111111', region: 'eu-west-1' } });
  const arn = 'arn:aws:iot:us-east-1:111111111111:thinggroup/Pumps';
  const target = DetectionTarget.thingGroup(CfnThingGroup.fromThingGroupArn(stack, 'G', arn));
  expect(target._problem(stack)).toMatch(/^must be of the account and region of its stack/);
});

import { CfnThingGroup } from 'aws-cdk-lib/aws-iot';
import { Construct } from 'constructs';
import { CAPABILITIES, capabilityOf, markCapability } from '../../lib/internal/capability';
import { testStack } from '../support/app';

test('a resource serves the nearest capability above it', () => {
  const stack = testStack();
  const fleet = new Construct(stack, 'Fleet');
  const group = new Construct(fleet, 'Group');
  markCapability(fleet, 'fleet');
  markCapability(group, 'quarantine');
  expect(capabilityOf(new CfnThingGroup(group, 'Resource'))).toBe('quarantine');
  expect(capabilityOf(new CfnThingGroup(fleet, 'Other'))).toBe('fleet');
  expect(capabilityOf(new CfnThingGroup(stack, 'Foreign'))).toBeUndefined();
});

test('a class that extends another says it again', () => {
  const construct = new Construct(testStack(), 'A');
  markCapability(construct, 'policy');
  markCapability(construct, 'quarantine');
  expect(capabilityOf(new CfnThingGroup(construct, 'Resource'))).toBe('quarantine');
});

test('there is one order of capabilities', () => {
  expect(new Set(CAPABILITIES).size).toBe(CAPABILITIES.length);
  expect(CAPABILITIES.indexOf('policy')).toBeLessThan(CAPABILITIES.indexOf('quarantine'));
});

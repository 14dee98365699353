import { CfnThingGroup, CfnThingType } from 'aws-cdk-lib/aws-iot';
import { CfnTopic } from 'aws-cdk-lib/aws-sns';
import { ClaimEnrollment } from '../../lib/identity/claim-enrollment';
import { Enrollment } from '../../lib/identity/enrollment';
import { templateOf, testStack } from '../support/app';

test('by claim takes the parts of the fleet', () => {
  const stack = testStack();
  const bound = Enrollment.byClaim()._bind(stack, 'Enrollment', {
    fleetGroup: new CfnThingGroup(stack, 'Group'),
    thingType: new CfnThingType(stack, 'FleetType'),
    alarmTopic: new CfnTopic(stack, 'FleetTopic'),
  });
  expect(bound).toBeInstanceOf(ClaimEnrollment);
  const text = JSON.stringify(templateOf(stack).findResources('AWS::IoT::ProvisioningTemplate'));
  expect(text).toContain('{"Ref":"FleetType"}');
  expect(text).toContain('{"Ref":"Group"}');
  templateOf(stack).allResourcesProperties('AWS::CloudWatch::Alarm', { AlarmActions: [{ Ref: 'FleetTopic' }] });
});

test('by claim prefers what its own options name', () => {
  const stack = testStack();
  const enrollment = Enrollment.byClaim({
    thingType: new CfnThingType(stack, 'OwnType'),
    alarmTopic: new CfnTopic(stack, 'OwnTopic'),
    thingNamePrefix: 'pump-',
  });
  enrollment._bind(stack, 'Enrollment', {
    fleetGroup: new CfnThingGroup(stack, 'Group'),
    thingType: new CfnThingType(stack, 'FleetType'),
    alarmTopic: new CfnTopic(stack, 'FleetTopic'),
  });
  const text = JSON.stringify(templateOf(stack).findResources('AWS::IoT::ProvisioningTemplate'));
  expect(text).toContain('{"Ref":"OwnType"}');
  expect(text).toContain('pump-');
  templateOf(stack).allResourcesProperties('AWS::CloudWatch::Alarm', { AlarmActions: [{ Ref: 'OwnTopic' }] });
});

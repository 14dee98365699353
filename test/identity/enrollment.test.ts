import { Match } from 'aws-cdk-lib/assertions';
import { CfnThingGroup, CfnThingType } from 'aws-cdk-lib/aws-iot';
import { Key } from 'aws-cdk-lib/aws-kms';
import { CfnTopic, Topic } from 'aws-cdk-lib/aws-sns';
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

describe('the key of the alarm topic', () => {
  const ARN = 'arn:aws:sns:eu-west-1:111122223333:';
  const lets = (...names: string[]): void => {
    const stack = testStack();
    const [fleetKey, ownKey] = ['Fleet', 'Own'].map((id) => new Key(stack, `${id}Key`)) as [Key, Key];
    const [fleetTopic, ownTopic] = ['fleet', 'own'].map((id) => Topic.fromTopicArn(stack, id, ARN + id));
    const own = names.includes('own');
    Enrollment.byClaim(
      own ? { alarmTopic: ownTopic, ...(names.includes('key') && { alarmTopicKey: ownKey }) } : {},
    )._bind(stack, 'Enrollment', {
      fleetGroup: new CfnThingGroup(stack, 'Group'),
      alarmTopic: fleetTopic,
      alarmTopicKey: fleetKey,
    });
    const cloudwatch = {
      KeyPolicy: {
        Statement: Match.arrayWith([Match.objectLike({ Principal: { Service: 'cloudwatch.amazonaws.com' } })]),
      },
    };
    const amended = Object.keys(templateOf(stack).findResources('AWS::KMS::Key', { Properties: cloudwatch }));
    const expected = { fleet: /^FleetKey/, own: /^(?!)/, key: /^OwnKey/ }[names.at(-1) as 'fleet' | 'own' | 'key'];
    expect(amended.filter((id) => /^(Fleet|Own)Key/.test(id))).toEqual(
      names.at(-1) === 'own' ? [] : [expect.stringMatching(expected)],
    );
  };

  test('of the fleet lets CloudWatch use it', () => lets('fleet'));
  test('of its own does, too', () => lets('own', 'key'));
  test('of the fleet is none for a topic of its own', () => lets('own'));
});

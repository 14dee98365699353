import { Access } from '../../lib/policy/access';
import { AccessPolicy } from '../../lib/policy/access-policy';
import { ClaimAccess } from '../../lib/policy/claim-access';
import { RepairChannel } from '../../lib/policy/repair-channel';
import { Topic } from '../../lib/policy/topic';
import { FakeCloud } from './rehearsal-cloud';
import { PLACE } from './template-policies';

export const TEMPLATE = 'enroll-test';

/** A cloud in memory with a fleet in it: policies as the library writes them, enrollment, quarantine, alarms. */
export function fleetCloud(): FakeCloud {
  const cloud = new FakeCloud();
  const fleet = AccessPolicy.of([
    Access.publish(Topic.of('pumps', Topic.THING, 'telemetry')),
    Access.subscribe(Topic.of('pumps', Topic.THING, 'commands', Topic.ANY)),
    Access.jobs(),
    Access.shadow(),
    Access.tunnelNotifications(),
    Access.defenderMetrics(),
  ]).render(PLACE) as unknown[];
  const quarantine = RepairChannel.standard().documents(PLACE) as unknown[];
  const claim: unknown = ClaimAccess.forTemplate(TEMPLATE, 'claim.').document(PLACE);
  fleet.forEach((document, i) => cloud.registry.policy(`fleet${i}`, document));
  quarantine.forEach((document, i) => cloud.registry.policy(`quarantine${i}`, document));
  cloud.registry.policy('claim', claim);
  cloud.registry.change(({ policiesOn }) => {
    policiesOn.set(
      'fleet',
      fleet.map((_, i) => `fleet${i}`),
    );
    policiesOn.set(
      'quarantine',
      quarantine.map((_, i) => `quarantine${i}`),
    );
  });
  cloud.deploy('AWS::IoT::ProvisioningTemplate', TEMPLATE, { TemplateType: 'FLEET_PROVISIONING' });
  cloud.deploy('AWS::IoT::Policy', 'claim', { PolicyDocument: claim });
  cloud.deploy('AWS::SNS::Subscription', 'alarms', { Protocol: 'sqs', TopicArn: 'arn:aws:sns:x:y:alarms' });
  cloud.deploy('Custom::IotGroupPolicies', 'fleet-policies', {
    ThingGroupName: 'fleet',
    Policies: [{ Denies: 'false' }],
  });
  cloud.deploy('Custom::IotGroupPolicies', 'quarantine-policies', {
    ThingGroupName: 'quarantine',
    Policies: [{ Denies: 'true' }],
  });
  return cloud;
}

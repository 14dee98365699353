import { Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnThingGroup } from 'aws-cdk-lib/aws-iot';
import { Access } from '../../lib/policy';
import { FleetGroup, QuarantineGroup, QuarantineGroupGrants } from '../../lib/quarantine';
import { testStack } from '../support/app';

function statementsOf(act: (grants: QuarantineGroupGrants, role: Role, fleet: FleetGroup) => unknown): unknown {
  const stack = testStack();
  const role = new Role(stack, 'Responder', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  const fleet = new FleetGroup(stack, 'Fleet', { access: [Access.shadow()] });
  act(new QuarantineGroup(stack, 'Quarantine').grants, role, fleet);
  const [policy] = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
  return policy?.Properties.PolicyDocument.Statement;
}

const arnOf = (group: string) => ({ 'Fn::GetAtt': [expect.stringMatching(new RegExp(`^${group}`)), 'Arn'] });
const things = {
  'Fn::Join': [
    '',
    ['arn:', { Ref: 'AWS::Partition' }, ':iot:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, ':thing/*'],
  ],
};

test('isolating is leaving the fleet and joining the quarantine', () => {
  expect(statementsOf((grants, role, fleet) => grants.isolateDevices(role, [fleet]))).toEqual([
    { Effect: 'Allow', Action: 'iot:AddThingToThingGroup', Resource: [arnOf('Quarantine'), things] },
    { Effect: 'Allow', Action: 'iot:RemoveThingFromThingGroup', Resource: [arnOf('Fleet'), things] },
  ]);
});

test('releasing is leaving the quarantine and joining the fleet', () => {
  expect(statementsOf((grants, role, fleet) => grants.releaseDevices(role, [fleet]))).toEqual([
    { Effect: 'Allow', Action: 'iot:AddThingToThingGroup', Resource: [arnOf('Fleet'), things] },
    { Effect: 'Allow', Action: 'iot:RemoveThingFromThingGroup', Resource: [arnOf('Quarantine'), things] },
  ]);
});

test('without fleet groups only the quarantine group is opened', () => {
  expect(statementsOf((grants, role) => grants.isolateDevices(role))).toEqual([
    { Effect: 'Allow', Action: 'iot:AddThingToThingGroup', Resource: [arnOf('Quarantine'), things] },
  ]);
  expect(statementsOf((grants, role) => grants.releaseDevices(role))).toEqual([
    { Effect: 'Allow', Action: 'iot:RemoveThingFromThingGroup', Resource: [arnOf('Quarantine'), things] },
  ]);
});

test('works for a group of another app, and says what it granted', () => {
  const stack = testStack();
  const role = new Role(stack, 'Responder', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  const group = CfnThingGroup.fromThingGroupName(stack, 'Quarantine', 'quarantine');
  const grant = QuarantineGroupGrants.fromThingGroup(group).isolateDevices(role);
  expect(grant.success).toBe(true);
  expect(JSON.stringify(Template.fromStack(stack).findResources('AWS::IAM::Policy'))).toContain(
    ':thinggroup/quarantine',
  );
});

import { Match, type Template } from 'aws-cdk-lib/assertions';
import { CfnThingGroup, CfnThingType } from 'aws-cdk-lib/aws-iot';
import { ProvisioningRole } from '../../lib/identity/provisioning-role';
import { templateOf, testStack } from '../support/app';

const ARN = 'arn:aws:iot:eu-west-1:111122223333:provisioningtemplate/pumps';

function synthesize(withType: boolean): Template {
  const stack = testStack({ env: { account: '111122223333', region: 'eu-west-1' } });
  new ProvisioningRole(stack, 'Role', {
    templateArn: ARN,
    thingNamePrefix: 'pump-',
    fleetGroup: new CfnThingGroup(stack, 'Group'),
    ...(withType && { thingType: new CfnThingType(stack, 'Type') }),
  });
  return templateOf(stack);
}

const statementsOf = (template: Template): { Action: string[]; Resource: unknown[] }[] =>
  Object.values(template.findResources('AWS::IAM::ManagedPolicy'))[0]?.Properties.PolicyDocument.Statement;

test('is for one template of this account only', () => {
  synthesize(false).hasResourceProperties('AWS::IAM::Role', {
    AssumeRolePolicyDocument: {
      Statement: [
        {
          Principal: { Service: 'iot.amazonaws.com' },
          Condition: { StringEquals: { 'aws:SourceAccount': '111122223333' }, ArnLike: { 'aws:SourceArn': ARN } },
        },
      ],
    },
  });
});

test('allows what registering takes, on the things and the group of the fleet', () => {
  const statements = statementsOf(synthesize(true));
  const actions = statements.flatMap(({ Action }) => Action);
  expect([...actions].sort()).toEqual([
    'iot:AddThingToThingGroup',
    'iot:AttachThingPrincipal',
    'iot:CreateThing',
    'iot:DescribeCertificate',
    'iot:DescribeThing',
    'iot:DescribeThingGroup',
    'iot:DescribeThingType',
    'iot:ListPrincipalThings',
    'iot:ListThingGroupsForThing',
    'iot:ListThingPrincipals',
    'iot:RegisterThing',
    'iot:UpdateCertificate',
    'iot:UpdateThing',
    'iot:UpdateThingGroupsForThing',
  ]);
  const things = { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iot:eu-west-1:111122223333:thing/pump-*']] };
  expect(statements.find(({ Action }) => Action.includes('iot:AddThingToThingGroup'))?.Resource).toEqual([
    things,
    { 'Fn::GetAtt': ['Group', 'Arn'] },
  ]);
  expect(statements.find(({ Action }) => Action.includes('iot:CreateThing'))?.Resource).toEqual([things]);
});

test('has a star for the one action that has no resource', () => {
  expect(statementsOf(synthesize(false)).filter(({ Resource }) => Resource.includes('*'))).toEqual([
    { Effect: 'Allow', Action: ['iot:RegisterThing'], Resource: ['*'] },
  ]);
});

test('reads a thing type only where there is one', () => {
  expect(JSON.stringify(statementsOf(synthesize(false)))).not.toContain('DescribeThingType');
  synthesize(true).hasResourceProperties('AWS::IAM::ManagedPolicy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({ Action: ['iot:DescribeThingType'], Resource: [{ 'Fn::GetAtt': ['Type', 'Arn'] }] }),
      ]),
    },
  });
});

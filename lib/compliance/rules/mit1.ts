import { groupPoliciesOf, isQuarantine } from '../attachments';
import type { Model, Resource } from '../model/model';
import { covers } from '../policies/acts';
import type { PolicyStatement } from '../policies/document';
import { nameOf } from '../policies/pattern';
import type { Rule } from '../rule';
import { iotArn, policyExample, THING } from './examples';

/** A quarantine group, the policy that closes it, and a custom resource that attaches the one to the other. */
export const QUARANTINE = {
  QuarantineGroup: {
    Type: 'AWS::IoT::ThingGroup',
    Properties: { ThingGroupProperties: { ThingGroupDescription: 'Isolated devices' } },
  },
  IsolationPolicy: policyExample({
    Effect: 'Deny',
    Action: 'iot:*',
    NotResource: [iotArn(`client/${THING}`), iotArn(`topic/$aws/things/${THING}/jobs/*`)],
  }),
  Isolation: {
    Type: 'Custom::AttachPolicyToGroup',
    Properties: {
      ServiceToken: { 'Fn::ImportValue': 'AttachPolicyProvider' },
      PolicyName: { Ref: 'IsolationPolicy' },
      Target: { 'Fn::GetAtt': ['QuarantineGroup', 'Arn'] },
    },
  },
};

export const MIT1: Rule = {
  id: 'ZTI-MIT1',
  title: 'A quarantine group isolates',
  tenets: [4, 5, 6],
  severity: 'error',
  types: ['AWS::IoT::ThingGroup'],
  why: 'Policies of groups are added to those of the certificate. A group without a Deny is a label: the device goes on as before. A dynamic group cannot carry a policy at all.',
  fix: 'Use a static group and attach a policy that denies iot:* except the repair channel. CloudFormation cannot attach it: use QuarantineGroup of this library, or a custom resource that calls AttachPolicy.',
  example: QUARANTINE,
  evidenceFor: ['IoT Lens IOTSEC06-BP03', 'IoT Lens IOTSEC11-BP01', 'IEC 62443-4-2 CR 2.1'],
  check: (model) =>
    model
      .ofType('AWS::IoT::ThingGroup')
      .filter((group) => isQuarantine(model, group))
      .flatMap((group) => {
        if (group.variants.some(({ value }) => value.QueryString !== undefined))
          return [
            { at: group, message: 'is dynamic: no policy can be attached to it', location: 'Properties/QueryString' },
          ];
        return isClosed(model, group)
          ? []
          : [{ at: group, message: 'carries no policy that denies: a device in it goes on as before' }];
      }),
};

/** Whether a policy that is attached to the group denies what devices do. */
function isClosed(model: Model, group: Resource): boolean {
  const policies = groupPoliciesOf(model)
    .filter(({ resource }) => resource === group)
    .flatMap((each) => each.policies);
  const denies = policies
    .flatMap(({ analysis }) => analysis.text.statements)
    .filter((statement) => statement.denies && statement.conditions.length === 0);
  return ['iot:Publish', 'iot:Receive'].every((action) =>
    denies.some((statement) => covers(statement, action) && isWide(statement)),
  );
}

/** Whether a Deny is about every topic, or all but some. */
function isWide({ resources, notResources }: PolicyStatement): boolean {
  if (notResources.length > 0) return !notResources.some((resource) => nameOf(resource, 'topic') === '*');
  return resources.some((resource) => nameOf(resource, 'topic') === '*');
}

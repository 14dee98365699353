import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AttachedPolicy, PolicyEvaluator } from '../../lib/policy';

export const PLACE = { partition: 'aws', region: 'eu-west-1', account: '111122223333' };

interface Attachment {
  readonly Properties: {
    readonly ThingGroupName: { readonly Ref: string };
    readonly Policies: readonly { readonly Name: { readonly Ref: string } }[];
  };
}

/** The policies that a stack attaches to thing groups, by the logical id of the group, as deployed to one place. */
export function attachedPolicies(stack: Stack): AttachedPolicy[] {
  const template = Template.fromStack(stack);
  const policies = template.findResources('AWS::IoT::Policy');
  const attachments = Object.values(template.findResources('Custom::IotGroupPolicies')) as unknown as Attachment[];
  return attachments.flatMap(({ Properties: { ThingGroupName, Policies } }) =>
    Policies.map(({ Name }) => {
      const document = deployed(policies[Name.Ref]?.Properties.PolicyDocument);
      return AttachedPolicy.onThingGroup(ThingGroupName.Ref, document, Name.Ref);
    }),
  );
}

/** What AWS IoT decides for a device under the given policies. */
export function evaluatorOf(policies: AttachedPolicy[], parentGroups?: Record<string, string>): PolicyEvaluator {
  return new PolicyEvaluator({ ...PLACE, policies, parentGroups });
}

/** A value of a template with the pseudo parameters filled in. */
function deployed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(deployed);
  if (typeof value !== 'object' || value === null) return value;
  const { Ref: reference, 'Fn::Join': join } = value as { Ref?: string; 'Fn::Join'?: [string, unknown[]] };
  if (join !== undefined) return join[1].map(deployed).join(join[0]);
  if (reference === 'AWS::Partition') return PLACE.partition;
  if (reference === 'AWS::Region') return PLACE.region;
  if (reference === 'AWS::AccountId') return PLACE.account;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, deployed(item)]));
}

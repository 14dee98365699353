import { fullDiff, ResourceImpact } from '@aws-cdk/cloudformation-diff';
import type { TemplateJson } from './reference';

/** What holds state that a replacement would lose, or has a name that devices and policies know. */
const STATEFUL = [
  'AWS::DynamoDB::Table',
  'AWS::IoT::Policy',
  'AWS::IoT::ProvisioningTemplate',
  'AWS::IoT::ThingGroup',
  'AWS::IoT::ThingType',
  'AWS::KMS::Key',
  'AWS::Logs::LogGroup',
  'AWS::SNS::Topic',
  'AWS::SQS::Queue',
];

const LOSING = [
  ResourceImpact.WILL_REPLACE,
  ResourceImpact.WILL_DESTROY,
  ResourceImpact.WILL_ORPHAN,
  ResourceImpact.MAY_REPLACE,
];

/** The stateful resources that going from one template to another would replace or remove. */
export function losses(before: TemplateJson, after: TemplateJson): string[] {
  const found: string[] = [];
  fullDiff(before as never, after as never).resources.forEachDifference((id, change) => {
    const type = change.oldResourceType ?? change.newResourceType ?? '';
    if (change.isAddition || !STATEFUL.includes(type)) return;
    if (LOSING.includes(change.changeImpact)) found.push(`${id} (${type}): ${change.changeImpact}`);
  });
  return found;
}

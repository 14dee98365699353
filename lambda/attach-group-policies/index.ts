import { serveCustomResources } from '../shared/custom-resource-adapters';
import { createGroupPoliciesPort } from './adapters';
import { GROUP_POLICIES_TYPE } from './contract';
import { createGroupPolicies } from './handler';

export const handler = serveCustomResources('attach-group-policies', (log) => ({
  [GROUP_POLICIES_TYPE]: createGroupPolicies({ iot: createGroupPoliciesPort(), now: Date.now, log }),
}));

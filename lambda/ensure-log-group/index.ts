import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { serveCustomResources } from '../shared/custom-resource-adapters';
import { sdkConfig } from '../shared/sdk';
import { createLogGroups } from './adapters';
import { ENSURE_LOG_GROUP, RESOURCE_TYPE } from './contract';
import { createLogGroupResource } from './handler';

export const handler = serveCustomResources(ENSURE_LOG_GROUP, () => ({
  [RESOURCE_TYPE]: createLogGroupResource(createLogGroups(new CloudWatchLogsClient(sdkConfig()))),
}));

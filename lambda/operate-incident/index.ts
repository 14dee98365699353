import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { required } from '../shared/environment';
import { createIncidentTable } from '../shared/incident/table-adapters';
import { createLogger } from '../shared/logger';
import { sdkConfig } from '../shared/sdk';
import { createOrders } from './adapters';
import { ENV } from './contract';
import { createHandler } from './handler';

export const handler = createHandler({
  incidents: createIncidentTable(new DynamoDBClient(sdkConfig()), required(ENV.table)),
  orders: createOrders(() => new SQSClient(sdkConfig()), {
    tasks: required(ENV.taskQueue),
    release: required(ENV.releaseQueue),
  }),
  now: Date.now,
  log: createLogger({ service: 'operate-incident' }),
});

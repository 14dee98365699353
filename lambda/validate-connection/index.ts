import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { required } from '../shared/environment';
import { createLogger } from '../shared/logger';
import { createDenyList } from './adapters';
import { ENV, SERVICE } from './contract';
import { createHandler } from './handler';

const table = required(ENV.denyList);

/** AWS IoT waits for five seconds: two tries within them, rather than five after them. */
const client = new DynamoDBClient({
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 1_500, throwOnRequestTimeout: true },
});

export const handler = createHandler({
  denyList: createDenyList(client, table),
  log: createLogger({ service: SERVICE, dimensions: { DenyList: table } }),
});

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { IoTClient } from '@aws-sdk/client-iot';
import { IoTDataPlaneClient } from '@aws-sdk/client-iot-data-plane';
import { SQSClient } from '@aws-sdk/client-sqs';
import { required } from '../shared/environment';
import { createGate } from '../shared/incident/gate-adapters';
import { createIncidentTable } from '../shared/incident/table-adapters';
import { createLogger } from '../shared/logger';
import { sdkConfig } from '../shared/sdk';
import { createQueue, createRegistry } from './adapters';
import { ENV, SERVICE } from './contract';
import { createHandler } from './handler';

const quarantineGroup = required(ENV.quarantineGroup);
const dynamo = new DynamoDBClient(sdkConfig());
const denyList = process.env[ENV.denyList];

export const handler = createHandler({
  registry: createRegistry(new IoTClient(sdkConfig()), new IoTDataPlaneClient(sdkConfig())),
  incidents: createIncidentTable(dynamo, required(ENV.table)),
  gate: denyList === undefined ? undefined : createGate(dynamo, denyList, Date.now),
  queue: createQueue(new SQSClient(sdkConfig()), {
    release: required(ENV.releaseQueue),
    look: required(ENV.lookQueue),
    dead: required(ENV.deadLetterQueue),
  }),
  quarantineGroup,
  now: Date.now,
  random: Math.random,
  log: createLogger({ service: SERVICE, dimensions: { QuarantineGroup: quarantineGroup } }),
});

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { IoTClient } from '@aws-sdk/client-iot';
import { IoTDataPlaneClient } from '@aws-sdk/client-iot-data-plane';
import { SQSClient } from '@aws-sdk/client-sqs';
import { required } from '../shared/environment';
import { createBacklog } from '../shared/incident/backlog-adapters';
import { createGate } from '../shared/incident/gate-adapters';
import { createIncidentTable } from '../shared/incident/table-adapters';
import { paceBehind, SHARE } from '../shared/lanes';
import { createLogger } from '../shared/logger';
import { createPacer, type Rates } from '../shared/pacer';
import { sdkConfig } from '../shared/sdk';
import { createQueue, createRegistry, createVerification } from './adapters';
import { ENV, SERVICE } from './contract';
import { createHandler } from './handler';

const quarantineGroup = required(ENV.quarantineGroup);
const dynamo = new DynamoDBClient(sdkConfig());
const denyList = process.env[ENV.denyList];
const sqs = new SQSClient(sdkConfig());
const clock = {
  now: () => Date.now(),
  sleep: (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds)),
};
const backlog = createBacklog(sqs, required(ENV.signalQueue), clock.now);
const rates = JSON.parse(required(ENV.rates)) as Rates;
const pace = paceBehind(rates, clock, backlog, SHARE.certificatesOfReleases);

const certificates = required(ENV.certificates);
const iot = new IoTClient(sdkConfig());

export const handler = createHandler({
  registry: createRegistry(iot, new IoTDataPlaneClient(sdkConfig()), pace, (id) => certificates + id),
  // Nothing else makes this call, so it waits for no backlog.
  verification: createVerification(iot, createPacer(rates, clock)),
  incidents: createIncidentTable(dynamo, required(ENV.table)),
  gate: denyList === undefined ? undefined : createGate(dynamo, denyList, Date.now),
  queue: createQueue(sqs, {
    release: required(ENV.releaseQueue),
    look: required(ENV.lookQueue),
    dead: required(ENV.deadLetterQueue),
  }),
  quarantineGroup,
  dryRun: process.env[ENV.dryRun] !== undefined,
  now: Date.now,
  random: Math.random,
  log: createLogger({ service: SERVICE, dimensions: { QuarantineGroup: quarantineGroup } }),
});

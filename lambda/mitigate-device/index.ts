import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { IoTClient } from '@aws-sdk/client-iot';
import { IoTDataPlaneClient } from '@aws-sdk/client-iot-data-plane';
import { SQSClient } from '@aws-sdk/client-sqs';
import { required } from '../shared/environment';
import { createGate } from '../shared/incident/gate-adapters';
import { createIncidentTable } from '../shared/incident/table-adapters';
import { createLogger } from '../shared/logger';
import { createPacer, type Rates } from '../shared/pacer';
import { sdkConfig } from '../shared/sdk';
import { createAudits, createCertificates, createFleet, createQueue, createSessions } from './adapters';
import { ENV, SERVICE } from './contract';
import type { Deps } from './deps';
import { createHandler } from './handler';

const json = (name: string): unknown => JSON.parse(required(name));
const clock = {
  now: () => Date.now(),
  sleep: (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds)),
};
const pace = createPacer(json(ENV.rates) as Rates, clock);
const place = { account: required(ENV.account), region: required('AWS_REGION') };
const quarantineGroup = required(ENV.quarantineGroup);
const fleetGroups = json(ENV.fleetGroups) as string[];
const slowQueueArn = required(ENV.slowQueueArn);
const partition = slowQueueArn.split(':')[1] ?? 'aws';
const iot = new IoTClient(sdkConfig());
const dynamo = new DynamoDBClient(sdkConfig());
const denyList = process.env[ENV.denyList];

export const handler = createHandler({
  fleet: createFleet(iot, pace, fleetGroups, quarantineGroup),
  sessions: createSessions(new IoTDataPlaneClient(sdkConfig()), pace),
  certificates: createCertificates(
    iot,
    pace,
    (id) => `arn:${partition}:iot:${place.region}:${place.account}:cert/${id}`,
  ),
  audits: createAudits(iot, pace),
  incidents: createIncidentTable(dynamo, required(ENV.table)),
  gate: denyList === undefined ? undefined : createGate(dynamo, denyList, clock.now),
  queue: createQueue(new SQSClient(sdkConfig()), {
    look: required(ENV.lookQueue),
    slow: required(ENV.slowQueue),
    dead: required(ENV.deadLetterQueue),
  }),
  playbook: json(ENV.playbook) as Deps['playbook'],
  sources: json(ENV.sources) as Deps['sources'],
  place,
  quarantineGroup,
  fleetGroups,
  slowQueueArn,
  lookQueueArn: required(ENV.lookQueueArn),
  clock,
  random: Math.random,
  log: createLogger({ service: SERVICE, dimensions: { QuarantineGroup: quarantineGroup } }),
});

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { IoTClient } from '@aws-sdk/client-iot';
import { IoTDataPlaneClient } from '@aws-sdk/client-iot-data-plane';
import { SQSClient } from '@aws-sdk/client-sqs';
import { required } from '../shared/environment';
import { createBacklog } from '../shared/incident/backlog-adapters';
import type { InvocationContext, QueueRecord } from '../shared/incident/consumer';
import { createGate } from '../shared/incident/gate-adapters';
import { createIncidentTable } from '../shared/incident/table-adapters';
import { createLogger } from '../shared/logger';
import { paceBehind, paceLooks, paceSignals, SHARE } from '../shared/lanes';
import type { Pacer, Rates } from '../shared/pacer';
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
const rates = json(ENV.rates) as Rates;
const place = { account: required(ENV.account), region: required('AWS_REGION') };
const quarantineGroup = required(ENV.quarantineGroup);
const fleetGroups = json(ENV.fleetGroups) as string[];
const slowQueueArn = required(ENV.slowQueueArn);
const partition = slowQueueArn.split(':')[1] ?? 'aws';
const iot = new IoTClient(sdkConfig());
const dynamo = new DynamoDBClient(sdkConfig());
const denyList = process.env[ENV.denyList];

const lookQueueArn = required(ENV.lookQueueArn);
const data = new IoTDataPlaneClient(sdkConfig());
const sqs = new SQSClient(sdkConfig());
const backlog = createBacklog(sqs, required(ENV.signalQueue), clock.now);

const lane = (pace: Pacer) =>
  createHandler({
    fleet: createFleet(iot, pace, fleetGroups, quarantineGroup),
    sessions: createSessions(data, pace),
    certificates: createCertificates(
      iot,
      pace,
      (id) => `arn:${partition}:iot:${place.region}:${place.account}:cert/${id}`,
    ),
    audits: createAudits(iot, pace),
    incidents: createIncidentTable(dynamo, required(ENV.table)),
    gate: denyList === undefined ? undefined : createGate(dynamo, denyList, clock.now),
    queue: createQueue(sqs, {
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
    lookQueueArn,
    backlog,
    clock,
    random: Math.random,
    log: createLogger({ service: SERVICE, dimensions: { QuarantineGroup: quarantineGroup } }),
  });

const lanes = new Map([
  [slowQueueArn, lane(paceBehind(rates, clock, backlog, SHARE.certificates))],
  [lookQueueArn, lane(paceLooks(rates, clock))],
]);
const signals = lane(paceSignals(rates, clock));

/** A batch comes from one queue; each lane has a pace of its own. */
export function handler(event: { readonly Records: readonly QueueRecord[] }, context: InvocationContext) {
  return (lanes.get(event.Records[0]?.eventSourceARN ?? '') ?? signals)(event, context);
}

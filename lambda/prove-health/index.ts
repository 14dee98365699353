import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { IoTClient } from '@aws-sdk/client-iot';
import { SQSClient } from '@aws-sdk/client-sqs';
import { required } from '../shared/environment';
import { createIncidentTable } from '../shared/incident/table-adapters';
import { createLogger } from '../shared/logger';
import { createPacer, type Rates } from '../shared/pacer';
import { sdkConfig } from '../shared/sdk';
import { createJobs, createQueue } from './adapters';
import { ENV, type ProofRule, SERVICE } from './contract';
import { createHandler } from './handler';

const clock = {
  now: () => Date.now(),
  sleep: (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds)),
};

export const handler = createHandler({
  incidents: createIncidentTable(new DynamoDBClient(sdkConfig()), required(ENV.table)),
  jobs: createJobs(new IoTClient(sdkConfig()), createPacer(JSON.parse(required(ENV.rates)) as Rates, clock)),
  queue: createQueue(new SQSClient(sdkConfig()), {
    proof: required(ENV.proofQueue),
    release: required(ENV.releaseQueue),
    dead: required(ENV.deadLetterQueue),
  }),
  rule: JSON.parse(required(ENV.rule)) as ProofRule,
  jobId: process.env[ENV.jobId],
  now: Date.now,
  random: Math.random,
  log: createLogger({ service: SERVICE, dimensions: { QuarantineGroup: required(ENV.quarantineGroup) } }),
});

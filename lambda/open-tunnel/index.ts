import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { IoTSecureTunnelingClient } from '@aws-sdk/client-iotsecuretunneling';
import { required } from '../shared/environment';
import { createIncidentTable } from '../shared/incident/table-adapters';
import { createLogger } from '../shared/logger';
import { sdkConfig } from '../shared/sdk';
import { createTunnels, createTurns } from './adapters';
import { ENV, SERVICE } from './contract';
import { createHandler } from './handler';

const table = new DynamoDBClient(sdkConfig());
// Once only: a call whose answer is lost may have opened a tunnel, and a second one would open another.
const tunnels = new IoTSecureTunnelingClient({ ...sdkConfig(), maxAttempts: 1 });

export const handler = createHandler({
  incidents: createIncidentTable(table, required(ENV.table)),
  turns: createTurns(table, required(ENV.table)),
  tunnels: createTunnels(tunnels),
  limits: { services: JSON.parse(required(ENV.services)) as string[], minutes: Number(required(ENV.minutes)) },
  region: required('AWS_REGION'),
  clock: {
    now: () => Date.now(),
    sleep: (milliseconds) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds)),
  },
  log: createLogger({ service: SERVICE }),
});

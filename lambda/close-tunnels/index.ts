import { IoTSecureTunnelingClient } from '@aws-sdk/client-iotsecuretunneling';
import { SQSClient } from '@aws-sdk/client-sqs';
import { required } from '../shared/environment';
import { createLogger } from '../shared/logger';
import { createPacer, type Rates } from '../shared/pacer';
import { sdkConfig } from '../shared/sdk';
import { createQueue, createTunnels } from './adapters';
import { ENV, SERVICE } from './contract';
import { createHandler } from './handler';

const clock = {
  now: () => Date.now(),
  sleep: (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds)),
};

export const handler = createHandler({
  tunnels: createTunnels(
    new IoTSecureTunnelingClient(sdkConfig()),
    createPacer(JSON.parse(required(ENV.rates)) as Rates, clock),
  ),
  queue: createQueue(new SQSClient(sdkConfig()), {
    own: required(ENV.queue),
    dead: required(ENV.deadLetterQueue),
  }),
  random: Math.random,
  log: createLogger({ service: SERVICE, dimensions: { QuarantineGroup: required(ENV.quarantineGroup) } }),
});

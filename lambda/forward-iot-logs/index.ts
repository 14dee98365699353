import { KinesisClient } from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { required } from '../shared/environment';
import { createLogger } from '../shared/logger';
import { sdkConfig } from '../shared/sdk';
import { createStream } from './adapters';
import { ENV, SERVICE } from './contract';
import { createHandler } from './handler';

const config = sdkConfig();
// The client's own choice is HTTP/2, which keeps a session open that a frozen function loses without noticing.
const client = new KinesisClient({ ...config, requestHandler: new NodeHttpHandler(config.requestHandler) });

export const handler = createHandler({
  streams: required(ENV.streams)
    .split(',')
    .map((name) => createStream(client, name)),
  clock: {
    sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    random: Math.random,
  },
  log: createLogger({ service: SERVICE, dimensions: { Detector: required(ENV.detector) } }),
});

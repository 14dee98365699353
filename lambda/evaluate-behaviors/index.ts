import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { IoTClient } from '@aws-sdk/client-iot';
import { SNSClient } from '@aws-sdk/client-sns';
import { required } from '../shared/environment';
import { createLogger } from '../shared/logger';
import { createPacer } from '../shared/pacer';
import { sdkConfig } from '../shared/sdk';
import { createRegistry, createSignals, createState } from './adapters';
import { ENV, SERVICE } from './contract';
import { parseDocument } from './document';
import { createHandler } from './handler';
import { planOf } from './plan';

/** A fifth of the quota of an account and region, which others need, too. */
const RATES = { ListThingGroupsForThing: 20 };

const given = required(ENV.behaviors);
const text = given.startsWith('file:') ? readFileSync(join(__dirname, basename(given.slice(5))), 'utf8') : given;
const document = parseDocument(text);
const pause = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

export const handler = createHandler({
  plan: planOf(document),
  groups: JSON.parse(process.env[ENV.groups] ?? '{}') as Record<string, string[]>,
  state: createState(new DynamoDBClient(sdkConfig()), required(ENV.table), Date.now),
  signals: createSignals(new SNSClient(sdkConfig()), required(ENV.topic)),
  registry: createRegistry(new IoTClient(sdkConfig()), createPacer(RATES, { now: Date.now, sleep: pause })),
  now: Date.now,
  pause,
  log: createLogger({ service: SERVICE, dimensions: { Detector: document.detector } }),
});

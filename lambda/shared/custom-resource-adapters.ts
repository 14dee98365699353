import { request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { CloudFormationClient, DescribeStackResourceCommand } from '@aws-sdk/client-cloudformation';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { CUSTOM_RESOURCE } from './contract';
import {
  createCustomResourceHandler,
  type CustomResourceDependencies,
  type ResourceHandler,
  type WaitingRequest,
} from './custom-resource';
import { required } from './environment';
import { createLogger, type Logger } from './logger';
import { sdkConfig } from './sdk';

const TIMEOUT_MS = 10_000;
const ATTEMPTS = 4;
/** Request time-out and too many requests: the only ones of their class after which the same request may succeed. */
const LATER = new Set([408, 429]);
const LOOPBACK = new Set(['127.0.0.1', '[::1]', 'localhost']);

/** The whole function of a family of custom resources: what its `index.ts` exports. */
export function serveCustomResources(
  service: string,
  resources: (log: Logger) => Readonly<Record<string, ResourceHandler>>,
): ReturnType<typeof createCustomResourceHandler> {
  const log = createLogger({ service });
  const requeue = createRequeue(required(CUSTOM_RESOURCE.waitQueueEnv));
  const isAwaited = createIsAwaited();
  return createCustomResourceHandler({ resources: resources(log), respond, requeue, isAwaited, now: Date.now, log });
}

class Refused extends Error {}

/** Puts the answer at the address that CloudFormation signed for it. */
export async function respond(responseUrl: string, body: string, pause: typeof wait = wait): Promise<void> {
  const url = new URL(responseUrl);
  for (let attempt = 1; ; attempt += 1) {
    try {
      await put(url, body);
      return;
    } catch (error) {
      if (attempt === ATTEMPTS || error instanceof Refused) throw error;
      await pause(250 * 2 ** attempt);
    }
  }
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function put(url: URL, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    // The signature of the address covers an empty content type.
    const headers = { 'content-type': '', 'content-length': Buffer.byteLength(body) };
    const outgoing = requesterFor(url)(url, { method: 'PUT', headers, timeout: TIMEOUT_MS }, (response) => {
      response.resume();
      const status = response.statusCode ?? 0;
      if (status >= 200 && status < 300) resolve();
      else if (status >= 400 && status < 500 && !LATER.has(status))
        reject(new Refused(`CloudFormation refused the answer: ${status}`));
      else reject(new Error(`CloudFormation answered ${status}`));
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error('CloudFormation did not answer in time')));
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** TLS, save on this machine itself (a local emulator): the answer never crosses a network in the clear. */
function requesterFor(url: URL): typeof tlsRequest {
  if (url.protocol === 'https:') return tlsRequest;
  if (url.protocol === 'http:' && LOOPBACK.has(url.hostname)) return plainRequest;
  throw new Refused('the response address is not an https address');
}

/** Sends a waiting request to itself, later. The client is made with the first that has to wait: most do not. */
export function createRequeue(queueUrl: string): (waiting: WaitingRequest, seconds: number) => Promise<void> {
  let client: SQSClient | undefined;
  return async (waiting, seconds) => {
    client ??= new SQSClient(sdkConfig());
    await client.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        DelaySeconds: Math.ceil(seconds),
        MessageBody: JSON.stringify(waiting),
      }),
    );
  };
}

/** The clocks of Lambda and of CloudFormation may differ by so much; a cancelled request is not undone within it. */
const CLOCKS_MS = 1_000;

/**
 * A request begins with a change of the resource's status and ends with the next one: its answer, its cancellation, or the
 * request that undoes it. So one during which the status changed is over.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_StackResourceDetail.html
 */
export function createIsAwaited(): CustomResourceDependencies['isAwaited'] {
  let client: CloudFormationClient | undefined;
  return async ({ StackId, LogicalResourceId }, startedAt) => {
    client ??= new CloudFormationClient(sdkConfig());
    const command = new DescribeStackResourceCommand({ StackName: StackId, LogicalResourceId });
    try {
      const { StackResourceDetail: detail } = await client.send(command);
      const changed = detail?.LastUpdatedTimestamp;
      if (changed === undefined) throw new Error('CloudFormation does not say when the status changed');
      return changed.getTime() <= startedAt + CLOCKS_MS;
    } catch (error) {
      if (error instanceof Error && /does not exist/.test(error.message)) return false;
      throw error;
    }
  };
}

import { request as httpsRequest } from 'node:https';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { WaitingRequest } from './custom-resource';
import { sdkConfig } from './sdk';

const TIMEOUT_MS = 10_000;
const ATTEMPTS = 4;

/** Puts the answer at the address that CloudFormation signed for it. */
export async function respond(responseUrl: string, body: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await put(new URL(responseUrl), body);
      return;
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
      await new Promise((resolve) => setTimeout(resolve, 250 * 2 ** attempt));
    }
  }
}

function put(url: URL, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': '', 'content-length': Buffer.byteLength(body) };
    const outgoing = httpsRequest(url, { method: 'PUT', headers, timeout: TIMEOUT_MS }, (response) => {
      response.resume();
      const status = response.statusCode ?? 0;
      if (status >= 200 && status < 300) resolve();
      else reject(new Error(`CloudFormation answered ${status}`));
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error('CloudFormation did not answer in time')));
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** Sends a waiting request to itself, later. */
export function createRequeue(queueUrl: string): (waiting: WaitingRequest, seconds: number) => Promise<void> {
  const client = new SQSClient(sdkConfig());
  return async (waiting, seconds) => {
    await client.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        DelaySeconds: Math.ceil(seconds),
        MessageBody: JSON.stringify(waiting),
      }),
    );
  };
}

import type { CustomResourceRequest, WaitingRequest } from './custom-resource';

/** A function of a custom resource is called by CloudFormation itself, or by its wait queue. */
export type CustomResourceEvent =
  | { readonly kind: 'request'; readonly request: CustomResourceRequest }
  | { readonly kind: 'messages'; readonly messages: { readonly messageId: string; readonly body: string }[] };

const REQUIRED = [
  'RequestId',
  'ResponseURL',
  'StackId',
  'LogicalResourceId',
  'ResourceType',
] as const satisfies readonly (keyof CustomResourceRequest)[];

/** Throws for anything else: it cannot be answered, so it belongs into the dead-letter queue. */
export function parseEvent(raw: unknown): CustomResourceEvent {
  const records = isObject(raw) ? raw.Records : undefined;
  if (!Array.isArray(records)) return { kind: 'request', request: parseRequest(raw) };
  const messages = records.map((record: unknown) => {
    if (!isObject(record) || typeof record.messageId !== 'string' || typeof record.body !== 'string')
      throw new Error('not an SQS event: a record has no message id or no body');
    return { messageId: record.messageId, body: record.body };
  });
  return { kind: 'messages', messages };
}

/** Reads what the function itself once put into the wait queue. */
export function parseWaiting(body: string): WaitingRequest {
  const waiting: unknown = JSON.parse(body);
  if (!isObject(waiting) || typeof waiting.startedAt !== 'number') throw new Error('not a waiting request');
  return { request: parseRequest(waiting.request), startedAt: waiting.startedAt, state: waiting.state };
}

function parseRequest(raw: unknown): CustomResourceRequest {
  if (!isObject(raw)) throw new Error('not a request of CloudFormation: not an object');
  const missing = REQUIRED.filter((name) => typeof raw[name] !== 'string');
  if (missing.length > 0) throw new Error(`not a request of CloudFormation: no ${missing.join(', ')}`);
  if (raw.RequestType !== 'Create' && raw.RequestType !== 'Update' && raw.RequestType !== 'Delete')
    throw new Error('not a request of CloudFormation: RequestType is not Create, Update or Delete');
  return { ...raw, ResourceProperties: raw.ResourceProperties ?? {} } as unknown as CustomResourceRequest;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

import { asObject, type Json, objectIn, safeText } from './text';

/** The ARN of the role or user, which API Gateway took from the signature of the request. */
export function callerOf(event: Json): string | undefined {
  const iam = asObject(asObject(asObject(event.requestContext)?.authorizer)?.iam);
  return safeText(iam?.userArn, 256);
}

export function bodyOf(event: Json): Json | undefined {
  const { body, isBase64Encoded } = event;
  if (typeof body !== 'string') return undefined;
  return objectIn(isBase64Encoded === true ? Buffer.from(body, 'base64').toString('utf8') : body);
}

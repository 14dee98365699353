import { asObject, callerIn, invalid, type Json, objectIn, safeText } from './text';

/** The ARN of the role or user, which API Gateway took from the signature of the request. */
export function callerOf(event: Json): string | undefined {
  const iam = asObject(asObject(asObject(event.requestContext)?.authorizer)?.iam);
  return callerIn(iam?.userArn);
}

export function bodyOf(event: Json): Json | undefined {
  const { body, isBase64Encoded } = event;
  if (typeof body !== 'string') return undefined;
  return objectIn(isBase64Encoded === true ? Buffer.from(body, 'base64').toString('utf8') : body);
}

const LONGEST_WHY = 512;
export const NO_WHY = `why: say why in 1 to ${LONGEST_WHY} characters, it is put on record`;

/** Something that can be read, in any script. */
const SAYS_SOMETHING = /[\p{L}\p{N}\p{P}\p{S}]/u;

/** As it was said, or not at all: what breaks off in the record is not what they said. */
export function whyIn({ why }: Json): string | undefined {
  if (typeof why !== 'string' || !SAYS_SOMETHING.test(why) || why.length > LONGEST_WHY) return undefined;
  return safeText(why, LONGEST_WHY);
}

/** A field that is misspelled must not pass for one that was left out. */
export function strayFieldIn(body: Json, fields: readonly string[]): ReturnType<typeof invalid> | undefined {
  const stray = Object.keys(body).some((field) => !fields.includes(field));
  return stray ? invalid(`body: takes ${fields.join(', ')}, and nothing else`) : undefined;
}

import type { MqttSession } from './mqtt-session';

type Json = Readonly<Record<string, unknown>>;

/** A service refused a request, in its own words. */
export class Refused extends Error {
  constructor(
    public readonly topic: string,
    public readonly answer: Json,
  ) {
    super(`${topic} was refused: ${wordsOf(answer)}`);
    this.name = 'Refused';
  }
}

/** How time is let through to a service that works on an answer. */
export interface Patience {
  settle(): Promise<void>;
}

/**
 * Sends a request of an `$aws/...` API and gives its answer. The broker has begun to work on it when it acknowledges the
 * message, so that all there will ever be has arrived once the clock has settled: nothing is waited for by the wall clock.
 */
export async function ask(session: MqttSession, patience: Patience, topic: string, request: Json): Promise<Json> {
  const before = session.received.length;
  await session.publish(topic, JSON.stringify(request));
  await patience.settle();
  await session.roundTrip();
  const heard = session.received.slice(before);
  const answer = heard.find((message) => [`${topic}/accepted`, `${topic}/rejected`].includes(message.topic));
  if (answer === undefined) throw new Error(`there was no answer to ${topic}: is the device allowed to receive it?`);
  const body = parse(answer.payload);
  if (answer.topic.endsWith('/rejected')) throw new Refused(topic, body);
  return body;
}

export function parse(payload: Buffer): Json {
  const value: unknown = JSON.parse(payload.toString('utf8'));
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}

/** Services word a refusal in different ways. */
function wordsOf(answer: Json): string {
  const details = (answer.statusDetails ?? {}) as Json;
  const code = answer.errorCode ?? answer.code ?? details.ErrorCode ?? 'no code';
  const message = answer.errorMessage ?? answer.message ?? details.ErrorMessage ?? '';
  return `${String(code)} ${String(message)}`.trim();
}

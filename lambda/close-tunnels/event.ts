import { EVENT } from '../record-incident/contract';
import { isCount } from '../shared/incident/parse-message';
import { asObject, invalid, isThingName, type Json, objectIn, type Parsed, valid } from '../shared/incident/text';
import { CLOSING } from './contract';

/** An incident that is over, and for the how manieth time its tunnels are looked for. */
export interface Closing {
  readonly thing: string;
  readonly episode: number;
  readonly look: number;
}

/** Reads the event that an incident is over, or a message of the function to itself. */
export function parseClosing(body: string): Parsed<Closing> {
  const message = objectIn(body);
  if (message === undefined) return invalid('closing: not a JSON object');
  if (message.schema === CLOSING) return closingOf(message.thing, message.episode, message.look);
  if (message['detail-type'] === EVENT.detailType && message.source === EVENT.source)
    return parseEnd(asObject(message.detail));
  return invalid('closing: not a schema that is known');
}

function parseEnd(detail: Json | undefined): Parsed<Closing> {
  if (detail?.state !== 'released' && detail?.state !== 'retired') return invalid('closing: the incident is not over');
  return closingOf(detail.thingName, detail.episode, 1);
}

function closingOf(thing: unknown, episode: unknown, look: unknown): Parsed<Closing> {
  if (!isThingName(thing)) return invalid('closing: not of a thing');
  if (!isCount(episode) || !isCount(look)) return invalid('closing: not of an episode');
  return valid({ thing, episode, look });
}

import { MESSAGE } from '../shared/incident/contract';
import { type HeldOrder, isCount, isPage, isSubject, parseHeldOrder } from '../shared/incident/parse-message';
import { invalid, objectIn, type Parsed, valid } from '../shared/incident/text';

/** What the release queue may hold: an order on one incident, or on all that are held, or that it is time to look whose time is over. */
export type ReleaseMessage =
  | { readonly kind: 'one'; readonly subject: string; readonly episode: number; readonly order: HeldOrder }
  | { readonly kind: 'held'; readonly order: HeldOrder }
  | { readonly kind: 'due'; readonly start?: string };

export function parseRelease(body: string): Parsed<ReleaseMessage> {
  const message = objectIn(body);
  if (message?.schema === MESSAGE.releaseDue) return parseDue(message.start);
  if (message?.schema !== MESSAGE.release && message?.schema !== MESSAGE.releaseHeld)
    return invalid('release: not a schema that is known');
  const order = parseHeldOrder(message);
  if (!order.ok) return order;
  if (message.schema === MESSAGE.releaseHeld) return valid({ kind: 'held', order: order.value });
  const { subject, episode } = message;
  if (!isSubject(subject) || !isCount(episode)) return invalid('release: not an incident');
  return valid({ kind: 'one', subject, episode, order: order.value });
}

function parseDue(start: unknown): Parsed<ReleaseMessage> {
  if (start === undefined) return valid({ kind: 'due' });
  return isPage(start) ? valid({ kind: 'due', start }) : invalid('release: not a page');
}

import { MESSAGE, type Verdict, VERDICTS } from '../shared/incident/contract';
import { isViolationId } from '../shared/incident/parse-detect';
import { type HeldOrder, isCount, isPage, isSubject, parseHeldOrder } from '../shared/incident/parse-message';
import { invalid, type Json, objectIn, type Parsed, safeText, valid } from '../shared/incident/text';
import { MOST_VIOLATIONS } from './contract';

/** An order to release, with what its giver found the alarms to be. */
export type ReleaseOrder = HeldOrder & {
  readonly verdict?: Verdict;
  /** It was carried out while something may still have been taken: what came after it is to be given back, too. */
  readonly again?: true;
};

/**
 * What the release queue may hold: an order on one incident, or on all that are held, that it is time to look whose time is over,
 * or what Device Defender is to be told of its violations.
 */
export type ReleaseMessage =
  | { readonly kind: 'one'; readonly subject: string; readonly episode: number; readonly order: ReleaseOrder }
  | { readonly kind: 'held'; readonly order: ReleaseOrder }
  | { readonly kind: 'due'; readonly start?: string }
  | {
      readonly kind: 'verify';
      readonly violations: readonly string[];
      readonly verdict: Verdict;
      readonly why: string;
    };

export function parseRelease(body: string): Parsed<ReleaseMessage> {
  const message = objectIn(body);
  if (message?.schema === MESSAGE.releaseDue) return parseDue(message.start);
  if (message?.schema === MESSAGE.verify) return parseVerify(message);
  if (message?.schema !== MESSAGE.release && message?.schema !== MESSAGE.releaseHeld)
    return invalid('release: not a schema that is known');
  const order = parseReleaseOrder(message);
  if (!order.ok) return order;
  if (message.schema === MESSAGE.releaseHeld) return valid({ kind: 'held', order: order.value });
  const { subject, episode } = message;
  if (!isSubject(subject) || !isCount(episode)) return invalid('release: not an incident');
  const again = message.again === true ? ({ again: true } as const) : {};
  return valid({ kind: 'one', subject, episode, order: { ...order.value, ...again } });
}

function parseReleaseOrder(message: Json): Parsed<ReleaseOrder> {
  const order = parseHeldOrder(message);
  if (!order.ok || message.verdict === undefined) return order;
  const verdict = verdictIn(message);
  return verdict === undefined ? invalid('release: not a verdict') : valid({ ...order.value, verdict });
}

function parseDue(start: unknown): Parsed<ReleaseMessage> {
  if (start === undefined) return valid({ kind: 'due' });
  return isPage(start) ? valid({ kind: 'due', start }) : invalid('release: not a page');
}

function parseVerify(message: Json): Parsed<ReleaseMessage> {
  const { violations } = message;
  const verdict = verdictIn(message);
  const why = safeText(message.why, 512);
  if (verdict === undefined || why === undefined) return invalid('verify: no verdict or why');
  if (!Array.isArray(violations) || violations.length > MOST_VIOLATIONS || !violations.every(isViolationId))
    return invalid('verify: not violations');
  return valid({ kind: 'verify', violations, verdict, why });
}

function verdictIn({ verdict }: Json): Verdict | undefined {
  return VERDICTS.find((known) => known === verdict);
}

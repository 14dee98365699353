import { type PlaybookDocument, type PlaybookRule, type Response, RESPONSES, SEVERITIES } from './contract';
import type { SecuritySignal } from './signal';

/** What the playbook answers to a signal. Only an alarm is answered; its end is recorded for the proof of health. */
export function respond(signal: SecuritySignal, playbook: PlaybookDocument): Response {
  if (signal.phase !== 'alarm') return 'observe';
  if (signal.response !== undefined) return signal.response;
  return playbook.rules.find((rule) => matches(rule, signal))?.response ?? 'observe';
}

function matches(rule: PlaybookRule, signal: SecuritySignal): boolean {
  const severeEnough = SEVERITIES.indexOf(signal.severity) >= SEVERITIES.indexOf(rule.atLeast);
  return severeEnough && (rule.kinds === undefined || rule.kinds.includes(signal.kind));
}

/** Whether `response` contains all that `other` does. */
export function includesResponse(response: Response, other: Response): boolean {
  return RESPONSES.indexOf(response) >= RESPONSES.indexOf(other);
}

export function stronger(one: Response, other: Response): Response {
  return includesResponse(one, other) ? one : other;
}

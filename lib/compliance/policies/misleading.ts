import { covers } from './acts';
import type { PolicyStatement } from './document';
import { nameOf } from './pattern';
import { isNeverMatched } from './variables';

/** A Deny that denies less than it seems to. */
export interface Misleading {
  readonly statement: number;
  readonly kind: 'wildcard' | 'subscription' | 'variable';
  readonly resource: string;
}

/**
 * Where a Deny has + and #, which are ordinary characters in a policy, or a variable that has no value, and where it denies a
 * subscription and a wider one still delivers: of each statement the first of each kind.
 */
export function misleadingDenies(statements: readonly PolicyStatement[]): Misleading[] {
  const denies = statements.filter((statement) => statement.denies);
  return denies.flatMap((statement) => {
    const literal = statement.resources.find(isMqttWildcard);
    const open = statement.resources.find(
      (resource) => covers(statement, 'iot:Subscribe') && !isReceiveDenied(statement, denies, resource),
    );
    const dead = statement.resources.find(isNeverMatched);
    return [
      ...(dead === undefined ? [] : [{ statement: statement.index, kind: 'variable', resource: dead } as const]),
      ...(literal === undefined ? [] : [{ statement: statement.index, kind: 'wildcard', resource: literal } as const]),
      ...(open === undefined ? [] : [{ statement: statement.index, kind: 'subscription', resource: open } as const]),
    ];
  });
}

function isMqttWildcard(resource: string): boolean {
  const name = nameOf(resource, 'topicfilter') ?? nameOf(resource, 'topic');
  return name !== undefined && name.split('/').some((level) => level === '+' || level === '#');
}

/** Always, or whenever the subscription is denied. */
function isReceiveDenied(subscribe: PolicyStatement, denies: readonly PolicyStatement[], filter: string): boolean {
  const name = nameOf(filter, 'topicfilter');
  if (name === undefined) return true;
  const same = JSON.stringify(subscribe.conditions);
  return denies.some(
    (statement) =>
      covers(statement, 'iot:Receive') &&
      (statement.conditions.length === 0 || JSON.stringify(statement.conditions) === same) &&
      (statement.notResources.length > 0 ||
        statement.resources.some((resource) => widens(nameOf(resource, 'topic'), name))),
  );
}

/** Whether a denied topic is at least as wide as a denied filter, by its text. */
function widens(topic: string | undefined, filter: string): boolean {
  if (topic === undefined) return false;
  const open = topic.endsWith('*') ? topic.slice(0, -1) : undefined;
  return topic === filter || (open !== undefined && filter.startsWith(open));
}

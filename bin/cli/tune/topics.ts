import type { Model } from '../../../lib/compliance/model/model';
import { readDocument, SOME_WORLD } from '../../../lib/compliance/policies/document';
import { policiesOf } from '../../../lib/compliance/policies/find';
import { isIdentity, nameOf, piecesOf } from '../../../lib/compliance/policies/pattern';
import { type Codes, MANY, matches, ONE, pushLiteral } from '../../../lib/policy/evaluator/glob';
import type { Observation, TopicAction } from './observe';

/** A right that a policy gives and that no device was seen to use. */
export interface UnusedTopic {
  readonly policy: string;
  readonly action: TopicAction;
  /** The pattern as it stands in the policy. */
  readonly topic: string;
}

/** Stands for the name of the device itself, in topics and in patterns; no topic has it. */
const SELF = '\u0000';
const MOST_TOPICS = 200_000;
const RESOURCES: Readonly<Record<TopicAction, readonly [action: string, type: string]>> = {
  publish: ['iot:publish', 'topic'],
  receive: ['iot:receive', 'topic'],
  subscribe: ['iot:subscribe', 'topicfilter'],
};
const ACTIONS = Object.keys(RESOURCES) as TopicAction[];

/** The topics that devices used, with their own names left out, so that those of a million devices are few. */
export class UsedTopics {
  private readonly used: Readonly<Record<TopicAction, Set<string>>> = {
    publish: new Set(),
    receive: new Set(),
    subscribe: new Set(),
  };

  constructor(private readonly most = MOST_TOPICS) {}

  public add(observation: Observation): void {
    if (observation.kind !== 'topic') return;
    const { action, topic, thing } = observation;
    const general = topic
      .split('/')
      .map((level) => (level === thing ? SELF : level))
      .join('/');
    const known = this.used[action];
    known.add(general);
    if (known.size > this.most)
      throw new Error(`devices used more than ${this.most} topics; give the log of fewer days`);
  }

  /** Whether anything is known of an action: the log has it at the level INFO only. */
  public knows(action: TopicAction): boolean {
    return this.used[action].size > 0;
  }

  public isUsed(action: TopicAction, pattern: Codes): boolean {
    for (const topic of this.used[action]) if (matches(pattern, topic)) return true;
    return false;
  }
}

/** The rights of all policies that no device used; actions of which the log says nothing are left out. */
export function unusedTopics(model: Model, used: UsedTopics): readonly UnusedTopic[] {
  const found = new Map<string, UnusedTopic>();
  for (const { resource, document } of policiesOf(model)) {
    if (document === undefined) continue;
    for (const statement of readDocument(document, SOME_WORLD).statements) {
      if (statement.denies) continue;
      for (const action of ACTIONS.filter((each) => used.knows(each) && allows(statement.actions, RESOURCES[each][0])))
        for (const pattern of statement.resources) {
          const topic = nameOf(pattern, RESOURCES[action][1]);
          if (topic === undefined || used.isUsed(action, codesOf(topic))) continue;
          found.set(`${resource.path} ${action} ${topic}`, { policy: resource.path, action, topic });
        }
    }
  }
  return [...found.values()];
}

function allows(actions: readonly string[], wanted: string): boolean {
  return actions.some((action) => {
    const codes: number[] = [];
    for (const char of action.toLowerCase()) {
      if (char === '*') codes.push(MANY);
      else if (char === '?') codes.push(ONE);
      else pushLiteral(codes, char);
    }
    return matches(codes, wanted);
  });
}

/** What differs from device to device is the device itself where it is a level of its own, and anything elsewhere. */
function codesOf(pattern: string): Codes {
  const codes: number[] = [];
  const pieces = piecesOf(pattern);
  pieces.forEach((piece, index) => {
    if (piece.kind === 'text') pushLiteral(codes, piece.text);
    else if (piece.kind === 'wildcard') codes.push(piece.text === '*' ? MANY : ONE);
    else if (isOwn(piece.name) && isLevel(pieces, index)) pushLiteral(codes, SELF);
    else codes.push(MANY);
  });
  return codes;
}

function isOwn(variable: string): boolean {
  return (
    variable.toLowerCase() === 'iot:clientid' || (isIdentity(variable) && variable.toLowerCase().endsWith('thingname'))
  );
}

function isLevel(pieces: ReturnType<typeof piecesOf>, index: number): boolean {
  const before = pieces[index - 1];
  const after = pieces[index + 1];
  const begins = before === undefined || (before.kind === 'text' && before.text.endsWith('/'));
  return begins && (after === undefined || (after.kind === 'text' && after.text.startsWith('/')));
}

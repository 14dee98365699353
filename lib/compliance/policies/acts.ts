import { PolicyRequest } from '../../policy/evaluator';
import type { PolicyStatement } from './document';
import { matchesName } from './pattern';
import { Recent } from './recent';

/** Something a device does, as policies name it. */
export interface Act {
  readonly name: 'connect' | 'publish' | 'retain' | 'subscribe' | 'receive' | 'read retained' | 'thing';
  readonly action: string;
  /** Type of the resource: `topic`, `topicfilter`, `client`, `thing`. */
  readonly type: string;
  readonly verb: string;
  request(target: string): PolicyRequest;
}

function act(
  name: Act['name'],
  action: string,
  type: string,
  verb: string,
  request: (target: string) => PolicyRequest,
): Act {
  return { name, action, type, verb, request };
}

const api = (action: string, verb: string): Act =>
  act('thing', action, 'thing', verb, (thing) => PolicyRequest.of(action, `thing/${thing}`));

export const CONNECT = act('connect', 'iot:Connect', 'client', 'connect as', () => PolicyRequest.connect());

/** What a connected device does with topics, and what it does over HTTPS. */
export const ACTS: readonly Act[] = [
  act('publish', 'iot:Publish', 'topic', 'publish to', (topic) => PolicyRequest.publish(topic)),
  // The two permissions of a retained message are judged one by one: only together do they act, and each has its statement.
  act('retain', 'iot:RetainPublish', 'topic', 'leave retained messages on', (topic) =>
    PolicyRequest.of('iot:RetainPublish', `topic/${topic}`),
  ),
  // As it is written: which form of a shared filter is asked for is not documented, and either may be enough.
  act('subscribe', 'iot:Subscribe', 'topicfilter', 'subscribe to', (filter) =>
    PolicyRequest._asWritten('iot:Subscribe', `topicfilter/${filter}`),
  ),
  act('receive', 'iot:Receive', 'topic', 'receive from', (topic) => PolicyRequest.receive(topic)),
  act('read retained', 'iot:GetRetainedMessage', 'topic', 'read the retained message of', (topic) =>
    PolicyRequest.of('iot:GetRetainedMessage', `topic/${topic}`),
  ),
  api('iot:GetThingShadow', 'read the shadow of'),
  api('iot:UpdateThingShadow', 'change the shadow of'),
  api('iot:DeleteThingShadow', 'delete the shadow of'),
  api('iotjobsdata:GetPendingJobExecutions', 'list the jobs of'),
  api('iotjobsdata:DescribeJobExecution', 'read the jobs of'),
  api('iotjobsdata:StartNextPendingJobExecution', 'start the jobs of'),
  api('iotjobsdata:UpdateJobExecution', 'change the jobs of'),
];

/** Actions that a device may need; all others manage the account. */
export const DEVICE_ACTIONS: readonly string[] = [
  CONNECT.action,
  ...ACTS.map(({ action }) => action),
  'iot:ListRetainedMessages',
  'iot:ListNamedShadowsForThing',
  'iot:AssumeRoleWithCertificate',
  'iot:DescribeJobExecution',
  'iot:GetPendingJobExecutions',
  'iot:StartNextPendingJobExecution',
  'iot:UpdateJobExecution',
];

/** How policies may write an action, in small letters: the rules ask for the same few, of each statement. */
const WRITTEN = new Recent<readonly string[]>(200);

function writtenAs(action: string): readonly string[] {
  const lower = action.toLowerCase();
  return lower.startsWith('iotjobsdata:') ? [lower, lower.replace('iotjobsdata:', 'iot:')] : [lower];
}

/** Whether the statement's `Action` or `NotAction` covers an action. */
export function covers({ actions, notActions }: PolicyStatement, action: string): boolean {
  const names = WRITTEN.get(action, () => writtenAs(action));
  return notActions.length > 0 ? !isAmong(names, notActions) : isAmong(names, actions);
}

function isAmong(names: readonly string[], patterns: readonly string[]): boolean {
  for (const pattern of patterns) {
    const lower = pattern.toLowerCase();
    for (const name of names) if (matchesName(lower, name)) return true;
  }
  return false;
}

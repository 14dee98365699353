import { CheckKind } from '../../policy/evaluator/check';
import { ACTS } from '../policies/acts';

/** A thing that somebody may do; `will` and `publish-https` are what their names say, the rest are actions of policies. */
export interface AccessAction {
  readonly id: string;
  /** As in "may publish to". */
  readonly verb: string;
  /** As the heading of what it is done to. */
  readonly title: string;
  /** All that must be allowed. */
  readonly kinds: readonly CheckKind[];
  /** `mqtt` needs a connection; `https` is a request of its own, for which policies of groups do not count. */
  readonly over: 'mqtt' | 'https';
  /** Whether the names are topics, which have levels. */
  readonly isTopic: boolean;
}

const PUBLISH = new CheckKind('iot:Publish', 'topic/');

function action(
  id: string,
  verb: string,
  title: string,
  kinds: readonly CheckKind[],
  over: AccessAction['over'] = 'mqtt',
  isTopic = true,
): AccessAction {
  return { id, verb, title, kinds, over, isTopic };
}

const apis = ACTS.filter(({ type }) => type === 'thing').map(({ action: name, verb }) =>
  action(
    name
      .slice(name.indexOf(':') + 1)
      .replace(/(?!^)([A-Z])/g, '-$1')
      .toLowerCase(),
    verb,
    `${verb.charAt(0).toUpperCase()}${verb.slice(1)} (HTTPS)`,
    [new CheckKind(name, 'thing/')],
    'https',
    false,
  ),
);

export const CONNECT = action(
  'connect',
  'connect as',
  'Connect as',
  [new CheckKind('iot:Connect', 'client/')],
  'mqtt',
  false,
);

/** Everything that a device may do, in the order of the matrix. */
export const ACTIONS: readonly AccessAction[] = [
  CONNECT,
  action('publish', 'publish to', 'Publish to', [PUBLISH]),
  action('retain', 'leave retained messages on', 'Retain on', [PUBLISH, new CheckKind('iot:RetainPublish', 'topic/')]),
  action('will', 'have a last will on', 'Last will on', [PUBLISH]),
  action('subscribe', 'subscribe to', 'Subscribe to', [new CheckKind('iot:Subscribe', 'topicfilter/')]),
  action('receive', 'receive from', 'Receive from', [new CheckKind('iot:Receive', 'topic/')]),
  action('publish-https', 'publish over HTTPS to', 'Publish (HTTPS)', [PUBLISH], 'https'),
  action(
    'credentials',
    'get credentials through role alias',
    'Credentials of role alias',
    [new CheckKind('iot:AssumeRoleWithCertificate', 'rolealias/', true)],
    'https',
    false,
  ),
  action(
    'read-retained',
    'read the retained message of',
    'Read retained (HTTPS)',
    [new CheckKind('iot:GetRetainedMessage', 'topic/')],
    'https',
  ),
  ...apis,
];

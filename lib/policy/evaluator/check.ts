import { isHttpsAction } from './action';

/** An action on a type of resource: all that two checks share which differ in the name only. */
export class CheckKind {
  /** Lower case, as it is compared. */
  public readonly action: string;
  /** Equal for equal kinds. */
  public readonly key: string;
  /** The action reaches the service over HTTPS, whatever else the device has open. */
  public readonly overHttps: boolean;

  constructor(
    /** As explanations show it. */
    public readonly actionName: string,
    /** What stands between the fifth colon of the ARN and the name, such as `topic/`; undefined for a whole ARN or `*`. */
    public readonly type: string | undefined,
    /** The request names the thing in a header: only then thing variables have values over HTTPS. */
    public readonly namesThing = false,
  ) {
    this.action = actionName.toLowerCase();
    // The empty type of a resource without a slash is another one than that of a whole ARN.
    this.key = `${this.action} ${type === undefined ? '*' : `/${type}`} ${namesThing}`;
    this.overHttps = isHttpsAction(this.action);
  }
}

/** One permission that a request needs. Small, since each packet makes one. */
export class Check {
  constructor(
    public readonly kind: CheckKind,
    public readonly name: string,
    /** A further permission that is needed too. */
    public readonly next?: Check,
    /** Thing that a request to the credential provider names in its header. */
    public readonly thingHeader?: string,
  ) {}
}

export const CONNECT = new CheckKind('iot:Connect', 'client/');
const PUBLISH = new CheckKind('iot:Publish', 'topic/');
const RETAIN = new CheckKind('iot:RetainPublish', 'topic/');
const SUBSCRIBE = new CheckKind('iot:Subscribe', 'topicfilter/');
const RECEIVE = new CheckKind('iot:Receive', 'topic/');
const ASSUME = new CheckKind('iot:AssumeRoleWithCertificate', 'rolealias/');
const ASSUME_AS_THING = new CheckKind('iot:AssumeRoleWithCertificate', 'rolealias/', true);

export function publishing(topic: string): Check {
  return new Check(PUBLISH, topic);
}

/** A publish that the broker is to retain needs both permissions. */
export function retaining(topic: string): Check {
  return new Check(PUBLISH, topic, new Check(RETAIN, topic));
}

export function receiving(topic: string): Check {
  return new Check(RECEIVE, topic);
}

/** Which of the two forms of a shared filter is authorized is not documented: both. */
export function subscribing(topicFilter: string): Check {
  const shared = sharedFilter(topicFilter);
  return new Check(SUBSCRIBE, topicFilter, shared === undefined ? undefined : new Check(SUBSCRIBE, shared));
}

export function assuming(roleAlias: string, thingName: string | undefined): Check {
  return new Check(thingName === undefined ? ASSUME : ASSUME_AS_THING, roleAlias, undefined, thingName);
}

const KNOWN = new Map([PUBLISH, RETAIN, SUBSCRIBE, RECEIVE].map((kind) => [kind.actionName, kind] as const));

/** An action as it is asked for: a shared subscription needs both of its filters, unless it is asked for as a whole ARN. */
export function asking(action: string, resource: string): Check {
  const check = acting(action, resource);
  const { kind, name } = check;
  return kind.action === SUBSCRIBE.action && kind.type === SUBSCRIBE.type ? subscribing(name) : check;
}

/** One action on what stands after the account in an ARN, on a whole ARN, or on `*`. */
export function acting(action: string, resource: string): Check {
  const slash = resource.indexOf('/') + 1;
  const type = resource === '*' || resource.startsWith('arn:') ? undefined : resource.slice(0, slash);
  const known = KNOWN.get(action);
  const kind = known?.type === type ? known : undefined;
  return new Check(kind ?? new CheckKind(action, type), type === undefined ? resource : resource.slice(slash));
}

/** The filter behind `$share/<name>/`; undefined if it is not shared. */
function sharedFilter(topicFilter: string): string | undefined {
  if (!topicFilter.startsWith('$share/')) return undefined;
  const end = topicFilter.indexOf('/', '$share/'.length);
  return end < 0 ? undefined : topicFilter.slice(end + 1);
}

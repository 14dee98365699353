import { isHttpsAction } from './action';

/** One permission that a request needs: an action on a resource. */
export class Check {
  /** Lower case, as it is compared. */
  public readonly action: string;
  /** Same for all checks that one table of rules decides. */
  public readonly table: string;

  constructor(
    /** As explanations show it. */
    public readonly actionName: string,
    /** What stands between the fifth colon of the ARN and the name, such as `topic/`; undefined for a whole ARN or `*`. */
    public readonly type: string | undefined,
    public readonly name: string,
    /** A further permission that is needed too. */
    public readonly next?: Check,
    /** Thing that a request to the credential provider names in its header. */
    public readonly thingHeader?: string,
  ) {
    this.action = actionName.toLowerCase();
    this.table = `${this.action} ${type ?? ''} ${thingHeader === undefined ? '' : 'thing'}`;
  }

  public get overHttps(): boolean {
    return isHttpsAction(this.action);
  }
}

/** A publish that the broker is to retain. */
export function retained(topic: string): Check {
  return new Check('iot:Publish', 'topic/', topic, new Check('iot:RetainPublish', 'topic/', topic));
}

/** The filter behind `$share/<name>/`; undefined if it is not shared. */
export function sharedFilter(topicFilter: string): string | undefined {
  if (!topicFilter.startsWith('$share/')) return undefined;
  const end = topicFilter.indexOf('/', '$share/'.length);
  return end < 0 ? undefined : topicFilter.slice(end + 1);
}

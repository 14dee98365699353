import { type Codes, matches, wildcards } from './glob';

/** Job actions have had two names: `iot:` until 2022, `iotjobsdata:` since. Policies of both kinds exist. */
const JOB_ACTIONS = [
  'describejobexecution',
  'getpendingjobexecutions',
  'startnextpendingjobexecution',
  'updatejobexecution',
];

/** Actions that reach the service over HTTPS, whatever else the device has open. */
const HTTPS_ACTIONS: ReadonlySet<string> = new Set([
  'iot:assumerolewithcertificate',
  'iot:getthingshadow',
  'iot:updatethingshadow',
  'iot:deletethingshadow',
  'iot:listnamedshadowsforthing',
  'iot:getretainedmessage',
  'iot:listretainedmessages',
  'iot:deleteconnection',
  'iot:getconnection',
  'iot:listsubscriptions',
  'iot:senddirectmessage',
  ...JOB_ACTIONS.flatMap((name) => [`iot:${name}`, `iotjobsdata:${name}`]),
]);

/**
 * Whether an action, given in lower case, comes over HTTPS. All of Greengrass does, and policies of thing groups say
 * nothing of it.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/thing-groups.html
 */
export function isHttpsAction(action: string): boolean {
  return HTTPS_ACTIONS.has(action) || action.startsWith('greengrass:');
}

/** All names under which a policy may mean this action; actions are compared without regard to case. */
export function spellings(action: string): readonly string[] {
  const colon = action.indexOf(':');
  const name = action.slice(colon + 1);
  return JOB_ACTIONS.includes(name) ? [`iot:${name}`, `iotjobsdata:${name}`] : [action];
}

/** The Action or NotAction element of a statement. */
export class ActionPatterns {
  private readonly patterns: readonly Codes[];

  constructor(
    texts: readonly string[],
    private readonly inverted: boolean,
  ) {
    this.patterns = texts.map((text) => wildcards(text.toLowerCase()));
  }

  /** Whether the statement speaks of this action, given in lower case. */
  public cover(action: string): boolean {
    const names = spellings(action);
    return this.patterns.some((pattern) => names.some((name) => matches(pattern, name))) !== this.inverted;
  }
}

/**
 * A second, slow evaluator of AWS IoT policies, written from the text of the documentation and not from the library: it
 * puts values into the text of a policy, makes regular expressions of the result, and looks at one statement after the
 * other. It shares no code with the library, so that a mistake would have to be made twice.
 */
export interface ReferenceDevice {
  readonly protocol: 'mqtt' | 'https';
  readonly clientId: string;
  readonly thingName?: string;
  readonly attachment: 'none' | 'plain' | 'exclusive';
  readonly thingTypeName?: string;
  readonly attributes: { readonly [name: string]: string };
  /** Static groups it is a member of; every group that a policy hangs on, where it is not said. */
  readonly groups?: readonly string[];
  readonly certificateId?: string;
  readonly subject: { readonly [field: string]: readonly string[] };
  readonly issuer?: { readonly [field: string]: readonly string[] };
  readonly sourceIp?: string;
  readonly sourceVpce?: string;
  readonly domainName?: string;
  readonly persistent: boolean;
  readonly will?: { readonly topic: string; readonly retained: boolean };
  readonly otherKeys?: { readonly [key: string]: readonly string[] };
}

export interface ReferencePolicy {
  /** Group it hangs on; undefined for the certificate. */
  readonly group?: string;
  readonly document: { readonly Statement: readonly ReferenceStatement[] };
}

export interface ReferenceStatement {
  readonly Effect: string;
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string | readonly string[];
  readonly Condition?: { readonly [operator: string]: { readonly [key: string]: string | readonly string[] } };
}

export type ReferenceRequest =
  | { readonly kind: 'connect' }
  | { readonly kind: 'publish' | 'retain' | 'subscribe' | 'receive'; readonly name: string }
  /** To the credential provider, which reads the thing's name from a header. */
  | { readonly kind: 'assume'; readonly name: string; readonly thingName?: string }
  /** Any other action, all of which come over HTTPS; a resource is a whole ARN, its last part, or `*`. */
  | { readonly kind: 'api'; readonly action: string; readonly resource: string };

export type ReferenceVerdict = 'ALLOWED' | 'EXPLICITLY_DENIED' | 'IMPLICITLY_DENIED';

const ARN = 'arn:aws:iot:us-east-1:123456789012:';

/** The verdict on all permissions of a request: a deny anywhere, or else a lack anywhere, decides. */
export function referenceVerdict(
  policies: readonly ReferencePolicy[],
  device: ReferenceDevice,
  request: ReferenceRequest,
  parents: { readonly [group: string]: string } = {},
): ReferenceVerdict {
  if (request.kind === 'assume' || request.kind === 'api') return overHttps(policies, device, request, parents);
  if (device.protocol === 'https' && ['connect', 'subscribe', 'receive'].includes(request.kind)) {
    return 'IMPLICITLY_DENIED';
  }
  const verdicts = permissions(device, request).map(([action, resource]) => {
    const keys = contextOf(device, action);
    const matching = policies
      .filter((policy) => policy.group === undefined || (groupsCount(device) && isIn(policy.group, device, parents)))
      .flatMap((policy) => policy.document.Statement)
      .filter((statement) => applies(statement, keys, action, resource));
    if (matching.some((statement) => statement.Effect === 'Deny')) return 'EXPLICITLY_DENIED';
    return matching.length > 0 ? 'ALLOWED' : 'IMPLICITLY_DENIED';
  });
  if (verdicts.includes('EXPLICITLY_DENIED')) return 'EXPLICITLY_DENIED';
  return verdicts.includes('IMPLICITLY_DENIED') ? 'IMPLICITLY_DENIED' : 'ALLOWED';
}

type OverHttps = Extract<ReferenceRequest, { kind: 'assume' | 'api' }>;

/** Policies of groups never count here, and thing variables only where the header names the thing. */
function overHttps(
  policies: readonly ReferencePolicy[],
  device: ReferenceDevice,
  request: OverHttps,
  parents: { readonly [group: string]: string },
): ReferenceVerdict {
  const header = request.kind === 'assume' ? request.thingName : undefined;
  if (header !== undefined && (device.attachment === 'none' || header !== device.thingName)) return 'IMPLICITLY_DENIED';
  const action = request.kind === 'assume' ? 'iot:AssumeRoleWithCertificate' : request.action;
  const last = request.kind === 'assume' ? `rolealias/${request.name}` : request.resource;
  const resource = last === '*' || last.startsWith('arn:') ? last : ARN + last;
  // Jobs actions had the prefix of all others until 2022.
  const job = /^(?:iot|iotjobsdata):(.*JobExecutions?)$/.exec(action)?.[1];
  const names = job === undefined ? [action] : [`iot:${job}`, `iotjobsdata:${job}`];
  const asAsked = { ...device, protocol: 'https' as const, headerNamesThing: header !== undefined };
  const asked = names.map((name) => ({ name, keys: contextOf(asAsked, name) }));
  const matching = policies
    .filter((policy) => policy.group === undefined || (groupsCount(asAsked) && isIn(policy.group, device, parents)))
    .flatMap((policy) => policy.document.Statement)
    .filter((statement) => asked.some(({ name, keys }) => applies(statement, keys, name, resource)));
  if (matching.some((statement) => statement.Effect === 'Deny')) return 'EXPLICITLY_DENIED';
  return matching.length > 0 ? 'ALLOWED' : 'IMPLICITLY_DENIED';
}

/** Whether the device is in the group, or in one below it. */
function isIn(group: string, device: ReferenceDevice, parents: { readonly [group: string]: string }): boolean {
  if (device.groups === undefined) return true;
  return device.groups.some((name) => {
    for (let at: string | undefined = name, steps = 0; at !== undefined && steps < 100; at = parents[at], steps++) {
      if (at === group) return true;
    }
    return false;
  });
}

type MqttRequest = Exclude<ReferenceRequest, OverHttps>;

function permissions(device: ReferenceDevice, request: MqttRequest): [string, string][] {
  switch (request.kind) {
    case 'connect': {
      const list: [string, string][] = [['iot:Connect', `${ARN}client/${device.clientId}`]];
      if (device.will !== undefined) list.push(['iot:Publish', `${ARN}topic/${device.will.topic}`]);
      if (device.will?.retained === true) list.push(['iot:RetainPublish', `${ARN}topic/${device.will.topic}`]);
      return list;
    }
    case 'publish':
      return [['iot:Publish', `${ARN}topic/${request.name}`]];
    case 'retain':
      return ['iot:Publish', 'iot:RetainPublish'].map((action) => [action, `${ARN}topic/${request.name}`]);
    case 'subscribe': {
      const shared = /^\$share\/[^/]*\/([\s\S]*)$/.exec(request.name);
      const filters = shared === null ? [request.name] : [request.name, shared[1] ?? ''];
      return filters.map((filter) => ['iot:Subscribe', `${ARN}topicfilter/${filter}`]);
    }
    case 'receive':
      return [['iot:Receive', `${ARN}topic/${request.name}`]];
  }
}

function groupsCount(device: ReferenceDevice): boolean {
  return device.protocol === 'mqtt' && device.attachment !== 'none' && device.clientId === device.thingName;
}

function asList(value: string | readonly string[]): readonly string[] {
  return typeof value === 'string' ? [value] : value;
}

function applies(statement: ReferenceStatement, keys: Keys, action: string, resource: string): boolean {
  const inActions = (list: string | readonly string[]): boolean =>
    asList(list).some((pattern) => actionToRegExp(pattern).test(action));
  const actionFits =
    statement.NotAction === undefined ? inActions(statement.Action ?? []) : !inActions(statement.NotAction);
  const inResources = (list: string | readonly string[]): boolean =>
    asList(list).some((pattern) => resourceToRegExp(pattern, keys)?.test(resource) ?? false);
  const resourceFits =
    statement.NotResource === undefined ? inResources(statement.Resource ?? []) : !inResources(statement.NotResource);
  const conditionsFit = Object.entries(statement.Condition ?? {}).every(([operator, block]) =>
    Object.entries(block).every(([key, values]) => conditionHolds(operator, keys[lowered(key)], asList(values), keys)),
  );
  // All three are looked at, whatever the others say: an operator that is not known here must not go by.
  return actionFits && resourceFits && conditionsFit;
}

/** Names of keys have no case; the name of a thing attribute in it has. */
function lowered(key: string): string {
  return key.replace(/^[^[]*/, (name) => name.toLowerCase());
}

interface Keys {
  readonly [name: string]: readonly string[] | undefined;
}

interface Asking extends ReferenceDevice {
  readonly headerNamesThing?: boolean;
}

function contextOf(device: Asking, action: string): Keys {
  const keys: { [name: string]: readonly string[] } = {};
  const set = (name: string, value: string | undefined): void => {
    if (value !== undefined) keys[lowered(name)] = [value];
  };
  set('aws:SourceIp', device.sourceIp);
  set('aws:SourceVpce', device.sourceVpce);
  set('iot:DomainName', device.domainName);
  set('iot:CertificateId', device.certificateId);
  for (const [part, fields] of [['Subject', device.subject] as const, ['Issuer', device.issuer ?? {}] as const]) {
    for (const [field, values] of Object.entries(fields)) {
      const escaped = values.slice(0, 5).map((value) => value.replace(/([,"\\+=<>;])/g, '\\$1'));
      escaped.forEach((value, i) => set(`iot:Certificate.${part}.${field}${i === 0 ? '' : `.${i}`}`, value));
      if (escaped.length > 0) keys[`iot:certificate.${part}.${field}.list`.toLowerCase()] = escaped;
    }
  }
  for (const [key, values] of Object.entries(device.otherKeys ?? {})) keys[lowered(key)] = values;
  const nameThing = (): void => {
    set('iot:Connection.Thing.ThingName', device.thingName);
    set('iot:Connection.Thing.ThingTypeName', device.thingTypeName);
    for (const [name, value] of Object.entries(device.attributes)) {
      set(`iot:Connection.Thing.Attributes[${name}]`, value);
    }
  };
  if (device.headerNamesThing === true) nameThing();
  if (device.protocol === 'https') return keys;
  set('iot:ClientId', device.clientId);
  const own =
    device.attachment === 'exclusive' || (device.attachment === 'plain' && device.clientId === device.thingName);
  set('iot:Connection.Thing.IsAttached', own ? 'true' : 'false');
  if (own) nameThing();
  if (action === 'iot:Connect') {
    const used = [device.persistent ? 'PersistentConnect' : '', device.will === undefined ? '' : 'LastWill'];
    keys['iot:connectattributes'] = used.filter((name) => name !== '');
    if (device.will !== undefined) set('iot:LastWillTopic', `${ARN}topic/${device.will.topic}`);
  }
  return keys;
}

/** The text with its variables and escapes replaced by marks, and what the marks stand for. Undefined if one has no value. */
function mark(text: string, keys: Keys): { marked: string; values: string[] } | undefined {
  const values: string[] = [];
  let whole = true;
  const marked = text.replace(
    /\$\{([*?$])\}|\$\(([*?$])\)|\$\{([^}]*)\}/g,
    (_all, a?: string, b?: string, name?: string) => {
      const [value] = a !== undefined || b !== undefined ? [a ?? b] : valueOf(name ?? '', keys);
      if (value === undefined) whole = false;
      return `\ue000${values.push(value ?? '') - 1}\ue001`;
    },
  );
  return whole ? { marked, values } : undefined;
}

function valueOf(name: string, keys: Keys): readonly (string | undefined)[] {
  const withDefault = /^(.*?), '(.*)'$/.exec(name);
  const found = keys[lowered(withDefault?.[1] ?? name)];
  const isList = /\.list$|connectattributes$/i.test(name);
  const value = isList ? undefined : found?.[0];
  if (value !== undefined && /certificate/i.test(name) && (/[*$+?#]/.test(value) || value.length > 1024)) {
    return [withDefault?.[2]];
  }
  return [value ?? withDefault?.[2]];
}

function quoteRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}

/** A text in which `*` and `?` are wildcards, as the source of a regular expression. */
function globSource(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, (char) => (char === '*' ? '[^]*' : char === '?' ? '[^]' : `\\${char}`));
}

/** Few actions stand in many policies. */
const ACTIONS = new Map<string, RegExp>();

function actionToRegExp(pattern: string): RegExp {
  const known = ACTIONS.get(pattern) ?? new RegExp(`^${globSource(pattern)}$`, 'iu');
  ACTIONS.set(pattern, known);
  return known;
}

function resourceToRegExp(pattern: string, keys: Keys): RegExp | undefined {
  // Before the fifth colon of an ARN a variable is never replaced.
  const head = /^(?:[^:]*:){5}/.exec(pattern)?.[0];
  if (pattern.startsWith('arn:') && /\$\{[^}]{2,}\}/.test(head ?? pattern)) return undefined;
  const marks = mark(pattern, keys);
  if (marks === undefined) return undefined;
  const filled = globSource(marks.marked).replace(/\ue000(\d+)\ue001/g, (_all, i: string) =>
    quoteRegExp(marks.values[Number(i)] ?? ''),
  );
  return new RegExp(`^${filled}$`, 'u');
}

function plainText(text: string, keys: Keys): string | undefined {
  const marks = mark(text, keys);
  return marks?.marked.replace(/\ue000(\d+)\ue001/g, (_all, i: string) => marks.values[Number(i)] ?? '');
}

function conditionHolds(
  operator: string,
  values: readonly string[] | undefined,
  expected: readonly string[],
  keys: Keys,
): boolean {
  const [, set, base = '', ifExists] = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(operator) ?? [];
  const absent = values === undefined || values.length === 0;
  if (base === 'Null') return expected.includes(String(absent));
  if (absent && ifExists !== undefined) return true;
  const negative = base.includes('Not');
  const fits = (value: string): boolean =>
    expected.some((text) => compare(base.replace('Not', ''), value, text, keys)) ? !negative : negative;
  if (set === 'ForAnyValue') return !absent && values.some(fits);
  if (set === 'ForAllValues') return absent || values.every(fits);
  if (values === undefined) return negative;
  return values.every(fits);
}

function compare(base: string, value: string, text: string, keys: Keys): boolean {
  switch (base) {
    case 'StringEquals':
      return value === plainText(text, keys);
    case 'StringEqualsIgnoreCase':
    case 'Bool':
      return value.toLowerCase() === plainText(text, keys)?.toLowerCase();
    case 'StringLike':
      return resourceToRegExp(text, keys)?.test(value) ?? false;
    case 'ArnEquals':
    case 'ArnLike': {
      const split = (arn: string): string[] =>
        /^([^:]*):([^:]*):([^:]*):([^:]*):([^:]*):([^]*)$/.exec(arn)?.slice(1) ?? [];
      const parts = split(value);
      const patterns = split(text);
      return (
        text === '*' ||
        (parts.length === 6 &&
          patterns.length === 6 &&
          parts.every((part, i) => resourceToRegExp(patterns[i] ?? '', keys)?.test(part)))
      );
    }
    case 'IpAddress': {
      const number = (ip: string): number => ip.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0);
      const [address = '', bits = '32'] = text.split('/');
      const size = 2 ** (32 - Number(bits));
      return Math.floor(number(value) / size) === Math.floor(number(address) / size);
    }
    default:
      throw new Error(`the reference does not know ${base}`);
  }
}

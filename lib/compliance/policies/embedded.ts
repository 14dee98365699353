import { parseJson } from '../model/json-text';
import { at, isList, isMap, listOf, partsOf, textOf, type Value, type ValueMap } from '../model/value';

/** A policy document somewhere in the properties of a custom resource. */
export interface EmbeddedPolicy {
  readonly location: string;
  readonly document: Value;
}

/** No document is longer; what is longer is not taken for one. */
const MAX_LENGTH = 65_536;
const MAX_DEPTH = 20;
/** How the SDK's service is written in the calls that the CDK's `AwsCustomResource` makes. */
const SERVICES = ['iot', '@aws-sdk/client-iot', 'client-iot', 'iotclient'];
const CALLS = ['createpolicy', 'createpolicyversion'];

/** How a type of custom resources is called that makes policies for devices. */
const NAMED = /iot\w*polic/i;

/**
 * Policies for devices: what a call of `CreatePolicy` gets, any document that lets somebody connect to AWS IoT, and one of
 * nothing but AWS IoT in a resource whose type says that it makes such policies.
 */
export function embeddedPolicies(properties: ValueMap, type = ''): EmbeddedPolicy[] {
  const found: EmbeddedPolicy[] = [];
  collect(properties, 'Properties', NAMED.test(type) ? isOfIot : connects, false, 0, found);
  return found;
}

function collect(
  value: Value,
  location: string,
  isForDevices: (document: ValueMap) => boolean,
  isCall: boolean,
  depth: number,
  found: EmbeddedPolicy[],
): void {
  if (depth > MAX_DEPTH) return;
  const parsed = jsonIn(value);
  const within = (item: Value, path: string, call: boolean): void =>
    collect(item, path, isForDevices, call, depth + 1, found);
  if (parsed !== undefined) within(parsed, location, isCall);
  else if (isList(value)) value.forEach((item, i) => within(item, `${location}/${i}`, isCall));
  else if (isMap(value)) {
    if (value.Statement !== undefined && (isCall || isForDevices(value))) found.push({ location, document: value });
    else
      for (const [key, item] of Object.entries(value))
        within(item, `${location}/${key}`, isCall || isPolicyCall(value));
  }
}

/** JSON in a text that may hold a policy. */
function jsonIn(value: Value): Value | undefined {
  const parts = partsOf(value);
  const [first] = parts ?? [];
  if (parts === undefined || typeof first !== 'string' || !first.trimStart().startsWith('{')) return undefined;
  const text = parts.filter((part) => typeof part === 'string').join('');
  if (text.length > MAX_LENGTH || !text.includes('Statement')) return undefined;
  const parsed = parseJson(value);
  return parsed.ok ? parsed.value : undefined;
}

function isPolicyCall(value: ValueMap): boolean {
  const [service, action] = [value.service, value.action].map((each) => (textOf(each) ?? '').toLowerCase());
  return SERVICES.includes(service ?? '') && CALLS.includes((action ?? '').replace(/command$/, ''));
}

function connects(document: ValueMap): boolean {
  return actionsOf(document).some((action) => /^iot:(?:connect|con?\*|\*)$/i.test(action));
}

function isOfIot(document: ValueMap): boolean {
  return connects(document) || actionsOf(document).every((action) => /^(?:\*$|iot(?:jobsdata)?:)/i.test(action));
}

function actionsOf(document: ValueMap): string[] {
  return listOf(document.Statement).flatMap((statement) =>
    listOf(at(statement, 'Action')).map((action) => textOf(action) ?? ''),
  );
}

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

/** Policies for devices: what a call of `CreatePolicy` gets, and any document that lets somebody connect to AWS IoT. */
export function embeddedPolicies(properties: ValueMap): EmbeddedPolicy[] {
  const found: EmbeddedPolicy[] = [];
  collect(properties, 'Properties', false, 0, found);
  return found;
}

function collect(value: Value, location: string, isCall: boolean, depth: number, found: EmbeddedPolicy[]): void {
  if (depth > MAX_DEPTH) return;
  const parsed = jsonIn(value);
  if (parsed !== undefined) collect(parsed, location, isCall, depth + 1, found);
  else if (isList(value)) value.forEach((item, i) => collect(item, `${location}/${i}`, isCall, depth + 1, found));
  else if (isMap(value)) {
    if (value.Statement !== undefined && (isCall || connects(value))) found.push({ location, document: value });
    else
      for (const [key, item] of Object.entries(value))
        collect(item, `${location}/${key}`, isCall || isPolicyCall(value), depth + 1, found);
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
  return listOf(document.Statement).some((statement) =>
    listOf(at(statement, 'Action')).some((action) => /^iot:(?:connect|con?\*|\*)$/i.test(textOf(action) ?? '')),
  );
}

import type { Model, Resource } from '../model/model';
import { type Parsed, parseJson } from '../model/json-text';
import { at, isMap, isUnresolved, type Value } from '../model/value';
import { analyze, type PolicyAnalysis } from './reach';

/** A policy document as it stands in a template, for one combination of conditions. */
export interface FoundPolicy {
  readonly resource: Resource;
  /** Path of the document below the resource. */
  readonly location: string;
  readonly when: readonly string[];
  /** Undefined where it cannot be read at all. */
  readonly document?: Value;
  readonly analysis: PolicyAnalysis;
}

const found = new WeakMap<Model, FoundPolicy[]>();

/** Every AWS IoT policy of the model: resources of their own, and those inside provisioning templates. */
export function policiesOf(model: Model): readonly FoundPolicy[] {
  const known = found.get(model);
  if (known !== undefined) return known;
  const exclusive = attachesExclusively(model);
  const policies = [
    ...model.ofType('AWS::IoT::Policy').flatMap((resource) => ownPolicies(resource, exclusive)),
    ...model.ofType('AWS::IoT::ProvisioningTemplate').flatMap((resource) => inlinePolicies(resource, exclusive)),
  ];
  found.set(model, policies);
  return policies;
}

function ownPolicies(resource: Resource, exclusive: boolean): FoundPolicy[] {
  return resource.variants.map(({ when, value }) =>
    policy(resource, 'Properties/PolicyDocument', when, value.PolicyDocument, exclusive),
  );
}

function policy(
  resource: Resource,
  location: string,
  when: readonly string[],
  raw: Value | undefined,
  exclusive: boolean,
): FoundPolicy {
  const document =
    typeof raw === 'string' && raw.length > MAX_JSON
      ? { ok: false as const, reason: 'is longer than what AWS IoT stores' }
      : typeof raw === 'string' || isUnresolved(raw)
        ? parseJson(raw)
        : { ok: true as const, value: raw ?? null };
  const analysis = document.ok ? analyze(document.value, exclusive) : unreadable(document.reason);
  return { resource, location, when, analysis, ...(document.ok ? { document: document.value } : {}) };
}

/** A document of 2,048 characters, however it is indented. */
const MAX_JSON = 65_536;

function unreadable(reason: string): PolicyAnalysis {
  const empty = analyze({ Statement: [] }, false);
  return { ...empty, refused: [], unknown: [`the document ${reason}`] };
}

/** Policies that a provisioning template makes for each device that enrolls. */
function inlinePolicies(resource: Resource, exclusive: boolean): FoundPolicy[] {
  return resource.variants.flatMap(({ when, value }) => {
    const body = readBody(value.TemplateBody);
    if (!body.ok) return [unreadableBody(resource, when, body.reason)];
    const resources = at(body.value, 'Resources');
    if (!isMap(resources)) return [];
    return Object.entries(resources).flatMap(([name, each]) => {
      const document = at(each, 'Properties', 'PolicyDocument');
      if (at(each, 'Type') !== 'AWS::IoT::Policy' || document === undefined) return [];
      return [
        policy(
          resource,
          `Properties/TemplateBody/Resources/${name}/Properties/PolicyDocument`,
          when,
          document,
          exclusive,
        ),
      ];
    });
  });
}

/** The body of a provisioning template, which is JSON in a string; undefined where it cannot be read. */
export function templateBody(body: Value | undefined): Value | undefined {
  const parsed = readBody(body);
  return parsed.ok ? parsed.value : undefined;
}

function readBody(body: Value | undefined): Parsed {
  if (body === undefined || isMap(body)) return { ok: true, value: body ?? null };
  return parseJson(body);
}

function unreadableBody(resource: Resource, when: readonly string[], reason: string): FoundPolicy {
  return { resource, location: 'Properties/TemplateBody', when, analysis: unreadable(reason) };
}

/** Whether certificates are attached so that thing variables resolve under any client id. */
export function attachesExclusively(model: Model): boolean {
  const attached = model
    .ofType('AWS::IoT::ThingPrincipalAttachment')
    .some((resource) => resource.variants.some(({ value }) => value.ThingPrincipalType === 'EXCLUSIVE_THING'));
  const provisioned = model
    .ofType('AWS::IoT::ProvisioningTemplate')
    .some((resource) => JSON.stringify(resource.raw).includes('EXCLUSIVE_THING'));
  return attached || provisioned;
}

import { type Variant, variantsOf } from '../model/choices';
import { customResources, type Model, type Resource } from '../model/model';
import { type Parsed, parseJson } from '../model/json-text';
import { Resolver } from '../model/resolver';
import { Scope } from '../model/scope';
import { isRawMap } from '../model/template';
import { at, isMap, isUnresolved, type Value, type ValueMap } from '../model/value';
import { embeddedPolicies } from './embedded';
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

/** Every AWS IoT policy of the model: resources of their own, those inside provisioning templates, and what custom resources create. */
export function policiesOf(model: Model): readonly FoundPolicy[] {
  const known = found.get(model);
  if (known !== undefined) return known;
  const exclusive = attachesExclusively(model);
  const policies = [
    ...model.ofType('AWS::IoT::Policy').flatMap((resource) => ownPolicies(resource, exclusive)),
    ...model
      .ofType('AWS::IoT::ProvisioningTemplate')
      .flatMap((each) => inlinePolicies(each, 'Properties/TemplateBody', (value) => value.TemplateBody, exclusive)),
    ...model
      .ofType('AWS::IoT::CACertificate')
      .flatMap((each) => inlinePolicies(each, REGISTRATION, (value) => registrationBody(value), exclusive)),
    ...customResources(model).flatMap((resource) => customPolicies(resource, exclusive)),
  ];
  found.set(model, policies);
  return policies;
}

const REGISTRATION = 'Properties/RegistrationConfig/TemplateBody';

function registrationBody(properties: ValueMap): Value | undefined {
  return at(properties, 'RegistrationConfig', 'TemplateBody');
}

/** What a custom resource hands on as a policy for devices: CloudFormation is not the only one that creates them. */
function customPolicies(resource: Resource, exclusive: boolean): FoundPolicy[] {
  return resource.variants.flatMap(({ when, value }) =>
    embeddedPolicies(value, resource.type).map(({ location, document }) =>
      policy(resource, location, when, document, exclusive),
    ),
  );
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

/** What is no JSON object, or too long, AWS IoT does not store; what depends on something may be anything. */
function unreadable(reason: string): PolicyAnalysis {
  const empty = analyze({ Statement: [] }, false);
  const isOpen = /^(?:depends on|holds) /.test(reason);
  const said = `the document ${reason}`;
  return { ...empty, refused: isOpen ? [] : [said], unknown: isOpen ? [said] : [] };
}

/** Policies that a provisioning template makes for each device that enrolls. */
function inlinePolicies(
  resource: Resource,
  location: string,
  body: (properties: ValueMap) => Value | undefined,
  exclusive: boolean,
): FoundPolicy[] {
  return resource.variants.flatMap(({ when, value }) => {
    const read = readBody(body(value));
    if (!read.ok) return [{ resource, location, when, analysis: unreadable(read.reason) }];
    const resources = at(read.value, 'Resources');
    if (!isMap(resources)) return [];
    return Object.entries(resources).flatMap(([name, each]) => {
      const written = at(each, 'Properties', 'PolicyDocument');
      if (at(each, 'Type') !== 'AWS::IoT::Policy' || written === undefined) return [];
      const path = `${location}/Resources/${name}/Properties/PolicyDocument`;
      return workedOut(resource, read.value, written).map((variant) =>
        policy(resource, path, [...when, ...variant.when], variant.value, exclusive),
      );
    });
  });
}

/** More combinations of the parameters of a provisioning template are not looked at. */
const MAX_VARIANTS = 16;

/** The body is a template of its own, with functions and parameters, which the device that enrolls fills in. */
function workedOut(resource: Resource, body: Value, written: Value): readonly Variant<Value>[] {
  const scope = new Scope(`${resource.id}/body`, isRawMap(body) ? body : {}, resource.scope.lookup);
  return variantsOf((choose) => new Resolver(scope, choose).resolve(written) ?? null, MAX_VARIANTS).variants;
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

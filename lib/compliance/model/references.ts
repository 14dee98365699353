import { keepsPlain } from './allowed-pattern';
import type { Resolver } from './resolver';
import { isRawMap, member, type RawMap, section } from './template';
import { Hole, Text, textOf, type Value } from './value';

/** More allowed values than this are not tried one by one. */
const MAX_ALLOWED_VALUES = 20;

/** `{"Ref": ...}`: a parameter, a resource or a pseudo parameter. */
export function resolveReference(resolver: Resolver, argument: unknown): Value {
  // Language extensions let a function write the name.
  const name = resolver.resolve(argument);
  if (typeof name !== 'string') return new Hole('unknown', 'Ref', true);
  if (name.startsWith('AWS::')) return new Hole('pseudo', name, false, undefined, PSEUDO_VALUES[name]);
  const parameter = resolver.scope.parameter(name);
  if (parameter !== undefined) return resolveParameter(resolver, name, parameter);
  const resource = resolver.scope.resource(name);
  if (resource === undefined) return new Hole('unknown', `Ref:${name}`, true);
  const target = { resource: resolver.scope.resourceId(name) };
  return new Hole('resource', `Ref:${name}`, isCustom(resource), target, literalName(resource));
}

/** Services are called by this ending in every partition but China's, where most are as well. */
const PSEUDO_VALUES: { readonly [name: string]: string } = { 'AWS::URLSuffix': 'amazonaws.com' };

/** `{"Fn::GetAtt": [resource, attribute]}`, also `"resource.attribute"`. */
export function resolveAttribute(resolver: Resolver, argument: unknown): Value {
  const [name, attribute] = attributePath(argument, resolver);
  if (name === undefined || attribute === undefined) return new Hole('unknown', 'Fn::GetAtt', true);
  const label = `GetAtt:${name}.${attribute}`;
  const resource = resolver.scope.resource(name);
  if (resource === undefined) return new Hole('unknown', label, true);
  const output = attribute.startsWith('Outputs.')
    ? nestedOutput(resolver, name, attribute.slice('Outputs.'.length))
    : undefined;
  const target = { resource: resolver.scope.resourceId(name), attribute };
  return output ?? new Hole('attribute', label, mayBeAnything(resource), target);
}

function attributePath(argument: unknown, resolver: Resolver): [string?, string?] {
  if (typeof argument === 'string') {
    const dot = argument.indexOf('.');
    return dot < 0 ? [] : [argument.slice(0, dot), argument.slice(dot + 1)];
  }
  if (!Array.isArray(argument) || argument.length < 2) return [];
  const name = resolver.resolve(argument[0]);
  if (typeof name !== 'string') return [];
  const attribute = argument.slice(1).map((part) => textOf(resolver.resolve(part)) ?? '');
  return [name, attribute.join('.')];
}

function nestedOutput(resolver: Resolver, logicalId: string, output: string): Value | undefined {
  const child = resolver.scope.lookup.nested(resolver.scope, logicalId);
  const found = child === undefined ? undefined : member(section(child.body, 'Outputs'), output);
  return child === undefined || found === undefined ? undefined : resolver.in(child).resolve(found.Value);
}

/** `{"Fn::ImportValue": name}`: the other stack's output, where its template is among those that were read. */
export function resolveImport(resolver: Resolver, argument: unknown): Value {
  const name = textOf(resolver.resolve(argument)) ?? '';
  const found = resolver.scope.lookup.exported(name);
  const value = found === undefined ? undefined : resolver.in(found.scope).resolve(found.value);
  return value ?? new Hole('import', `ImportValue:${name}`, true);
}

function resolveParameter(resolver: Resolver, name: string, parameter: RawMap): Value {
  const type = typeof parameter.Type === 'string' ? parameter.Type : 'String';
  const passed = passedByParent(resolver, name);
  if (passed !== undefined) return asType(passed, type);
  const { AllowedPattern } = parameter;
  const isPlain = typeof AllowedPattern === 'string' && keepsPlain(AllowedPattern);
  const hole = new Hole('parameter', `Ref:${name}`, mayHoldWildcard(type), undefined, undefined, isPlain);
  // The value of these is a key in Parameter Store, not the text itself.
  if (type.startsWith('AWS::SSM::')) return hole;
  const options = [
    ...knownValues(parameter).map((value) => ({ label: `${name}=${value}`, value: asType(value, type) })),
  ];
  if (!isClosed(parameter) || options.length === 0) options.push({ label: `${name}=‹any›`, value: hole });
  return resolver.choose(`${resolver.scope.id} parameter ${name}`, options);
}

/** The value that the parent stack gives; its own choices are made in its own scope. */
function passedByParent(resolver: Resolver, name: string): Value | undefined {
  const parent = resolver.scope.parent;
  if (parent === undefined || !isRawMap(parent.parameters) || !Object.hasOwn(parent.parameters, name)) return undefined;
  return resolver.in(parent.scope).resolve(parent.parameters[name]);
}

function allowedValues(parameter: RawMap): readonly unknown[] {
  return Array.isArray(parameter.AllowedValues) ? parameter.AllowedValues : [];
}

function isClosed(parameter: RawMap): boolean {
  const count = allowedValues(parameter).length;
  return count > 0 && count <= MAX_ALLOWED_VALUES;
}

function knownValues(parameter: RawMap): string[] {
  const values = isClosed(parameter) ? allowedValues(parameter) : [parameter.Default];
  return values.map((value) => textOf(value as Value)).filter((value) => value !== undefined);
}

function asType(value: Value, type: string): Value {
  if (type !== 'CommaDelimitedList' && !type.startsWith('List<')) return value;
  return splitText(value, ',') ?? value;
}

/** Splits a text at a delimiter; holes stay whole. undefined where it is no text, or nothing but a hole. */
export function splitText(value: Value, delimiter: string): Value[] | undefined {
  if (delimiter === '') return undefined;
  if (typeof value === 'string') return value.split(delimiter);
  if (!(value instanceof Text)) return undefined;
  const pieces: (string | Hole)[][] = [[]];
  for (const part of value.parts) {
    const [first, ...others] = typeof part === 'string' ? part.split(delimiter) : [part];
    pieces.at(-1)?.push(first as string | Hole);
    pieces.push(...others.map((other) => [other]));
  }
  return pieces.map((piece) => Text.of(piece));
}

function mayHoldWildcard(type: string): boolean {
  return !(
    type === 'Number' ||
    type === 'List<Number>' ||
    type.startsWith('AWS::EC2::') ||
    type.startsWith('List<AWS::EC2::')
  );
}

function isCustom(resource: RawMap): boolean {
  const type = String(resource.Type);
  return type.startsWith('Custom::') || type === 'AWS::CloudFormation::CustomResource';
}

/** Attributes of AWS's own resources are names, ids and ARNs; these may hold any text. */
function mayBeAnything(resource: RawMap): boolean {
  return (
    isCustom(resource) ||
    ['AWS::SSM::Parameter', 'AWS::CloudFormation::Stack', 'AWS::CloudFormation::Macro'].includes(String(resource.Type))
  );
}

/** Properties by which `Ref` returns the name that the template itself gives. */
const NAMES: { readonly [type: string]: string } = {
  'AWS::IoT::Policy': 'PolicyName',
  'AWS::IoT::Thing': 'ThingName',
  'AWS::IoT::ThingGroup': 'ThingGroupName',
  'AWS::IoT::ProvisioningTemplate': 'TemplateName',
  'AWS::IoT::RoleAlias': 'RoleAlias',
};

function literalName(resource: RawMap): string | undefined {
  const property = NAMES[String(resource.Type)];
  const name = property === undefined || !isRawMap(resource.Properties) ? undefined : resource.Properties[property];
  return typeof name === 'string' ? name : undefined;
}

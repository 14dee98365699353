import { AssemblyError, intrinsicOf, isMap, type RawMap, type RawTemplate, substitute } from './template';

/** What a template refers to outside of itself, and what of it stands already. */
export interface Surroundings {
  /** Where it is, for messages: the stack's name. */
  readonly where: string;
  readonly template: RawTemplate;
  /** `AWS::Region` and so on. */
  readonly pseudo: Readonly<Record<string, unknown>>;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** `Ref` of a resource that stands. */
  ref(logicalId: string): unknown;
  /** `Fn::GetAtt` of a resource that stands. */
  attribute(logicalId: string, name: string): unknown;
  exported(name: string): unknown;
  /** `{{resolve:service:name}}`. */
  outside(service: string, name: string): string;
}

/** Stands for `AWS::NoValue`: the property is as if it were not written. */
const NO_VALUE = Symbol('AWS::NoValue');

const MAX_DEPTH = 200;

type Intrinsic = (resolver: Resolver, argument: unknown) => unknown;

/** Works out intrinsic functions, for a deployment in which everything that is referred to stands already. */
export class Resolver {
  private readonly decided = new Map<string, boolean>();
  private depth = 0;

  constructor(public readonly around: Surroundings) {}

  /** The value without intrinsic functions. `AWS::NoValue` at the top gives undefined. */
  public resolve(value: unknown): unknown {
    const resolved = this.work(value);
    return resolved === NO_VALUE ? undefined : resolved;
  }

  public condition(name: string): boolean {
    const known = this.decided.get(name);
    if (known !== undefined) return known;
    const raw = this.around.template.Conditions?.[name];
    if (raw === undefined) throw this.problem(`there is no condition ${name}`);
    const value = this.work(raw) === true;
    this.decided.set(name, value);
    return value;
  }

  public problem(text: string): AssemblyError {
    return new AssemblyError(`${this.around.where}: ${text}`);
  }

  /** A value that must be a text; numbers and booleans are written out, as CloudFormation does. */
  public text(value: unknown, what: string): string {
    const resolved = this.resolve(value);
    if (typeof resolved === 'string') return resolved;
    if (typeof resolved === 'number' || typeof resolved === 'boolean') return String(resolved);
    throw this.problem(`${what} must be a text, not ${JSON.stringify(resolved)}`);
  }

  public list(value: unknown, what: string): unknown[] {
    const resolved = this.resolve(value);
    if (!Array.isArray(resolved)) throw this.problem(`${what} must be a list, not ${JSON.stringify(resolved)}`);
    return resolved as unknown[];
  }

  /** `Ref` of a parameter, pseudo parameter or resource. */
  public reference(name: string): unknown {
    if (name === 'AWS::NoValue') return NO_VALUE;
    const { pseudo, parameters, template } = this.around;
    if (Object.hasOwn(pseudo, name)) return pseudo[name];
    if (Object.hasOwn(parameters, name)) return parameters[name];
    if (Object.hasOwn(template.Resources, name)) return this.around.ref(name);
    throw this.problem(`there is nothing to refer to under the name ${name}`);
  }

  private work(value: unknown): unknown {
    if (typeof value === 'string') return this.dynamic(value);
    if (typeof value !== 'object' || value === null) return value;
    if (++this.depth > MAX_DEPTH) throw this.problem('a value is nested too deep');
    try {
      if (Array.isArray(value)) return value.map((item) => this.work(item)).filter((item) => item !== NO_VALUE);
      return this.map(value as RawMap);
    } finally {
      this.depth--;
    }
  }

  private map(value: RawMap): unknown {
    const name = intrinsicOf(value);
    if (name === 'Ref') return this.reference(String(value.Ref));
    if (name === 'Condition' && typeof value.Condition === 'string') return this.condition(value.Condition);
    if (name === 'Fn::If') return this.branch(value[name]);
    if (name?.startsWith('Fn::') === true) {
      const act = Object.hasOwn(INTRINSICS, name) ? INTRINSICS[name] : undefined;
      if (act === undefined) throw this.problem(`the function ${name} is not modelled`);
      return act(this, value[name]);
    }
    const entries = Object.entries(value).map(([key, item]) => [key, this.work(item)] as const);
    return Object.fromEntries(entries.filter(([, item]) => item !== NO_VALUE));
  }

  private branch(argument: unknown): unknown {
    if (!Array.isArray(argument) || argument.length !== 3)
      throw this.problem('Fn::If takes a condition and two values');
    return this.work(argument[this.condition(String(argument[0])) ? 1 : 2]);
  }

  private dynamic(text: string): string {
    if (!text.includes('{{resolve:')) return text;
    return text.replace(/\{\{resolve:([a-z-]+):([^}]*)\}\}/g, (_all, service: string, name: string) =>
      this.around.outside(service, name),
    );
  }
}

function pair(resolver: Resolver, argument: unknown, name: string): readonly [unknown, unknown] {
  if (!Array.isArray(argument) || argument.length !== 2) throw resolver.problem(`${name} takes two arguments`);
  return [argument[0], argument[1]];
}

function getAtt(resolver: Resolver, argument: unknown): unknown {
  const [id, ...rest] = Array.isArray(argument) ? argument : String(argument).split('.');
  const name = rest.map((part) => resolver.text(part, 'the attribute of Fn::GetAtt')).join('.');
  return resolver.around.attribute(String(id), name);
}

function sub(resolver: Resolver, argument: unknown): string {
  const [text, values] = Array.isArray(argument) ? [argument[0] as unknown, argument[1] as unknown] : [argument, {}];
  const own = isMap(values) ? values : {};
  return substitute(String(text), (name) => {
    if (Object.hasOwn(own, name)) return resolver.text(own[name], `\${${name}}`);
    if (!name.includes('.')) return resolver.text({ Ref: name }, `\${${name}}`);
    return resolver.text(
      { 'Fn::GetAtt': [name.slice(0, name.indexOf('.')), name.slice(name.indexOf('.') + 1)] },
      `\${${name}}`,
    );
  });
}

function findInMap(resolver: Resolver, argument: unknown): unknown {
  const [map, first, second, options] = Array.isArray(argument) ? (argument as unknown[]) : [];
  const keys = [map, first, second].map((key) => resolver.text(key, 'a key of Fn::FindInMap'));
  let found: unknown = resolver.around.template.Mappings;
  for (const key of keys) found = isMap(found) && Object.hasOwn(found, key) ? found[key] : undefined;
  if (found === undefined && isMap(options) && 'DefaultValue' in options) return resolver.resolve(options.DefaultValue);
  if (found === undefined) throw resolver.problem(`Fn::FindInMap finds nothing under ${keys.join('.')}`);
  return found;
}

function select(resolver: Resolver, argument: unknown): unknown {
  const [index, list] = pair(resolver, argument, 'Fn::Select');
  const items = resolver.list(list, 'the list of Fn::Select');
  const item = items[Number(resolver.resolve(index))];
  if (item === undefined) throw resolver.problem(`Fn::Select finds no item ${String(index)} of ${items.length}`);
  return item;
}

const holds = (resolver: Resolver) => (value: unknown) => resolver.resolve(value) === true;
const every = (resolver: Resolver, value: unknown) => resolver.list(value, 'the argument of a condition function');

const INTRINSICS: Readonly<Record<string, Intrinsic>> = {
  'Fn::GetAtt': getAtt,
  'Fn::Sub': sub,
  'Fn::FindInMap': findInMap,
  'Fn::Select': select,
  'Fn::Join': (resolver, argument) => {
    const [delimiter, list] = pair(resolver, argument, 'Fn::Join');
    return resolver
      .list(list, 'the list of Fn::Join')
      .map((item) => resolver.text(item, 'an item of Fn::Join'))
      .join(String(delimiter));
  },
  'Fn::Split': (resolver, argument) => {
    const [delimiter, text] = pair(resolver, argument, 'Fn::Split');
    return resolver.text(text, 'the text of Fn::Split').split(String(delimiter));
  },
  'Fn::Base64': (resolver, argument) =>
    Buffer.from(resolver.text(argument, 'the argument of Fn::Base64')).toString('base64'),
  'Fn::ImportValue': (resolver, argument) =>
    resolver.around.exported(resolver.text(argument, 'the name of Fn::ImportValue')),
  'Fn::ToJsonString': (resolver, argument) => JSON.stringify(resolver.resolve(argument)),
  'Fn::Length': (resolver, argument) => resolver.list(argument, 'the argument of Fn::Length').length,
  'Fn::GetAZs': (resolver, argument) => {
    const given = resolver.resolve(argument);
    const region = typeof given === 'string' && given !== '' ? given : String(resolver.around.pseudo['AWS::Region']);
    return ['a', 'b', 'c'].map((zone) => region + zone);
  },
  'Fn::Equals': (resolver, argument) => {
    const [left, right] = pair(resolver, argument, 'Fn::Equals').map((each) => resolver.resolve(each));
    return (
      JSON.stringify(typeof left === 'object' ? left : String(left)) ===
      JSON.stringify(typeof right === 'object' ? right : String(right))
    );
  },
  'Fn::Not': (resolver, argument) => !every(resolver, argument).every(holds(resolver)),
  'Fn::And': (resolver, argument) => every(resolver, argument).every(holds(resolver)),
  'Fn::Or': (resolver, argument) => every(resolver, argument).some(holds(resolver)),
};

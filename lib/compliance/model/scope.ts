import { member, type RawMap, section } from './template';

/** What an export gives, and the template in which it is worked out. */
export interface Exported {
  readonly scope: Scope;
  readonly value: unknown;
}

/** Finds what a scope refers to outside of its own template. */
export interface Lookup {
  /** The template and output behind an export, where it is known. */
  exported(name: string): Exported | undefined;
  /** The template that a nested stack resource creates, where it is known. */
  nested(scope: Scope, logicalId: string): Scope | undefined;
}

/** One use of a template: a template that two nested stack resources create has two scopes, with their own parameters. */
export class Scope {
  constructor(
    public readonly id: string,
    public readonly body: RawMap,
    public readonly lookup: Lookup,
    /** The nested stack resource that creates this one. */
    public readonly parent?: { readonly scope: Scope; readonly parameters: unknown },
  ) {}

  public resource(logicalId: string): RawMap | undefined {
    return member(section(this.body, 'Resources'), logicalId);
  }

  public parameter(name: string): RawMap | undefined {
    return member(section(this.body, 'Parameters'), name);
  }

  public condition(name: string): unknown {
    const conditions = section(this.body, 'Conditions');
    return Object.hasOwn(conditions, name) ? conditions[name] : undefined;
  }

  /** Identity of a resource over all templates. */
  public resourceId(logicalId: string): string {
    return `${this.id}#${logicalId}`;
  }
}

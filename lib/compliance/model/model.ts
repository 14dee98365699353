import { type Variant, type Variants, variantsOf } from './choices';
import { isTrue } from './conditions';
import { unrollLoops } from './for-each';
import { parseJson } from './json-text';
import { Resolver } from './resolver';
import { expandServerless } from './serverless';
import { type Exported, type Lookup, Scope } from './scope';
import { isRawMap, member, type RawMap, section, type TemplateFile } from './template';
import { isMap, textOf, type Value, type ValueMap } from './value';

/** More combinations of conditions than this are not looked at for one resource; the rest is reported as not verified. */
const MAX_VARIANTS = 64;
/** Nested stacks deeper than this, or in a circle, are not followed. */
const MAX_NESTED = 20;

/** Under which conditions a resource is created. */
export type Existence = 'always' | 'sometimes' | 'never';

/** A resource of some template, with its properties for each combination of conditions that they depend on. */
export class Resource {
  private cached?: Variants<ValueMap>;
  private existence?: Existence;

  constructor(
    public readonly scope: Scope,
    public readonly file: TemplateFile,
    public readonly logicalId: string,
    public readonly raw: RawMap,
  ) {}

  public get id(): string {
    return this.scope.resourceId(this.logicalId);
  }

  public get type(): string {
    return typeof this.raw.Type === 'string' ? this.raw.Type : '';
  }

  /** Construct path, or the logical id where the template says none. */
  public get path(): string {
    const path = isRawMap(this.raw.Metadata) ? this.raw.Metadata['aws:cdk:path'] : undefined;
    return typeof path === 'string' ? path : this.logicalId;
  }

  /** Whether the resource's own `Condition` lets it be created. */
  public get exists(): Existence {
    this.existence ??= this.existenceOf(this.raw.Condition);
    return this.existence;
  }

  private existenceOf(condition: unknown): Existence {
    if (condition === undefined) return 'always';
    if (typeof condition !== 'string') return 'sometimes';
    const { variants, complete } = variantsOf(
      (choose) => isTrue(new Resolver(this.scope, choose), condition),
      MAX_VARIANTS,
    );
    if (!complete) return 'sometimes';
    if (variants.every(({ value }) => value)) return 'always';
    return variants.some(({ value }) => value) ? 'sometimes' : 'never';
  }

  public get variants(): readonly Variant<ValueMap>[] {
    return this.evaluate().variants;
  }

  /** False where not every combination of conditions was looked at. */
  public get isComplete(): boolean {
    return this.evaluate().complete;
  }

  private evaluate(): Variants<ValueMap> {
    this.cached ??= variantsOf((choose) => {
      const properties = new Resolver(this.scope, choose).resolve(this.raw.Properties ?? {});
      return isMap(properties) ? properties : { '': properties ?? null };
    }, MAX_VARIANTS);
    return this.cached;
  }
}

/** An output of a template. */
export interface Output {
  readonly scope: Scope;
  readonly file: TemplateFile;
  readonly logicalId: string;
  readonly variants: readonly Variant<Value>[];
}

/** Something in the input that keeps the model from being the whole truth. */
export interface Gap {
  readonly file: string;
  readonly logicalId?: string;
  readonly location?: string;
  readonly message: string;
}

/** All templates of an app, normalized: what the rules judge. */
export class Model implements Lookup {
  public readonly resources: Resource[] = [];
  public readonly gaps: Gap[] = [];
  private readonly types = new Map<string, Resource[]>();
  private readonly ids = new Map<string, Resource>();
  private readonly children = new Map<string, Scope>();
  private readonly scopes: { readonly scope: Scope; readonly file: TemplateFile }[] = [];
  private exports?: Map<string, Exported>;

  constructor(public readonly files: readonly TemplateFile[]) {
    const readable = files.filter((file) => this.isTemplate(file)).map((file) => this.expanded(file));
    const nested = new Set<string>();
    for (const file of readable) for (const { child } of this.nestedStacks(file, readable)) nested.add(child.path);
    for (const file of readable.filter(({ path }) => !nested.has(path)))
      this.add(file, readable, file.path, undefined, 0);
    // Templates that only nest each other in a circle have no root.
    const reached = new Set(this.scopes.map(({ file }) => file.path));
    for (const file of readable.filter(({ path }) => !reached.has(path)))
      this.add(file, readable, file.path, undefined, MAX_NESTED);
  }

  /** Those that are created, or may be: what stands under a condition that is always false is nobody's. */
  public ofType(...types: readonly string[]): Resource[] {
    return types.flatMap((type) => this.types.get(type) ?? []).filter(({ exists }) => exists !== 'never');
  }

  public byId(id: string): Resource | undefined {
    return this.ids.get(id);
  }

  public get outputs(): Output[] {
    return this.scopes.flatMap(({ scope, file }) =>
      Object.entries(section(scope.body, 'Outputs')).map(([logicalId, output]) => ({
        scope,
        file,
        logicalId,
        variants: variantsOf(
          (choose) => new Resolver(scope, choose).resolve(isRawMap(output) ? output.Value : output) ?? null,
          MAX_VARIANTS,
        ).variants,
      })),
    );
  }

  public nested(scope: Scope, logicalId: string): Scope | undefined {
    return this.children.get(scope.resourceId(logicalId));
  }

  public exported(name: string): Exported | undefined {
    // Empty first: a name that is itself imported must not look for itself.
    if (this.exports === undefined) {
      this.exports = new Map();
      this.exports = this.findExports();
    }
    return this.exports.get(name);
  }

  private isTemplate(file: TemplateFile): boolean {
    const ok = isRawMap(file.body) && isRawMap(file.body.Resources) && Object.keys(file.body.Resources).length > 0;
    if (!ok) this.gaps.push({ file: file.path, message: 'holds no resources: nothing in it could be checked' });
    return ok;
  }

  /** The template with its loops and shorthands written out. */
  private expanded(file: TemplateFile): TemplateFile {
    const { body, problems } = unrollLoops(file.body as RawMap);
    for (const message of problems) this.gaps.push({ file: file.path, message });
    const written = expandServerless(body);
    return written === file.body ? file : { ...file, body: written };
  }

  private add(
    file: TemplateFile,
    files: readonly TemplateFile[],
    id: string,
    parent: Scope['parent'],
    depth: number,
  ): Scope {
    const scope = new Scope(id, file.body as RawMap, this, parent);
    this.scopes.push({ scope, file });
    this.noteMacros(file, scope);
    for (const [logicalId, raw] of Object.entries(section(scope.body, 'Resources')))
      this.addResource(scope, file, logicalId, raw);
    for (const { logicalId, child } of this.nestedStacks(file, files)) {
      if (depth >= MAX_NESTED) {
        this.gaps.push({ file: file.path, logicalId, message: 'nests stacks too deeply, or in a circle' });
        continue;
      }
      const properties = scope.resource(logicalId)?.Properties;
      const parameters = isRawMap(properties) ? asMap(properties.Parameters) : undefined;
      const childScope = this.add(child, files, `${id}/${logicalId}`, { scope, parameters }, depth + 1);
      this.children.set(scope.resourceId(logicalId), childScope);
    }
    return scope;
  }

  private addResource(scope: Scope, file: TemplateFile, logicalId: string, raw: unknown): void {
    if (!isRawMap(raw) || typeof raw.Type !== 'string') {
      const message = logicalId.startsWith('Fn::') ? 'is written by a macro at deployment' : 'has no type';
      this.gaps.push({ file: file.path, logicalId, message });
      return;
    }
    if (raw.Type.endsWith('::MODULE'))
      this.gaps.push({
        file: file.path,
        logicalId,
        message: 'is a module: what it creates is not among what was read',
      });
    const resource = new Resource(scope, file, logicalId, raw);
    this.resources.push(resource);
    this.ids.set(resource.id, resource);
    const sameType = this.types.get(raw.Type);
    if (sameType === undefined) this.types.set(raw.Type, [resource]);
    else sameType.push(resource);
  }

  private noteMacros(file: TemplateFile, scope: Scope): void {
    const transform = scope.body.Transform;
    const names = (Array.isArray(transform) ? transform : [transform]).filter((name) => name !== undefined);
    const unknown = names.filter((name) => typeof name !== 'string' || !KNOWN_TRANSFORMS.includes(name));
    for (const name of unknown) {
      const label = typeof name === 'string' ? name : JSON.stringify(name);
      this.gaps.push({
        file: file.path,
        location: 'Transform',
        message: `macro ${label} may change the template at deployment`,
      });
    }
  }

  private nestedStacks(
    file: TemplateFile,
    files: readonly TemplateFile[],
  ): { logicalId: string; child: TemplateFile }[] {
    return Object.entries(section(file.body as RawMap, 'Resources')).flatMap(([logicalId, resource]) => {
      if (!isRawMap(resource) || !NESTING.includes(String(resource.Type))) return [];
      const child = inlineTemplate(file, logicalId, resource) ?? nestedTemplate(file, resource, files);
      const missing = {
        file: file.path,
        logicalId,
        location: 'Properties/TemplateURL',
        message: 'nests a stack whose template is not among those that were read',
      };
      if (child === undefined && !this.gaps.some((gap) => gap.logicalId === logicalId && gap.file === file.path))
        this.gaps.push(missing);
      return child === undefined ? [] : [{ logicalId, child }];
    });
  }

  private findExports(): Map<string, Exported> {
    const found = new Map<string, Exported>();
    for (const { scope } of this.scopes) {
      for (const logicalId of Object.keys(section(scope.body, 'Outputs'))) {
        const output = member(section(scope.body, 'Outputs'), logicalId);
        const name = output === undefined || !isRawMap(output.Export) ? undefined : output.Export.Name;
        if (name === undefined) continue;
        for (const { value } of variantsOf((choose) => new Resolver(scope, choose).resolve(name), MAX_VARIANTS)
          .variants) {
          const text = textOf(value);
          if (text !== undefined) found.set(text, { scope, value: output?.Value });
        }
      }
    }
    return found;
  }
}

const customCache = new WeakMap<Model, Resource[]>();

/** Resources that a function of somebody's creates. */
export function customResources(model: Model): readonly Resource[] {
  const known = customCache.get(model);
  const found =
    known ??
    model.resources.filter(({ type }) => type.startsWith('Custom::') || type === 'AWS::CloudFormation::CustomResource');
  customCache.set(model, found);
  return found;
}

/** Transforms that write resources of their own kind only (SAM) or that the resolver reports where they matter. */
const KNOWN_TRANSFORMS = [
  'AWS::Serverless-2016-10-31',
  'AWS::LanguageExtensions',
  'AWS::SecretsManager-2020-07-23',
  'AWS::SecretsManager-2024-09-16',
];

/** The template of a nested stack: by CDK's metadata, by the hash of its asset, or by a path beside the parent. */
function nestedTemplate(
  file: TemplateFile,
  resource: RawMap,
  files: readonly TemplateFile[],
): TemplateFile | undefined {
  const folder = file.path.slice(0, file.path.lastIndexOf('/') + 1);
  const metadata = isRawMap(resource.Metadata) ? resource.Metadata['aws:asset:path'] : undefined;
  const url = JSON.stringify(isRawMap(resource.Properties) ? (resource.Properties.TemplateURL ?? '') : '');
  const hash = Object.keys(file.assets ?? {}).find((each) => url.includes(each));
  const names = [metadata, hash === undefined ? undefined : file.assets?.[hash], parsedUrl(resource)];
  const paths = names
    .filter((name) => typeof name === 'string')
    .map((name) => folder + (name.startsWith('./') ? name.slice(2) : name));
  return files.find(({ path }) => paths.includes(path));
}

const NESTING = ['AWS::CloudFormation::Stack', 'AWS::CloudFormation::StackSet'];

/** The template that a stack set has in itself; undefined where it is kept elsewhere, or is no JSON. */
function inlineTemplate(file: TemplateFile, logicalId: string, resource: RawMap): TemplateFile | undefined {
  const text = section(resource, 'Properties').TemplateBody;
  const parsed = typeof text === 'string' ? parseJson(text) : undefined;
  if (parsed?.ok !== true || !isMap(parsed.value)) return undefined;
  return { path: `${file.path}#${logicalId}`, body: parsed.value, stackPath: file.stackPath };
}

/** Parameters of a stack set are a list of keys and values. */
function asMap(parameters: unknown): unknown {
  if (!Array.isArray(parameters)) return parameters;
  const pairs = parameters.filter(isRawMap).map((each) => [String(each.ParameterKey), each.ParameterValue] as const);
  return Object.fromEntries(pairs);
}

function parsedUrl(resource: RawMap): unknown {
  return isRawMap(resource.Properties) ? (resource.Properties.TemplateURL ?? resource.Properties.Location) : undefined;
}

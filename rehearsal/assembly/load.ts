import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { AssemblyError, isMap, type RawMap, type RawTemplate, readJson, readTemplate } from './template';

/** A file or folder of the assembly that deployment would upload. */
export interface AssetFile {
  readonly path: string;
  /** `zip`: the folder is uploaded as an archive. */
  readonly packaging: 'zip' | 'file';
}

/** A stack of the assembly, before anything in it is resolved. */
export interface StackSource {
  /** Name that CloudFormation gives to it. */
  readonly name: string;
  /** Path of its construct. */
  readonly displayName: string;
  /** Undefined where the assembly leaves it open. */
  readonly account?: string;
  readonly region?: string;
  readonly template: RawTemplate;
  /** Names of stacks that must stand before. */
  readonly dependsOn: readonly string[];
  /** Construct paths by logical id, where the assembly tells them. */
  readonly paths: ReadonlyMap<string, string>;
  readonly tags: Readonly<Record<string, string>>;
}

/** Everything that deployment takes from a cloud assembly. */
export interface Assembly {
  readonly folder: string;
  /** Each after those it depends on. */
  readonly stacks: readonly StackSource[];
  /** Those of its stacks, and those that are nested in them. */
  readonly templates: readonly RawTemplate[];
  /** By object key, which carries the hash of the content. */
  readonly assets: ReadonlyMap<string, AssetFile>;
}

/** Reads a cloud assembly with those of its stages, or these stacks of it. Fails with one line where it is none. */
export function loadAssembly(folder: string, names?: readonly string[]): Assembly {
  if (!existsSync(folder)) throw new AssemblyError(`no cloud assembly at ${folder}: there is no such folder`);
  if (!statSync(folder).isDirectory()) throw new AssemblyError(`no cloud assembly at ${folder}: it is a file`);
  const stacks: StackSource[] = [];
  const assets = new Map<string, AssetFile>();
  read(folder, stacks, assets);
  if (stacks.length === 0) throw new AssemblyError(`the cloud assembly at ${folder} has no stack`);
  const chosen = chosenOf(inOrder(stacks), names);
  return { folder, stacks: chosen, templates: chosen.flatMap(({ template }) => withNested(template, assets)), assets };
}

/** By their names, or the paths of their constructs. */
function chosenOf(stacks: readonly StackSource[], names: readonly string[] | undefined): readonly StackSource[] {
  if (names === undefined) return stacks;
  const isCalled = (name: string) => (stack: StackSource) => stack.name === name || stack.displayName === name;
  const missing = names.find((name) => !stacks.some(isCalled(name)));
  if (missing !== undefined)
    throw new AssemblyError(
      `the assembly has no stack ${missing}: it has ${stacks.map(({ name }) => name).join(', ')}`,
    );
  return stacks.filter((stack) => names.some((name) => isCalled(name)(stack)));
}

/** A nested template that the assembly does not have is named when it is deployed. */
function withNested(template: RawTemplate, assets: Assembly['assets']): RawTemplate[] {
  const nested = Object.values(template.Resources).filter(({ Type }) => Type === 'AWS::CloudFormation::Stack');
  const below = nested.flatMap(({ Properties }) => {
    const url = JSON.stringify(Properties?.TemplateURL ?? '');
    const path = assets.get(/([\w.-]+)"[\]}]*$/.exec(url)?.[1] ?? '')?.path;
    return path === undefined ? [] : withNested(readTemplate(path), assets);
  });
  return [template, ...below];
}

function read(folder: string, stacks: StackSource[], assets: Map<string, AssetFile>): void {
  const manifest = join(folder, 'manifest.json');
  if (!existsSync(manifest)) throw new AssemblyError(`no cloud assembly at ${folder}: it has no manifest.json`);
  const artifacts = readJson(manifest).artifacts;
  const entries = Object.entries(isMap(artifacts) ? artifacts : {}).filter((entry): entry is [string, RawMap] =>
    isMap(entry[1]),
  );
  const stackNames = new Map(
    entries.filter(([, each]) => each.type === STACK).map(([id, each]) => [id, nameOf(id, each)]),
  );
  for (const [id, artifact] of entries) {
    const properties = isMap(artifact.properties) ? artifact.properties : {};
    if (artifact.type === 'cdk:cloud-assembly') read(join(folder, String(properties.directoryName)), stacks, assets);
    if (artifact.type === 'cdk:asset-manifest') readAssets(folder, String(properties.file), assets);
    if (artifact.type === STACK) stacks.push(readStack(folder, id, artifact, properties, stackNames));
  }
}

const STACK = 'aws:cloudformation:stack';

function nameOf(id: string, artifact: RawMap): string {
  const name = isMap(artifact.properties) ? artifact.properties.stackName : undefined;
  return typeof name === 'string' ? name : id;
}

function readStack(
  folder: string,
  id: string,
  artifact: RawMap,
  properties: RawMap,
  names: ReadonlyMap<string, string>,
): StackSource {
  const template = readTemplate(join(folder, String(properties.templateFile)));
  const dependencies = Array.isArray(artifact.dependencies) ? artifact.dependencies.map(String) : [];
  const [account, region] = environmentOf(artifact.environment);
  return {
    name: nameOf(id, artifact),
    displayName: typeof artifact.displayName === 'string' ? artifact.displayName : id,
    account,
    region,
    template,
    dependsOn: dependencies.flatMap((dependency) => names.get(dependency) ?? []),
    paths: constructPaths(folder, artifact, template),
    tags: Object.fromEntries(
      Object.entries(isMap(properties.tags) ? properties.tags : {}).map(([key, value]) => [key, String(value)]),
    ),
  };
}

/** `aws://123456789012/eu-west-1`; the words for what is open give nothing. */
function environmentOf(environment: unknown): [string | undefined, string | undefined] {
  const [, account, region] = /^aws:\/\/([^/]+)\/(.+)$/.exec(String(environment)) ?? [];
  return [account === 'unknown-account' ? undefined : account, region === 'unknown-region' ? undefined : region];
}

function constructPaths(folder: string, artifact: RawMap, template: RawTemplate): Map<string, string> {
  const paths = new Map<string, string>();
  const file = artifact.additionalMetadataFile;
  const apart = typeof file === 'string' && existsSync(join(folder, file)) ? readJson(join(folder, file)) : {};
  const metadata = { ...(isMap(artifact.metadata) ? artifact.metadata : {}), ...apart };
  for (const [path, entries] of Object.entries(metadata)) {
    for (const entry of Array.isArray(entries) ? entries : [])
      if (isMap(entry) && entry.type === 'aws:cdk:logicalId') paths.set(String(entry.data), path.replace(/^\//, ''));
  }
  for (const [logicalId, resource] of Object.entries(template.Resources)) {
    const path = resource.Metadata?.['aws:cdk:path'];
    if (typeof path === 'string') paths.set(logicalId, path);
  }
  return paths;
}

function readAssets(folder: string, file: string, assets: Map<string, AssetFile>): void {
  const manifest = readJson(join(folder, file));
  for (const entry of Object.values(isMap(manifest.files) ? manifest.files : {})) {
    if (!isMap(entry) || !isMap(entry.source) || typeof entry.source.path !== 'string') continue;
    const asset = {
      path: resolve(folder, entry.source.path),
      packaging: entry.source.packaging === 'zip' ? 'zip' : 'file',
    } as const;
    for (const destination of Object.values(isMap(entry.destinations) ? entry.destinations : {}))
      if (isMap(destination)) assets.set(String(destination.objectKey), asset);
  }
}

function inOrder(stacks: readonly StackSource[]): StackSource[] {
  const byName = new Map(stacks.map((stack) => [stack.name, stack]));
  const sorted = new Set<StackSource>();
  const visit = (stack: StackSource, trail: readonly string[]): void => {
    if (sorted.has(stack)) return;
    if (trail.includes(stack.name))
      throw new AssemblyError(`stacks depend on each other: ${[...trail, stack.name].join(' -> ')}`);
    for (const name of stack.dependsOn) {
      const needed = byName.get(name);
      if (needed !== undefined) visit(needed, [...trail, stack.name]);
    }
    sorted.add(stack);
  };
  for (const stack of stacks) visit(stack, []);
  return [...sorted];
}

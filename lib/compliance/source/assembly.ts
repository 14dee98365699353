import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import type { InputFailure } from '../engine';
import { isRawMap, member, type RawMap, section, type TemplateFile } from '../model/template';
import { PLUGIN_NAME, type WaiverText } from '../waiver';
import { linesOf } from './lines';

/** Everything that was read, and what could not be. */
export interface Source {
  readonly files: TemplateFile[];
  readonly waivers: WaiverText[];
  readonly failures: InputFailure[];
}

/** Parses the text of a template; throws where it is none. */
export type Parser = (text: string, path: string) => Pick<TemplateFile, 'body' | 'lines'>;

export const parseJsonTemplate: Parser = (text) => ({ body: JSON.parse(text) as unknown });

const NESTED = '.nested.template.json';
const ACKNOWLEDGED = 'aws:cdk:acknowledged-rules';

export function isAssembly(folder: string): boolean {
  return existsSync(join(folder, 'manifest.json'));
}

/** Reads the final templates of a CDK assembly, with the assemblies of its stages and the templates of nested stacks. */
export function readAssembly(folder: string, root = folder, options: { readonly recursive?: boolean } = {}): Source {
  const source: Source = { files: [], waivers: [], failures: [] };
  const manifest = readJson(join(folder, 'manifest.json'), root, source);
  if (manifest === undefined) return source;
  const artifacts = Object.values(section(manifest, 'artifacts')).filter(isRawMap);
  for (const artifact of artifacts) {
    const properties = section(artifact, 'properties');
    if (artifact.type === 'cdk:cloud-assembly' && typeof properties.directoryName === 'string') {
      if (options.recursive !== false) append(source, readAssembly(join(folder, properties.directoryName), root));
    } else if (artifact.type === 'aws:cloudformation:stack' && typeof properties.templateFile === 'string') {
      append(source, readStack(folder, root, artifact, properties.templateFile));
    }
  }
  return source;
}

function append(to: Source, from: Source): void {
  to.files.push(...from.files);
  to.waivers.push(...from.waivers);
  to.failures.push(...from.failures);
}

/** A stack, the templates that it nests, and what its constructs say about themselves. */
function readStack(folder: string, root: string, artifact: RawMap, templateFile: string): Source {
  const source: Source = { files: [], waivers: [], failures: [] };
  const metadata = readMetadata(folder, root, artifact, source);
  const stackPath = typeof artifact.displayName === 'string' ? artifact.displayName.split(' ')[0] : undefined;
  const paths = constructPaths(metadata);
  readTemplate(folder, templateFile, root, { stackPath, paths }, source);
  source.waivers.push(...acknowledgements(metadata));
  return source;
}

interface Where {
  readonly stackPath?: string;
  /** Construct paths by template file and logical id. */
  readonly paths: ReadonlyMap<string, string>;
}

function readTemplate(folder: string, name: string, root: string, where: Where, source: Source): void {
  const path = relative(root, join(folder, name));
  const read = readJsonText(join(folder, name), root, source);
  if (read === undefined) return;
  const { body, text } = read;
  const assets = nestedAssets(folder, name);
  const lines = linesOf(text, body);
  source.files.push({ path, body: withPaths(body, name, where.paths), lines, stackPath: where.stackPath, assets });
  const nested = new Set(Object.values(assets).filter((each) => each !== name));
  for (const each of nested)
    if (!source.files.some((file) => file.path === relative(root, join(folder, each))))
      readTemplate(folder, each, root, where, source);
}

/** Nested templates that the stack, or a stack that nests this one, publishes as assets. */
function nestedAssets(folder: string, name: string): { [hash: string]: string } {
  const manifests = name.endsWith(NESTED)
    ? readdirSync(folder).filter((file) => file.endsWith('.assets.json'))
    : [name.replace(/\.template\.json$/, '.assets.json')].filter((file) => existsSync(join(folder, file)));
  const entries = manifests.flatMap((manifest) => {
    const files = section(readPlain(join(folder, manifest)), 'files');
    return Object.entries(files).flatMap(([hash, file]) => {
      const path = isRawMap(file) ? member(file, 'source')?.path : undefined;
      return typeof path === 'string' && path.endsWith(NESTED) ? [[hash, path] as const] : [];
    });
  });
  return Object.fromEntries(entries);
}

function readPlain(path: string): RawMap {
  try {
    const value = JSON.parse(readFileSync(path, 'utf8')) as unknown;
    return isRawMap(value) ? value : {};
  } catch {
    // Without it nested templates are not found, which the model reports.
    return {};
  }
}

function readMetadata(folder: string, root: string, artifact: RawMap, source: Source): RawMap {
  const file = artifact.additionalMetadataFile;
  const apart = typeof file === 'string' ? readJson(join(folder, file), root, source) : undefined;
  return { ...section(artifact, 'metadata'), ...apart };
}

/** Constructs by the template and logical id of their resource: templates name them only if the CLI asked for it. */
function constructPaths(metadata: RawMap): Map<string, string> {
  const paths = new Map<string, string>();
  const ambiguous = new Set<string>();
  const templates = entriesOf(metadata, 'aws:cdk:templateFile').map(({ path, data }) => ({ path, file: String(data) }));
  for (const { path, data } of entriesOf(metadata, 'aws:cdk:logicalId')) {
    const inside = templates
      .filter((each) => path.startsWith(`${each.path}/`))
      .sort((a, b) => b.path.length - a.path.length);
    // Older versions of the CDK do not say which template a construct is in.
    const key = `${inside[0]?.file ?? ''}#${String(data)}`;
    if (paths.has(key)) ambiguous.add(key);
    paths.set(key, path);
  }
  for (const key of ambiguous) paths.delete(key);
  return paths;
}

function entriesOf(metadata: RawMap, type: string): { readonly path: string; readonly data: unknown }[] {
  return Object.entries(metadata).flatMap(([path, entries]) =>
    (Array.isArray(entries) ? (entries as unknown[]) : [])
      .filter((entry) => isRawMap(entry) && entry.type === type)
      .map((entry) => ({ path: path.slice(1), data: (entry as RawMap).data })),
  );
}

function withPaths(body: RawMap, name: string, paths: ReadonlyMap<string, string>): RawMap {
  if (!isRawMap(body.Resources)) return body;
  const resources = Object.entries(body.Resources).map(([logicalId, resource]) => {
    const path = paths.get(`${basename(name)}#${logicalId}`) ?? paths.get(`#${logicalId}`);
    if (!isRawMap(resource) || path === undefined) return [logicalId, resource] as const;
    return [logicalId, { ...resource, Metadata: { 'aws:cdk:path': path, ...section(resource, 'Metadata') } }] as const;
  });
  return { ...body, Resources: Object.fromEntries(resources) };
}

function acknowledgements(metadata: RawMap): WaiverText[] {
  return entriesOf(metadata, ACKNOWLEDGED).flatMap(({ path, data }) => waiversIn(path, data));
}

/** Acknowledgements of this library's rules, out of all that a construct has. */
export function waiversIn(scope: string, data: unknown): WaiverText[] {
  if (!isRawMap(data)) return [];
  return Object.entries(data)
    .filter(([id]) => id.startsWith(`${PLUGIN_NAME}::`))
    .map(([id, reason]) => ({ id, reason: String(reason), scope }));
}

/** Waivers that a template of any origin carries: `Metadata: { ZeroTrustIoT: [{ id, reason }] }` on a resource. */
export function waiversOfTemplate(file: TemplateFile): WaiverText[] {
  if (!isRawMap(file.body)) return [];
  return Object.entries(section(file.body, 'Resources')).flatMap(([logicalId, resource]) => {
    const written = isRawMap(resource) ? section(resource, 'Metadata')[PLUGIN_NAME] : undefined;
    const all: readonly unknown[] = Array.isArray(written) ? written : written === undefined ? [] : [written];
    return all.map((each) => {
      // What is no waiver is one of no rule: it is said, not passed over.
      const { id, reason } = isRawMap(each) ? each : {};
      const name = typeof id === 'string' ? id : '';
      return {
        id: name.startsWith(`${PLUGIN_NAME}::`) ? name : `${PLUGIN_NAME}::${name}`,
        reason: typeof reason === 'string' ? reason : '',
        scope: `${file.path}#${logicalId}`,
      };
    });
  });
}

function readJson(path: string, root: string, source: Source): RawMap | undefined {
  return readJsonText(path, root, source)?.body;
}

function readJsonText(
  path: string,
  root: string,
  source: Source,
): { readonly body: RawMap; readonly text: string } | undefined {
  try {
    const text = readFileSync(path, 'utf8');
    const value = JSON.parse(text) as unknown;
    if (isRawMap(value)) return { body: value, text };
    source.failures.push({ path: relative(root, path), message: 'is no JSON object' });
  } catch (error) {
    source.failures.push({
      path: relative(root, path),
      message: `cannot be read: ${reasonOf(error)}`,
    });
  }
  return undefined;
}

/** Parsers draw the place below what they say: one line is enough, which names it. */
function reasonOf(error: unknown): string {
  const [said = ''] = (error instanceof Error ? error.message : String(error)).split('\n', 1);
  return said.replace(/:$/, '');
}

/** Templates of any origin: a file, or the files of a folder and the folders below it. */
export function readTemplates(path: string, parse: Parser, extensions: readonly string[]): Source {
  const source: Source = { files: [], waivers: [], failures: [] };
  const isFolder = statSync(path).isDirectory();
  const root = isFolder ? path : dirname(path);
  for (const name of isFolder ? templatesBelow(path, extensions) : [basename(path)])
    readOne(root, name, isFolder, parse, source);
  if (source.files.length === 0 && source.failures.length === 0)
    source.failures.push({ path: '', message: 'holds no template' });
  return source;
}

/** In a folder lies much that is no template; a file that was named is meant to be one. */
function readOne(root: string, name: string, isFolder: boolean, parse: Parser, source: Source): void {
  let text = '';
  try {
    text = readFileSync(join(root, name), 'utf8');
    const parsed = parse(text, name);
    if (isFolder && !(isRawMap(parsed.body) && isRawMap(parsed.body.Resources))) return;
    const file = { path: name, ...parsed };
    source.files.push(file);
    source.waivers.push(...waiversOfTemplate(file));
  } catch (error) {
    // Zero bytes are another encoding, in which no word is found.
    const words = ['Resources', 'AWSTemplateFormatVersion', '\0'];
    const mayBeTemplate = !isFolder || text === '' || words.some((word) => text.includes(word));
    if (mayBeTemplate)
      source.failures.push({
        path: name,
        message: `cannot be read: ${reasonOf(error)}`,
      });
  }
}

function templatesBelow(folder: string, extensions: readonly string[]): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && extensions.some((extension) => entry.name.toLowerCase().endsWith(extension)))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((name) => !name.split('/').includes('node_modules'))
    .sort();
}

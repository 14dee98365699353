import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, realpathSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { quote } from '../lib/internal/quote';
import { VALIDATION_REPORT } from './verdicts';

/** A folder that the assembly cannot go to. */
export class OutputError extends Error {
  constructor(outdir: string, problem: string) {
    super(`${relative(process.cwd(), outdir) || '.'} ${problem}; give another folder with --output DIR`);
  }
}

/** What the rehearsal after a start writes into the assembly. */
export const REHEARSAL_REPORT = 'rehearsal.html';
/** What the rules of this library write into it, for people. */
export const EVIDENCE_REPORT = 'zero-trust-iot-report.html';

/** The CDK writes it beside the manifest of each assembly. */
const MARKER = 'cdk.out';
const MANIFEST = 'manifest.json';

/** What a synth, a rehearsal and the CDK's command leave in an assembly, and its manifest does not name. */
const BESIDE = [
  MARKER,
  MANIFEST,
  'tree.json',
  VALIDATION_REPORT,
  // Its name before aws-cdk-lib 2.262.
  'policy-validation-report.json',
  EVIDENCE_REPORT,
  'zero-trust-iot-report.json',
  'zero-trust-iot-report.md',
  REHEARSAL_REPORT,
  '.cache',
  '.hotswap-cache',
  // What looks at a folder leaves behind.
  '.DS_Store',
  'Thumbs.db',
  'desktop.ini',
];
/**
 * Locks of the CDK's command, what it uploads of a template that is too long, and assets: those of a synth before stay where the
 * CDK's command writes over it, or where a synth failed.
 */
const LEFT = [
  /^(?:synth|read\.\d+\.\d+)\.lock(?:\.\d+_\d+)?$/,
  /^asset\.[0-9a-f]{64}(?:\.[\w.-]+)?$/,
  /\.template\.json-[0-9a-f]{64}\.yaml$/,
];
/** Where a synth that failed wrote, without an assembly before it, there is nothing else. */
const LEFT_BY_A_FAILURE = [MARKER, '.DS_Store'];
const ASSETS = '.assets.json';
const MOST_NAMED = 3;

/** An assembly as the CDK writes it, as far as it names files. */
interface Manifest {
  readonly version: string;
  readonly artifacts: { readonly [id: string]: Artifact };
}

interface Artifact {
  readonly additionalMetadataFile?: unknown;
  readonly properties?: { readonly file?: unknown; readonly templateFile?: unknown; readonly directoryName?: unknown };
}

/** The folder that is meant: what a link leads to, and not the link itself, which would be replaced. */
export function outputFolder(output: string): string {
  const path = resolve(output);
  return existsSync(path) ? realpathSync(path) : path;
}

/** The assembly takes the place of what is in its folder, which is deleted: only what a synth made, or nothing, may be there. */
export function refuseForeignFolder(outdir: string): void {
  if (!existsSync(outdir)) return;
  if (!statSync(outdir).isDirectory()) throw new OutputError(outdir, 'is a file');
  const isLeft = (name: string): boolean => LEFT_BY_A_FAILURE.includes(name) || LEFT.some((form) => form.test(name));
  if (readdirSync(outdir).every(isLeft)) return;
  const foreign = foreignIn(outdir);
  if (foreign === undefined) throw new OutputError(outdir, 'holds files that are not a cloud assembly');
  if (foreign.length === 0) return;
  const more = foreign.length - MOST_NAMED;
  const names = foreign.slice(0, MOST_NAMED).map(quote).join(', ') + (more > 0 ? ` and ${more} more` : '');
  throw new OutputError(outdir, `holds what no synth has made and would be deleted with the assembly: ${names}`);
}

/** What stands in an assembly, or in one within it, and is no part of it; undefined where it is no assembly. */
function foreignIn(folder: string): string[] | undefined {
  const there = readdirSync(folder);
  const manifest = readManifest(folder);
  if (manifest === undefined) return undefined;
  const known = new Set([
    ...BESIDE,
    ...Object.values(manifest.artifacts).flatMap(namedBy),
    // So do stacks, which the manifest of the last synth does not name any more.
    ...there.filter((name) => name.endsWith(ASSETS)).flatMap((name) => stackWith(name, folder)),
  ]);
  const foreign = there.filter((name) => !known.has(name) && !LEFT.some((form) => form.test(name)));
  const nested = Object.values(manifest.artifacts)
    .map(({ properties }) => properties?.directoryName)
    .filter((name): name is string => typeof name === 'string' && there.includes(name));
  return [
    ...foreign,
    ...nested.flatMap((name) => foreignIn(join(folder, name))?.map((each) => `${name}/${each}`) ?? [name]),
  ];
}

function readManifest(folder: string): Manifest | undefined {
  const manifest = readJson(join(folder, MANIFEST));
  const isAssembly =
    lstatSync(join(folder, MARKER), { throwIfNoEntry: false })?.isFile() === true &&
    typeof manifest?.version === 'string' &&
    isObject(manifest.artifacts) &&
    Object.values(manifest.artifacts).every(isObject);
  return isAssembly ? (manifest as unknown as Manifest) : undefined;
}

/** The files and folders that an artifact is made of. */
function namedBy({ additionalMetadataFile, properties }: Artifact): unknown[] {
  const { file, templateFile, directoryName } = properties ?? {};
  return [additionalMetadataFile, file, templateFile, directoryName];
}

/** The files of a stack by the list of its assets, of which its template is one; nothing where it is no such list. */
function stackWith(list: string, folder: string): unknown[] {
  const { version, files, dockerImages } = readJson(join(folder, list)) ?? {};
  if (typeof version !== 'string' || !isObject(files)) return [];
  const sources = [files, dockerImages]
    .flatMap((assets) => (isObject(assets) ? Object.values(assets) : []))
    .flatMap((asset) => (isObject(asset) && isObject(asset.source) ? [asset.source.path, asset.source.directory] : []));
  return [list, list.replace(ASSETS, '.metadata.json'), ...sources];
}

function readJson(path: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An empty folder beside the one that the assembly goes to. What starts that were interrupted left there is removed. */
export function folderBeside(outdir: string): string {
  try {
    const [parent, prefix] = [dirname(outdir), `.${basename(outdir)}-`];
    mkdirSync(parent, { recursive: true });
    for (const name of readdirSync(parent))
      if (name.startsWith(prefix) && isOver(name.slice(prefix.length)))
        rmSync(join(parent, name), { recursive: true, force: true });
    const unfinished = join(parent, prefix + process.pid);
    mkdirSync(unfinished);
    return unfinished;
  } catch (error) {
    throw new OutputError(outdir, `cannot be made (${(error as NodeJS.ErrnoException).code ?? ''})`);
  }
}

/** Whether no process has that number, or only this one, which has just begun. */
function isOver(processId: string): boolean {
  if (!/^\d+$/.test(processId)) return false;
  if (Number(processId) === process.pid) return true;
  try {
    return !process.kill(Number(processId), 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

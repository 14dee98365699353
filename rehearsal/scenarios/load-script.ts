import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, extname, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { storyOf } from './script';
import { type Story, StoryError } from './story';

/** Whether a file is a story in TypeScript or JavaScript. */
export function isScript(file: string): boolean {
  return /\.[cm]?[jt]s$/.test(file);
}

type Loader = (path: string) => Promise<unknown>;

/** Reads a story that is a program; running its file must do nothing else. */
export async function loadScript(file: string): Promise<Story> {
  const path = resolve(file);
  const load = loaderFor(path);
  if (load === undefined)
    throw new StoryError(
      `${file}: Node.js ${process.versions.node} does not read TypeScript by itself: npm install --save-dev tsx, or use Node.js 22.18 or newer`,
    );
  let loaded: unknown;
  try {
    loaded = await load(path);
  } catch (error) {
    throw new StoryError(`${file} cannot be read: ${firstLineOf(error)}${endingFor(error)}`);
  }
  return storyOf(defaultOf(loaded), file);
}

/** JavaScript as it is; TypeScript by what the app of the story runs it with, or else by Node.js itself. */
function loaderFor(path: string): Loader | undefined {
  const plain: Loader = (each) => withoutAdvice(() => import(pathToFileURL(each).href));
  if (!extname(path).endsWith('ts')) return plain;
  for (const from of [path, resolve('package.json')]) {
    const require = createRequire(from);
    const tsx = found(require, 'tsx/cjs/api');
    if (tsx !== undefined)
      return (each) =>
        Promise.resolve((require(tsx) as { require: (id: string, from: string) => unknown }).require(each, each));
    const tsNode = found(require, 'ts-node');
    if (tsNode !== undefined)
      return (each) => {
        const compilerOptions = { module: 'commonjs', moduleResolution: 'node' };
        (require(tsNode) as { register: (options: object) => void }).register({ transpileOnly: true, compilerOptions });
        return Promise.resolve(createRequire(each)(each));
      };
  }
  return (process.features as { readonly typescript?: unknown }).typescript ? plain : undefined;
}

/**
 * Node.js advises to make all of the package ES modules where it found a file to be one: that would break most apps, which are
 * none, and the story can be read.
 */
async function withoutAdvice<T>(load: () => Promise<T>): Promise<T> {
  const emit = process.emitWarning;
  process.emitWarning = ((warning: string | Error, options?: { readonly code?: string }, ...more: unknown[]) => {
    if (options?.code !== 'MODULE_TYPELESS_PACKAGE_JSON')
      Reflect.apply(emit as (...all: unknown[]) => void, process, [warning, options, ...more]);
  }) as typeof process.emitWarning;
  try {
    return await load();
  } finally {
    process.emitWarning = emit;
  }
}

/** Node.js itself takes an import of a file by its whole name only, which most TypeScript leaves out. */
function endingFor(error: unknown): string {
  const { code, url } = error as { readonly code?: unknown; readonly url?: unknown };
  if (code !== 'ERR_MODULE_NOT_FOUND' || typeof url !== 'string' || !url.startsWith('file:')) return '';
  const ending = ['.ts', '.mts', '.cts', '.js', '/index.ts'].find((each) => existsSync(fileURLToPath(url) + each));
  const name = basename(fileURLToPath(url));
  return ending === undefined
    ? ''
    : `; Node.js by itself wants the ending, '${name}${ending}': or npm install --save-dev tsx`;
}

function found(require: NodeJS.Require, module: string): string | undefined {
  try {
    return require.resolve(module);
  } catch {
    return undefined;
  }
}

/** Between the two systems of modules, a default export may be wrapped once more. */
function defaultOf(loaded: unknown): unknown {
  const first = (loaded as { readonly default?: unknown } | null | undefined)?.default;
  return (first as { readonly default?: unknown } | null | undefined)?.default ?? first;
}

/** Of a message of many lines: the first, and the next where it says nothing without it. */
function firstLineOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const [first = message, second] = message.split('\n').filter((line) => line.trim() !== '');
  return first.endsWith(':') && second !== undefined ? `${first} ${second.trim()}` : first;
}

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ConfigurationError } from './configuration-error';

let root: string | undefined;
let hashes: { readonly [handler: string]: { readonly sha256: string } } | undefined;

/** The folder of this package, the same from its sources (tests) and from its build (dist/). */
export function packageRoot(): string {
  root ??= findRoot(__dirname);
  return root;
}

/** The folder of a bundled handler, ready to be an asset. */
export function handlerFolder(name: string): string {
  const folder = join(handlersFolder(), name);
  if (!existsSync(join(folder, 'index.js'))) throw notBuilt(`the bundled handler '${name}' is missing`);
  return folder;
}

/** SHA-256 of a bundled handler's code, taken when it was built. */
export function handlerHash(name: string): string {
  const manifest = join(handlersFolder(), 'manifest.json');
  if (hashes === undefined && !existsSync(manifest)) throw notBuilt('the list of bundled handlers is missing');
  hashes ??= JSON.parse(readFileSync(manifest, 'utf8')) as NonNullable<typeof hashes>;
  const hash = hashes[name]?.sha256;
  if (hash === undefined) throw notBuilt(`the bundled handler '${name}' is not on the list of handlers`);
  return hash;
}

function handlersFolder(): string {
  return join(packageRoot(), 'dist', 'handlers');
}

function findRoot(folder: string): string {
  const manifest = join(folder, 'package.json');
  if (existsSync(manifest)) {
    const { name } = JSON.parse(readFileSync(manifest, 'utf8')) as { name?: string };
    if (name === 'cdk-iot-zero-trust') return folder;
  }
  const parent = dirname(folder);
  if (parent === folder)
    throw new ConfigurationError('HandlersNotBuilt', `no package.json of cdk-iot-zero-trust above ${__dirname}`);
  return findRoot(parent);
}

function notBuilt(what: string): ConfigurationError {
  return new ConfigurationError('HandlersNotBuilt', `${what}; run 'npm run build' in ${packageRoot()}`);
}

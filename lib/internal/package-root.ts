import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ConfigurationError } from './configuration-error';

/** The folder of this package, the same from its sources (tests) and from its build (dist/). */
export function packageRoot(): string {
  let folder = __dirname;
  for (;;) {
    const manifest = join(folder, 'package.json');
    if (
      existsSync(manifest) &&
      (JSON.parse(readFileSync(manifest, 'utf8')) as { name?: string }).name === 'cdk-iot-zero-trust'
    ) {
      return folder;
    }
    const parent = dirname(folder);
    if (parent === folder)
      throw new ConfigurationError('HandlersNotBuilt', `no package.json of cdk-iot-zero-trust above ${__dirname}`);
    folder = parent;
  }
}

/** The folder of a bundled handler, ready to be an asset. */
export function handlerFolder(name: string): string {
  const folder = join(packageRoot(), 'dist', 'handlers', name);
  if (!existsSync(join(folder, 'index.js'))) {
    throw new ConfigurationError(
      'HandlersNotBuilt',
      `the bundled handler '${name}' is missing; run 'npm run build' in ${packageRoot()}`,
    );
  }
  return folder;
}

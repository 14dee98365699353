// Bundles the library and the commands into one CommonJS file each. A user's app then compiles one file instead of two
// hundred, which is most of what loading the library costs. The CDK and all other packages stay outside.
import { build } from 'esbuild';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';

const root = new URL('..', import.meta.url).pathname;

const entries = {
  'lib/index': 'lib/index.ts',
  'lib/compliance/cdk-nag': 'lib/compliance/cdk-nag.ts',
  'bin/app': 'bin/app.ts',
  'bin/start': 'bin/start.ts',
};

await build({
  entryPoints: Object.fromEntries(Object.entries(entries).map(([out, source]) => [out, join(root, source)])),
  outdir: join(root, 'dist'),
  absWorkingDir: root,
  bundle: true,
  packages: 'external',
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  legalComments: 'none',
  logLevel: 'warning',
});
for (const name of ['app', 'start']) chmodSync(join(root, `dist/bin/${name}.js`), 0o755);

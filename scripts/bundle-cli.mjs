// Bundles the executable into dist/cli/zero-trust-iot.js: one file that starts without looking for modules, with the YAML
// reader inside, so that the package needs no runtime dependency for it.
import { build } from 'esbuild';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';

const root = new URL('..', import.meta.url).pathname;
const outfile = process.argv[2] ?? join(root, 'dist/cli/zero-trust-iot.js');

await build({
  entryPoints: [join(root, 'bin/zero-trust-iot.ts')],
  outfile,
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  legalComments: 'none',
  mainFields: ['main', 'module'],
  // A CDK that slipped in would cost a second at each start.
  external: ['aws-cdk-lib', 'constructs'],
  logLevel: 'warning',
});
chmodSync(outfile, 0o755);

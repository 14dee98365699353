// Bundles the executable into dist/cli: one file that starts without looking for modules, with the YAML reader inside, so that
// the package needs no runtime dependency for it; and the rehearsal, with its MQTT broker and client, into dist/rehearsal: a
// file of its own, which the executable reads only when something is rehearsed, and which tests of other apps import.
import { build } from 'esbuild';
import { chmodSync, cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { licensesOf } from './third-party-licenses.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const cli = join(root, 'dist/cli');
const rehearsal = join(root, 'dist/rehearsal');

const options = {
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
  metafile: true,
};

const apart = {
  name: 'rehearsal-apart',
  setup: (builder) => {
    builder.onResolve({ filter: /\/rehearsal\/command$/ }, () => ({ path: '../rehearsal/index.js', external: true }));
  },
};

const bundled = [
  [
    cli,
    { entryPoints: [join(root, 'bin/zero-trust-iot.ts')], outfile: join(cli, 'zero-trust-iot.js'), plugins: [apart] },
  ],
  [
    rehearsal,
    {
      entryPoints: [join(root, 'rehearsal/index.ts')],
      outfile: join(rehearsal, 'index.js'),
      // Of Node.js, which has loaded them anyway: the package is a copy of them for other places.
      alias: { 'readable-stream': 'node:stream' },
      // Stack traces of a rehearsal are for its authors; smaller loads faster.
      minifyWhitespace: true,
    },
  ],
];
for (const [folder, own] of bundled) {
  const { metafile } = await build({ ...options, ...own });
  writeFileSync(join(folder, 'THIRD-PARTY-LICENSES.txt'), licensesOf(metafile, root));
}
cpSync(join(root, 'rehearsal/scenarios/stories'), join(rehearsal, 'stories'), { recursive: true });
chmodSync(join(cli, 'zero-trust-iot.js'), 0o755);

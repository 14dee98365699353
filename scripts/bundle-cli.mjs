// Bundles the executable into dist/cli: one file that starts without looking for modules, with the YAML reader inside, so that
// the package needs no runtime dependency for it; and the rehearsal, with its MQTT broker and client, in a file of its own,
// which is read only when something is rehearsed.
import { build } from 'esbuild';
import { chmodSync, cpSync } from 'node:fs';
import { dirname, join } from 'node:path';

const root = new URL('..', import.meta.url).pathname;
const outfile = process.argv[2] ?? join(root, 'dist/cli/zero-trust-iot.js');
const folder = dirname(outfile);

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
};

const apart = {
  name: 'rehearsal-apart',
  setup: (builder) => {
    builder.onResolve({ filter: /\/rehearsal\/command$/ }, () => ({ path: './rehearsal.js', external: true }));
  },
};

await build({ ...options, entryPoints: [join(root, 'bin/zero-trust-iot.ts')], outfile, plugins: [apart] });
await build({
  ...options,
  entryPoints: [join(root, 'rehearsal/command.ts')],
  outfile: join(folder, 'rehearsal.js'),
  // Stack traces of a rehearsal are for its authors; smaller loads faster.
  minifyWhitespace: true,
});
cpSync(join(root, 'rehearsal/scenarios/stories'), join(folder, 'stories'), { recursive: true });
chmodSync(outfile, 0o755);

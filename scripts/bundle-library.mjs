// Bundles the library and the commands into one CommonJS file each. A user's app then compiles one file instead of two
// hundred, which is most of what loading the library costs. The CDK and all other packages stay outside.
import { build } from 'esbuild';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const root = new URL('..', import.meta.url).pathname;

const PLUGIN = 'lib/compliance/compliance-plugin';

const entries = ['lib/index', 'lib/compliance/cdk-nag', PLUGIN, 'bin/app', 'bin/start'];

/** The rules are a third of the library: they stay in a file of their own, which is read when they are applied. */
const rulesApart = (entry) => ({
  name: 'rules-apart',
  setup({ onResolve }) {
    onResolve({ filter: /\/compliance-plugin$/ }, ({ kind }) =>
      kind === 'require-call' ? { path: `./${relative(dirname(entry), PLUGIN)}`, external: true } : undefined,
    );
  },
});

/** Each source file asks for the CDK anew, and each time Node.js looks for it anew: once is enough for all of them. */
function requireOnce(code) {
  const first = new Map();
  return code.replace(/^var (\w+) = require\("([^".][^"]*)"\);$/gm, (line, name, module) => {
    if (first.has(module)) return `var ${name} = ${first.get(module)};`;
    first.set(module, name);
    return line;
  });
}

for (const entry of entries) {
  const { outputFiles } = await build({
    entryPoints: [join(root, `${entry}.ts`)],
    outfile: join(root, 'dist', `${entry}.js`),
    absWorkingDir: root,
    bundle: true,
    packages: 'external',
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    legalComments: 'none',
    logLevel: 'warning',
    plugins: [rulesApart(entry)],
    write: false,
  });
  for (const { path, text } of outputFiles) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, requireOnce(text));
  }
}
for (const name of ['app', 'start']) chmodSync(join(root, `dist/bin/${name}.js`), 0o755);

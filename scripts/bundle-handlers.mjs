// Bundles every handler below lambda/ into dist/handlers/<name>/index.js: one CommonJS file, minified, its SDK clients
// inside, so that no consumer needs esbuild and the runtime's own (older) SDK is never used.
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = new URL('..', import.meta.url).pathname;
const out = process.argv[2] ?? join(root, 'dist/handlers');

const handlers = readdirSync(join(root, 'lambda'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(join(root, 'lambda', entry.name, 'index.ts')))
  .map((entry) => entry.name)
  .sort();

// What is there stays until its successor is written, so that whoever reads meanwhile finds a whole file.
mkdirSync(out, { recursive: true });
for (const stale of readdirSync(out).filter((name) => name !== 'manifest.json' && !handlers.includes(name)))
  rmSync(join(out, stale), { recursive: true, force: true });

/**
 * The SDK describes every operation of a service in one file. esbuild drops what no handler calls only where a description is
 * plainly without side effects, which a computed key is not: constants are put in their place.
 */
const dropUnusedOperations = {
  name: 'drop-unused-operations',
  setup: ({ onLoad }) =>
    onLoad({ filter: /@aws-sdk[/\\]client-[^/\\]+[/\\]dist-es[/\\]schemas[/\\]schemas_\d+\.js$/ }, ({ path }) => {
      const source = readFileSync(path, 'utf8');
      const constants = new Map(
        [...source.matchAll(/^const (_\w+) = ("[^"\n]*");$/gm)].map(([, id, text]) => [id, text]),
      );
      return {
        contents: source.replace(/\[(_\w+)\]:/g, (key, id) => (constants.has(id) ? `${constants.get(id)}:` : key)),
      };
    }),
};

/** What the SDK loads only for event streams and in browsers; as long as it is there, nothing that it shares can be shaken. */
const leaveOutStreams = {
  name: 'leave-out-streams',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^(@smithy\/core\/event-streams|bowser)$/ }, ({ kind, path }) =>
      kind === 'dynamic-import' ? { path, namespace: 'left-out' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'left-out' }, ({ path }) => ({
      contents: `throw new Error('${path} is not part of this bundle');`,
    }));
  },
};

/** A function has no ~/.aws: looking for it, once for each setting, is a good part of a client's first call. */
const leaveOutFiles = {
  name: 'leave-out-files',
  setup: ({ onLoad }) =>
    onLoad({ filter: /[/\\]shared-ini-file-loader[/\\]loadSharedConfigFiles\.js$/ }, () => ({
      contents: `export { CONFIG_PREFIX_SEPARATOR } from './constants';
        export const loadSharedConfigFiles = async () => ({ configFile: {}, credentialsFile: {} });`,
    })),
};

for (const name of handlers) {
  await build({
    entryPoints: [join(root, 'lambda', name, 'index.ts')],
    outfile: join(out, name, 'index.js'),
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    minify: true,
    legalComments: 'none',
    supported: { 'dynamic-import': false },
    // The SDK's ES modules are shaken; its CommonJS builds come in whole, are half as large again and start slower.
    mainFields: ['module', 'main'],
    alias: { '@aws-sdk/credential-provider-node': join(root, 'lambda/shared/credentials.ts') },
    plugins: [dropUnusedOperations, leaveOutStreams, leaveOutFiles],
    logLevel: 'warning',
  });
}

const manifest = Object.fromEntries(
  handlers.map((name) => {
    const code = readFileSync(join(out, name, 'index.js'));
    return [name, { bytes: code.length, sha256: createHash('sha256').update(code).digest('hex') }];
  }),
);
writeFileSync(join(out, 'manifest.json'), JSON.stringify(manifest, null, 2) + '\n');

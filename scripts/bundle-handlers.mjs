// Bundles every handler below lambda/ into dist/handlers/<name>/index.js: one CommonJS file, minified, its SDK clients
// inside, so that no consumer needs esbuild and the runtime's own (older) SDK is never used.
import { minify } from '@swc/core';
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const out = process.argv[2] ?? join(root, 'dist/handlers');

const handlers = readdirSync(join(root, 'lambda'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(join(root, 'lambda', entry.name, 'index.ts')))
  .map((entry) => entry.name)
  .sort();

// What is there stays until its successor is written, so that whoever reads meanwhile finds a whole file.
mkdirSync(out, { recursive: true });
for (const stale of readdirSync(out).filter((name) => name !== 'manifest.json' && !handlers.includes(name)))
  rmSync(join(out, stale), { recursive: true, force: true });

const sources = readdirSync(join(root, 'lambda'), { recursive: true })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => readFileSync(join(root, 'lambda', name), 'utf8'))
  .join('\n');

/** Services whose answers name an error as the SDK does, so that a class of its own adds nothing that a handler asks for. */
const NAMED_BY_CODE = /[/\\]client-(dynamodb|kinesis)[/\\]/;

/**
 * An error that no handler asks for and that has no rule for retries comes as the general exception of its service, with its name,
 * its status and what the service said.
 */
function withoutUnusedErrors(path, schemas) {
  const models = readFileSync(join(dirname(path), '../models/errors.js'), 'utf8');
  const bodyOf = (name) => models.slice(models.indexOf(`class ${name} `)).split('\nexport class', 1)[0];
  return schemas.replace(/^n0_registry\.registerError\(\w+\$, (\w+)\);\n/gm, (line, name) =>
    new RegExp(`\\b${name}\\b`).test(sources) || bodyOf(name).includes('$retryable') ? line : '',
  );
}

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
      const plain = source.replace(/\[(_\w+)\]:/g, (key, id) => (constants.has(id) ? `${constants.get(id)}:` : key));
      return { contents: NAMED_BY_CODE.test(path) ? withoutUnusedErrors(path, plain) : plain };
    }),
};

/**
 * What the SDK loads only for event streams and in browsers; as long as it is there, nothing that it shares can be shaken. A client
 * that could read one loads it at once, and HTTP/2 with it, which no handler has a use for.
 */
const leaveOutStreams = {
  name: 'leave-out-streams',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^(@smithy\/core\/event-streams|bowser)$/ }, ({ kind, path }) => ({
      path,
      namespace: kind === 'dynamic-import' ? 'left-out' : 'no-streams',
    }));
    onLoad({ filter: /.*/, namespace: 'left-out' }, ({ path }) => ({
      contents: `throw new Error('${path} is not part of this bundle');`,
    }));
    onLoad({ filter: /.*/, namespace: 'no-streams' }, ({ path }) => ({
      contents: `const leftOut = () => { throw new Error('${path} is not part of this bundle'); };
        export const eventStreamSerdeProvider = leftOut;
        export const resolveEventStreamSerdeConfig = (config) => config;`,
    }));
    onLoad({ filter: /@aws-sdk[/\\]client-[^/\\]+[/\\]dist-es[/\\]runtimeConfig\.js$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replace(
        'NodeHttp2Handler as RequestHandler',
        'NodeHttpHandler as RequestHandler',
      ),
    }));
  },
};

/**
 * A function has its settings in its environment, and no ~/.aws: to look for it, and to throw and catch two errors, once for each
 * setting that is not set, is a good part of a client's first call. As with the SDK, a value that cannot be is none.
 */
const loadFromEnvironment = {
  name: 'load-from-environment',
  setup: ({ onLoad }) =>
    onLoad({ filter: /[/\\]node-config-provider[/\\](dist-es[/\\])?configLoader\.js$/ }, ({ path }) => ({
      contents: `import { memoize } from '${path.includes('submodules') ? '../property-provider/memoize' : '@smithy/property-provider'}';
        export const loadConfig = ({ environmentVariableSelector, default: fallback }, { signingName, logger } = {}) =>
          memoize(async () => {
            let value;
            try {
              value = environmentVariableSelector(process.env, { signingName, logger });
            } catch {}
            if (value !== undefined) return value;
            return typeof fallback === 'function' ? fallback() : fallback;
          });`,
    })),
};

/**
 * What the SDK has for places other than a function: a region that a machine tells (a function has it in its environment), SHA-256
 * and ids without node:crypto (to ask whether there is one of the web has Node.js load it), hexadecimal without Buffer, addresses that
 * a service is asked for (DynamoDB's, with a cache of them; off unless switched on), and warnings of a Node.js that a function does
 * not run on. And what it offers to who asks for it, as no handler does: a logger that is given each input and output (which are
 * filtered for it, given or not), extensions of a client, modes of defaults, signed events of a stream.
 */
const ELSEWHERE = [
  [
    /[/\\]regionConfig[/\\]getInstanceMetadataRegion\.js$/,
    () => 'export const getInstanceMetadataRegion = async () => undefined;',
  ],
  [
    /[/\\]sha256[/\\]Sha256Node\.js$/,
    (source) =>
      source
        .replace(/^import .*Sha256Js.*$/m, '')
        .replace(/^const hasNativeCrypto = [^]*?^\}\)\(\);$/m, '')
        .replace('hasNativeCrypto ? buildNativeClass() : Sha256Js', 'buildNativeClass()'),
  ],
  [
    /[/\\]serde[/\\]uuid[/\\]v4\.js$/,
    () => "import { randomUUID } from 'node:crypto'; export const bindV4 = () => () => randomUUID();",
  ],
  [
    /[/\\]serde[/\\]util-hex-encoding[/\\]hex-encoding\.js$/,
    () => `export const toHex = (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
      export function fromHex(encoded) {
        if (!/^(?:[0-9a-f]{2})*$/i.test(encoded)) throw new Error('not hexadecimal');
        return new Uint8Array(Buffer.from(encoded, 'hex'));
      }`,
  ],
  [
    /[/\\]middleware-endpoint-discovery[/\\]dist-es[/\\]resolveEndpointDiscoveryConfig\.js$/,
    () => 'export const resolveEndpointDiscoveryConfig = (config) => config;',
  ],
  [
    /[/\\]emitWarningIfUnsupportedVersion\.js$/,
    () => 'export const state = {}; export const emitWarningIfUnsupportedVersion = () => {};',
  ],
  [
    /[/\\]middleware-logger[/\\]loggerMiddleware\.js$/,
    (source) => source.replace('clientStack.add(loggerMiddleware(), loggerMiddlewareOptions);', ''),
  ],
  [
    /[/\\]smithy-client[/\\]schemaLogFilter\.js$/,
    () => "export const schemaLogFilter = () => '(what a logger would be given is not part of this bundle)';",
  ],
  [
    /[/\\]client-[^/\\]+[/\\]dist-es[/\\]runtimeExtensions\.js$/,
    () => `export const resolveRuntimeExtensions = (config, extensions) => {
      if (extensions.length > 0) throw new Error('extensions are not part of this bundle');
      return config;
    };`,
  ],
  [
    /[/\\]defaults-mode[/\\]resolveDefaultsModeConfig\.js$/,
    () => "export const resolveDefaultsModeConfig = () => () => Promise.resolve('legacy');",
  ],
  [
    /[/\\]signature-v4[/\\]dist-es[/\\]HeaderFormatter\.js$/,
    () => `export class HeaderFormatter {
      format() { throw new Error('signing of events is not part of this bundle'); }
    }`,
  ],
  [/[/\\]util-endpoints[/\\]lib[/\\]aws[/\\]partitions\.js$/, withoutNamedRegions],
];

/** A region is of the partition whose pattern it has; the list of those that there are today says of each what it is called. */
function withoutNamedRegions(source) {
  return source.replace(/"regions": \{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}/g, '"regions": {}');
}

const leaveOutElsewhere = {
  name: 'leave-out-elsewhere',
  setup: ({ onLoad }) => {
    for (const [filter, rewrite] of ELSEWHERE)
      onLoad({ filter }, ({ path }) => ({ contents: rewrite(readFileSync(path, 'utf8')) }));
  },
};

/** Of all that npm knows of a client, it tells AWS its version. */
const leaveOutManifests = {
  name: 'leave-out-manifests',
  setup: ({ onLoad }) =>
    onLoad({ filter: /@aws-sdk[/\\][^/\\]+[/\\]package\.json$/ }, ({ path }) => {
      const { version } = JSON.parse(readFileSync(path, 'utf8'));
      return { loader: 'json', contents: JSON.stringify({ version }) };
    }),
};

/** All handlers at once: what they share is read and parsed once. */
async function bundle() {
  const { outputFiles } = await build({
    entryPoints: handlers.map((name) => ({ in: join(root, 'lambda', name, 'index.ts'), out: name })),
    outdir: out,
    write: false,
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    legalComments: 'none',
    // What is imported later is required later: a first import() starts a loader of its own.
    supported: { 'dynamic-import': false },
    // The SDK's ES modules are shaken; its CommonJS builds come in whole, are half as large again and start slower.
    mainFields: ['module', 'main'],
    alias: { '@aws-sdk/credential-provider-node': join(root, 'lambda/shared/credentials.ts') },
    // Streams of the web: to ask whether something is one has Node.js load them.
    define: { ReadableStream: 'undefined', Blob: 'undefined' },
    plugins: [dropUnusedOperations, leaveOutStreams, loadFromEnvironment, leaveOutElsewhere, leaveOutManifests],
    logLevel: 'warning',
  });
  return outputFiles.map(({ path, text }) => ({ name: basename(path, '.js'), text }));
}

async function shrink({ name, text }) {
  // Removes and inlines across modules, which esbuild does not: what is never parsed need not be loaded.
  const { code } = await minify(text, {
    compress: { passes: 3, toplevel: true, ecma: 2022 },
    mangle: { topLevel: true },
    format: { ascii_only: true, comments: false },
    ecma: 2022,
    module: false,
  });
  mkdirSync(join(out, name), { recursive: true });
  writeFileSync(join(out, name, 'index.js'), code);
}

await Promise.all((await bundle()).map(shrink));

const manifest = Object.fromEntries(
  handlers.map((name) => {
    const code = readFileSync(join(out, name, 'index.js'));
    return [name, { bytes: code.length, sha256: createHash('sha256').update(code).digest('hex') }];
  }),
);
writeFileSync(join(out, 'manifest.json'), JSON.stringify(manifest, null, 2) + '\n');

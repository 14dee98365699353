// Bundles the library and the commands into few CommonJS files. A user's app then compiles those instead of two hundred,
// which is most of what loading the library costs; and of the library only what it uses (library-parts.mjs). The CDK and all
// other packages stay outside.
import { build } from 'esbuild';
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CORE, isBarrel, located, PARTS, partsOf, passedOnBy } from './library-parts.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

const PLUGIN = 'lib/compliance/compliance-plugin';

/** Each of these is one file, with its own copy of what it needs of the library. */
const entries = ['lib/compliance/cdk-nag', PLUGIN, 'bin/app', 'bin/start'];

/** The rules are a third of the library: they stay in a file of their own, which is read when they are applied. */
const rulesApart = (entry) => ({
  name: 'rules-apart',
  setup({ onResolve }) {
    onResolve({ filter: /\/compliance-plugin$/ }, ({ kind }) => {
      const path = relative(dirname(entry), PLUGIN);
      return kind === 'require-call' ? { path: path.startsWith('.') ? path : `./${path}`, external: true } : undefined;
    });
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

const options = (entry) => ({
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

function write(path, code) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), requireOnce(code));
}

for (const entry of entries) {
  const { outputFiles } = await build({ ...options(entry), entryPoints: [`${entry}.ts`], outfile: `${entry}.js` });
  write(`dist/${entry}.js`, outputFiles[0].text);
}
for (const name of ['app', 'start']) chmodSync(join(root, `dist/bin/${name}.js`), 0o755);

/* The entry of the library and its parts. */

const fileOf = (part) => (part === CORE ? 'lib/index' : `lib/parts/${part}`);
const { parts, names, isPublic } = await partsOf(root, options('lib/index'));
/** What others use of each part, by source file. */
const used = new Map([CORE, ...PARTS].map((part) => [part, new Map()]));
/** How the entry hands to its parts what they use of it: not as exports, which would be public. */
const SHARED = 'cdk-iot-zero-trust.Shared';
const withoutExtension = (file) => file.replace(/\.ts$/, '');
const listOf = (words) => words.join(', ');

/** Leaves what is in another part outside. */
const partsApart = (here) => ({
  name: 'parts-apart',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^\./ }, ({ path, resolveDir, kind }) => {
      const file = kind === 'import-statement' ? located(root, resolveDir, path) : undefined;
      if (file === undefined || isBarrel(file) || parts.get(file) === here) return undefined;
      return { path: `part:${parts.get(file)}:${file}`, external: true };
    });
    // What is outside is passed on by name, so that nobody need load it to know what it has.
    onLoad({ filter: /\/index\.ts$/ }, ({ path }) => {
      const barrel = relative(root, path);
      if (!isBarrel(barrel)) return undefined;
      const lines = passedOnBy(root, barrel).map((file) => {
        const from = `'./${relative(dirname(barrel), withoutExtension(file))}'`;
        if (isBarrel(file)) return `export * from ${from};`;
        const all = names.get(file);
        return all.length === 0 ? '' : `export { ${listOf(all)} } from ${from};`;
      });
      return { contents: lines.join('\n'), loader: 'ts' };
    });
  },
});

function entryOf(part) {
  const mine = [...names].filter(([file, all]) => parts.get(file) === part && isPublic.has(file) && all.length > 0);
  const lines = [`import { guardCalls } from './lib/internal/guard';`];
  for (const [file, all] of mine) lines.push(`import { ${listOf(all)} } from './${withoutExtension(file)}';`);
  lines.push(`guardCalls({ ${listOf(mine.flatMap(([, all]) => all))} });`);
  const wanted = [...used.get(part)].sort().map(([file, set]) => [file, [...set].sort()]);
  if (part !== CORE) {
    for (const [file, all] of wanted) lines.push(`export { ${listOf(all)} } from './${withoutExtension(file)}';`);
    return lines.join('\n');
  }
  lines.push(`export * from './lib/index';`);
  const shared = wanted.map(([file, all], index) => {
    lines.push(
      `import { ${listOf(all.map((name) => `${name} as ${name}_${index}`))} } from './${withoutExtension(file)}';`,
    );
    return `'${file}': { ${listOf(all.map((name) => `${name}: ${name}_${index}`))} }`;
  });
  lines.push(
    `Object.defineProperty(module.exports, Symbol.for('${SHARED}'), { value: () => ({ ${listOf(shared)} }) });`,
  );
  return lines.join('\n');
}

/** Replaces what esbuild makes of imports from other parts, and notes what is used of them. */
function linked(part, code) {
  const outside = [];
  const loads = new Set();
  let rest = code.replace(/^var (\w+) = require\("part:([\w-]+):([^"]+)"\);\n/gm, (_, variable, owner, file) => {
    outside.push({ variable, owner, file });
    return owner === CORE ? `var ${variable} = shared["${file}"];\n` : '';
  });
  for (const { variable, owner, file } of outside) {
    const wanted = used.get(owner).get(file) ?? new Set();
    used.get(owner).set(file, wanted);
    const access = new RegExp(`\\b${variable}\\.(\\w+)`, 'g');
    for (const [, name] of rest.matchAll(access)) wanted.add(name);
    if (owner === CORE) continue;
    loads.add(owner);
    rest = rest.replace(access, `(${owner}Part().$1)`);
    if (new RegExp(`\\b${variable}\\b`).test(rest))
      throw new Error(`${part} uses ${file} in a way that is not known here`);
  }
  if (/["']part:/.test(rest)) throw new Error(`${part} imports another part in a way that is not known here`);
  const loaders = [...loads].map((owner) => {
    const path = relative(dirname(fileOf(part)), fileOf(owner));
    return `var ${owner}Loaded;\nfunction ${owner}Part() {\n  return ${owner}Loaded ??= require("${path.startsWith('.') ? path : `./${path}`}.js");\n}\n`;
  });
  const head = part === CORE ? '' : `var shared = require("../index.js")[Symbol.for("${SHARED}")]();\n`;
  return head + loaders.join('') + rest;
}

const sizeOf = () =>
  [...used.values()].flatMap((files) => [...files.values()].map((set) => set.size)).reduce((a, b) => a + b, 0);

/** What a part exports is what others use, and what others use depends on what they export: until nothing is added. */
async function bundleParts() {
  const before = sizeOf();
  const bundles = new Map();
  for (const part of [CORE, ...PARTS]) {
    const { outputFiles } = await build({
      ...options(fileOf(part)),
      stdin: { contents: entryOf(part), resolveDir: root, loader: 'ts', sourcefile: `library-${part}.ts` },
      outfile: 'bundle.js',
      plugins: [rulesApart(fileOf(part)), partsApart(part)],
    });
    bundles.set(part, linked(part, outputFiles[0].text));
  }
  return sizeOf() === before ? bundles : bundleParts();
}

function checkUnique(part) {
  const all = [...used.get(part).values()].flatMap((set) => [...set]);
  const twice = all.find((name, index) => all.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`two source files of the part ${part} export ${twice} to others`);
}

rmSync(join(root, 'dist/lib/parts'), { recursive: true, force: true });
const bundles = await bundleParts();
PARTS.forEach(checkUnique);
for (const [part, code] of bundles) write(`dist/${fileOf(part)}.js`, code);

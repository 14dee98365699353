// Which file of the bundled library a source file is in. What nearly every app needs is in the entry; the rest is in parts, each
// of which is read when something in it is first used: what an app does not use it need not compile.
import { build } from 'esbuild';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

export const ENTRY = 'lib/index.ts';
/** The part that is always loaded. */
export const CORE = 'index';

/** Where a part begins; what only one part needs is in it too. */
const BEGINNINGS = {
  detection: /^lib\/detection\/(?!terms\.ts)/,
  evaluator: /^lib\/policy\/evaluator\//,
  remediation: /^lib\/remediation\//,
  others:
    /^lib\/(connectivity\/|compliance\/zero-trust-iot|identity\/device\.ts|posture\/(audit-suppression|suppress)|internal\/diagnostics\/)/,
};
export const PARTS = Object.keys(BEGINNINGS);

/** A barrel has nothing of its own and is in each part that imports through it. */
export const isBarrel = (file) => /(^|\/)index\.ts$/.test(file) && !file.startsWith('lib/internal/');

const beginningOf = (file) => (isBarrel(file) ? undefined : PARTS.find((part) => BEGINNINGS[part].test(file)));

function reachableFrom(starts, inputs, isOutside) {
  const seen = new Set();
  const visit = (file) => {
    if (seen.has(file) || isOutside(file)) return;
    seen.add(file);
    for (const { path, external } of inputs[file].imports) if (!external) visit(path);
  };
  starts.forEach(visit);
  return seen;
}

/** The source file that a relative import means. */
export function located(root, folder, specifier) {
  const base = join(folder, specifier);
  return [`${base}.ts`, join(base, 'index.ts')]
    .map((file) => relative(root, file))
    .find((file) => existsSync(join(root, file)));
}

/** The modules that a barrel passes on. */
export function passedOnBy(root, barrel) {
  const lines = readFileSync(join(root, barrel), 'utf8').split('\n');
  return lines.flatMap((line) => {
    const [, specifier] = /^export \* from '([^']+)';$/.exec(line) ?? [];
    return specifier === undefined ? [] : [located(root, dirname(join(root, barrel)), specifier)];
  });
}

/**
 * The part of each source file, the names that each exports, and the public ones among them.
 *
 * @param options of esbuild, the same as for the bundle
 */
export async function partsOf(root, options) {
  const { metafile } = await build({ ...options, entryPoints: [ENTRY], outfile: 'index.js', metafile: true });
  const { inputs } = metafile;
  const parts = new Map();
  const core = reachableFrom([ENTRY], inputs, (file) => beginningOf(file) !== undefined);
  for (const file of core) parts.set(file, CORE);
  for (const part of PARTS) {
    const begins = Object.keys(inputs).filter((file) => beginningOf(file) === part);
    const isOutside = (file) => core.has(file) || ![undefined, part].includes(beginningOf(file));
    // What two parts need and the core does not is in the core all the same: there is one of it.
    for (const file of reachableFrom(begins, inputs, isOutside)) parts.set(file, parts.has(file) ? CORE : part);
  }

  const files = [...parts.keys()].filter((file) => !isBarrel(file));
  const { metafile: each } = await build({
    ...options,
    plugins: [],
    packages: undefined,
    bundle: false,
    format: 'esm',
    logLevel: 'error',
    entryPoints: files,
    outdir: 'each',
    metafile: true,
  });
  const names = new Map(Object.values(each.outputs).map(({ entryPoint, exports }) => [entryPoint, exports]));
  const isPublic = new Set();
  const mark = (file) => (isBarrel(file) ? passedOnBy(root, file).forEach(mark) : isPublic.add(file));
  mark(ENTRY);
  return { parts, names, isPublic };
}

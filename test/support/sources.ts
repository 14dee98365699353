import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

export const ROOT = resolve(__dirname, '../..');

/** The TypeScript files below a folder of the project, as paths from its root. */
export function sourcesBelow(folder: string): string[] {
  const absolute = join(ROOT, folder);
  if (!existsSync(absolute)) return [];
  return readdirSync(absolute, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.d.ts'))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
    .sort();
}

export function textOf(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}

/** Every module that a file imports or re-exports; relative ones as paths from the root. `typeOnly`: nothing is left of it at run time. */
export function importsOf(
  file: string,
): { readonly module: string; readonly names: string[]; readonly typeOnly: boolean }[] {
  const pattern =
    /^(?:import|export)\s+(type\s+)?((?:[\w$]+\s*,\s*)?\{[^}]*\}|\*(?:\s+as\s+[\w$]+)?|[\w$]+)\s+from\s+'([^']+)'/gm;
  return [...textOf(file).matchAll(pattern)].map(([, type, clause, specifier]) => {
    const names = [...(clause ?? '').matchAll(/(?:\btype\s+)?([A-Za-z_$][\w$]*)(?:\s+as\s+[\w$]+)?\s*[,}]/g)].map(
      ([, name]) => name!,
    );
    const inlineTypes =
      /\{/.test(clause ?? '') &&
      [...(clause ?? '').replace(/[{}]/g, '').split(',')]
        .filter((part) => part.trim() !== '')
        .every((part) => /^\s*type\s/.test(part));
    return { module: locate(file, specifier!), names, typeOnly: type !== undefined || inlineTypes };
  });
}

function locate(file: string, specifier: string): string {
  if (!specifier.startsWith('.')) return specifier;
  const base = relative(ROOT, resolve(ROOT, dirname(file), specifier));
  for (const candidate of [`${base}.ts`, join(base, 'index.ts')])
    if (existsSync(join(ROOT, candidate))) return candidate;
  return base;
}

/** All files that are loaded when a file is, through relative imports. */
export function reachableFrom(entry: string, seen = new Set<string>()): Set<string> {
  if (seen.has(entry)) return seen;
  seen.add(entry);
  for (const { module, typeOnly } of importsOf(entry))
    if (!typeOnly && module.endsWith('.ts')) reachableFrom(module, seen);
  return seen;
}

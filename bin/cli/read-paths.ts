import { existsSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { isAssembly, readAssembly, readTemplates, type Source } from '../../lib/compliance/source/assembly';
import { parseTemplate, TEMPLATE_EXTENSIONS } from './parse-template';

/** Reads all templates that the paths stand for into one source, so that references between them are followed. */
export function readPaths(paths: readonly string[]): Source {
  const all: Source = { files: [], waivers: [], failures: [] };
  const seen = new Set<string>();
  for (const path of paths) {
    const { root, source } = readPath(path);
    const named = (name: string): string => (name === '' ? root : normalize(join(root, name)));
    for (const file of source.files) {
      const where = named(file.path);
      // The same file given twice is one file.
      if (seen.has(where)) continue;
      seen.add(where);
      all.files.push({ ...file, path: where, name: file.path });
    }
    all.failures.push(...source.failures.map((failure) => ({ ...failure, path: named(failure.path) })));
    all.waivers.push(
      ...source.waivers.map((waiver) => ({
        ...waiver,
        scope: waiver.scope.includes('#') ? named(waiver.scope) : waiver.scope,
      })),
    );
  }
  return all;
}

function readPath(path: string): { readonly root: string; readonly source: Source } {
  const failed = (message: string) => ({
    root: path,
    source: { files: [], waivers: [], failures: [{ path: '', message }] },
  });
  if (!existsSync(path)) return failed('does not exist');
  try {
    const isFolder = statSync(path).isDirectory();
    const root = isFolder ? path : dirname(path);
    if (isFolder && isAssembly(path)) return { root, source: readAssembly(path) };
    return { root, source: readTemplates(path, parseTemplate, TEMPLATE_EXTENSIONS) };
  } catch (error) {
    return failed(`cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

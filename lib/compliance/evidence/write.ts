import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Evidence } from './evidence';
import { evidenceHtml } from './html';
import { evidenceMarkdown } from './markdown';

/** Files of a report, by what comes after its name. */
const FORMS: { readonly [extension: string]: (evidence: Evidence) => string } = {
  '.json': (evidence) => `${JSON.stringify(evidence, null, 2)}\n`,
  '.md': evidenceMarkdown,
  '.html': evidenceHtml,
};

/** Writes the report in its three forms; gives the paths. */
export function writeEvidence(evidence: Evidence, folder: string, name: string): string[] {
  mkdirSync(folder, { recursive: true });
  return Object.entries(FORMS).map(([extension, render]) => {
    const path = join(folder, name + extension);
    const content = render(evidence);
    // The CDK may forbid that plug-ins change files: the same report is left as it is.
    if (!existsSync(path) || readFileSync(path, 'utf8') !== content) writeFileSync(path, content);
    return path;
  });
}

/** SHA-256 of a file in hexadecimal; undefined where it cannot be read. */
export function digestOfFile(path: string): string | undefined {
  try {
    return createHash('sha256').update(readFileSync(path)).digest('hex');
  } catch {
    return undefined;
  }
}

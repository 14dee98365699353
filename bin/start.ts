#!/usr/bin/env node
import { join, relative } from 'node:path';
import { packageRoot } from '../lib/internal/package-root';
import { packageVersion } from '../lib/internal/package-version';
import type { runRehearsal } from '../rehearsal/command';
import { REHEARSAL_REPORT } from './output-folder';
import { assemblyToRehearse, type Output, rehearseAfterStart, start } from './start-command';

async function main(argv: readonly string[]): Promise<number> {
  const output: Output = {
    print: (...lines) => process.stdout.write(lines.map((line) => `${line}\n`).join('')),
    complain: (...lines) => process.stderr.write(lines.map((line) => `${line}\n`).join('')),
  };
  const made = start(argv, output);
  const assembly = made === 0 ? assemblyToRehearse(argv) : undefined;
  if (assembly === undefined) return made;
  // A file of its own, as the executable has it.
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- known only when it runs
  const rehearsal = require(join(packageRoot(), 'dist/rehearsal/index.js')) as { runRehearsal: typeof runRehearsal };
  return rehearseAfterStart(
    () =>
      rehearsal.runRehearsal({
        assembly,
        report: join(relative(process.cwd(), assembly), REHEARSAL_REPORT),
        json: false,
        version: packageVersion(),
        out: (text) => process.stdout.write(text),
        err: (text) => process.stderr.write(text),
      }),
    output,
  );
}

// Who reads the first lines only, as head does, closes the pipe; the rest is written for nobody.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

main(process.argv.slice(2)).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    process.stderr.write(`could not run: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  },
);

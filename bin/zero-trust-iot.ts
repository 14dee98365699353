#!/usr/bin/env node
// The executable. It loads no CDK: templates of any origin are judged on any machine with Node.js.
import { main } from './cli/main';
import { packageVersion } from '../lib/internal/package-version';

// Whoever reads may have read enough (`| head`): what was found out stays true, and is what the exit code says.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

const outcome = main(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  today: new Date().toISOString().slice(0, 10),
  version: packageVersion(),
});

void Promise.resolve(outcome).then((exit) => (process.exitCode = exit));

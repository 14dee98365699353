#!/usr/bin/env node
import { start } from './start-command';

process.exitCode = start(process.argv.slice(2), {
  print: (...lines) => process.stdout.write(lines.map((line) => `${line}\n`).join('')),
  complain: (...lines) => process.stderr.write(lines.map((line) => `${line}\n`).join('')),
});

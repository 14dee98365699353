import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { main } from '../../bin/cli/main';

const folders: string[] = [];

/** A folder with these files, gone after the test file. */
export function folderOf(files: { readonly [name: string]: unknown }): string {
  const folder = mkdtempSync(join(tmpdir(), 'zero-trust-iot-cli-'));
  folders.push(folder);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content, null, 1));
  }
  return folder;
}

export interface Outcome {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command line in this process. */
export function run(...argv: string[]): Outcome {
  let out = '';
  let err = '';
  const exit = main(argv, {
    out: (text) => (out += text),
    err: (text) => (err += text),
    today: '2026-11-22',
    version: '1.2.3',
  });
  if (exit instanceof Promise) throw new Error('this command takes its time: run it as a process');
  return { exit, out, err };
}

afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

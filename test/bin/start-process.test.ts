import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '../support/sources';

/** What a process says that nobody reads from: the pipe is closed before it begins. */
function startUnread(...argv: string[]): Promise<{ readonly code: number | null; readonly complained: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', join(ROOT, 'bin/start.ts'), ...argv], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.destroy();
  let complained = '';
  child.stderr.on('data', (chunk) => (complained += String(chunk)));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, complained })));
}

test('a reader that has read enough, such as head, is no error', async () => {
  expect(await startUnread('--help')).toEqual({ code: 0, complained: '' });
});

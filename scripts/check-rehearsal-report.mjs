// Looks at reports of rehearsals in a real browser, as scripts/check-report.mjs does: that of `npm start`, and that of the story
// in which most happens, which is played for it. Usage: node scripts/check-rehearsal-report.mjs [FOLDER FOR SCREENSHOTS]
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [shots] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'check-rehearsal-report-'));
const run = (...args) => spawnSync(process.execPath, args, { encoding: 'utf8' });

function look(report, name) {
  const args = [report, ...(shots === undefined ? [] : [join(shots, name)])];
  const { status, stdout, stderr } = run('scripts/check-report.mjs', ...args);
  process.stdout.write(stdout.replaceAll('check:report', `check:rehearsal-report, ${name}`));
  process.stderr.write(stderr.replaceAll('check:report', `check:rehearsal-report, ${name}`));
  if (status !== 0) process.exitCode = status ?? 2;
  return stdout.includes('SKIPPED');
}

try {
  if (!look('cdk.out/rehearsal.html', 'start')) {
    const report = join(folder, 'storm.html');
    const cli = ['dist/cli/zero-trust-iot.js', 'rehearse', 'cdk.out', '--scenario', 'storm', '--report', report];
    const { status, stderr } = run(...cli);
    if (status !== 0) {
      process.stderr.write(`check:rehearsal-report: the story was not green: ${stderr.slice(-1_000)}\n`);
      process.exitCode = 1;
    } else look(report, 'storm');
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

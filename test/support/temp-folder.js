// Once for a run. Everything that tests, and the CDK under them, make lies in one folder that goes when the run ends, however it ends.
// Properties draw from one seed, which is said. It is the same in each run, so that a change fails by what it changed and not by
// luck; PROPERTY_SEED=random draws another one, and PROPERTY_SEED=N has that run again.
const { spawnSync } = require('node:child_process');
const { accessSync, constants, mkdtempSync, rmSync, statfsSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

// A disk takes a millisecond or two for each of the thousands of small folders that apps are written to, and as long again to remove it,
// in which a test process waits. They are in memory where that has room for many times what there is at once, and nobody named a place.
const MEMORY = '/dev/shm';
const ROOM = 2 ** 30;

function place() {
  if (process.env.TMPDIR !== undefined) return tmpdir();
  try {
    accessSync(MEMORY, constants.W_OK | constants.X_OK);
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize >= ROOM ? MEMORY : tmpdir();
  } catch {
    return tmpdir();
  }
}

/** Newer versions of Node.js do not start with a flag that their V8 no longer has. */
function isFlag(name) {
  const { stdout } = spawnSync(process.execPath, ['--v8-options'], { encoding: 'utf8' });
  return stdout.includes(` ${name} `);
}

module.exports = () => {
  const folder = mkdtempSync(join(place(), 'zero-trust-iot-run-'));
  process.env.TMPDIR = folder;
  const { PROPERTY_SEED = '1' } = process.env;
  process.env.PROPERTY_SEED = PROPERTY_SEED === 'random' ? String(Date.now() % 1_000_000_000) : PROPERTY_SEED;
  process.stderr.write(`PROPERTY_SEED=${process.env.PROPERTY_SEED}\n`);
  // Nothing here asks a server of the web, and before Node 24 each process, those that tests run in, too, would read these certificates
  // as it begins.
  delete process.env.NODE_EXTRA_CA_CERTS;
  // For the processes that tests run in, which take their flags from here: what is soon garbage dies young, and code has to be run
  // six times as often as by default before it is optimized, since little of it lives long enough to give that back.
  process.execArgv.push('--max-semi-space-size=64');
  if (isFlag('--interrupt-budget')) process.execArgv.push('--interrupt-budget=400000');
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
};

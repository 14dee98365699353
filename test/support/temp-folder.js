// Once for a run. Everything that tests, and the CDK under them, make lies in one folder that goes when the run ends, however it ends.
// Properties draw from one seed, which is said. It is the same in each run, so that a change fails by what it changed and not by
// luck; PROPERTY_SEED=random draws another one, and PROPERTY_SEED=N has that run again.
const { mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

module.exports = () => {
  const folder = mkdtempSync(join(tmpdir(), 'zero-trust-iot-run-'));
  process.env.TMPDIR = folder;
  const { PROPERTY_SEED = '1' } = process.env;
  process.env.PROPERTY_SEED = PROPERTY_SEED === 'random' ? String(Date.now() % 1_000_000_000) : PROPERTY_SEED;
  process.stderr.write(`PROPERTY_SEED=${process.env.PROPERTY_SEED}\n`);
  // Nothing here asks a server of the web, and before Node 24 each process, those that tests run in, too, would read these certificates
  // as it begins.
  delete process.env.NODE_EXTRA_CA_CERTS;
  // For the processes that tests run in, which take their flags from here: what is soon garbage dies young.
  process.execArgv.push('--max-semi-space-size=64');
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
};

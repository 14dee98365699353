// Once for a run. Everything that tests, and the CDK under them, make lies in one folder that goes when the run ends, however it ends.
// The seed of the properties about incidents is drawn, and said, so that a run can be had again: PROPERTY_SEED=N npx jest …
const { mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

module.exports = () => {
  const folder = mkdtempSync(join(tmpdir(), 'zero-trust-iot-run-'));
  process.env.TMPDIR = folder;
  process.env.PROPERTY_SEED ??= String(Date.now() % 1_000_000_000);
  process.stderr.write(`PROPERTY_SEED=${process.env.PROPERTY_SEED}\n`);
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
};

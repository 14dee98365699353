// Synth: CPU against the same resources written as plain L1s, and what a longer allow-list costs. Fresh processes in turn,
// validator off on both sides. What else a machine does makes a run slower and never faster: the fastest of each side are compared,
// after as many rounds as it takes until neither becomes faster, and the median of the pairs is printed beside.
// Usage: node bench/synth.mjs [--runs PAIRS_A_ROUND] [--json]. Exit code 1 above the goal.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const GOAL = 1.1;
const MAX_ROUNDS = 8;
/** A fastest run that a further round improves by less than this share has been found. */
const SETTLED = 0.01;
const asJson = process.argv.includes('--json');
const runs = Number(process.argv[process.argv.indexOf('--runs') + 1]) || 9;
const work = mkdtempSync(join(tmpdir(), 'zero-trust-iot-bench-'));
/** Without what has Node.js do more when it starts, such as NODE_OPTIONS or further certificates: it would be on both sides. */
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('NODE_')));
const node = (...args) =>
  JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 1 << 26, env }));
const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];

function serials(count) {
  const file = join(work, `serials-${count}.txt`);
  writeFileSync(file, Array.from({ length: count }, (_, index) => `PX2-${String(index).padStart(8, '0')}`).join('\n'));
  return file;
}

function normalized(template) {
  const value = JSON.parse(readFileSync(template, 'utf8'));
  const sort = (inner) =>
    inner && typeof inner === 'object'
      ? Array.isArray(inner)
        ? inner.map(sort)
        : Object.fromEntries(
            Object.entries(inner)
              .sort()
              .map(([key, item]) => [key, sort(item)]),
          )
      : inner;
  for (const resource of Object.values(value.Resources)) {
    delete resource.Metadata;
    if (Array.isArray(resource.DependsOn)) resource.DependsOn.sort();
  }
  return JSON.stringify(sort(value.Resources));
}

try {
  const few = serials(10);
  const many = serials(1_000_000);
  const ours = join(here, 'synth/ours.cjs');
  const first = join(work, 'ours');
  node(ours, first, few);
  // Beside the library, so that both find the CDK in the same way.
  const plain = join(here, '../dist/bench-plain.cjs');
  const { resources, overrides } = node(join(here, 'synth/write-plain.cjs'), first, 'ZeroTrust', plain);
  node(plain, join(work, 'plain'));
  const same =
    normalized(join(first, 'ZeroTrust.template.json')) === normalized(join(work, 'plain/ZeroTrust.template.json'));
  if (!same) throw new Error('the plain program does not make the same resources: the comparison would be void');

  const cpu = { ours: [], plain: [] };
  let best = [Infinity, Infinity];
  for (let round = 0, settled = false; !settled && round < MAX_ROUNDS; round += 1) {
    for (let run = round * runs; run < (round + 1) * runs; run += 1) {
      cpu.ours.push(node(ours, join(work, `a${run}`), few).cpuMs);
      cpu.plain.push(node(plain, join(work, `b${run}`)).cpuMs);
    }
    const now = [Math.min(...cpu.ours), Math.min(...cpu.plain)];
    settled = now.every((value, index) => value > best[index] * (1 - SETTLED));
    best = now;
  }
  const ratio = best[0] / best[1];
  const medianRatio = median(cpu.ours.map((value, index) => value / cpu.plain[index]));
  const lists = [few, many].map((file, index) => {
    const outdir = join(work, `list${index}`);
    const { cpuMs, maxRssMiB } = node(ours, outdir, file);
    const template = join(outdir, 'ZeroTrust.template.json');
    return {
      serials: index === 0 ? 10 : 1_000_000,
      resources: Object.keys(JSON.parse(readFileSync(template, 'utf8')).Resources).length,
      templateBytes: statSync(template).size,
      cpuMs,
      maxRssMiB,
    };
  });

  const result = {
    resources,
    overrides,
    cpuMsOurs: best[0],
    cpuMsPlain: best[1],
    ratio,
    medianRatio,
    pairs: cpu.ours.length,
    lists,
  };
  if (asJson) console.log(JSON.stringify(result));
  else {
    console.log(
      `Synth of ${resources} resources, ${result.pairs} pairs of fresh processes in turn, validator off, CPU of the fastest`,
    );
    console.log(
      `  the library's constructs ${result.cpuMsOurs.toFixed(0)} ms, the same resources as plain L1s ${result.cpuMsPlain.toFixed(0)} ms (identical: yes; ${overrides} properties by override)`,
    );
    console.log(
      `  ratio: ${ratio.toFixed(2)} (goal: at most ${GOAL.toFixed(2)}); pair by pair, median: ${medianRatio.toFixed(2)}`,
    );
    console.log('  serial numbers   resources   template bytes   CPU ms   peak MiB');
    for (const { serials: count, resources: number, templateBytes, cpuMs, maxRssMiB } of lists) {
      console.log(
        `  ${String(count).padStart(14)}   ${String(number).padStart(9)}   ${String(templateBytes).padStart(14)}   ${cpuMs.toFixed(0).padStart(6)}   ${maxRssMiB.toFixed(0).padStart(8)}`,
      );
    }
  }
  process.exitCode = ratio > GOAL ? 1 : 0;
} finally {
  rmSync(work, { recursive: true, force: true });
  rmSync(join(here, '../dist/bench-plain.cjs'), { force: true });
}

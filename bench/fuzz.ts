/**
 * Hostile bodies on the signal queue: none crashes the responder or causes a call to AWS IoT, and each is accounted for.
 *
 * Usage: npm run fuzz [-- --bodies N] [--seed N] [--json]
 *
 * The same seed makes the same bodies. Exit code 1 for a body that was taken for what it is not, 2 if it cannot run.
 */
import { parseArgs } from 'node:util';
import { fuzzSignals } from './support/fuzz-signals';

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { bodies: { type: 'string' }, seed: { type: 'string' }, json: { type: 'boolean', default: false } },
  });
  const bodies = Number(values.bodies ?? 1_000_000);
  const seed = Number(values.seed ?? Date.now() % 4_294_967_296);
  if (!Number.isSafeInteger(bodies) || bodies < 1 || !Number.isSafeInteger(seed) || seed < 0) {
    process.stderr.write('--bodies takes a whole number of 1 or more, --seed one of 0 or more\n');
    return 2;
  }
  const begun = Date.now();
  const result = await fuzzSignals(bodies, seed);
  if (values.json) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  else {
    const kinds = Object.entries(result.byKind).map(([kind, count]) => `  ${String(count).padStart(8)}  ${kind}`);
    const lines = [
      `${result.bodies} bodies, seed ${result.seed}, ${((Date.now() - begun) / 1000).toFixed(0)} s`,
      ...kinds,
      `refused ${result.refused}, about no device ${result.ignored}, still in order ${result.valid}: all accounted for`,
      `calls to AWS IoT for refused bodies: ${result.calls}; slowest body: ${result.slowestMs.toFixed(1)} ms`,
    ];
    process.stdout.write(`${lines.join('\n')}\n`);
  }
  for (const problem of result.problems.slice(0, 20)) process.stderr.write(`${problem}\n`);
  return result.problems.length === 0 ? 0 : 1;
}

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exitCode = 2;
  },
);

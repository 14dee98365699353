/**
 * Every device of a fleet raises an alarm at once: how many are isolated, and how fast, at the default quotas of AWS.
 *
 * Usage: npx tsx bench/storm.ts [--json] [--devices N]
 *
 * Time is virtual, so nothing depends on this machine. The service refuses a call when its bucket (one second of its quota) is
 * empty. Ours is the handler that is deployed, with its ports in memory; peers are the calls of the public samples
 * (ListThingPrincipals, UpdateCertificate), behind a queue and without one. Exit code 1 for a goal that is missed, 2 if it
 * cannot run.
 */
import { directPeer, ourStorm, queuedPeer, type StormResult } from './support/storm';

const GOAL_PER_SECOND = 90;
const GOAL_USED = 0.95;

function line(result: StormResult): string {
  const cells = [
    result.name.padEnd(28),
    String(result.isolated).padStart(8),
    String(result.lost).padStart(7),
    result.perSecond.toFixed(1).padStart(9),
    `${Math.round(result.seconds)} s`.padStart(8),
    result.callsPerDevice.toFixed(2).padStart(7),
    String(result.throttled).padStart(9),
    `${(result.used * 100).toFixed(1)} % of ${result.bottleneck}`,
  ];
  return cells.join('  ');
}

async function main(): Promise<number> {
  const args = process.argv.slice(2);
  const at = args.indexOf('--devices');
  const devices = at === -1 ? 50_000 : Number(args[at + 1]);
  if (!Number.isInteger(devices) || devices < 1) {
    process.stderr.write(`--devices takes a whole number of 1 or more, got ${args[at + 1]}\n`);
    return 2;
  }
  const ours = await ourStorm(devices);
  const peers = [await queuedPeer(devices), await directPeer(devices)];
  const failures = [
    ...(ours.lost > 0 ? [`${ours.lost} signals were lost`] : []),
    ...(ours.throttled > 0 ? [`${ours.throttled} calls were above the quota`] : []),
    ...(ours.perSecond < GOAL_PER_SECOND
      ? [`${ours.perSecond.toFixed(1)} a second; the goal is ${GOAL_PER_SECOND}`]
      : []),
    ...(ours.used < GOAL_USED
      ? [`${(ours.used * 100).toFixed(1)} % of the bottleneck; the goal is ${GOAL_USED * 100} %`]
      : []),
  ];
  if (args.includes('--json')) process.stdout.write(`${JSON.stringify({ ours, peers, failures }, null, 2)}\n`);
  else {
    const head = [
      'sequence'.padEnd(28),
      'isolated',
      '   lost',
      'devices/s',
      '    time',
      'calls/d',
      'throttled',
      'bottleneck',
    ];
    process.stdout.write(`${devices} devices, one alarm each, default quotas, virtual time\n${head.join('  ')}\n`);
    for (const result of [ours, ...peers]) process.stdout.write(`${line(result)}\n`);
    for (const failure of failures) process.stdout.write(`MISSED: ${failure}\n`);
  }
  return failures.length === 0 ? 0 : 1;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exitCode = 2;
  },
);

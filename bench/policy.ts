/**
 * Policy decisions per second and core, beside other engines, on equivalent questions in one run.
 *
 * Usage: npx tsx bench/policy.ts [--json] [--seconds N]
 *
 * Each engine runs in a process of its own. They answer the same questions in turn, for N seconds (0.5) of CPU time, several
 * times over; the figure is the median round. Time is the CPU time of the engine's process, so that other work on the
 * machine counts little. No engine keeps an answer: what is prepared once is said for each. Exit code 1 for a wrong verdict
 * of ours or a goal that is missed, 2 if it cannot run.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { cpus } from 'node:os';
import { type Ask, type Engine, ENGINES } from './support/policy-engines';
import { QUESTIONS } from './support/policy-workload';

const ROUNDS = 5;
const GOAL_PER_SECOND = 1_500_000;
const GOAL_RATIO = 8;

interface Row {
  readonly name: string;
  readonly prepared: string;
  readonly perSecond: number;
  /** Questions of the workload that it answers wrongly. */
  readonly wrong: number;
}

/** What an engine's process answers to one order. */
interface Round {
  readonly perSecond: number;
  readonly wrong: number;
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Decisions per second of CPU time. Every answer counts into the sum, so that no call can be optimized away. */
function measure(ask: Ask, seconds: number, expected: number): number {
  const start = cpuSeconds();
  for (let asked = QUESTIONS.length; ; asked += QUESTIONS.length) {
    let yes = 0;
    for (let i = 0; i < QUESTIONS.length; i++) if (ask(i)) yes++;
    if (yes !== expected) throw new Error('an engine changed its mind');
    const spent = cpuSeconds() - start;
    if (spent >= seconds) return asked / spent;
  }
}

/** In the engine's process: a round for each number of seconds that is sent. */
async function serve(engine: Engine): Promise<void> {
  const ask = await engine.make();
  const answers = QUESTIONS.map((_, i) => ask(i));
  const wrong = answers.filter((answer, i) => answer !== QUESTIONS[i]!.allowed).length;
  const yes = answers.filter(Boolean).length;
  process.on('message', (seconds: number) => {
    const round: Round = { perSecond: measure(ask, seconds, yes), wrong };
    process.send!(round);
  });
  process.on('disconnect', () => process.exit(0));
}

async function order(child: ChildProcess, seconds: number): Promise<Round> {
  child.send(seconds);
  const failed = once(child, 'exit').then(() => Promise.reject(new Error('an engine could not run')));
  const [round] = (await Promise.race([once(child, 'message'), failed])) as [Round];
  return round;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

async function run(seconds: number): Promise<Row[]> {
  const children = ENGINES.map((_, i) => fork(__filename, ['--engine', String(i)]));
  try {
    // The first round warms up.
    const rounds: Round[][] = children.map(() => []);
    for (let i = 0; i <= ROUNDS; i++) {
      for (const [c, child] of children.entries()) rounds[c]!.push(await order(child, seconds));
    }
    return ENGINES.map(({ name, prepared }, i) => ({
      name,
      prepared,
      perSecond: Math.round(median(rounds[i]!.slice(1).map((round) => round.perSecond))),
      wrong: rounds[i]![0]!.wrong,
    }));
  } finally {
    for (const child of children) child.disconnect();
  }
}

function table(rows: readonly Row[], fastest: number): string {
  const width = Math.max(...rows.map((row) => row.name.length));
  return rows
    .map((row) => {
      const rate = row.perSecond.toLocaleString('en-US').padStart(11);
      const ratio = (row.perSecond / fastest).toPrecision(3).padStart(7);
      const wrong = row.wrong === 0 ? 'all right' : `${row.wrong} WRONG`;
      return `${row.name.padEnd(width)} ${rate}/s ${ratio} x  ${wrong.padEnd(9)}  once: ${row.prepared}`;
    })
    .join('\n');
}

async function main(): Promise<void> {
  const at = process.argv.indexOf('--seconds');
  const rows = await run(at < 0 ? 0.5 : Number(process.argv[at + 1]));
  const fastest = Math.max(...rows.filter((_, i) => !ENGINES[i]!.ours).map((row) => row.perSecond));
  const wrong = rows.filter((row, i) => ENGINES[i]!.ours && row.wrong > 0).length;
  const { perSecond } = rows[0]!;
  const ratio = Math.round((perSecond / fastest) * 10) / 10;
  const passed = wrong === 0 && ratio >= GOAL_RATIO && perSecond >= GOAL_PER_SECOND;
  const goals = { perSecond: GOAL_PER_SECOND, ratio: GOAL_RATIO };
  if (process.argv.includes('--json')) {
    const machine = { node: process.version, cpu: cpus()[0]?.model };
    console.log(JSON.stringify({ ...machine, questions: QUESTIONS.length, goals, perSecond, ratio, passed, rows }));
  } else {
    console.log(
      `Policy decisions per second and core (CPU time): ${QUESTIONS.length} questions, Node ${process.version}\n`,
    );
    console.log(table(rows, fastest));
    console.log(
      `\n${passed ? 'passed' : 'MISSED'}: ${perSecond.toLocaleString('en-US')}/s (goal ${goals.perSecond.toLocaleString('en-US')}), ` +
        `${ratio} times the fastest peer (goal ${goals.ratio})`,
    );
  }
  if (!passed) process.exitCode = 1;
}

const engine = process.argv.indexOf('--engine');
(engine < 0 ? main() : serve(ENGINES[Number(process.argv[engine + 1])]!)).catch((error: unknown) => {
  console.error(error);
  process.exit(2);
});

import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { App } from 'aws-cdk-lib';
import { ConfigurationError } from '../lib/internal/configuration-error';
import { packageRoot } from '../lib/internal/package-root';
import { FleetFile, FleetFileError } from './fleet-file';
import { buildFleet, parseFleet } from './reference-app';
import { readVerdicts } from './verdicts';
import { printSummary, summarize } from './summary';

const USAGE = `npm start [-- options]
  --fleet FILE    the fleet to synthesize (default: fleet.json)
  --output DIR    where the cloud assembly goes (default: cdk.out)
  --json          the summary as JSON, and no rehearsal
  --synth-only    no rehearsal
  --help          this text`;

/** Where the command writes: lines for the user, and lines about what went wrong. */
export interface Output {
  readonly print: (...lines: string[]) => void;
  readonly complain: (...lines: string[]) => void;
}

interface Options {
  readonly fleet: string;
  readonly output: string;
  readonly json: boolean;
  readonly 'synth-only': boolean;
  readonly help: boolean;
}

const OPTIONS = {
  fleet: { type: 'string', default: 'fleet.json' },
  output: { type: 'string', default: 'cdk.out' },
  json: { type: 'boolean', default: false },
  'synth-only': { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/** The folder that is to be rehearsed after a start with these arguments; undefined if nothing is. */
export function assemblyToRehearse(argv: readonly string[]): string | undefined {
  const { values } = parseArgs({ args: [...argv], options: OPTIONS, strict: false });
  return values.json === true || values['synth-only'] === true || values.help === true
    ? undefined
    : resolve(String(values.output));
}

/**
 * Synthesizes the reference app for a fleet file, and says what was made.
 *
 * @returns the exit code: 0 made, nothing to object to; 1 findings, or a fleet that cannot be used; 2 the call itself was wrong
 */
export function start(argv: readonly string[], output: Output): number {
  let options: Options;
  const { print, complain } = output;
  try {
    const { values } = parseArgs({ args: [...argv], options: OPTIONS });
    options = values;
  } catch (error) {
    complain((error as Error).message, USAGE);
    return 2;
  }
  if (options.help) {
    print(USAGE);
    return 0;
  }
  try {
    return synthesize(options, output);
  } catch (error) {
    if (error instanceof FleetFileError) {
      complain(`${options.fleet} cannot be used:`, ...error.problems.map((problem) => `  ${problem}`));
      return 1;
    }
    if (ConfigurationError.is(error)) {
      complain(error.message);
      return 1;
    }
    throw error;
  }
}

function synthesize(options: Options, { print }: Output): number {
  const started = process.hrtime.bigint();
  const file = FleetFile.read(options.fleet);
  const parsed = parseFleet(file);
  const outdir = resolve(options.output);
  refuseForeignFolder(outdir);
  rmSync(outdir, { recursive: true, force: true });
  const app = new App({ outdir, context: cdkContext() });
  const built = buildFleet(app, parsed);
  const assembly = app.synth();
  const verdicts = readVerdicts(assembly.directory);
  const summaries = summarize(app, assembly);
  if (options.json) {
    print(
      JSON.stringify(
        { fleet: options.fleet, assembly: assembly.directory, stacks: summaries, checks: verdicts },
        null,
        2,
      ),
    );
  } else {
    const seconds = Number(process.hrtime.bigint() - started) / 1e9;
    print(
      `${file.description.name}: ${built.serials.toLocaleString('en')} serial numbers may enroll; synthesized in ${seconds.toFixed(1)} s`,
      '',
    );
    print(...printSummary(summaries));
    print(`Checks: ${verdicts.summary}`, ...verdicts.findings.map((finding) => `  ${finding}`));
    const report = join(assembly.directory, 'zero-trust-iot-report.html');
    if (existsSync(report)) print(`Evidence, tenet by tenet, and who may do what: ${relative(process.cwd(), report)}`);
    print('');
    print('To deploy:', ...deployCommands(options, built.detectStack), '');
  }
  return verdicts.clean ? 0 : 1;
}

/** The assembly folder is emptied first: only one that CDK made, or an empty one, may be. */
function refuseForeignFolder(outdir: string): void {
  let known: string;
  try {
    known = readFileSync(join(outdir, 'manifest.json'), 'utf8');
  } catch {
    known = '';
  }
  const empty = !existsSync(outdir) || readdirSync(outdir).length === 0;
  if (!empty && !known.includes('"artifacts"')) {
    throw new FleetFileError([
      `${relative(process.cwd(), outdir) || '.'} holds files that are not a cloud assembly; give another folder with --output DIR`,
    ]);
  }
}

function deployCommands(options: { fleet: string; output: string }, detectStack: string | undefined): string[] {
  const context = options.fleet === 'fleet.json' ? '' : ` -c fleet=${options.fleet}`;
  return [
    `  npx cdk deploy${context} ZeroTrust`,
    ...(detectStack === undefined
      ? []
      : [
          `  npx cdk deploy${context} ${detectStack}    (only accounts that used Device Defender Detect before 2026-08-31; else set "detect": "stream")`,
        ]),
  ];
}

function cdkContext(): Record<string, unknown> {
  return (JSON.parse(readFileSync(join(packageRoot(), 'cdk.json'), 'utf8')) as { context: Record<string, unknown> })
    .context;
}

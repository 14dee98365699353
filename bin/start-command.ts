import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { App } from 'aws-cdk-lib';
import { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { ConfigurationError } from '../lib/internal/configuration-error';
import { packageRoot } from '../lib/internal/package-root';
import { FleetFile, FleetFileError } from './fleet-file';
import { EVIDENCE_REPORT, folderBeside, OutputError, outputFolder, refuseForeignFolder } from './output-folder';
import { type BuiltFleet, buildFleet, type ParsedFleet, parseFleet, synthesizeFleet } from './reference-app';
import { readVerdicts, VALIDATION_REPORT } from './verdicts';
import { warningsOf } from './warnings';
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
    if (ConfigurationError.is(error) || error instanceof OutputError) {
      complain(error.message);
      return 1;
    }
    throw error;
  }
}

/**
 * Rehearses what was made. A fleet in which nobody may enroll yet has no device that a story could be about: that is said, and is
 * no fault of the fleet.
 *
 * @returns the exit code: 0 green, or nothing to rehearse; 1 red
 */
export async function rehearseAfterStart(run: () => Promise<boolean>, { print }: Output): Promise<number> {
  try {
    return (await run()) ? 0 : 1;
  } catch (error) {
    // Known by its name, since the rehearsal is a bundle of its own.
    if (!(error instanceof Error) || error.name !== 'NoStoryError') throw error;
    print(`Not rehearsed: ${error.message} of 'npx zero-trust-iot rehearse'`);
    return 0;
  }
}

function synthesize(options: Options, { print }: Output): number {
  const started = process.hrtime.bigint();
  const file = FleetFile.read(options.fleet);
  const parsed = parseFleet(file);
  const outdir = outputFolder(options.output);
  refuseForeignFolder(outdir);
  const { app, built } = make(outdir, parsed);
  const assembly = new CloudAssembly(outdir);
  const verdicts = readVerdicts(assembly.directory);
  const summaries = summarize(app, assembly);
  const warnings = [...warningsOf(assembly), ...verdicts.advice];
  if (options.json) {
    print(
      JSON.stringify(
        { fleet: options.fleet, assembly: assembly.directory, stacks: summaries, checks: verdicts, warnings },
        null,
        2,
      ),
    );
  } else {
    const seconds = Number(process.hrtime.bigint() - started) / 1e9;
    print(`${file.description.name}: ${mayEnroll(built.serials)}; synthesized in ${seconds.toFixed(1)} s`, '');
    print(...printSummary(summaries));
    print(`Checks: ${verdicts.summary}`, ...verdicts.findings.map((finding) => `  ${finding}`));
    if (warnings.length > 0) print('Warnings:', ...warnings.map((warning) => `  ${warning}`));
    const report = join(assembly.directory, EVIDENCE_REPORT);
    if (existsSync(report)) print(`Evidence, tenet by tenet, and who may do what: ${relative(process.cwd(), report)}`);
    print('');
    if (verdicts.clean) print('To deploy:', ...deployCommands(options, built.detectStack), '');
    else print('Not to be deployed like this: mend what was found first.', '');
  }
  return verdicts.clean ? 0 : 1;
}

/**
 * The assembly is made beside its place and takes it when it is whole: what cannot be synthesized leaves the one before, and no
 * halves.
 */
function make(outdir: string, parsed: ParsedFleet): { readonly app: App; readonly built: BuiltFleet } {
  const unfinished = folderBeside(outdir);
  try {
    const app = new App({ outdir: unfinished, context: cdkContext() });
    const built = buildFleet(app, parsed);
    try {
      namingPlaceOf(unfinished, outdir, () => synthesizeFleet(app, parsed));
    } catch (error) {
      // Findings fail a synth. They are told with all else, from the report.
      if (error instanceof FleetFileError || !existsSync(join(unfinished, VALIDATION_REPORT))) throw error;
    }
    rmSync(outdir, { recursive: true, force: true });
    renameSync(unfinished, outdir);
    return { app, built };
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/** The CDK tells where its report lies while the assembly is beside its place: whoever reads that finds it where it went. */
function namingPlaceOf(unfinished: string, outdir: string, synthesizes: () => void): void {
  /* eslint-disable no-console -- what the CDK writes to */
  const { error } = console;
  console.error = (...words: unknown[]) =>
    error(
      ...words.map((word) =>
        typeof word === 'string' ? word.replaceAll(`${basename(unfinished)}/`, `${basename(outdir)}/`) : word,
      ),
    );
  try {
    synthesizes();
  } finally {
    console.error = error;
  }
  /* eslint-enable no-console */
}

function mayEnroll(serials: number | undefined): string {
  if (serials === undefined) return 'nobody may enroll before serial numbers are put into the table of the allow-list';
  return `${serials.toLocaleString('en')} serial number${serials === 1 ? '' : 's'} may enroll`;
}

function deployCommands(options: { fleet: string; output: string }, detectStack: string | undefined): string[] {
  const file = /^[\w./~-]+$/.test(options.fleet) ? options.fleet : `'${options.fleet.replaceAll("'", `'\\''`)}'`;
  const context = options.fleet === 'fleet.json' ? '' : ` -c fleet=${file}`;
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

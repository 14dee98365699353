import { readFileSync, writeFileSync } from 'node:fs';
import { type Baseline, baselineOf, goneFrom, parseBaseline } from '../../lib/compliance/baseline';
import { type CheckResult, judge } from '../../lib/compliance/engine';
import { evidenceOf } from '../../lib/compliance/evidence/evidence';
import { digestOfFile, writeEvidence } from '../../lib/compliance/evidence/write';
import type { Model } from '../../lib/compliance/model/model';
import { junitReport } from '../../lib/compliance/report/junit';
import { printable } from '../../lib/compliance/report/printable';
import { sarifReport } from '../../lib/compliance/report/sarif';
import { textReport } from '../../lib/compliance/report/text';
import { type Parsed, readArguments } from './arguments';
import { Exit, type Terminal, UsageError } from './exit';
import { readPaths } from './read-paths';

export const CHECK_USAGE = `zero-trust-iot check PATH... [--format text|json|sarif|junit] [--profile baseline|strict]
    [--account-baseline this-app|elsewhere] [--baseline FILE] [--update-baseline] [--json]
    [--report DIR]

PATH is a CDK assembly (cdk.out), a CloudFormation template (JSON or YAML), or a folder of templates. All of them are judged
together. Exit code: 0 nothing worse than warnings, 1 findings, 2 the check could not be done, or not in full.
With --baseline only findings that are not in the file fail, and those of the file that are gone are named; --update-baseline
writes the file.
With --report the evidence is written to DIR/zero-trust-iot-report.json, .md and .html: tenet by tenet, and who may do what.`;

const OPTIONS = {
  format: { values: ['text', 'json', 'sarif', 'junit'], fallback: 'text' },
  profile: { values: ['baseline', 'strict'], fallback: 'baseline' },
  'account-baseline': { values: ['this-app', 'elsewhere'], fallback: 'elsewhere' },
  baseline: {},
  'update-baseline': { flag: true },
  report: {},
  json: { flag: true },
};

/** Judges templates by the catalog of rules. */
export function runCheck(argv: readonly string[], terminal: Terminal): Exit {
  const args = readArguments(argv, OPTIONS);
  if (args.operands.length === 0) throw new UsageError('name at least one template, folder or assembly');
  if (args.has('update-baseline') && args.text('baseline') === undefined)
    throw new UsageError('--update-baseline needs --baseline FILE');
  if (args.has('json') && !['text', 'json'].includes(args.text('format') ?? ''))
    throw new UsageError(`--json is short for --format json: it cannot stand beside --format ${args.text('format')}`);
  const baseline = readKnown(args);
  const source = readPaths(args.operands);
  const { result, model } = judge({
    ...source,
    known: new Set(baseline?.findings.map(({ fingerprint }) => fingerprint)),
    today: terminal.today,
    profile: args.text('profile') === 'strict' ? 'strict' : 'baseline',
    accountBaseline: args.text('account-baseline') === 'this-app' ? 'this-app' : 'elsewhere',
  });
  terminal.out(render(result, args.has('json') ? 'json' : (args.text('format') ?? 'text'), terminal.version));
  const report = args.text('report');
  if (report !== undefined) writeReport(report, result, model, terminal);
  if (result.broken) return Exit.FAILED;
  if (baseline !== undefined) tellGone(args.text('baseline') ?? '', goneFrom(baseline, result), terminal);
  if (args.has('update-baseline')) return update(args.text('baseline') ?? '', result, terminal);
  return result.success ? Exit.OK : Exit.NO;
}

function writeReport(folder: string, result: CheckResult, model: Model, terminal: Terminal): void {
  const evidence = evidenceOf({
    result,
    model,
    version: terminal.version,
    digestOf: digestOfFile,
    identities: Number.POSITIVE_INFINITY,
  });
  for (const path of writeEvidence(evidence, folder, 'zero-trust-iot-report')) terminal.err(`wrote ${path}\n`);
}

function readKnown(args: Parsed): Baseline | undefined {
  const file = args.text('baseline');
  if (file === undefined || args.has('update-baseline')) return undefined;
  try {
    return parseBaseline(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new UsageError(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** A renamed resource fails with what was known of it: say so, and what is to be done. */
function tellGone(file: string, gone: Baseline['findings'], terminal: Terminal): void {
  if (gone.length === 0) return;
  const lines = gone.map(
    ({ rule, where }) => `  ${printable(`${rule} ${where}`)}
`,
  );
  terminal.err(
    `${file} names what is not found any more; what was mended or renamed goes with --update-baseline:\n${lines.join('')}`,
  );
}

function update(file: string, result: CheckResult, terminal: Terminal): Exit {
  const baseline = baselineOf(result);
  writeFileSync(file, `${JSON.stringify(baseline, null, 2)}\n`);
  terminal.err(`${file}: ${baseline.findings.length} findings are known from now on\n`);
  return Exit.OK;
}

function render(result: CheckResult, format: string, version: string): string {
  if (format === 'sarif') return `${JSON.stringify(sarifReport(result, version), null, 2)}\n`;
  if (format === 'junit') return junitReport(result);
  if (format === 'json')
    return `${JSON.stringify({ tool: { name: 'zero-trust-iot', version }, ...result }, null, 2)}\n`;
  return textReport(result);
}

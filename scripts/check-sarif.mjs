// Has Microsoft's SARIF Multitool validate what `zero-trust-iot check --format sarif` writes, against the schema of SARIF
// 2.1.0 and its own rules, and a public parser of JUnit reports read what `--format junit` writes. Skipped, and said so, where
// a tool cannot be installed. Usage: node scripts/check-sarif.mjs
import { execFileSync, spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const TOOL = '@microsoft/sarif-multitool-linux';
const VERSION = '5.7.0';
const JUNIT_TOOL = 'junit2json';
const JUNIT_VERSION = '4.0.0';
const ARN = 'arn:aws:iot:us-east-1:123456789012:';
const until = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
const work = mkdtempSync(join(tmpdir(), 'zero-trust-iot-sarif-'));

const policy = (resource, rest = {}) => ({
  Type: 'AWS::IoT::Policy',
  Properties: {
    PolicyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'iot:Publish', Resource: resource }],
    },
  },
  ...rest,
});
/** Findings of each severity, a waiver, a condition, a name that needs escapes, nothing, and a file that is none. */
const INPUTS = {
  'findings.json': {
    Resources: { 'All topics': policy('*'), Parameter: policy({ Ref: 'Topic' }) },
    Parameters: { Topic: { Type: 'String' } },
  },
  'waived.json': {
    Resources: {
      Waived: policy(`${ARN}topic/dt/*`, {
        Metadata: {
          ZeroTrustIoT: [{ id: 'ZTI-POL3', reason: `One gateway reads for all pumps owner=jo until=${until}` }],
        },
      }),
    },
  },
  'with space & ümlaut.json': {
    Resources: { P: policy({ 'Fn::If': ['Perhaps', '*', `${ARN}topic/a`] }) },
    Conditions: { Perhaps: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'x'] } },
  },
  'clean.json': { Resources: { P: policy(`${ARN}topic/a`) } },
  'none.json': [],
};

function install(...packages) {
  try {
    execFileSync('npm', ['install', '--prefix', work, '--no-save', '--no-audit', '--no-fund', ...packages], {
      stdio: 'ignore',
    });
    return true;
  } catch {
    return false;
  }
}

function check(input, format) {
  const cli = [join(root, 'dist/cli/zero-trust-iot.js'), 'check', input, '--format', format];
  return spawnSync(process.execPath, cli, { encoding: 'utf8' }).stdout;
}

/** What is wrong with the counts of a report, as somebody else reads it. */
async function problemsOfJunit(parse, name, text) {
  const report = await parse(text);
  const suites = report?.testsuite ?? [];
  const cases = suites.flatMap((suite) => suite.testcase ?? []);
  const said = (count) => suites.reduce((sum, suite) => sum + (suite[count] ?? 0), 0);
  const wrong = Object.entries({
    tests: cases.length,
    failures: cases.filter(({ failure }) => failure !== undefined).length,
    skipped: cases.filter(({ skipped }) => skipped !== undefined).length,
  }).filter(([count, found]) => said(count) !== found);
  const problems = wrong.map(([count, found]) => `${name} says ${said(count)} ${count} and has ${found}`);
  return cases.length === 0 ? [...problems, `${name} has no test case`] : problems;
}

async function checkJunit(names) {
  if (!install(`${JUNIT_TOOL}@${JUNIT_VERSION}`)) {
    process.stdout.write('SKIPPED junit: the parser cannot be installed here\n');
    return [];
  }
  const { parse } = await import(pathToFileURL(createRequire(join(work, 'x.js')).resolve(JUNIT_TOOL)).href);
  const found = await Promise.all(names.map((name) => problemsOfJunit(parse, name, check(join(work, name), 'junit'))));
  const problems = found.flat();
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  process.stdout.write(
    `junit: ${names.length} reports read by ${JUNIT_TOOL} ${JUNIT_VERSION}, ${problems.length} problems\n`,
  );
  return problems;
}

try {
  if (!install(`${TOOL}@${VERSION}`)) {
    process.stdout.write('SKIPPED sarif, and junit with it: the validator cannot be installed here\n');
    process.exit(0);
  }
  const tool = join(work, 'node_modules', TOOL, 'Sarif.Multitool');
  chmodSync(tool, 0o755);
  const outputs = Object.entries(INPUTS).map(([name, body], index) => {
    const [input, output] = [join(work, name), join(work, `${index}.sarif`)];
    writeFileSync(input, JSON.stringify(body, null, 2));
    writeFileSync(output, check(input, 'sarif'));
    return output;
  });
  const report = join(work, 'report.sarif');
  spawnSync(tool, ['validate', ...outputs, '--output', report, '--log', 'ForceOverwrite'], {
    // The tool brings no tables of languages, and needs none.
    env: { ...process.env, DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: '1' },
    stdio: 'ignore',
  });
  const [run] = JSON.parse(readFileSync(report, 'utf8')).runs;
  const read = run.artifacts?.length ?? 0;
  const problems = (run.results ?? []).map(
    ({ ruleId, message }) => `${ruleId}: ${message.text ?? JSON.stringify(message.arguments)}`,
  );
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  process.stdout.write(
    `sarif: ${outputs.length} logs validated by ${TOOL} ${VERSION}, ${problems.length} problems${read === 0 ? '' : ` in ${read}`}\n`,
  );
  const junit = await checkJunit(Object.keys(INPUTS));
  process.exitCode =
    junit.length === 0 &&
    problems.length === 0 &&
    run.invocations?.every(({ executionSuccessful }) => executionSuccessful) !== false
      ? 0
      : 1;
} finally {
  rmSync(work, { recursive: true, force: true });
}

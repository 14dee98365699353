// Mutation tests, part by part: `npm run mutate`, or of some parts: `npm run mutate -- lib/policy record-incident`. Each part has
// its own report in reports/mutation, so what was interrupted goes on with the parts that are left. `npm run mutate:table` prints
// the reports that there are. What begins with `--` is Stryker's: `npm run mutate -- --mutate 'lib/policy/topic.ts'`.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import complianceConfig, { PARTS } from '../stryker.compliance.config.mjs';
import decisionConfig from '../stryker.config.mjs';
import decisionCode from './decision-code.cjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const REPORTS = join(root, 'reports/mutation');
/** In percent, of each part and of each file: the score below which a run fails. */
const LEAST = decisionConfig.thresholds.break;
/** No part may run longer, in milliseconds: it is stopped and fails, so the whole ends. */
const LONGEST = 60 * 60_000;

const parts = [
  ...Object.entries(decisionCode.parts).map(([name, { code }]) => ({
    name,
    stryker: ['run', '--mutate', code.join(',')],
    report: decisionConfig.jsonReporter.fileName,
  })),
  ...Object.keys(PARTS).map((name) => ({
    name: `lib/compliance: ${name}`,
    stryker: ['run', 'stryker.compliance.config.mjs'],
    env: { PART: name },
    report: complianceConfig.jsonReporter.fileName.replace(/[a-z]+\.json$/, `${name}.json`),
  })),
];

const arguments_ = process.argv.slice(2);
if (arguments_.includes('--table')) process.exitCode = table(parts) ? 0 : 1;
else if (
  arguments_.some((argument, index) => arguments_[index - 1] === '--mutate' && argument.includes('lib/compliance/'))
) {
  // Their tests are chosen by part: with those of the code that decides, nearly every mutant would survive.
  console.error(`--mutate does not take lib/compliance; name one of its parts: ${Object.keys(PARTS).join(', ')}`);
  process.exitCode = 2;
} else if (arguments_.some((argument) => argument.startsWith('--')))
  process.exitCode = stryker(['run', ...deciding(arguments_)]).status ?? 1;
else main(arguments_);

function main(names) {
  const unknown = names.filter((name) => !parts.some((part) => isNamed(part, name)));
  if (unknown.length > 0) {
    console.error(`no part is named ${unknown.join(' or ')}; there are: ${parts.map((part) => part.name).join(', ')}`);
    process.exitCode = 2;
    return;
  }
  const chosen = parts.filter((part) => names.length === 0 || names.some((name) => isNamed(part, name)));
  mkdirSync(REPORTS, { recursive: true });
  for (const part of chosen) {
    const report = reportOf(part);
    rmSync(report, { force: true });
    rmSync(join(root, part.report), { force: true });
    console.log(`\n== ${part.name}`);
    stryker(part.stryker, part.env);
    if (existsSync(join(root, part.report))) copyFileSync(join(root, part.report), report);
  }
  process.exitCode = table(chosen) ? 0 : 1;
}

function isNamed({ name }, wanted) {
  return name === wanted || name.endsWith(`/${wanted}`) || name.endsWith(`: ${wanted}`);
}

function reportOf({ name }) {
  return join(REPORTS, `${name.replaceAll(/[^a-z-]+/g, '-')}.json`);
}

function stryker(args, env = {}) {
  return spawnSync(process.execPath, [join(root, 'node_modules/@stryker-mutator/core/bin/stryker.js'), ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: 'inherit',
    timeout: LONGEST,
  });
}

/** The same arguments, but that a wildcard means the code that decides: adapters and handlers are tested through the bundle. */
function deciding(args) {
  return args.map((argument, index) => {
    if (args[index - 1] !== '--mutate' || !argument.includes('*')) return argument;
    const code = Object.values(decisionCode.parts).flatMap((part) => part.code);
    const [wanted, named, taken] = [
      argument.split(','),
      code.filter((pattern) => !pattern.startsWith('!')),
      code.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1)),
    ].map((patterns) => patterns.map(expression));
    const matches = (expressions, file) => expressions.some((each) => each.test(file));
    const acting = readdirSync(join(root, 'lambda'), { recursive: true })
      .map((file) => `lambda/${file}`)
      .filter((file) => file.endsWith('.ts') && matches(wanted, file))
      .filter((file) => !matches(named, file) || matches(taken, file));
    if (acting.length > 0)
      console.log(`left out, since it acts and is tested through the bundle: ${acting.join(', ')}`);
    return [argument, ...acting.map((file) => `!${file}`)].join(',');
  });
}

/** A pattern of paths with `*`, `**` and `{a,b}` as a regular expression. */
function expression(pattern) {
  const source = pattern
    .replaceAll('.', '\\.')
    .replaceAll('**/', '\0')
    .replaceAll('*', '[^/]*')
    .replaceAll('\0', '(?:.*/)?')
    .replaceAll(/\{([^}]*)\}/g, (_, words) => `(?:${words.replaceAll(',', '|')})`);
  return new RegExp(`^${source}$`);
}

/** Prints the scores of the parts; whether each of them, and each of their files, has enough. */
function table(wanted) {
  const rows = wanted.map((part) => {
    const report = reportOf(part);
    if (!existsSync(report)) return { part: part.name, mutants: 'not run to its end', enough: false };
    const { files } = JSON.parse(readFileSync(report, 'utf8'));
    const scores = Object.entries(files).map(([file, { mutants }]) => ({ file, ...score(mutants) }));
    const whole = score(Object.values(files).flatMap(({ mutants }) => mutants));
    const worst = scores.filter(({ valid }) => valid > 0).sort((a, b) => a.percent - b.percent)[0];
    // A part without mutants was not found: Stryker calls that a perfect score.
    return { part: part.name, ...whole, worst, enough: worst !== undefined && worst.percent >= LEAST };
  });
  const lines = [
    ['part', 'mutants', 'killed', 'lowest file'],
    ['---', '---', '---', '---'],
  ];
  for (const { part, valid, mutants, percent, worst } of rows)
    lines.push(
      valid === undefined
        ? [part, mutants, '', '']
        : [part, String(valid), `${percent.toFixed(1)} %`, worst ? `${worst.file} ${worst.percent.toFixed(1)} %` : ''],
    );
  console.log(`\n${lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}`);
  return rows.every(({ enough }) => enough);
}

/** As Stryker counts: an endless mutant is a killed one, one that no test meets is not, ignored and invalid ones do not count. */
function score(mutants) {
  const count = (...statuses) => mutants.filter(({ status }) => statuses.includes(status)).length;
  const killed = count('Killed', 'Timeout');
  const valid = killed + count('Survived', 'NoCoverage');
  return { valid, killed, percent: valid === 0 ? 0 : (100 * killed) / valid };
}

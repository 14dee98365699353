// A test runner for Stryker that loads the tests once and runs them in its own process: a mutant then costs milliseconds,
// where a start of jest costs seconds. For pure code only: modules are not loaded anew, so mutants in what runs while a
// module loads are left to `ignoreStatic`.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { commonTokens, declareFactoryPlugin, PluginKind, tokens } from '@stryker-mutator/api/plugin';
import { MutantRunStatus, TestStatus, toMutantRunResult } from '@stryker-mutator/api/test-runner';
import { register } from 'tsx/cjs/api';
import decisionCode from '../decision-code.cjs';
import { runTests, TestRegistry } from './test-registry.mjs';

export const strykerPlugins = [declareFactoryPlugin(PluginKind.TestRunner, 'in-process', create)];

export const strykerValidationSchema = {
  type: 'object',
  properties: {
    inProcess: {
      type: 'object',
      properties: {
        setup: { type: 'string', description: 'A file that is loaded before the tests.' },
        tests: {
          type: 'array',
          items: { type: 'string' },
          description: 'Regular expressions of the paths of test files. Default: those of the parts that are changed.',
        },
      },
    },
  },
};

create.inject = tokens(commonTokens.options);
function create(options) {
  const { setup, tests } = options.inProcess;
  return new InProcessRunner(setup, tests ?? decisionCode.partsOf(options.mutate).flatMap((part) => part.tests));
}

/** Where the one process that ran the tests unchanged tells the others what it saw; the folder is Stryker's copy of the project. */
const SEEN = 'reports/mutation-dry-run.json';
/**
 * In milliseconds of CPU: tests that take longer are left out when mutants are run, and of the others so many are run, the
 * quickest first, as take less than a mutant may cost; those of the mutated file come before all others. The score can only be lower for it.
 */
const LONGEST = { test: 1_000, mutant: 4_000 };
/** A mutant that is met so many times as often as before, and at least so often, goes round in a circle. */
const LIMIT = { times: 100, least: 10_000 };

class InProcessRunner {
  #registry = new TestRegistry();
  #setup;
  #tests;
  /** Of each test: how long it took and how often it met each mutant. */
  #seen;

  constructor(setup, tests) {
    this.#setup = setup;
    this.#tests = tests;
  }

  capabilities() {
    return { reloadEnvironment: false };
  }

  get #stryker() {
    return (globalThis.__stryker__ ??= {});
  }

  init() {
    const root = process.cwd();
    register();
    const require = createRequire(join(root, 'package.json'));
    if (this.#setup !== undefined) require(join(root, this.#setup));
    // A counter-example need not be the smallest to kill a mutant.
    require('fast-check').configureGlobal({ endOnFailure: true, seed: Number(process.env.PROPERTY_SEED ?? 1) });
    this.#registry.install(globalThis);
    this.#stryker.mutantCoverage = { static: {}, perTest: {} };
    const patterns = this.#tests.map((pattern) => new RegExp(pattern));
    const files = readdirSync(join(root, 'test'), { recursive: true })
      .map((file) => `test/${file}`)
      .filter((file) => file.endsWith('.test.ts'));
    for (const file of files.filter((name) => patterns.some((pattern) => pattern.test(name))).sort())
      this.#registry.file(file, () => require(join(root, file)));
  }

  async dryRun() {
    const stryker = this.#stryker;
    const coverage = stryker.mutantCoverage;
    const tests = [];
    const milliseconds = {};
    const ofHooks = new Map();
    await runTests(this.#registry.tests, {
      enter: (id, block) => {
        if (id === undefined) ofHooks.set(block, `hooks of ${ofHooks.size}`);
        stryker.currentTestId = id ?? ofHooks.get(block);
      },
      done: ({ id, block }, error, timeSpentMs) => {
        milliseconds[id] = timeSpentMs;
        tests.push(result(id, error, timeSpentMs));
        // What the hooks of the blocks around a test have covered, the test has covered.
        const own = (coverage.perTest[id] ??= {});
        for (const outer of block.path) {
          for (const [mutant, hits] of Object.entries(coverage.perTest[ofHooks.get(outer)] ?? {}))
            own[mutant] = (own[mutant] ?? 0) + hits;
        }
      },
    });
    for (const name of ofHooks.values()) delete coverage.perTest[name];
    stryker.mutantCoverage = undefined;
    mkdirSync(dirname(SEEN), { recursive: true });
    writeFileSync(SEEN, JSON.stringify({ milliseconds, hits: coverage.perTest }));
    return { status: 'complete', tests, mutantCoverage: coverage };
  }

  async mutantRun({ activeMutant, testFilter, disableBail }) {
    const stryker = this.#stryker;
    const { milliseconds, hits } = (this.#seen ??= JSON.parse(readFileSync(SEEN, 'utf8')));
    const chosen = testFilter === undefined ? undefined : new Set(testFilter);
    // Those of the file itself first, which know it best, then the quickest: most mutants die at once, and then the long
    // properties need not run.
    let left = LONGEST.mutant;
    const own = testFileOf(relative(process.cwd(), activeMutant.fileName));
    const isOther = ({ block }) => (block.path[0].name === own ? 0 : 1);
    const selected = this.#registry.tests
      .filter(({ id }) => (chosen === undefined || chosen.has(id)) && milliseconds[id] <= LONGEST.test)
      .sort((a, b) => isOther(a) - isOther(b) || milliseconds[a.id] - milliseconds[b.id])
      .filter(({ id }) => (left -= milliseconds[id]) >= 0);
    stryker.mutantCoverage = undefined;
    stryker.activeMutant = activeMutant.id;
    const tests = [];
    let circles = false;
    try {
      await runTests(selected, {
        // The limit is of each test: of all together it would let a quick test go round for minutes.
        enter: (id) => {
          stryker.hitCount = 0;
          stryker.hitLimit = Math.max(LIMIT.least, LIMIT.times * (hits[id]?.[activeMutant.id] ?? 0));
        },
        done: ({ id }, error, timeSpentMs) => {
          tests.push(result(id, error, timeSpentMs));
          circles ||= stryker.hitCount > stryker.hitLimit;
          return circles || (error !== undefined && !disableBail);
        },
      });
    } finally {
      stryker.activeMutant = undefined;
    }
    return circles
      ? { status: MutantRunStatus.Timeout, reason: 'goes round in a circle' }
      : toMutantRunResult({ status: 'complete', tests });
  }
}

/** Tests of `lib/a/b.ts` are in `test/a/b.test.ts`. */
function testFileOf(file) {
  return `test/${file.replace(/^lib\//, '').replace(/\.ts$/, '.test.ts')}`;
}

function result(id, error, timeSpentMs) {
  const common = { id, name: id, timeSpentMs };
  return error === undefined
    ? { ...common, status: TestStatus.Success }
    : { ...common, status: TestStatus.Failed, failureMessage: error.message };
}

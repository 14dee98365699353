// A test runner for Stryker that loads the tests once and runs them in its own process: a mutant then costs milliseconds,
// where a start of jest costs seconds. For pure code only: modules are not loaded anew, so mutants in what runs while a
// module loads are left to `ignoreStatic`.
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { commonTokens, declareFactoryPlugin, PluginKind, tokens } from '@stryker-mutator/api/plugin';
import { determineHitLimitReached, TestStatus, toMutantRunResult } from '@stryker-mutator/api/test-runner';
import { register } from 'tsx/cjs/api';
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
          description: 'Regular expressions of the paths of test files.',
        },
      },
      required: ['tests'],
    },
  },
};

create.inject = tokens(commonTokens.options);
function create(options) {
  return new InProcessRunner(options.inProcess);
}

class InProcessRunner {
  #registry = new TestRegistry();
  #milliseconds = new Map();
  #options;

  constructor(options) {
    this.#options = options;
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
    if (this.#options.setup !== undefined) require(join(root, this.#options.setup));
    // A counter-example need not be the smallest to kill a mutant.
    require('fast-check').configureGlobal({ endOnFailure: true });
    this.#registry.install(globalThis);
    this.#stryker.mutantCoverage = { static: {}, perTest: {} };
    const patterns = this.#options.tests.map((pattern) => new RegExp(pattern));
    const files = readdirSync(join(root, 'test'), { recursive: true }).map((file) => `test/${file}`);
    for (const file of files.filter((name) => patterns.some((pattern) => pattern.test(name))).sort())
      this.#registry.file(file, () => require(join(root, file)));
  }

  async dryRun() {
    const stryker = this.#stryker;
    const coverage = stryker.mutantCoverage;
    const tests = [];
    const ofHooks = new Map();
    await runTests(this.#registry.tests, {
      enter: (id, block) => {
        if (id === undefined) ofHooks.set(block, `hooks of ${ofHooks.size}`);
        stryker.currentTestId = id ?? ofHooks.get(block);
      },
      done: ({ id, block }, error, timeSpentMs) => {
        this.#milliseconds.set(id, timeSpentMs);
        const common = { id, name: id, timeSpentMs };
        tests.push(
          error === undefined
            ? { ...common, status: TestStatus.Success }
            : { ...common, status: TestStatus.Failed, failureMessage: error.message },
        );
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
    return { status: 'complete', tests, mutantCoverage: coverage };
  }

  async mutantRun({ activeMutant, testFilter, hitLimit, disableBail }) {
    const stryker = this.#stryker;
    const chosen = testFilter === undefined ? undefined : new Set(testFilter);
    // The quickest first: most mutants die at once, and then the long properties need not run.
    const selected = this.#registry.tests
      .filter(({ id }) => chosen === undefined || chosen.has(id))
      .sort((a, b) => (this.#milliseconds.get(a.id) ?? 0) - (this.#milliseconds.get(b.id) ?? 0));
    stryker.mutantCoverage = undefined;
    stryker.hitCount = hitLimit === undefined ? undefined : 0;
    stryker.hitLimit = hitLimit;
    stryker.activeMutant = activeMutant.id;
    const tests = [];
    try {
      await runTests(selected, {
        enter: () => undefined,
        done: ({ id }, error, timeSpentMs) => {
          if (error === undefined) this.#milliseconds.set(id, timeSpentMs);
          const common = { id, name: id, timeSpentMs };
          tests.push(
            error === undefined
              ? { ...common, status: TestStatus.Success }
              : { ...common, status: TestStatus.Failed, failureMessage: error.message },
          );
          return error !== undefined && !disableBail;
        },
      });
    } finally {
      stryker.activeMutant = undefined;
    }
    const limit = determineHitLimitReached(stryker.hitCount, stryker.hitLimit);
    return toMutantRunResult(limit ?? { status: 'complete', tests });
  }
}

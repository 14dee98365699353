import decisionCode from './scripts/decision-code.cjs';

// Mutation tests of the code that decides: `npm run mutate`, or of a part: `npm run mutate -- --mutate 'lib/policy/topic.ts'`,
// which loads the tests of that part only. Slow (minutes), so not part of `npm test`.

/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  plugins: ['./scripts/mutation/in-process-runner.mjs'],
  testRunner: 'in-process',
  coverageAnalysis: 'perTest',
  inProcess: { setup: 'test/support/environment.js' },
  mutate: Object.values(decisionCode.parts).flatMap(({ code }) => code),
  // Messages are for people: a changed word is not a changed decision.
  mutator: { excludedMutations: ['StringLiteral'] },
  // Tables that are made while a module loads would need a process for each mutant.
  ignoreStatic: true,
  reporters: ['clear-text', 'progress', 'json'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false, reportScoreTable: true },
  jsonReporter: { fileName: 'reports/mutation.json' },
  concurrency: 2,
  // A machine under load must not turn a slow run into a killed mutant.
  timeoutMS: 30000,
  thresholds: { high: 95, low: 85, break: 85 },
  tempDirName: '.stryker-tmp',
  ignorePatterns: ['dist/lib', 'dist/cli', 'cdk.out', 'coverage', 'reports'],
};

// Mutation tests of the code that decides: `npm run mutate`, or of a part: `npm run mutate -- --mutate 'lib/policy/topic.ts'`.
// Slow (minutes), so not part of `npm test`.
const settings = '{audit,claim,events,indexing,logging,memory,suppression}';

/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  plugins: ['./scripts/mutation/in-process-runner.mjs'],
  testRunner: 'in-process',
  coverageAnalysis: 'perTest',
  inProcess: {
    setup: 'test/support/environment.js',
    // The tests beside the code that decides; those that synthesize or start a process cost seconds for each mutant.
    tests: [
      '^test/policy/.*\\.test\\.ts$',
      '^test/lambda/[^/]*/(decide|event|audit|claim|events|indexing|logging|memory|suppression)[^/]*\\.test\\.ts$',
      '^test/lambda/shared/incident/.*\\.test\\.ts$',
      '^test/lambda/evaluate-behaviors/(learn|hours|tail|prior)\\.test\\.ts$',
      '^test/cli/tune-decisions\\.test\\.ts$',
    ],
  },
  mutate: [
    'lib/policy/**/*.ts',
    'lambda/*/{decide,event}.ts',
    `lambda/adopt-account-settings/${settings}.ts`,
    'lambda/prove-health/{clean,outcome}.ts',
    'lambda/evaluate-behaviors/{learn,hours,tail,prior}.ts',
    'bin/cli/tune/{observe,propose,series,topics}.ts',
    'lambda/shared/incident/*.ts',
    '!lambda/shared/incident/*adapters.ts',
    '!**/index.ts',
  ],
  // Messages are for people: a changed word is not a changed decision.
  mutator: { excludedMutations: ['StringLiteral'] },
  // Tables that are made while a module loads would need a process for each mutant.
  ignoreStatic: true,
  reporters: ['clear-text', 'progress', 'json'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false, reportScoreTable: true },
  jsonReporter: { fileName: 'reports/mutation.json' },
  concurrency: 2,
  // A machine under load must not turn a slow run into a killed mutant.
  timeoutMS: 60000,
  thresholds: { high: 95, low: 85, break: 85 },
  tempDirName: '.stryker-tmp',
  ignorePatterns: ['dist/lib', 'dist/cli', 'cdk.out', 'docs', 'coverage', 'reports'],
};

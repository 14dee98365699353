// Mutation tests of the code that decides: `npm run mutate`. Slow (minutes to an hour), so not part of `npm test`.
/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  testRunner: 'jest',
  coverageAnalysis: 'perTest',
  jest: { configFile: 'jest.config.js', enableFindRelatedTests: true },
  mutate: ['lib/policy/**/*.ts', 'lambda/*/decide.ts', 'lambda/*/event.ts', 'lambda/*/decide-*.ts', '!**/index.ts'],
  // Messages are for people; a changed word is not a changed decision.
  mutator: { excludedMutations: ['StringLiteral'] },
  reporters: ['clear-text', 'progress', 'json'],
  clearTextReporter: { allowColor: false, logTests: false, reportScoreTable: true },
  jsonReporter: { fileName: 'reports/mutation.json' },
  concurrency: 2,
  timeoutMS: 20000,
  incremental: true,
  incrementalFile: 'reports/stryker-incremental.json',
  thresholds: { high: 95, low: 85, break: 85 },
  tempDirName: '.stryker-tmp',
  ignorePatterns: ['dist/lib', 'cdk.out', 'docs', 'coverage', 'reports'],
};

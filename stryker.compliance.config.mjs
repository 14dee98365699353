// Mutation tests of the rules and of what they stand on: `npm run mutate:compliance`. Slow (many minutes), so not part of `npm test`.
import base from './stryker.config.mjs';

/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  ...base,
  inProcess: {
    setup: 'test/support/environment.js',
    // Neither the tests that start processes or synthesize, nor the one that counts time.
    tests: ['^test/compliance/(model|rules|access|waiver|baseline|engine)/(?!hostile).*\\.test\\.ts$', '^test/compliance/(corpus|explain)\\.test\\.ts$'],
  },
  // A part: `npm run mutate:compliance -- --mutate 'lib/compliance/model/*.ts'`.
  mutate: [
    'lib/compliance/{model,policies,iam,rules}/*.ts',
    'lib/compliance/{attachments,baseline,waiver,engine}.ts',
    // Resources that pass every rule: `test/compliance/docs.test.ts` judges them.
    '!lib/compliance/rules/examples.ts',
    '!**/index.ts',
  ],
  jsonReporter: { fileName: 'reports/mutation-compliance.json' },
  tempDirName: '.stryker-tmp/compliance',
};

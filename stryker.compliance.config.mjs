// Mutation tests of the compliance rules, and of what they stand on: `npm run mutate:compliance`, part by part, or
// `PART=rules npx stryker run stryker.compliance.config.mjs`. Slow (many minutes), so not part of `npm test`.
import base from './stryker.config.mjs';

const test = (path) => `^test/compliance/${path}\\.test\\.ts$`;

/** What is mutated, and the tests that should notice: those that start processes, synthesize or count time are left out. */
export const PARTS = {
  model: {
    mutate: ['lib/compliance/model/*.ts'],
    tests: [test('model/.*'), test('rules/(?:evasions|endpoint|account).*'), test('policies/.*')],
  },
  policies: {
    mutate: ['lib/compliance/policies/*.ts'],
    tests: [test('rules/(?:policy-rules|evasions.*)'), test('policies/.*'), test('corpus')],
  },
  rules: {
    // The examples are resources that pass every rule: `test/compliance/docs.test.ts` judges them.
    mutate: ['lib/compliance/rules/*.ts', 'lib/compliance/{iam/*,attachments}.ts', '!lib/compliance/rules/examples.ts'],
    tests: [
      test('rules/(?!hostile|completeness).*'),
      test('(?:access|iam|policies)/.*'),
      test('(?:attachments|engine|explain)'),
    ],
  },
  access: {
    // Most of what survives are short cuts, which change how long it takes and not what is found.
    mutate: ['lib/compliance/access/language.ts'],
    tests: [test('access/.*')],
  },
  engine: {
    mutate: ['lib/compliance/{engine,waiver,baseline}.ts'],
    tests: [test('(?:engine|waiver|baseline)'), test('report/.*'), test('rules/evasions')],
  },
};

const part = process.env.PART ?? 'rules';

/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  ...base,
  inProcess: { setup: 'test/support/environment.js', tests: PARTS[part].tests },
  mutate: [...PARTS[part].mutate, '!**/index.ts'],
  // Tests of a part take seconds: a mutant that takes so long has no end.
  timeoutMS: 20000,
  jsonReporter: { fileName: `reports/mutation-compliance-${part}.json` },
  tempDirName: `.stryker-tmp/compliance-${part}`,
};

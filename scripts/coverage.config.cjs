// Branch coverage of the code that decides, by the tests that run it in their own process: `npm run check:coverage`.
const { parts } = require('./decision-code.cjs');
const base = require('../jest.config.js');

const code = Object.values(parts).flatMap((part) => part.code);

/** @type {import('jest').Config} */
module.exports = {
  ...base,
  rootDir: '..',
  testMatch: undefined,
  testRegex: Object.values(parts)
    .flatMap((part) => part.tests)
    .map((pattern) => `/${pattern.slice(1)}`),
  testPathIgnorePatterns: ['/node_modules/', '(?<!\\.test\\.ts)$'],
  collectCoverage: true,
  // Counts each `??`, `?.` and default value as a branch; V8's blocks would not.
  coverageProvider: 'babel',
  collectCoverageFrom: code,
  coverageReporters: [['text', { skipFull: true }]],
  coverageThreshold: { global: { branches: 100 } },
};

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: '<rootDir>/test/support/jest-environment.js',
  runtime: '<rootDir>/test/support/jest-runtime.js',
  testRunner: '<rootDir>/test/support/jest-runner.js',
  // Two cores would otherwise get one worker.
  maxWorkers: '100%',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  transform: {
    // Jest's own module system takes CommonJS only; of what the tests load, these packages are not.
    '^.+\\.ts$|/node_modules/(aedes|cbor2|@cto\\.af)/.+\\.js$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript', decorators: false }, target: 'es2022' },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
  transformIgnorePatterns: ['/node_modules/(?!aedes/|cbor2/|@cto\\.af/)'],
  moduleNameMapper: { '^fast-check$': '<rootDir>/test/support/fast-check.js' },
  globalSetup: '<rootDir>/test/support/temp-folder.js',
  setupFiles: ['<rootDir>/test/support/environment.js'],
  setupFilesAfterEnv: ['<rootDir>/test/support/expect.js'],
  // Workers are recycled before what aws-cdk-lib remembers of each app, tokens above all, makes the garbage collector the slowest test.
  workerIdleMemoryLimit: '500MB',
  collectCoverageFrom: ['lib/**/*.ts', 'lambda/**/*.ts', '!**/index.ts'],
  coverageProvider: 'v8',
  // For what hangs only: the longest test takes seconds here, and no machine is so slow or so busy that it takes minutes.
  testTimeout: 300_000,
};

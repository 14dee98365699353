// Jest's test runner, without a message between processes as each test begins and ends: no reporter here asks for it, and it is what a
// short test takes. What came of a test is said with its file, as ever.
const { default: run } = require('jest-circus/runner');

module.exports = (globalConfig, config, environment, runtime, testPath) =>
  run(globalConfig, config, environment, runtime, testPath);

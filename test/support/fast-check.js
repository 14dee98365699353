// What `fast-check` is in the tests (`jest.config.js`): itself, with the seed of the run for each property that names none, and with
// PROPERTY_RUNS times as many cases as a property asks for: the test command takes half of them, which are the first of the same.
const fastCheck = require('../../node_modules/fast-check/lib/cjs/fast-check.js');

const times = Number(process.env.PROPERTY_RUNS ?? 1);

fastCheck.configureGlobal({ seed: Number(process.env.PROPERTY_SEED) });

/** @type {typeof fastCheck.assert} */
const assert = (property, { numRuns = 100, ...parameters } = {}) =>
  fastCheck.assert(property, { ...parameters, numRuns: Math.ceil(numRuns * times) });

module.exports = { ...fastCheck, assert };

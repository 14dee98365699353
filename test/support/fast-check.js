// What `fast-check` is in the tests (`jest.config.js`): itself, with the seed of the run for each property that names none.
const fastCheck = require('../../node_modules/fast-check/lib/cjs/fast-check.js');

fastCheck.configureGlobal({ seed: Number(process.env.PROPERTY_SEED) });
module.exports = fastCheck;

// What `fast-check` is in the tests (`jest.config.js`): itself, with the seed of the run for each property that names none.
const fastCheck = require('../../node_modules/fast-check/lib/cjs/fast-check.js');

fastCheck.configureGlobal({ seed: Number(process.env.PROPERTY_SEED) });

// The characters of `unit: 'binary'`, drawn and shrunk as its own are, but it lists a million of them first, in each test file anew.
const [SURROGATES, BEYOND] = [0xd800, 0xe000];
const gap = BEYOND - SURROGATES;
const binary = fastCheck.nat({ max: 0x10ffff - gap }).map(
  (index) => String.fromCodePoint(index < SURROGATES ? index : index + gap),
  (character) => {
    const point = String(character).codePointAt(0) ?? SURROGATES;
    if (String.fromCodePoint(point) !== character || (point >= SURROGATES && point < BEYOND))
      throw new Error('is none');
    return point < SURROGATES ? point : point - gap;
  },
);
const string = (constraints = {}) =>
  fastCheck.string(constraints.unit === 'binary' ? { ...constraints, unit: binary } : constraints);

// Its default export is itself.
const all = { ...fastCheck, string };
module.exports = Object.defineProperty({ ...all, default: all }, '__esModule', { value: true });

import { didYouMean, slipOf } from '../../lib/internal/near';

test.each([
  ['acess', ['name', 'access'], 'access'],
  ['accesss', ['access'], 'access'],
  ['ACCESS', ['access'], 'access'],
  ['acecss', ['access'], 'access'],
  ['accesx', ['access'], 'access'],
  ['dryrun', ['dryRun'], 'dryRun'],
  // Exactly the name in another case wins over one that is a letter away.
  ['windows', ['windowS', 'window'], 'windowS'],
])('%s is a slip of one of %j', (given, known, meant) => expect(slipOf(given, known)).toBe(meant));

test.each([
  ['fleet', ['response', 'patches']],
  ['alarmTopic', ['alertTopic']],
  ['axcesx', ['access']],
  ['seccac', ['access']],
  ['cpa', ['cap']],
  ['', ['name']],
])('%s is no slip of one of %j', (given, known) => expect(slipOf(given, known)).toBeUndefined());

test.each([
  ['streams', ['stream', 'off'], ". Did you mean 'stream'?"],
  ['Acess', ['access'], ". Did you mean 'access'?"],
  ['something', ['access'], ''],
  ['x', [], ''],
])('%s among %j', (given, known, said) => expect(didYouMean(given, known)).toBe(said));

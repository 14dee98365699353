import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, sourcesBelow, textOf } from '../support/sources';

/** Files without behavior of their own: lists of exports, names, types and compositions that the handler's own test runs as a whole. */
function hasNothingToTest(file: string): boolean {
  return /\/(index|contract|ports)\.ts$/.test(file) || file.includes('/diagnostics/') || /\/sdk\.ts$/.test(file);
}

test.each(
  sourcesBelow('lib')
    .concat(sourcesBelow('lambda'), sourcesBelow('bin'))
    .filter((file) => !hasNothingToTest(file)),
)('%s has a test', (file) => {
  const mirrored = join(ROOT, 'test', file.replace(/^lib\//, '').replace(/\.ts$/, '.test.ts'));
  const tested =
    existsSync(mirrored) ||
    sourcesBelow('test').some((test) => textOf(test).includes(`/${file.replace(/\.ts$/, '')}'`));
  expect(tested).toBe(true);
});

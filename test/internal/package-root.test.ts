import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { handlerFolder, handlerHash, packageRoot } from '../../lib/internal/package-root';

test('is the folder of this package', () => {
  expect(existsSync(join(packageRoot(), 'lib', 'internal', 'package-root.ts'))).toBe(true);
});

test('holds the bundled handlers', () => {
  expect(existsSync(join(handlerFolder('attach-group-policies'), 'index.js'))).toBe(true);
});

test('knows the hash of each', () => {
  const code = readFileSync(join(handlerFolder('attach-group-policies'), 'index.js'));
  expect(handlerHash('attach-group-policies')).toBe(createHash('sha256').update(code).digest('hex'));
  expect(() => handlerHash('no-such-handler')).toThrow(/not on the list of handlers.*HandlersNotBuilt/);
});

test('fails for a handler that was not built, and says how to build it', () => {
  expect(() => handlerFolder('no-such-handler')).toThrow(
    /'no-such-handler' is missing; run 'npm run build' in .*HandlersNotBuilt/,
  );
});

import { tmpdir } from 'node:os';
import { packageVersion } from '../../lib/internal/package-version';
import manifest from '../../package.json';

test('is that of the package', () => expect(packageVersion()).toBe(manifest.version));
test('is none outside of it', () => expect(packageVersion(tmpdir())).toBe('0.0.0'));

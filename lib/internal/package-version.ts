import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The version of this package, from its sources and from its build alike. */
export function packageVersion(folder = __dirname): string {
  for (let at = folder; ; at = dirname(at)) {
    const manifest = join(at, 'package.json');
    if (existsSync(manifest)) {
      const { name, version } = JSON.parse(readFileSync(manifest, 'utf8')) as { name?: string; version?: string };
      if (name === 'cdk-iot-zero-trust' && version !== undefined) return version;
    }
    if (dirname(at) === at) return '0.0.0';
  }
}

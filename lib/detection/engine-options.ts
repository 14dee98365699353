import type { Problems } from '../internal/problems';
import { STRUCTS } from '../internal/surface';

const ENGINES = {
  stream: { struct: 'StreamOptions', made: 'Detection.stream()' },
  deviceDefender: { struct: 'DeviceDefenderOptions', made: 'Detection.deviceDefender()' },
} as const;

/**
 * Refuses options that only the other engine has. Types do so, and callers without types would believe that they are heard: a dry
 * run above all.
 */
export function checkEngineOptions(engine: keyof typeof ENGINES, options: object, errors: Problems): void {
  const other = engine === 'stream' ? ENGINES.deviceDefender : ENGINES.stream;
  const [mine, others] = [ENGINES[engine], other].map(({ struct }) => Object.keys(STRUCTS[struct] ?? {}));
  for (const name of Object.keys(options))
    if (others?.includes(name) === true && mine?.includes(name) !== true)
      errors.report(
        'EngineOptionForeign',
        `'${name}' is an option of ${other.made} only; leave it out, or use that engine. Allowed: ${mine?.join(', ')}`,
      );
}

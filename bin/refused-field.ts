import type { ConfigurationError } from '../lib/internal/configuration-error';
import type { FleetFile } from './fleet-file';
import { type Path, pathOfField } from './json-places';

/** What the library refused: in which words, and where in the tree of constructs. */
export type Refusal = Pick<ConfigurationError, 'message' | 'constructPath'>;

/** The parts of the stack that one field each is made into, by the first names of their paths in the tree of constructs. */
const PARTS: readonly (readonly [RegExp, Path])[] = [
  // Device Defender's profiles have a stack of their own; dimensions stand in it beside them.
  [/^(?!ZeroTrust(?:\/|$))./, ['behaviors']],
  [/^ZeroTrust\/TopicDimension-/, ['behaviors']],
  [/^ZeroTrust\/Account\/Audit/, ['audit']],
  [/^ZeroTrust\/Account(?:\/|$)/, ['alerts']],
  [/^ZeroTrust\/ThingType(?:\/|$)/, ['thingType']],
  [/^ZeroTrust\/Protected\d+(?:\/|$)/, ['response', 'protectedGroups']],
  [/^ZeroTrust\/\w+\/(?:Group|Policies)/, ['access']],
  [/^ZeroTrust\/\w+\/Enrollment/, ['enrollment']],
  [/^ZeroTrust\/\w+\/Detection/, ['behaviors']],
  [/^ZeroTrust\/\w+\/Response/, ['response']],
  [/^ZeroTrust\/\w+\/Patches/, ['repair', 'patch']],
  [/^ZeroTrust\/\w+\/Proof/, ['repair', 'proof']],
  [/^ZeroTrust\/\w+\/Tunnels/, ['repair', 'tunnels']],
];

/** What is too large together is about this field, wherever it was found. */
const CODES: readonly (readonly [string, Path])[] = [
  ['[PolicyTooLarge]', ['access']],
  ['[ResponseSettingsTooLarge]', ['behaviors']],
];

/** The field that a refusal is about, as far as the file has it; the whole file where nothing is known. */
export function refusedField(file: FleetFile, { message, constructPath = '' }: Refusal): Path {
  const named = fieldNamedIn(file, [], message);
  // One name alone is that of a part's property: there is a 'name' at the root, too.
  if (named.length > 1) return named;
  const [, part] =
    CODES.find(([code]) => message.includes(code)) ?? PARTS.find(([path]) => path.test(constructPath)) ?? [];
  return part === undefined ? [] : fieldNamedIn(file, asFarAsThere(file, part), message);
}

/** The field below another one that a message names first (`'abort[0].percentage'`), as far as the file has it. */
export function fieldNamedIn(file: FleetFile, below: Path, message: string): Path {
  const [, name = ''] = /'([a-zA-Z]+(?:\.[a-zA-Z]+|\[\d+\])*)'/.exec(message) ?? [];
  return asFarAsThere(file, [...below, ...pathOfField(name)]);
}

function asFarAsThere(file: FleetFile, path: Path): Path {
  const length = [...path.keys()].find((index) => !file.has(path.slice(0, index + 1))) ?? path.length;
  return path.slice(0, length);
}

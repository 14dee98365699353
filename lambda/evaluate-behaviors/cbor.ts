import { decode } from 'cbor2/decoder';

/** No report is deeper than 6; deeper ones are not, so that none can exhaust the stack. */
const DEEPEST = 16;

/**
 * The value that bytes in CBOR hold; undefined where they hold none, more than one, or a map in which a key stands twice. Tags are
 * not made anything of, so what JSON cannot say does not pass for what it can.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8949
 */
export function valueOfCbor(bytes: Uint8Array): unknown {
  try {
    return decode(bytes, { maxDepth: DEEPEST, rejectDuplicateKeys: true, ignoreGlobalTags: true });
  } catch {
    return undefined;
  }
}

/** Whether bytes begin like a map in CBOR, which no JSON does. */
export function isCborMap(bytes: Uint8Array): boolean {
  return (bytes[0] ?? 0) >> 5 === 5;
}

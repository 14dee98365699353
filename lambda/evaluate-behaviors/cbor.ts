import { decode } from 'cbor2/decoder';

/** No report is deeper than 6; deeper ones are not, so that none can exhaust the stack. */
const DEEPEST = 16;
/** Tag 55799. */
const SELF_DESCRIBED = [0xd9, 0xd9, 0xf7];

/**
 * The value that bytes in CBOR hold; undefined where they hold none, more than one, or a map in which a key stands twice. Tags
 * within it are not made anything of, so what JSON cannot say does not pass for what it can.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8949
 */
export function valueOfCbor(bytes: Uint8Array): unknown {
  try {
    return decode(bytes.subarray(startOf(bytes)), {
      maxDepth: DEEPEST,
      rejectDuplicateKeys: true,
      ignoreGlobalTags: true,
    });
  } catch {
    return undefined;
  }
}

/** Whether bytes begin like a map in CBOR, which no JSON does. */
export function isCborMap(bytes: Uint8Array): boolean {
  return (bytes[startOf(bytes)] ?? 0) >> 5 === 5;
}

/**
 * Where the value begins: some encoders put a tag before it which says that this is CBOR, and nothing of the value.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8949#section-3.4.6
 */
function startOf(bytes: Uint8Array): number {
  return SELF_DESCRIBED.every((byte, at) => bytes[at] === byte) ? SELF_DESCRIBED.length : 0;
}

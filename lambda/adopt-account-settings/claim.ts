import { deflateRawSync, inflateRawSync } from 'node:zlib';

/** A configuration as single settings; an absent key is not set. */
export type Flat = Readonly<Record<string, string | undefined>>;

/** What a stack knows of one setting that it changed, or that another stack changed before it. */
export interface KeyClaim {
  /** The value that the account had before any stack of this library; null where it had none. */
  readonly before: string | null;
  /** The values that this stack set: the present one, and while it changes the one before. */
  readonly ours: readonly string[];
  /** A value that another stack had set and that this stack left in place. */
  readonly theirs?: readonly string[];
}

/** What one custom resource of one stack wants of the account, and what it changed for that. */
export interface Claim {
  /** The physical id under which CloudFormation knows the newest version of the resource. */
  readonly generation: string;
  /** Empty while the resource is being deleted. */
  readonly wants: Flat;
  readonly replace: boolean;
  readonly keys: Readonly<Record<string, KeyClaim>>;
}

/** A standard parameter holds 4 KB, an advanced one 8. */
const STANDARD_BYTES = 4_096;
const ADVANCED_BYTES = 8_192;
const PACKED = 'deflate:';
const LONGEST_UNPACKED = 1_000_000;

/** The text of a parameter: readable where it fits the cheaper kind, packed where it does not. */
export function encodeClaim(claim: Claim): string {
  const plain = JSON.stringify(claim);
  if (Buffer.byteLength(plain) <= STANDARD_BYTES) return plain;
  const packed = PACKED + deflateRawSync(plain).toString('base64');
  if (packed.length > ADVANCED_BYTES)
    throw new Error(
      `the account has more settings to remember than a parameter holds (${packed.length} of ${ADVANCED_BYTES} bytes): adopt fewer`,
    );
  return packed;
}

/** Total: anything that is not a claim is undefined. */
export function decodeClaim(text: string): Claim | undefined {
  try {
    const plain = text.startsWith(PACKED)
      ? inflateRawSync(Buffer.from(text.slice(PACKED.length), 'base64'), {
          maxOutputLength: LONGEST_UNPACKED,
        }).toString()
      : text;
    const value: unknown = JSON.parse(plain);
    return isClaim(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isClaim(value: unknown): value is Claim {
  return (
    isRecord(value) &&
    typeof value.generation === 'string' &&
    typeof value.replace === 'boolean' &&
    isRecord(value.wants) &&
    Object.values(value.wants).every((want) => typeof want === 'string') &&
    isRecord(value.keys) &&
    Object.values(value.keys).every(isKeyClaim)
  );
}

function isKeyClaim(value: unknown): boolean {
  return (
    isRecord(value) &&
    (value.before === null || typeof value.before === 'string') &&
    isTexts(value.ours) &&
    (value.theirs === undefined || isTexts(value.theirs))
  );
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

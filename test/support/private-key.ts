import { generateKeyPairSync } from 'node:crypto';

/** A private key as somebody would paste it by mistake; made when a test runs, never stored. */
export interface PastedKey {
  readonly pem: string;
  /** Whether a text shows any part of the key that is long enough to matter. */
  readonly isShownIn: (text: string) => boolean;
}

const TELLING = 12;

export function pastedKey(type: 'sec1' | 'pkcs8' = 'sec1'): PastedKey {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = privateKey.export({ type, format: 'pem' }).toString();
  const body = pem.split('\n').filter((line) => line !== '' && !line.startsWith('-----'));
  const parts = body.flatMap((line) =>
    Array.from({ length: Math.max(line.length - TELLING + 1, 0) }, (_, start) => line.slice(start, start + TELLING)),
  );
  return { pem, isShownIn: (text) => parts.some((part) => text.includes(part)) };
}

import { createHash } from 'node:crypto';
import { PAGES, STATE } from './contract';

/** A well-mixed 32-bit number for a text: FNV-1a, and the last steps of MurmurHash3 for the high bits. */
export function hash32(text: string, seed = 0): number {
  let hash = 0x811c9dc5 ^ seed;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** The page that keeps a device: the first ten bits of the hash by which Kinesis chooses the shard. */
export function pageOf(device: string): number {
  const digest = createHash('md5').update(device).digest();
  return Math.floor(digest.readUInt16BE(0) / (65_536 / PAGES));
}

/** The key of a page in the table. */
export function pageKey(page: number): string {
  return `${STATE.pagePrefix}${page.toString(16).padStart(3, '0')}`;
}

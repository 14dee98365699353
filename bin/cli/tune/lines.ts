import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const CHUNK = 1 << 20;
/** An entry of a log has at most 256 kB. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html */
const LONGEST_LINE = 1 << 20;
const STANDARD_INPUT = 0;
/** Bytes of a file once it is unpacked, which is held in memory; CloudWatch Logs exports many small ones. */
const MOST_UNPACKED = 1 << 29;

/** Fills a buffer; 0 at the end. */
type Read = (buffer: Buffer) => number;

/** The lines of files, of all files below folders, and of standard input (`-`); no file is held in memory but what is packed. */
export function* linesOf(paths: readonly string[], most = MOST_UNPACKED): Generator<string> {
  for (const path of paths) {
    if (path === '-') yield* linesIn((buffer) => readSome(STANDARD_INPUT, buffer));
    else for (const file of filesBelow(path)) yield* linesOfFile(file, most);
  }
}

function filesBelow(path: string): string[] {
  if (!existsSync(path)) throw new Error(`${path} does not exist`);
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() || entry.isFile())
    .map(({ name }) => name)
    .sort()
    .flatMap((name) => filesBelow(join(path, name)));
}

function* linesOfFile(path: string, most: number): Generator<string> {
  if (/\.(zip|zst|bz2)$/.test(path))
    throw new Error(`${path} is packed; unpack it, or pipe it in: bunzip2 -c ${path} | zero-trust-iot tune - ...`);
  if (path.endsWith('.gz')) return yield* linesIn(readerOf(unpacked(path, most)));
  const descriptor = openSync(path, 'r');
  try {
    yield* linesIn((buffer) => readSome(descriptor, buffer));
  } finally {
    closeSync(descriptor);
  }
}

function unpacked(path: string, most: number): Buffer {
  try {
    return gunzipSync(readFileSync(path), { maxOutputLength: most });
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const why =
      code === 'ERR_BUFFER_TOO_LARGE'
        ? `has more than ${most >> 20} MB when it is unpacked; pipe it in: gunzip -c ${path} | zero-trust-iot tune - ...`
        : `cannot be unpacked: ${message}`;
    throw new Error(`${path} ${why}`, { cause });
  }
}

function readerOf(whole: Buffer): Read {
  let at = 0;
  return (buffer) => {
    const copied = whole.copy(buffer, 0, at);
    at += copied;
    return copied;
  };
}

/** A line that is longer than any can be comes out as one that says so, which is as unreadable. */
function* linesIn(fill: Read): Generator<string> {
  const buffer = Buffer.alloc(CHUNK);
  let pending: Buffer[] = [];
  let length = 0;
  const take = (): string => {
    const text = length > LONGEST_LINE ? '(too long)' : Buffer.concat(pending).toString('utf8');
    pending = [];
    length = 0;
    return text;
  };
  for (let read = fill(buffer); read > 0; read = fill(buffer)) {
    let start = 0;
    for (let end = buffer.indexOf(10, start); end >= 0 && end < read; end = buffer.indexOf(10, start)) {
      pending.push(buffer.subarray(start, end));
      length += end - start;
      yield take();
      start = end + 1;
    }
    length += read - start;
    if (length <= LONGEST_LINE) pending.push(Buffer.from(buffer.subarray(start, read)));
    else pending = [];
  }
  if (length > 0) yield take();
}

function readSome(descriptor: number, buffer: Buffer): number {
  // Standard input may be closed, or have nothing yet.
  for (;;)
    try {
      return readSync(descriptor, buffer, 0, CHUNK, null);
    } catch (error) {
      const { code } = error as { code?: string };
      if (code === 'EOF') return 0;
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
}

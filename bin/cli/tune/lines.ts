import { closeSync, existsSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';

const CHUNK = 1 << 20;
/** An entry of a log has at most 256 kB. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html */
const LONGEST_LINE = 1 << 20;
const STANDARD_INPUT = 0;

/** The lines of files, of all files below folders, and of standard input (`-`); no file is held in memory. */
export function* linesOf(paths: readonly string[]): Generator<string> {
  for (const path of paths) {
    if (path === '-') yield* linesIn(STANDARD_INPUT);
    else for (const file of filesBelow(path)) yield* linesOfFile(file);
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

function* linesOfFile(path: string): Generator<string> {
  if (/\.(gz|zip|zst|bz2)$/.test(path))
    throw new Error(`${path} is compressed; unpack it, or pipe it in: gunzip -c ${path} | zero-trust-iot tune - ...`);
  const descriptor = openSync(path, 'r');
  try {
    yield* linesIn(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** A line that is longer than any can be comes out as one that says so, which is as unreadable. */
function* linesIn(descriptor: number): Generator<string> {
  const buffer = Buffer.alloc(CHUNK);
  let pending: Buffer[] = [];
  let length = 0;
  const take = (): string => {
    const text = length > LONGEST_LINE ? '(too long)' : Buffer.concat(pending).toString('utf8');
    pending = [];
    length = 0;
    return text;
  };
  for (let read = readSome(descriptor, buffer); read > 0; read = readSome(descriptor, buffer)) {
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

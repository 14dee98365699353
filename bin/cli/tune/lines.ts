import { closeSync, existsSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const CHUNK = 1 << 20;
/** An entry of a log has at most 256 kB. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html */
const LONGEST_LINE = 1 << 20;
const STANDARD_INPUT = 0;
/** Bytes of a file once it is unpacked, which is held in memory; CloudWatch Logs exports many small ones. */
const MOST_UNPACKED = 1 << 29;

const STDIN = 'standard input';
const GZIP = [0x1f, 0x8b] as const;
const UTF_16 = { le: [0xff, 0xfe], be: [0xfe, 0xff] } as const;
/** What is packed in another way, and what unpacks it. */
const PACKED = [
  { ending: '.zip', bytes: [0x50, 0x4b, 0x03, 0x04], program: 'unzip' },
  { ending: '.zst', bytes: [0x28, 0xb5, 0x2f, 0xfd], program: 'zstd -d' },
  { ending: '.bz2', bytes: [0x42, 0x5a, 0x68], program: 'bunzip2' },
  { ending: '.xz', bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a], program: 'unxz' },
] as const;
const LONGEST_MARK = 5;

/** Fills a buffer; 0 at the end. */
type Read = (buffer: Buffer) => number;

interface Source {
  readonly name: string;
  readonly fill: Read;
}

/** The lines of files, of all files below folders, and of standard input (`-`); no file is held in memory but what is packed. */
export function* linesOf(paths: readonly string[], most = MOST_UNPACKED): Generator<string> {
  for (const path of paths) {
    if (path === '-') yield* linesOfSource({ name: STDIN, fill: (buffer) => readSome(STANDARD_INPUT, buffer) }, most);
    else for (const file of filesBelow(path)) yield* linesOfFile(file, most);
  }
}

function filesBelow(path: string): string[] {
  if (!existsSync(path)) throw new Error(`${path} does not exist`);
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { withFileTypes: true })
    .filter(
      (entry) => entry.isDirectory() || entry.isFile() || (entry.isSymbolicLink() && isFile(join(path, entry.name))),
    )
    .map(({ name }) => name)
    .sort()
    .flatMap((name) => filesBelow(join(path, name)));
}

/** Links lead to files only: one to a folder may lead in a circle. */
function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

function* linesOfFile(path: string, most: number): Generator<string> {
  const descriptor = openSync(path, 'r');
  try {
    yield* linesOfSource({ name: path, fill: (buffer) => readSome(descriptor, buffer) }, most);
  } finally {
    closeSync(descriptor);
  }
}

/** The lines of what a source holds, by its first bytes: a name says less, and standard input has none. */
function* linesOfSource({ name, fill }: Source, most: number): Generator<string> {
  const head = headOf(fill);
  const whole = readerOf(head, fill);
  const packed = PACKED.find(({ ending, bytes }) => name.endsWith(ending) || startsWith(head, bytes));
  if (packed !== undefined)
    throw new Error(
      `${name} is packed; unpack it, or pipe it in: ${packed.program} -c ${name === STDIN ? 'FILE' : name} | zero-trust-iot tune - ...`,
    );
  if (name.endsWith('.gz') || startsWith(head, GZIP)) yield* linesIn(readerOf(unpacked(name, whole, most)));
  else if (startsWith(head, UTF_16.le)) yield* linesIn(decoded('utf-16le', whole));
  else if (startsWith(head, UTF_16.be)) yield* linesIn(decoded('utf-16be', whole));
  else yield* linesIn(whole);
}

/** The first bytes, as many as tell what they are. */
function headOf(fill: Read): Buffer {
  const parts: Buffer[] = [];
  for (let length = 0; length < LONGEST_MARK;) {
    const buffer = Buffer.alloc(CHUNK);
    const read = fill(buffer);
    if (read === 0) break;
    parts.push(buffer.subarray(0, read));
    length += read;
  }
  return Buffer.concat(parts);
}

function startsWith(head: Buffer, bytes: readonly number[]): boolean {
  return bytes.every((byte, at) => head[at] === byte);
}

function unpacked(name: string, fill: Read, most: number): Buffer {
  const tooLarge = `${name} has more than ${most >> 20} MB when it is unpacked; pipe it in: gunzip -c ${name === STDIN ? 'FILE' : name} | zero-trust-iot tune - ...`;
  const parts: Buffer[] = [];
  let length = 0;
  for (;;) {
    const buffer = Buffer.alloc(CHUNK);
    const read = fill(buffer);
    if (read === 0) break;
    length += read;
    if (length > most) throw new Error(tooLarge);
    parts.push(buffer.subarray(0, read));
  }
  try {
    return gunzipSync(Buffer.concat(parts), { maxOutputLength: most });
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const why = code === 'ERR_BUFFER_TOO_LARGE' ? tooLarge : `${name} cannot be unpacked: ${message}`;
    throw new Error(why, { cause });
  }
}

/** The same in UTF-8: Windows PowerShell writes UTF-16 into files. */
function decoded(encoding: string, fill: Read): Read {
  const decoder = new TextDecoder(encoding);
  const chunk = Buffer.alloc(CHUNK);
  let pending: Buffer = Buffer.alloc(0);
  let ended = false;
  return (buffer) => {
    while (pending.length === 0 && !ended) {
      const read = fill(chunk);
      ended = read === 0;
      pending = Buffer.from(decoder.decode(chunk.subarray(0, read), { stream: !ended }), 'utf8');
    }
    const copied = pending.copy(buffer);
    pending = pending.subarray(copied);
    return copied;
  };
}

/** Bytes that are here, and then what is still to be read. */
function readerOf(here: Buffer, rest: Read = () => 0): Read {
  let at = 0;
  return (buffer) => {
    if (at >= here.length) return rest(buffer);
    const copied = here.copy(buffer, 0, at);
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

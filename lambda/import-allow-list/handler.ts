import type { CustomResourceRequest, Progress, ResourceHandler } from '../shared/custom-resource';
import type { Logger } from '../shared/logger';
import { Comparison, type TableEntry } from './decide';
import { parseProperties } from './event';
import type { FilePort, TablePort } from './ports';
import { SerialIndex } from './serial-index';

export interface Dependencies {
  readonly file: FilePort;
  readonly table: TablePort;
  /** Milliseconds that this invocation still has. */
  readonly remaining: () => number;
  readonly log: Logger;
}

/** Writes at once; the SDK opens at most 50 connections. */
const CONCURRENCY = 48;
/** Left for the writes under way and for the message that continues the import. */
const RESERVE_MS = 30_000;
const BREATHE_SECONDS = 1;
const THROTTLED_SECONDS = 15;

/**
 * The import of an allow-list. What is done and what remains is always read from the table itself, never from a cursor:
 * an import that stopped anywhere, was delivered twice or raced another one simply goes on, and ends in the same table.
 */
export function createAllowListResource(deps: Dependencies): ResourceHandler {
  const converge = (request: CustomResourceRequest) => importList(request, deps);
  return {
    physicalResourceId: (request) => `allow-list/${parseProperties(request.ResourceProperties).TableName}`,
    create: converge,
    update: converge,
    // The table keeps the record of who was enrolled, and is retained with all that is in it.
    delete: () => Promise.resolve({ kind: 'done' }),
  };
}

async function importList(request: CustomResourceRequest, deps: Dependencies): Promise<Progress> {
  const properties = parseProperties(request.ResourceProperties);
  const { TableName } = properties;
  const file = new SerialIndex(await deps.file.read(properties.Bucket, properties.Key));
  if (String(file.count) !== properties.Count) {
    throw new Error(`the list file has ${file.count} serials, expected ${properties.Count}`);
  }
  const comparison = new Comparison(file);
  let written = 0;
  const outOfTime = () => deps.remaining() < RESERVE_MS;
  try {
    for await (const page of deps.table.entries(TableName)) {
      written += await eachAtOnce(page, (entry) => apply(entry, comparison, TableName, deps.table));
      if (outOfTime()) return unfinished(written, deps.log);
    }
    written += await eachAtOnce(until(outOfTime, comparison.missing()), (serial) =>
      deps.table.list(TableName, serial).then(() => true),
    );
  } catch (error) {
    if (!isThroughput(error)) throw error;
    return { kind: 'wait', because: `DynamoDB throttles, ${written} entries written`, seconds: THROTTLED_SECONDS };
  }
  if (outOfTime()) return unfinished(written, deps.log);
  deps.log.info('imported', { serials: file.count, written });
  return { kind: 'done', data: { Count: String(file.count) } };
}

function unfinished(written: number, log: Logger): Progress {
  log.info('import continues', { written });
  return { kind: 'wait', because: `${written} entries written in this round`, seconds: BREATHE_SECONDS };
}

/** Whether anything was written. */
async function apply(entry: TableEntry, comparison: Comparison, table: string, port: TablePort): Promise<boolean> {
  const change = comparison.changeFor(entry);
  if (change === 'keep') return false;
  await port[change](table, entry.serial);
  return true;
}

function* until<T>(stop: () => boolean, items: Iterable<T>): Generator<T> {
  for (const item of items) {
    if (stop()) return;
    yield item;
  }
}

/** Works through items, some at a time; the first failure stops all. Returns how many answered true. */
async function eachAtOnce<T>(items: Iterable<T>, work: (item: T) => Promise<boolean>): Promise<number> {
  const iterator = items[Symbol.iterator]();
  let count = 0;
  let failed = false;
  const worker = async () => {
    while (!failed) {
      const next = iterator.next();
      if (next.done === true) return;
      try {
        if (await work(next.value)) count += 1;
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  return count;
}

function isThroughput(error: unknown): boolean {
  return /Throughput|RequestLimit|Throttl/.test((error as Error).name);
}

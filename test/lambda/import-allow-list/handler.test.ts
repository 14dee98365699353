import type { TableEntry } from '../../../lambda/import-allow-list/decide';
import { createAllowListResource } from '../../../lambda/import-allow-list/handler';
import type { CustomResourceRequest, Progress } from '../../../lambda/shared/custom-resource';

interface Row {
  listed: boolean;
  hasHistory: boolean;
}

/** A table in memory whose clock runs with every write. */
class Rig {
  public readonly rows = new Map<string, Row>();
  public remaining = 300_000;
  public millisecondsPerWrite = 0;
  public failAt = Infinity;
  public failure = Object.assign(new Error('slow down'), { name: 'ProvisionedThroughputExceededException' });
  public writes = 0;
  public text = '';

  private readonly handler = createAllowListResource({
    file: { read: async () => Buffer.from(this.text) },
    table: {
      entries: () => this.entries(),
      list: (_, serial) =>
        this.write(() => this.rows.set(serial, { hasHistory: false, ...this.rows.get(serial), listed: true })),
      unlist: (_, serial) =>
        this.write(() => this.rows.set(serial, { hasHistory: false, ...this.rows.get(serial), listed: false })),
      forget: (_, serial) => this.write(() => this.rows.delete(serial)),
    },
    remaining: () => this.remaining,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined, count: () => undefined },
  });

  public file(...serials: string[]): this {
    this.text = [...serials]
      .sort()
      .map((serial) => `${serial}\n`)
      .join('');
    return this;
  }

  public run(type: 'Create' | 'Update' | 'Delete' = 'Create', changes: object = {}): Promise<Progress> {
    const Count = String(this.text.split('\n').length - 1);
    const request = {
      RequestType: type,
      ResourceProperties: { TableName: 'serials', Bucket: 'b', Key: 'k', Count, ...changes },
    } as unknown as CustomResourceRequest;
    if (type === 'Delete') return this.handler.delete(request, undefined);
    expect(this.handler.physicalResourceId(request)).toBe('allow-list/serials');
    return this.handler[type === 'Create' ? 'create' : 'update'](request, undefined);
  }

  public listed(): string[] {
    return [...this.rows]
      .filter(([, row]) => row.listed)
      .map(([serial]) => serial)
      .sort();
  }

  private async *entries(): AsyncGenerator<readonly TableEntry[]> {
    const all = [...this.rows].map(([serial, row]) => ({ serial, ...row }));
    for (let from = 0; from === 0 || from < all.length; from += 100) yield all.slice(from, from + 100);
  }

  private async write(act: () => void): Promise<void> {
    this.writes += 1;
    this.remaining -= this.millisecondsPerWrite;
    await Promise.resolve();
    if (this.writes >= this.failAt) throw this.failure;
    act();
  }
}

const serials = (count: number) => Array.from({ length: count }, (_, index) => `S${index}`);

test('fills an empty table', async () => {
  const rig = new Rig().file('A', 'B', 'C');
  await expect(rig.run()).resolves.toEqual({ kind: 'done', data: { Count: '3' } });
  expect(rig.listed()).toEqual(['A', 'B', 'C']);
});

test('brings a table up to a new list and keeps what happened', async () => {
  const rig = new Rig().file('A', 'B', 'C');
  rig.rows.set('A', { listed: true, hasHistory: true });
  rig.rows.set('B', { listed: false, hasHistory: true });
  rig.rows.set('X', { listed: true, hasHistory: true });
  rig.rows.set('Y', { listed: true, hasHistory: false });
  await rig.run('Update');
  expect(Object.fromEntries(rig.rows)).toEqual({
    A: { listed: true, hasHistory: true },
    B: { listed: true, hasHistory: true },
    C: { listed: true, hasHistory: false },
    X: { listed: false, hasHistory: true },
  });
  expect(rig.writes).toBe(4);
});

test('writes nothing when nothing changed', async () => {
  const rig = new Rig().file(...serials(250));
  await rig.run();
  rig.writes = 0;
  await expect(rig.run('Update')).resolves.toMatchObject({ kind: 'done' });
  expect(rig.writes).toBe(0);
});

test('takes every serial off the list for an empty file', async () => {
  const rig = new Rig().file('A');
  await rig.run();
  await expect(rig.file().run('Update')).resolves.toEqual({ kind: 'done', data: { Count: '0' } });
  expect(rig.listed()).toEqual([]);
});

test('stops before its time is up, and goes on where it was', async () => {
  const rig = new Rig().file(...serials(1_000));
  rig.rows.set('OLD', { listed: true, hasHistory: false });
  rig.millisecondsPerWrite = 1_000;
  const rounds: Progress[] = [];
  for (;;) {
    rig.remaining = 300_000;
    const progress = await rig.run();
    rounds.push(progress);
    expect(rig.remaining).toBeGreaterThan(-30_000);
    if (progress.kind === 'done') break;
    expect(progress).toMatchObject({ seconds: 1 });
  }
  expect(rounds.length).toBeGreaterThan(2);
  expect(rounds.length).toBeLessThan(6);
  expect(rig.listed()).toEqual(serials(1_000).sort());
});

test('stops between two pages of the table as well', async () => {
  const rig = new Rig().file('A');
  for (const serial of serials(500)) rig.rows.set(serial, { listed: true, hasHistory: false });
  rig.millisecondsPerWrite = 1_500;
  await expect(rig.run('Update')).resolves.toMatchObject({
    kind: 'wait',
    because: '200 entries written in this round',
  });
  expect(rig.rows.has('A')).toBe(false);
});

test('waits when the table is throttled, and finishes later', async () => {
  const rig = new Rig().file(...serials(500));
  rig.failAt = 200;
  await expect(rig.run()).resolves.toMatchObject({
    kind: 'wait',
    seconds: 15,
    because: expect.stringContaining('DynamoDB throttles') as string,
  });
  expect(rig.writes).toBeLessThan(300);
  rig.failAt = Infinity;
  await expect(rig.run()).resolves.toMatchObject({ kind: 'done' });
  expect(rig.listed()).toHaveLength(500);
});

test('passes on other failures', async () => {
  const rig = new Rig().file('A');
  rig.failAt = 1;
  rig.failure = new Error('no such table');
  await expect(rig.run()).rejects.toThrow('no such table');
});

test('fails for a file with another number of serials than was sent', async () => {
  const rig = new Rig().file('A', 'B');
  await expect(rig.run('Create', { Count: '3' })).rejects.toThrow('the list file has 2 serials, expected 3');
  expect(rig.writes).toBe(0);
});

test('two imports at once end in the same table', async () => {
  const rig = new Rig().file(...serials(300));
  rig.rows.set('X', { listed: true, hasHistory: true });
  await Promise.all([rig.run('Update'), rig.run('Update')]);
  expect(rig.listed()).toEqual(serials(300).sort());
});

test('leaves the table alone when the resource is deleted', async () => {
  const rig = new Rig().file('A');
  await rig.run();
  rig.writes = 0;
  await expect(rig.run('Delete')).resolves.toEqual({ kind: 'done' });
  expect([rig.writes, rig.listed()]).toEqual([0, ['A']]);
});

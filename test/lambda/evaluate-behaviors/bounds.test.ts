import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Aggregate, NO_HASHES } from '../../../lambda/evaluate-behaviors/aggregate';
import { ENV, METRIC } from '../../../lambda/evaluate-behaviors/contract';
import { pageKey, pageOf } from '../../../lambda/evaluate-behaviors/hash';
import { fitted } from '../../../lambda/evaluate-behaviors/keeper';
import { emptyPage, encodePage, MOST_PAGE, MOST_WRITTEN, type Page } from '../../../lambda/evaluate-behaviors/page';
import { planOf } from '../../../lambda/evaluate-behaviors/plan';
import { encodeState } from '../../../lambda/evaluate-behaviors/window-state';
import { BundledHandler } from '../../support/bundled-handler';
import { FakeAws } from '../../support/fake-aws';
import { FakeStream } from '../../support/fake-stream';
import { behavior, documentOf, EPOCH, message, StreamRig, WINDOW_MS } from '../../support/stream';
import { TOPIC } from '../shared/incident/messages';

const SENT = behavior({ metric: 'messages-sent', operator: 'atMost', threshold: 1, windowSeconds: 300 });
const SIZES = [behavior({ metric: 'message-size', operator: 'atMost', threshold: 1_000 }), SENT];
/** Lambda ends a window whose state is larger. https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-windows.html */
const LIMIT = 1_000_000;

/** A name of 100 characters that no compression makes shorter. */
const nameOf = (index: number): string => createHash('sha512').update(String(index)).digest('hex').slice(0, 100);

describe('the state of a window', () => {
  const bytes = (devices: number): number => {
    const aggregate = new Aggregate(planOf(documentOf(SIZES)), NO_HASHES);
    for (let index = 0; index < devices; index += 1) {
      const device = aggregate.device(`pump-${index}`);
      aggregate.set(device, 0, 1_000 + index);
      aggregate.set(device, 1, 200);
    }
    return encodeState({ aggregate, parts: [], pages: new Set() }).b.length;
  };

  test('takes less than 64 bytes of a device and counter, and is linear in devices', () => {
    expect(bytes(1_000) / 1_000 / SIZES.length).toBeLessThan(64);
    const [few, many] = [bytes(2_000) - bytes(1_000), bytes(11_000) - bytes(1_000)];
    expect(many / few).toBeGreaterThan(8);
    expect(many / few).toBeLessThan(12);
  });
});

describe('the bundle at the limit of Lambda', () => {
  const stream = new FakeStream();
  const folder = mkdtempSync(join(tmpdir(), 'bounds-'));
  let aws: FakeAws;
  let handler: BundledHandler;
  beforeAll(async () => {
    aws = await FakeAws.start(stream.routes);
    const environment = {
      ...aws.environment(),
      [ENV.behaviors]: JSON.stringify(documentOf([SENT])),
      [ENV.table]: 'state',
      [ENV.topic]: TOPIC.generic,
    };
    handler = new BundledHandler('evaluate-behaviors', environment);
  });
  afterAll(async () => {
    await handler.stop();
    await aws.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('no answer is larger, and what was spilled is judged with the rest: a device in each part sent twice in all', async () => {
    const start = Math.floor(Date.now() / WINDOW_MS) * WINDOW_MS - WINDOW_MS;
    // On few pages, so that there are few calls.
    const names: string[] = [];
    for (let index = 0; names.length < 9_000; index += 1) if (pageOf(nameOf(index)) < 64) names.push(nameOf(index));
    let sequence = 10n ** 55n;
    const event = (records: readonly object[], more: object): object => ({
      Records: records.map((record) => ({
        kinesis: {
          sequenceNumber: String((sequence += 1n)),
          approximateArrivalTimestamp: (start + 1_000) / 1_000,
          data: Buffer.from(JSON.stringify(record)).toString('base64'),
        },
      })),
      window: { start: new Date(start).toISOString(), end: new Date(start + WINDOW_MS).toISOString() },
      shardId: 'shardId-000000000000',
      isFinalInvokeForWindow: false,
      isWindowTerminatedEarly: false,
      ...more,
    });
    const batches = [0, 3_000, 6_000].map((from) =>
      names.slice(from, from + 3_000).map((name) => message(name, start)),
    );
    const twice = [0, 4_000, 8_999].map((at) => names[at] as string);
    batches.push(twice.map((name) => message(name, start)));
    let state: object = {};
    const sizes: number[] = [];
    for (const batch of batches) {
      const answer = (await handler.invoke(event(batch, { state }))) as { state: object };
      sizes.push(JSON.stringify(answer).length);
      ({ state } = answer);
    }
    // It grew beyond what would have been too much, or this would show nothing.
    expect(Math.max(...sizes)).toBeGreaterThan(400_000);
    expect(Math.max(...sizes)).toBeLessThan(LIMIT);
    expect((state as { p: string[] }).p).toHaveLength(1);
    await handler.invoke(event([], { state, isFinalInvokeForWindow: true }));
    const said = stream.published.map(({ message: text }) => (JSON.parse(text) as { thingName: string }).thingName);
    expect(said.sort()).toEqual([...twice].sort());
  });
});

test('where a page has no room, a device is not kept, that is counted for the alarm, and those before it are watched on', async () => {
  const rig = new StreamRig(documentOf([behavior({ metric: 'messages-sent', confidence: 'LOW' }), SENT]));
  const page = pageOf('pump-1');
  let newcomer = 0;
  while (pageOf(`late-${newcomer}`) !== page) newcomer += 1;
  await rig.window(0, [message('pump-1', EPOCH)]);
  const item = rig.state.items.get(pageKey(page));
  // The page is filled up with others, to the last byte that is allowed and some.
  const full = emptyPage();
  // Fifty take less than 8,000 bytes, packed or not: it is not packed to be measured before so many could fill it.
  let room = MOST_PAGE - 100;
  for (let index = 0; room > 0; room = MOST_PAGE - 100 - encodePage(full).length) {
    for (let fifties = Math.max(1, Math.floor(room / 8_000)); fifties > 0; fifties -= 1, index += 1) {
      const names = Array.from({ length: 50 }, (_, at) => nameOf(index * 50 + at));
      for (const name of names) full.d[name] = { w: 0, f: 0, p: index };
    }
  }
  full.d['pump-1'] = { w: 0, f: 0, b: {} };
  const overfull = encodePage(full);
  expect(overfull.length).toBeLessThan(400_000);
  rig.state.items.set(pageKey(page), { version: item?.version ?? 1, body: overfull });
  await rig.window(1, [
    ...['pump-1', `late-${newcomer}`].flatMap((name) => [1, 2].map(() => message(name, EPOCH + WINDOW_MS))),
  ]);
  expect(rig.counts.get(METRIC.overflowed)).toBe(1);
  expect(rig.said()).toContain('1 pump-1 messages-sent alarm');
});

describe('a page whose devices take more than before', () => {
  /** Devices 0 to `count - 1`, the last ones heard of latest, the first one in alarm. */
  const grown = (count: number): Page => {
    const page = emptyPage();
    for (let index = 0; index < count; index += 1) page.d[nameOf(index)] = { w: index, p: index };
    page.d[nameOf(0)] = { w: 0, b: { rule: [1, 0] } };
    return page;
  };
  let large: Page;
  beforeAll(() => {
    large = grown(8_000);
    expect(encodePage(large).length).toBeGreaterThan(MOST_WRITTEN);
  });

  test('can be written all the same: those heard of least lately go, those in alarm last, and they are counted', () => {
    const { page, body, left } = fitted(large, []);
    expect(encodePage(page).length).toBeLessThanOrEqual(MOST_WRITTEN);
    expect(encodePage(page).equals(body!)).toBe(true);
    expect(Object.keys(page.d)).toHaveLength(8_000 - left);
    expect(left % 800).toBe(0);
    expect(page.d[nameOf(0)]).toBeDefined();
    expect(page.d[nameOf(1)]).toBeUndefined();
    expect(page.d[nameOf(left)]).toBeUndefined();
    expect(page.d[nameOf(left + 1)]).toBeDefined();
    expect(large.d[nameOf(1)]).toBeDefined();
  });

  test('loses newcomers before any other', () => {
    const late = Array.from({ length: 4_000 }, (_, index) => nameOf(4_000 + index));
    const { page, body, left } = fitted(large, late);
    expect(encodePage(page).equals(body!)).toBe(true);
    expect(left).toBe(4_000);
    expect(Object.keys(page.d)).toHaveLength(4_000);
  });

  test('is left alone where it fits', () => {
    const small = grown(100);
    expect(fitted(small, [nameOf(99)])).toEqual({ page: small, body: encodePage(small), left: 0 });
  });
});

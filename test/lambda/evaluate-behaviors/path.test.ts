import { mkdtempSync, rmSync, writeFileSync, copyFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ENV } from '../../../lambda/evaluate-behaviors/contract';
import { emptyPage, encodePage } from '../../../lambda/evaluate-behaviors/page';
import { planOf } from '../../../lambda/evaluate-behaviors/plan';
import { BundledHandler } from '../../support/bundled-handler';
import { AwsFault, FakeAws } from '../../support/fake-aws';
import { FakeStream } from '../../support/fake-stream';
import { FLEET, ResponseRig } from '../../support/response-rig';
import { behavior, documentOf, WINDOW_MS } from '../../support/stream';
import { TOPIC, viaSns } from '../shared/incident/messages';
import { GOLDEN } from './golden';

const DOCUMENT = documentOf([
  behavior({ metric: 'listening-tcp-ports', operator: 'within', numbers: [22, 53] }),
  behavior({ metric: 'disconnects', operator: 'atMost', threshold: 0, windowSeconds: 300, target: '0' }),
]);
// The last window that is over, by the clock of the machine.
const START = Math.floor(Date.now() / WINDOW_MS) * WINDOW_MS - WINDOW_MS;

let stream: FakeStream;
let aws: FakeAws;
let handler: BundledHandler;
const folder = mkdtempSync(join(tmpdir(), 'stream-'));

beforeAll(async () => {
  stream = new FakeStream();
  aws = await FakeAws.start(stream.routes);
  // The document lies beside the bundle, as a long one is deployed.
  copyFileSync(join(__dirname, '../../../dist/handlers/evaluate-behaviors/index.js'), join(folder, 'index.js'));
  writeFileSync(join(folder, 'behaviors.json'), JSON.stringify(DOCUMENT));
  handler = new BundledHandler(folder, {
    ...aws.environment(),
    [ENV.behaviors]: 'file:behaviors.json',
    [ENV.groups]: JSON.stringify({ 0: [FLEET] }),
    [ENV.table]: 'state',
    [ENV.topic]: TOPIC.generic,
  });
});
afterAll(async () => {
  await handler.stop();
  await aws.stop();
  rmSync(folder, { recursive: true, force: true });
});

function event(records: readonly object[], more: object): object {
  return {
    Records: records.map((record, index) => ({
      kinesis: {
        sequenceNumber: String(10n ** 55n + BigInt(index)),
        approximateArrivalTimestamp: (START + 1_000) / 1_000,
        data: Buffer.from(JSON.stringify(record)).toString('base64'),
      },
    })),
    window: { start: new Date(START).toISOString(), end: new Date(START + WINDOW_MS).toISOString() },
    state: {},
    shardId: 'shardId-000000000000',
    isFinalInvokeForWindow: false,
    isWindowTerminatedEarly: false,
    ...more,
  };
}

test('raw records of AWS IoT become a signal that isolates the device, from bundle to bundle', async () => {
  stream.groups.set('pump-7', [FLEET]);
  const records = [GOLDEN.disconnected('pump-7', START), GOLDEN.longReport('pump-7', START)];
  const { state } = (await handler.invoke(event(records, {}))) as { state: object };
  // The table fails once: Lambda calls again, and nothing is lost or said twice.
  aws.trouble = ({ operation }, index) =>
    operation === 'PutItem' && index < 8
      ? { after: 'nothing', then: new AwsFault('AccessDeniedException') }
      : undefined;
  const final = event([], { state, isFinalInvokeForWindow: true });
  await expect(handler.invoke(final)).rejects.toThrow('AccessDenied');
  aws.trouble = () => undefined;
  expect(await handler.invoke(final)).toEqual({ state: {}, batchItemFailures: [] });
  expect(await handler.invoke(final)).toEqual({ state: {}, batchItemFailures: [] });
  const about = stream.published.map(({ message }) => (JSON.parse(message) as { about: string }).about);
  expect(about.sort()).toEqual(['Pumps/disconnects', 'Pumps/listening-tcp-ports']);

  const responder = await ResponseRig.start();
  try {
    responder.thing('pump-7');
    expect(
      await responder.deliver(stream.published.map(({ message }) => viaSns(TOPIC.generic, JSON.parse(message)))),
    ).toEqual([]);
    expect(responder.refused).toEqual([]);
    expect(responder.groupsOf('pump-7')).toEqual(['quarantine', 'site']);
  } finally {
    await responder.stop();
  }
});

test('the schedule ends the alarms of devices that fell silent, of all pages, though the table throttles and answers are lost', async () => {
  stream.published.splice(0);
  stream.items.clear();
  await handler.invoke({ schema: 'zero-trust-iot/sweep@1' });
  expect(aws.calls.filter(({ operation }) => operation === 'Scan')).toHaveLength(4);
  expect(stream.published).toEqual([]);

  const key = String(planOf(DOCUMENT).watches[0]!.key);
  const long = Math.floor(START / WINDOW_MS) - 3 * 288;
  const names = Array.from({ length: 30 }, (_, index) => `fan-${index}`);
  for (const name of names) {
    const page = encodePage({ ...emptyPage(), d: { [name]: { w: long, b: { [key]: [1, 0] } } } });
    stream.items.set(`d#${name}`, {
      page: { S: `d#${name}` },
      version: { N: '1' },
      body: { B: page.toString('base64') },
    });
  }
  stream.items.set('fleet', { page: { S: 'fleet' }, version: { N: '1' }, body: { B: '' } });
  let scans = 0;
  aws.trouble = ({ operation }) => {
    if (operation !== 'Scan') return undefined;
    scans += 1;
    if (scans % 11 === 2) return { after: 'nothing', then: new AwsFault('ProvisionedThroughputExceededException') };
    return scans % 11 === 7 ? { after: 'effect', then: 'drop' } : undefined;
  };
  await handler.invoke({ schema: 'zero-trust-iot/sweep@1' });
  aws.trouble = () => undefined;
  const told = stream.published.map(({ message }) => JSON.parse(message) as { thingName: string; phase: string });
  expect(told.map(({ thingName, phase }) => `${thingName} ${phase}`).sort()).toEqual(
    names.map((name) => `${name} invalidated`).sort(),
  );
});

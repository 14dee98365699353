import { mkdtempSync, rmSync, writeFileSync, copyFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ENV } from '../../../lambda/evaluate-behaviors/contract';
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

test('the schedule finds nothing to say', async () => {
  stream.published.splice(0);
  await handler.invoke({ schema: 'zero-trust-iot/sweep@1' });
  expect(stream.published).toEqual([]);
});

import { PLAYBOOK } from '../../test/support/response-rig';
import { MemoryResponse } from '../../test/support/memory-response';
import { own } from '../../test/lambda/shared/incident/messages';
import { QUOTAS, quotaOf, ratesFor } from '../../lib/internal/quotas';
import { VirtualTime } from './virtual-time';

export interface StormResult {
  readonly name: string;
  readonly devices: number;
  readonly isolated: number;
  readonly lost: number;
  readonly seconds: number;
  readonly perSecond: number;
  readonly callsPerDevice: number;
  /** Calls that the service refused because the bucket was empty. */
  readonly throttled: number;
  /** The call that was used most of its quota, and how much of it while there was work. */
  readonly bottleneck: string;
  readonly used: number;
}

const START = Date.UTC(2026, 10, 22);
const REGION = 'eu-west-1';
const PROCESSES = 2;
const BATCH = 200;
/** Typical round trips within a region, in milliseconds. */
const LATENCY = { iot: 40, table: 8 };
const INVOCATION_MS = 30;
const ATTEMPTS = 5;

class Throttled extends Error {
  public override readonly name = 'ThrottlingException';
}

/** The service's side: a bucket for each call, as large as one second of its quota. */
class Quotas {
  public readonly calls = new Map<string, number>();
  public throttled = 0;
  private readonly buckets = new Map<string, { tokens: number; at: number }>();

  constructor(private readonly time: VirtualTime) {}

  /** Takes a token, or does not. */
  public take(call: string): boolean {
    if (!(call in QUOTAS)) return true;
    const quota = quotaOf(call as keyof typeof QUOTAS, REGION);
    const bucket = this.buckets.get(call) ?? { tokens: quota, at: this.time.now() };
    bucket.tokens = Math.min(quota, bucket.tokens + ((this.time.now() - bucket.at) / 1000) * quota);
    bucket.at = this.time.now();
    this.buckets.set(call, bucket);
    if (bucket.tokens < 1) {
      this.throttled += 1;
      return false;
    }
    bucket.tokens -= 1;
    this.calls.set(call, (this.calls.get(call) ?? 0) + 1);
    return true;
  }

  /** As the SDK does: tries again with growing pauses, then gives up. */
  public async call(name: string, attempts = ATTEMPTS): Promise<void> {
    for (let tried = 1; ; tried += 1) {
      await this.time.sleep(name in QUOTAS ? LATENCY.iot : LATENCY.table);
      if (this.take(name)) return;
      if (tried === attempts) throw new Throttled();
      await this.time.sleep(Math.random() * Math.min(20_000, 100 * 2 ** tried));
    }
  }

  public result(name: string, devices: number, isolated: number): StormResult {
    const seconds = (this.time.now() - START) / 1000;
    const shares = [...this.calls].map(([call, count]): [string, number] => [
      call,
      count / (quotaOf(call as keyof typeof QUOTAS, REGION) * seconds),
    ]);
    const [bottleneck, used] = shares.sort(([, a], [, b]) => b - a)[0] ?? ['none', 0];
    const calls = [...this.calls.values()].reduce((sum, count) => sum + count, 0);
    return {
      name,
      devices,
      isolated,
      lost: devices - isolated,
      seconds,
      perSecond: isolated / seconds,
      callsPerDevice: calls / devices,
      throttled: this.throttled,
      bottleneck,
      used,
    };
  }
}

/** The real handler, with its ports in memory, fed from a queue by as many processes as are deployed. */
export async function ourStorm(devices: number): Promise<StormResult> {
  const time = new VirtualTime(START);
  const quotas = new Quotas(time);
  const response = new MemoryResponse({ playbook: PLAYBOOK, clock: time, toll: (call) => quotas.call(call) });
  const queue = Array.from({ length: devices }, (_, index) => {
    const thingName = `pump-${index}`;
    response.groups.set(thingName, new Set(['pumps']));
    return JSON.stringify(own({ thingName, id: `alarm-${index}`, time: START - 1_000 }));
  });
  const process = async () => {
    const handler = response.process(ratesFor(REGION, PROCESSES));
    while (queue.length > 0) {
      const batch = queue.splice(0, BATCH);
      await time.sleep(INVOCATION_MS);
      const { batchItemFailures } = await response.deliver(batch, 'signals', handler);
      for (const { itemIdentifier } of batchItemFailures) queue.push(batch[Number(itemIdentifier.slice(1))]!);
    }
  };
  await time.run(Promise.all(Array.from({ length: PROCESSES }, process)));
  const isolated = [...response.groups.values()].filter((groups) => groups.has('quarantine') && !groups.has('pumps'));
  return quotas.result('this library', devices, isolated.length);
}

/** What the public samples do for a device: find its certificates, switch them off. */
async function switchOff(quotas: Quotas, attempts: number): Promise<void> {
  await quotas.call('ListThingPrincipals', attempts);
  await quotas.call('UpdateCertificate', attempts);
}

/** The samples' calls behind a queue that loses nothing: as many at once as pays. */
export async function queuedPeer(devices: number): Promise<StormResult> {
  const time = new VirtualTime(START);
  const quotas = new Quotas(time);
  let left = devices;
  const worker = async () => {
    while (left > 0) {
      left -= 1;
      for (;;) {
        try {
          await switchOff(quotas, ATTEMPTS);
          break;
        } catch {
          await time.sleep(Math.random() * 30_000);
        }
      }
    }
  };
  await time.run(Promise.all(Array.from({ length: 10 }, worker)));
  return quotas.result('peers’ calls, queued', devices, devices);
}

/** The samples as they are: SNS calls the function for each alarm, which Lambda tries three times in all. */
export async function directPeer(devices: number): Promise<StormResult> {
  const time = new VirtualTime(START);
  const quotas = new Quotas(time);
  const ARRIVAL_MS = 60_000;
  let isolated = 0;
  const alarm = async (index: number) => {
    await time.sleep((index / devices) * ARRIVAL_MS);
    for (const pause of [60_000, 120_000, 0]) {
      try {
        await switchOff(quotas, 3);
        isolated += 1;
        return;
      } catch {
        await time.sleep(pause);
      }
    }
  };
  await time.run(Promise.all(Array.from({ length: devices }, (_, index) => alarm(index))));
  return quotas.result('peers’ calls, SNS to Lambda', devices, isolated);
}

import { paceBehind, paceLooks, paceSignals, SHARE } from '../../../lambda/shared/lanes';
import type { Clock, Pacer } from '../../../lambda/shared/pacer';

const RATES = { DeleteConnection: 50, UpdateCertificate: 5 };

function clockAt(): Clock & { slept: number } {
  const clock = { slept: 0, now: () => 1_000_000, sleep: (ms: number) => ((clock.slept = ms), Promise.resolve()) };
  return clock;
}

/** Calls a second, once what may be made at once is used up. */
async function rateOf(make: (clock: Clock) => Pacer, call: string): Promise<number> {
  const clock = clockAt();
  const pace = make(clock);
  for (let count = 0; count < 200; count += 1) await pace(call);
  const before = clock.slept;
  for (let count = 0; count < 100; count += 1) await pace(call);
  return 100_000 / (clock.slept - before);
}

const backlog = (many: boolean) => () => Promise.resolve(many);

test('signals have nearly all, second looks and orders a part', async () => {
  expect(await rateOf((clock) => paceSignals(RATES, clock), 'DeleteConnection')).toBeCloseTo(50 * SHARE.signals, 5);
  expect(await rateOf((clock) => paceLooks(RATES, clock), 'DeleteConnection')).toBeCloseTo(50 * SHARE.idle, 5);
});

test.each([
  [true, SHARE.trickle],
  [false, SHARE.idle],
])('a lane behind keeps to its share; signals wait: %s', async (many, share) => {
  const make = (clock: Clock) => paceBehind(RATES, clock, backlog(many), SHARE.certificates);
  expect(await rateOf(make, 'DeleteConnection')).toBeCloseTo(50 * share, 5);
  expect(await rateOf(make, 'UpdateCertificate')).toBeCloseTo(5 * SHARE.certificates, 5);
});

test('what is used at once is less than the whole', () => {
  expect(SHARE.signals * 0.975 + 2 * SHARE.trickle).toBeLessThan(1);
  expect(3 * SHARE.idle).toBeLessThan(1);
  expect(SHARE.certificates + SHARE.certificatesOfReleases).toBeLessThan(1);
});

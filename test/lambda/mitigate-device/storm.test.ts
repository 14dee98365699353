import { ourStorm } from '../../../bench/support/storm';

test('a storm is drained at the ceiling of the quotas: nothing lost, nothing throttled', async () => {
  const result = await ourStorm(4_000);
  expect(result).toMatchObject({ isolated: 4_000, lost: 0, throttled: 0, callsPerDevice: 5 });
  expect(result.perSecond).toBeGreaterThan(90);
});

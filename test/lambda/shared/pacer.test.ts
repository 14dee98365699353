import { createPacer } from '../../../lambda/shared/pacer';

function rig(rates: Record<string, number>) {
  const slept: number[] = [];
  const clock = { time: 10_000 };
  const pace = createPacer(rates, {
    now: () => clock.time,
    sleep: async (milliseconds) => void slept.push(milliseconds),
  });
  return { slept, clock, pace };
}

test('after a pause half a second of calls may go at once, then one after the other', async () => {
  const { pace, slept } = rig({ a: 10 });
  for (let call = 0; call < 9; call += 1) await pace('a');
  expect(slept).toEqual([100, 200, 300]);
});

test('each call has its own pace, and calls without a rate have none', async () => {
  const { pace, slept, clock } = rig({ a: 1, b: 1 });
  for (const call of ['a', 'b', 'c', 'c', 'c']) await pace(call);
  expect(slept).toEqual([]);
  await pace('a');
  expect(slept).toEqual([500]);
  clock.time += 100_000;
  await pace('a');
  expect(slept).toEqual([500]);
});

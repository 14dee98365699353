import { fuzzSignals } from '../../../bench/support/fuzz-signals';
import { hostileBodies, randomOf } from '../../../bench/support/hostile-bodies';
import { ResponseRig } from '../../support/response-rig';
import { SEED } from '../../support/seed';

test(`hostile bodies are accounted for, and none makes a call to the fleet (seed ${SEED}; a million: npm run fuzz)`, async () => {
  const { problems, calls, refused, valid, ignored } = await fuzzSignals(10_000, SEED);
  expect({ problems, calls }).toEqual({ problems: [], calls: 0 });
  expect(refused + valid + ignored).toBe(10_000);
  expect(refused).toBeGreaterThan(9_000);
});

test('the same seed makes the same bodies', () => {
  const first = (count: number) => {
    const source = hostileBodies(randomOf(count));
    return Array.from({ length: 50 }, () => source.next().value.body);
  };
  expect(first(7)).toEqual(first(7));
  expect(first(7)).not.toEqual(first(8));
});

test('the bundled responder sends each to the dead-letter queue, with a reason, and calls nothing else', async () => {
  const rig = await ResponseRig.start();
  try {
    const source = hostileBodies(randomOf(SEED));
    const bodies: string[] = [];
    while (bodies.length < 200) {
      const batch = Array.from({ length: 20 }, () => source.next().value).filter(({ mayBeValid }) => !mayBeValid);
      bodies.push(...batch.map(({ body }) => body));
      expect(
        await rig.deliver(
          batch.map(({ body }) => body),
          'signals',
        ),
      ).toEqual([]);
    }
    expect(rig.refused.map(({ body }) => body).sort()).toEqual([...bodies].sort());
    expect(rig.refused.filter(({ reason }) => reason === undefined)).toEqual([]);
    expect(new Set(rig.aws.calls.map(({ operation }) => operation))).toEqual(new Set(['SendMessage']));
  } finally {
    await rig.stop();
  }
});

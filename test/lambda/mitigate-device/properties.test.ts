import fc from 'fast-check';
import type { PlaybookDocument } from '../../../lambda/shared/incident/contract';
import { MemoryResponse } from '../../support/memory-response';
import { PLAYBOOK } from '../../support/response-rig';
import { SEED } from '../../support/seed';
import { CERTIFICATE, own, TIME, TOPIC, viaSns, violation } from '../shared/incident/messages';

/** Time stands still but for what is slept, so that pauses cost nothing. */
function still() {
  let time = TIME + 60_000;
  return {
    now: () => time,
    sleep: async (milliseconds: number) => {
      time += milliseconds;
      await Promise.resolve();
    },
  };
}

function responder(playbook: Partial<PlaybookDocument> = {}, devices = 1): MemoryResponse {
  const response = new MemoryResponse({ playbook: { ...PLAYBOOK, ...playbook }, clock: still(), random: Math.random });
  for (let device = 0; device < devices; device += 1) {
    response.groups.set(`pump-${device}`, new Set(['pumps', 'site']));
    response.certificates.set(`pump-${device}`, new Map([[CERTIFICATE, 'ACTIVE']]));
  }
  return response;
}

/** Everything but the moments of writing. */
function endOf(response: MemoryResponse): unknown {
  return {
    incidents: [...response.records.values()].flat().map((incident) => ({
      ...incident,
      version: 0,
      openedAt: 0,
      updatedAt: 0,
      containedAt: incident.containedAt !== undefined,
      lockedAt: incident.lockedAt !== undefined,
      takenAt: incident.takenAt !== undefined,
    })),
    groups: [...response.groups].map(([thing, groups]) => [thing, [...groups].sort()]),
    certificates: [...response.certificates].map(([thing, ids]) => [thing, [...ids]]),
  };
}

const anySignal = fc
  .record({
    id: fc.constantFrom('a', 'b', 'c', 'd'),
    time: fc.integer({ min: TIME, max: TIME + 5 }),
    phase: fc.constantFrom('alarm', 'cleared', 'invalidated'),
    severity: fc.constantFrom('LOW', 'MEDIUM', 'HIGH', 'CRITICAL'),
    about: fc.constantFrom('x', 'y'),
    kind: fc.constantFrom('behavior', 'identity'),
    thingName: fc.constant('pump-0'),
  })
  .map((values) => JSON.stringify(own(values)));

test('any number and order of deliveries, alone or in batches, ends as one delivery of each in order', async () => {
  const again = fc
    .array(anySignal, { minLength: 1, maxLength: 8 })
    .chain((signals) =>
      fc.tuple(
        fc.constant(signals),
        fc.shuffledSubarray([...signals, ...signals], { minLength: signals.length * 2, maxLength: signals.length * 2 }),
        fc.integer({ min: 1, max: 5 }),
      ),
    );
  await fc.assert(
    fc.asyncProperty(again, async ([signals, deliveries, batch]) => {
      const once = responder();
      for (const signal of signals) await once.deliver([signal]);
      await once.drain();
      const often = responder();
      for (let start = 0; start < deliveries.length; start += batch) {
        await often.deliver(deliveries.slice(start, start + batch));
        if (start % 2 === 0) await often.drain();
      }
      await often.drain();
      expect(endOf(often)).toEqual(endOf(once));
    }),
    { numRuns: 1_000, seed: SEED },
  );
});

test('processes at work on the same devices at once end in the same state', async () => {
  const alarms = Array.from({ length: 20 }, (_, index) =>
    JSON.stringify(own({ thingName: `pump-${index % 5}`, id: `s${index}` })),
  );
  const once = responder({}, 5);
  for (const alarm of alarms) await once.deliver([alarm]);
  await once.drain();
  const often = responder({}, 5);
  const failures = await Promise.all(
    [alarms, [...alarms].reverse(), alarms.slice(7)].map((batch) => often.deliver(batch, 'signals', often.process())),
  );
  expect(failures.flatMap(({ batchItemFailures }) => batchItemFailures)).toEqual([]);
  await often.drain();
  const sorted = (end: unknown) => JSON.stringify(end).split('"subject"').sort();
  expect(sorted(endOf(often))).toEqual(sorted(endOf(once)));
});

describe('the blast radius', () => {
  const devices = 60;
  const alarms = Array.from({ length: devices }, (_, index) => JSON.stringify(own({ thingName: `pump-${index}` })));
  const isolated = (response: MemoryResponse) =>
    [...response.groups.values()].filter((groups) => groups.has('quarantine')).length;

  test.each([
    ['a number', { devices: 7, seconds: 3_600 }, 7],
    ['a percentage', { devices: 1, percent: 10, seconds: 3_600 }, 6],
    ['a percentage that is no whole device', { devices: 1, percent: 9.99, seconds: 3_600 }, 5],
    ['a number that is more than the percentage', { devices: 7, percent: 1, seconds: 3_600 }, 7],
  ])(
    '%s opens exactly at its limit while many processes work at once, and all others are held',
    async (_what, blastRadius, limit) => {
      const response = responder({ blastRadius }, devices);
      let waiting = [alarms.slice(0, 20), alarms.slice(20, 40), alarms.slice(40), alarms];
      for (let round = 0; waiting.some((batch) => batch.length > 0); round += 1) {
        expect(round).toBeLessThan(10);
        const answers = await Promise.all(
          waiting.map((batch) => response.deliver(batch, 'signals', response.process())),
        );
        waiting = answers.map(({ batchItemFailures }, index) =>
          batchItemFailures.map(({ itemIdentifier }) => waiting[index]![Number(itemIdentifier.slice(1))]!),
        );
      }
      await response.drain();
      expect(isolated(response)).toBe(limit);
      const states = [...response.records.values()].map((episodes) => episodes.at(-1)?.state);
      expect(states.filter((state) => state === 'isolated')).toHaveLength(limit);
      expect(states.filter((state) => state === 'held')).toHaveLength(devices - limit);
    },
  );

  test('grows with the fleet, and a person passes it', async () => {
    const response = responder({ blastRadius: { devices: 1, percent: 10, seconds: 3_600 } }, devices);
    for (const alarm of alarms) await response.deliver([alarm]);
    expect(isolated(response)).toBe(6);
    const held = [...response.records.keys()].filter((name) => response.incident(name)?.state === 'held');
    for (const subject of held) {
      const order = { schema: 'zero-trust-iot/order@1', subject, episode: 1, by: 'ada', why: 'sure', time: TIME };
      await response.deliver([JSON.stringify(order)], 'look');
    }
    expect(isolated(response)).toBe(devices);
  });
});

test('hostile bodies are each refused or recorded, and none of them makes a call to the fleet', async () => {
  const odd = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.json(),
    fc.json().map((text) => viaSns(TOPIC.detect, text)),
    fc.record({ thingName: fc.string({ unit: 'binary' }) }).map((values) => viaSns(TOPIC.detect, violation(values))),
  );
  const valid = /^[a-zA-Z0-9:_-]{1,128}$/;
  await fc.assert(
    fc.asyncProperty(fc.array(odd, { maxLength: 20 }), async (bodies) => {
      const response = responder();
      const { batchItemFailures } = await response.deliver(bodies);
      expect(batchItemFailures).toEqual([]);
      expect([...response.records.keys()].every((subject) => valid.test(subject))).toBe(true);
      expect(response.refused.length + response.records.size).toBe(bodies.length);
      expect([...response.groups.keys()].every((name) => valid.test(name))).toBe(true);
    }),
    { numRuns: 500, seed: SEED },
  );
});

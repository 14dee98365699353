import fc from 'fast-check';
import {
  Aggregate,
  isNewer,
  LONGEST_LEAD_MS,
  LONGEST_WAY_MS,
  MOST_IDS,
  NO_HASHES,
  type Presence,
  RECENT,
  Remembered,
} from '../../../lambda/evaluate-behaviors/aggregate';
import type { CompiledBehavior } from '../../../lambda/evaluate-behaviors/contract';
import { hash32 } from '../../../lambda/evaluate-behaviors/hash';
import { planOf } from '../../../lambda/evaluate-behaviors/plan';
import { parseRecord } from '../../../lambda/evaluate-behaviors/record';
import { behavior, documentOf, EPOCH, log, message, presence, report } from '../../support/stream';

const per = { operator: 'atMost', threshold: 1, windowSeconds: 300 } as const;
const ADDRESSES = behavior({ metric: 'source-ip', operator: 'within', texts: ['192.0.2.0/24'] });
const ATTEMPTS = behavior({ metric: 'connection-attempts', ...per });
const REFUSALS = behavior({ metric: 'authorization-failures', ...per });

class Counting {
  private readonly aggregate: Aggregate;

  constructor(...behaviors: CompiledBehavior[]) {
    this.aggregate = new Aggregate(planOf(documentOf(behaviors)), NO_HASHES);
  }

  public add(record: object, arrival = EPOCH) {
    const fact = parseRecord(JSON.stringify(record));
    if (!fact.ok) throw new Error(fact.reason);
    return this.aggregate.add(fact.value, arrival);
  }

  public value(slot = 0): number {
    return this.aggregate.get(this.aggregate.device('p'), slot);
  }

  public get names(): readonly string[] {
    return this.aggregate.names;
  }

  public get cells(): number {
    return this.aggregate.cells;
  }

  public get extra() {
    return this.aggregate.extras.get(0);
  }
}

describe('of two events of a device', () => {
  const base: Presence = [EPOCH, 3, 1];
  const MINUTES_4 = 240_000;

  test.each<[string, Presence, boolean]>([
    ['the later one, where they are far apart', [EPOCH + MINUTES_4 + 1, 1, 1], true],
    ['not the earlier one, where they are far apart', [EPOCH - MINUTES_4 - 1, 9, 0], false],
    ['not the one of a lower version, where their times may be the same', [EPOCH + MINUTES_4, 2, 0], false],
    ['the one of a higher version, where their times may be the same', [EPOCH - MINUTES_4, 4, 1], true],
    ['the end of a connection, whatever its time', [EPOCH - 1, 3, 0], true],
    ['the later one of the same version and kind', [EPOCH + 1, 3, 1], true],
    ['not the earlier one of the same version and kind', [EPOCH - 1, 3, 1], false],
    ['not itself', base, false],
  ])('the newer is %s', (_what, next, newer) => expect(isNewer(next, base)).toBe(newer));

  test('the beginning of a connection is never newer than its end', () =>
    expect(isNewer([EPOCH + 5, 3, 1], [EPOCH, 3, 0])).toBe(false));
});

test('replays from any place never lose a message, and add at most what is replayed from before the memory', () => {
  const sent = Array.from({ length: RECENT.often + 500 }, (_, id) => message('p', EPOCH, { id: `message-${id}` }));
  // The most that a replay from there can add: what was pushed out before it came again.
  fc.assert(
    fc.property(fc.nat(sent.length), fc.nat(sent.length), (from, to) => {
      const replayed = sent.slice(Math.min(from, to), Math.max(from, to));
      const counting = new Counting(behavior({ metric: 'messages-sent', ...per }));
      for (const record of [...sent, ...replayed]) counting.add(record);
      const known = Math.min(from, to) >= sent.length - RECENT.often;
      expect(counting.value()).toBeGreaterThanOrEqual(sent.length);
      expect(counting.value()).toBeLessThanOrEqual(sent.length + (known ? 0 : replayed.length));
    }),
    {
      numRuns: 8,
      examples: [
        [0, sent.length],
        [sent.length - RECENT.often, sent.length],
      ],
    },
  );
});

describe('a record', () => {
  const sent = behavior({ metric: 'messages-sent', ...per });

  test.each([
    [-LONGEST_WAY_MS, 'counted'],
    [-LONGEST_WAY_MS - 1, 'late'],
    [LONGEST_LEAD_MS, 'counted'],
    [LONGEST_LEAD_MS + 1, 'late'],
  ])('of %i ms from its arrival is %s', (way, outcome) => {
    const counting = new Counting(sent);
    expect(counting.add(message('p', EPOCH + way))).toBe(outcome);
    expect(counting.names).toEqual(outcome === 'late' ? [] : ['p']);
  });

  test('is counted for its device, in an array that grows', () => {
    const counting = new Counting(sent, REFUSALS);
    for (let device = 0; device < 300; device += 1) counting.add(message(`d${device}`, EPOCH));
    for (let times = 0; times < 3; times += 1) counting.add(message('p', EPOCH));
    expect([counting.value(0), counting.value(1), counting.names.length, counting.cells]).toEqual([3, NaN, 301, 602]);
  });

  test('of an unknown size counts, and has none', () => {
    const counting = new Counting(sent, behavior({ metric: 'message-size', operator: 'atMost', threshold: 9 }));
    counting.add(message('p', EPOCH, { bytes: undefined }));
    expect([counting.value(0), counting.value(1)]).toEqual([1, NaN]);
    counting.add(message('p', EPOCH, { bytes: 7 }));
    counting.add(message('p', EPOCH, { bytes: 5 }));
    expect([counting.value(0), counting.value(1)]).toEqual([3, 7]);
  });

  test('of a report replaces the value before where only the last one counts', () => {
    const counting = new Counting(behavior({ metric: 'listening-tcp-port-count', confidence: 'LOW' }));
    for (const [id, total] of [3, 5].entries())
      counting.add(report('p', EPOCH, { metrics: { listening_tcp_ports: { total } } }, id));
    expect(counting.value()).toBe(5);
  });
});

describe('an address', () => {
  const outside = { ipAddress: '198.51.100.1' };

  test.each([
    ['of a connection is judged', presence('p', 'connected', EPOCH, outside), 33, '198.51.100.1'],
    ['within the normal is no violation', presence('p', 'connected', EPOCH, { ipAddress: '192.0.2.1' }), 1, undefined],
    ['of a refused attempt is not', presence('p', 'connect_failed', EPOCH, outside), NaN, undefined],
    ['of the end of a connection is not', presence('p', 'disconnected', EPOCH, outside), NaN, undefined],
    ['that is not said is not', presence('p', 'connected', EPOCH), NaN, undefined],
    [
      'of a message in the log is judged',
      log('p', EPOCH, { status: 'Success', sourceIp: '198.51.100.1' }),
      33,
      '198.51.100.1',
    ],
    ['that the log does not say is not', log('p', EPOCH, { status: 'Success' }), NaN, undefined],
    ['of a refusal in the log is not', log('p', EPOCH, { sourceIp: '198.51.100.1' }), NaN, undefined],
  ])('%s', (_what, record, verdict, example) => {
    const counting = new Counting(ADDRESSES);
    expect(counting.add(record)).toBe('counted');
    expect(counting.value()).toBe(verdict);
    expect(counting.extra?.examples.get(0)).toBe(example);
  });

  test('of a connection counts beside the attempt, and no more ids are kept than can be told apart', () => {
    const counting = new Counting(ATTEMPTS);
    for (let versionNumber = 0; versionNumber < MOST_IDS + 6; versionNumber += 1)
      counting.add(presence('p', 'connected', EPOCH, { versionNumber, ...outside }));
    expect(counting.value()).toBe(MOST_IDS + 6);
    expect(counting.extra?.ids).toHaveLength(MOST_IDS);
    expect(counting.extra?.examples.size).toBe(0);
  });
});

describe('who does something under a name', () => {
  const by = (principalIdentifier: string, more: object = {}) => ({ principalIdentifier, ...more });
  const refused = (principal: string, at: number) => presence('p', 'connect_failed', EPOCH + at, by(principal));

  test('is kept apart, with how often and what, until it is known whose the device is', () => {
    const counting = new Counting(ATTEMPTS, REFUSALS);
    for (const [at, principal] of ['a', 'b', 'a'].entries()) counting.add(refused(principal, at));
    counting.add(log('p', EPOCH, { principalId: 'a' }));
    expect(counting.value()).toBeNaN();
    expect(counting.extra?.strangers).toEqual([
      [hash32('a'), 0, 2],
      [hash32('b'), 0, 1],
      [hash32('a'), 1, 1],
    ]);
    counting.add(presence('p', 'connected', EPOCH + 9, by('a')));
    expect([counting.value(0), counting.value(1)]).toEqual([3, 1]);
    expect(counting.extra?.strangers).toEqual([[hash32('b'), 0, 1]]);
    counting.add(refused('a', 10));
    expect(counting.value(0)).toBe(4);
  });

  test('is who connected last, not who was refused or whose connection ended', () => {
    const counting = new Counting(ATTEMPTS);
    counting.add(refused('x', 0));
    expect([counting.extra?.presence, counting.extra?.principal]).toEqual([undefined, undefined]);
    counting.add(presence('p', 'disconnected', EPOCH + 1, by('y')));
    expect([counting.extra?.presence, counting.extra?.principal]).toEqual([[EPOCH + 1, 0, 0], undefined]);
    counting.add(presence('p', 'connected', EPOCH + 2, by('z', { versionNumber: 1 })));
    expect([counting.extra?.presence, counting.extra?.principal]).toEqual([[EPOCH + 2, 1, 1], hash32('z')]);
  });

  test('is not followed where no behavior needs it', () => {
    const counting = new Counting(behavior({ metric: 'disconnects', ...per }));
    counting.add(presence('p', 'disconnected', EPOCH, by('a')));
    expect(counting.extra?.presence).toBeUndefined();
    expect(counting.value()).toBe(1);
    const messages = new Counting(behavior({ metric: 'messages-sent', ...per }));
    messages.add(presence('p', 'connected', EPOCH, by('a')));
    expect(messages.extra).toBeUndefined();
  });
});

describe('reports', () => {
  const bytes = (id: number) => report('p', EPOCH, { metrics: { network_stats: { bytes_out: 1 } } }, id);

  test('of one device are told apart up to a number, beyond which they are cut', () => {
    const counting = new Counting(behavior({ metric: 'bytes-out', ...per }));
    const outcomes = Array.from({ length: MOST_IDS + 2 }, (_, id) => counting.add(bytes(id)));
    expect(outcomes.filter((outcome) => outcome === 'cut')).toHaveLength(2);
    expect(outcomes.indexOf('cut')).toBe(MOST_IDS);
    expect(counting.value()).toBe(MOST_IDS);
  });

  test('say which of their values is outside', () => {
    const counting = new Counting(behavior({ metric: 'listening-tcp-ports', operator: 'within', numbers: [22] }));
    counting.add(report('p', EPOCH, { metrics: { listening_tcp_ports: { ports: [{ port: 22 }, { port: 23 }] } } }));
    expect([counting.value(), counting.extra?.examples.get(0)]).toEqual([33, '23']);
  });
});

test('as many are remembered as there is room for: the oldest is forgotten first, and the order is kept', () => {
  const remembered = new Remembered(NO_HASHES);
  const { seldom } = remembered;
  for (let hash = 0; hash < RECENT.seldom; hash += 1) expect(seldom.isNew(hash)).toBe(true);
  expect([seldom.isNew(0), seldom.isNew(RECENT.seldom - 1)]).toEqual([false, false]);
  expect(seldom.isNew(RECENT.seldom)).toBe(true);
  expect([seldom.isNew(1), seldom.isNew(0), seldom.isNew(1)]).toEqual([false, true, true]);
  const list = remembered.list();
  expect([...list.seldom.slice(0, 2), ...list.seldom.slice(-3)]).toEqual([3, 4, RECENT.seldom, 0, 1]);
  expect([list.seldom.length, list.often.length]).toEqual([RECENT.seldom, 0]);
  const again = new Remembered(list);
  expect([again.seldom.isNew(3), again.seldom.isNew(2)]).toEqual([false, true]);
  expect(again.often.isNew(3)).toBe(true);
});

test('refusals are remembered apart from all else in the log', () => {
  const aggregate = new Aggregate(planOf(documentOf([REFUSALS])), NO_HASHES);
  const add = (record: object): void => {
    const fact = parseRecord(JSON.stringify(record));
    if (fact.ok) aggregate.add(fact.value, EPOCH);
  };
  add(log('p', EPOCH));
  add(log('p', EPOCH, { status: 'Success', eventType: 'Publish-Out' }));
  add(log('p', EPOCH, { status: 'Success', eventType: 'Connect' }));
  add(message('p', EPOCH));
  add(presence('p', 'connected', EPOCH));
  const { often, seldom } = aggregate.recent.list();
  expect([often.length, seldom.length]).toEqual([3, 2]);
});

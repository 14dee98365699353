import { type Extra, ID_KIND } from '../../../lambda/evaluate-behaviors/aggregate';
import { type DeviceRecord, emptyPage, type Part } from '../../../lambda/evaluate-behaviors/page';
import { type Plan, planOf } from '../../../lambda/evaluate-behaviors/plan';
import { addPart, claimedParts, type Counted, partOf, settled } from '../../../lambda/evaluate-behaviors/settle';
import { behavior, documentOf } from '../../support/stream';

const per = { operator: 'atMost', threshold: 1, windowSeconds: 300 } as const;
const attempts = behavior({ metric: 'connection-attempts', ...per });
const disconnects = behavior({ metric: 'disconnects', ...per });
const own = behavior({ metric: 'own', customType: 'number', operator: 'atMost', threshold: 1 });
const sent = behavior({ metric: 'messages-sent', ...per });

const PART = { w: 7, shard: 'shard', seq: '1' };
const [PUMP, THIEF] = [11, 22];

const planOfAll = (): Plan => planOf(documentOf([sent, attempts, disconnects, own]));
const reportsOf = (plan: Plan): number => plan.reports[0]?.slot ?? -1;
const id = (number: number, kind: keyof typeof ID_KIND): number => 4 * number + ID_KIND[kind];
const before = (more: Partial<DeviceRecord> = {}): DeviceRecord => ({ w: 6, ...more });
const extra = (more: Partial<Extra> = {}): Extra => ({
  ids: [],
  presence: undefined,
  principal: undefined,
  strangers: [],
  examples: new Map(),
  ...more,
});

/** One device that counted what is named, by slot; all else has no value. */
function counted(plan: Plan, values: Record<number, number>, more?: Partial<Extra>): Counted {
  return {
    values: plan.counters.map((_, slot) => values[slot] ?? NaN),
    extra: more === undefined ? undefined : extra(more),
  };
}

describe('what came again after the end of its window', () => {
  test('is nothing where no event is known by its id', () => {
    const plan = planOfAll();
    const one = counted(plan, { [plan.attempts]: 3 });
    expect(settled(plan, before({ i: [id(1, 'attempt')] }), one)).toEqual({ values: one.values, foreign: 0 });
  });

  test.each([
    ['connection attempts', 'attempt', 'attempts', 'disconnects'],
    ['disconnects', 'disconnect', 'disconnects', 'attempts'],
  ] as const)('%s are taken back, each once', (_what, kind, slot, other) => {
    const plan = planOfAll();
    const ids = [1, 2, 3].map((number) => id(number, kind));
    const take = (i: readonly number[], value: number) => {
      const one = counted(plan, { [plan[slot]]: value, [plan[other]]: 5 }, { ids });
      const { values } = settled(plan, before({ i }), one);
      expect(values[plan[other]]).toBe(5);
      expect(one.values[plan[slot]]).toBe(value);
      return values[plan[slot]];
    };
    expect(take([], 3)).toBe(3);
    expect(take(ids.slice(0, 2), 3)).toBe(1);
    expect(take([...ids, id(4, kind)], 3)).toBe(0);
    expect(take([id(9, kind)], 3)).toBe(3);
    // Counts have bounds of their own, and none goes below nothing.
    expect(take(ids, 2)).toBe(0);
  });

  test('of a counter without a value leaves none, or nothing', () => {
    const plan = planOfAll();
    const take = (ids: readonly number[]) =>
      settled(plan, before({ i: ids }), counted(plan, {}, { ids: [...ids] })).values[plan.attempts];
    expect(take([id(1, 'disconnect')])).toBeNaN();
    expect(take([id(1, 'attempt')])).toBe(0);
  });

  test('is taken from no counter where nothing counts it', () => {
    const plan = planOf(documentOf([sent]));
    const ids = [id(1, 'attempt'), id(1, 'disconnect'), id(1, 'failure'), id(1, 'report')];
    const { values } = settled(plan, before({ i: ids }), counted(plan, { 0: 4 }, { ids }));
    expect([plan.attempts, plan.disconnects]).toEqual([-1, -1]);
    expect(values).toEqual([4]);
    expect(Object.keys(values)).toEqual(['0']);
  });

  test('is no datapoint where all reports of the window are such', () => {
    const plan = planOfAll();
    const slot = reportsOf(plan);
    const ids = [id(1, 'report'), id(2, 'report'), id(7, 'attempt')];
    const take = (i: readonly number[], of = ids) =>
      settled(plan, before({ i }), counted(plan, { [slot]: 9 }, { ids: of })).values[slot];
    expect(take(ids)).toBeNaN();
    expect(take(ids.slice(0, 2))).toBeNaN();
    expect(take(ids.slice(0, 1))).toBe(9);
    expect(take(ids.slice(2))).toBe(9);
    expect(take(ids.slice(2), ids.slice(2))).toBe(9);
  });
});

describe('failed attempts, of which it is not known whose they are,', () => {
  const failed = (times: number): Extra['strangers'][number] => [THIEF, planOfAll().attempts, times];
  const two = [id(1, 'failure'), id(2, 'failure')];

  test('are those of strangers, where the device is known by another certificate', () => {
    const plan = planOfAll();
    const one = counted(plan, { [plan.attempts]: 1 }, { ids: two, strangers: [failed(2)] });
    expect(settled(plan, before({ p: PUMP }), one)).toEqual({ values: one.values, foreign: 2 });
    const known = counted(plan, { [plan.attempts]: 1 }, { ids: two, strangers: [failed(2)], principal: THIEF });
    expect(settled(plan, before({ p: PUMP }), known)).toMatchObject({ foreign: 0 });
    expect(settled(plan, before({ p: PUMP }), known).values[plan.attempts]).toBe(3);
  });

  test('are its own where nobody knows its certificate', () => {
    const plan = planOfAll();
    const one = counted(plan, {}, { ids: two, strangers: [failed(2)] });
    expect(settled(plan, undefined, one).values[plan.attempts]).toBe(2);
  });

  test('that came again are taken back from whom they were counted for, and from no other counter', () => {
    const plan = planOfAll();
    const others: Extra['strangers'] = [[THIEF, plan.disconnects, 5], failed(1), [33, plan.attempts, 4]];
    const left = (ids: readonly number[]) => {
      const one = counted(plan, { [plan.attempts]: 6 }, { ids: [...two, id(3, 'failure')], strangers: others });
      const { values, foreign } = settled(plan, before({ p: PUMP, i: ids }), one);
      return [foreign, values[plan.attempts]];
    };
    expect(left([])).toEqual([10, 6]);
    expect(left(two.slice(0, 1))).toEqual([9, 6]);
    expect(left([...two, id(3, 'failure')])).toEqual([7, 6]);
  });

  test('that came again and are no stranger’s were counted as attempts', () => {
    const plan = planOfAll();
    const one = counted(plan, { [plan.attempts]: 6 }, { ids: two, strangers: [failed(1)] });
    const { values, foreign } = settled(plan, before({ p: PUMP, i: two }), one);
    expect([foreign, values[plan.attempts]]).toEqual([0, 5]);
  });

  test('say in the sum with attempts that came again what is left', () => {
    const plan = planOfAll();
    const ids = [...two, id(1, 'attempt')];
    const { values } = settled(plan, before({ p: PUMP, i: ids }), counted(plan, { [plan.attempts]: 6 }, { ids }));
    expect(values[plan.attempts]).toBe(3);
  });
});

describe('a part of a window', () => {
  test('is read by the counters that the document has now', () => {
    const old = planOfAll();
    const part = partOf(
      old,
      new Map([
        [
          'pump-1',
          counted(
            old,
            { 0: 4, [old.attempts]: 2, [old.disconnects]: 1 },
            {
              strangers: [
                [THIEF, old.attempts, 1],
                [THIEF, old.disconnects, 3],
              ],
              examples: new Map([
                [0, 'of what is gone'],
                [old.attempts, 'gone, too'],
                [old.disconnects, 'of disconnects'],
                [reportsOf(old), 'nine'],
              ]),
            },
          ),
        ],
      ]),
      PART,
    );
    const now = planOf(documentOf([disconnects, own]));
    const into = new Map<string, Counted>();
    addPart(now, into, part);
    const { values, extra: kept } = into.get('pump-1') as Counted;
    expect([now.disconnects, reportsOf(now)]).toEqual([0, 1]);
    expect(values).toEqual([1, NaN]);
    expect(Object.keys(values)).toEqual(['0', '1']);
    expect(kept?.strangers).toEqual([[THIEF, 0, 3]]);
    expect([...(kept?.examples ?? [])]).toEqual([
      [0, 'of disconnects'],
      [1, 'nine'],
    ]);
  });

  test('takes back what an earlier one of the same window counted, and both are known', () => {
    const plan = planOfAll();
    const first = counted(
      plan,
      { [plan.attempts]: 2 },
      { ids: [id(1, 'attempt'), id(2, 'attempt')], examples: new Map([[0, 'first']]) },
    );
    const second = counted(
      plan,
      { [plan.attempts]: 2 },
      { ids: [id(2, 'attempt'), id(3, 'attempt')], examples: new Map([[1, 'second']]) },
    );
    const join = (later: Counted, earlier: Counted): Counted => {
      const into = new Map([['pump-1', later]]);
      addPart(plan, into, partOf(plan, new Map([['pump-1', earlier]]), PART));
      return into.get('pump-1') as Counted;
    };
    const both = join(second, first);
    expect(both.values[plan.attempts]).toBe(3);
    expect(both.extra?.ids).toEqual([1, 2, 2, 3].map((number) => id(number, 'attempt')));
    expect([...(both.extra?.examples ?? [])]).toEqual([
      [0, 'first'],
      [1, 'second'],
    ]);
    // An earlier part that knows of no events has none to take back.
    expect(join(second, counted(plan, { [plan.attempts]: 2 })).values[plan.attempts]).toBe(4);
    expect(join(second, counted(plan, {}, {})).values[plan.attempts]).toBe(2);
  });
});

describe('parts of a page', () => {
  const part = (seq: string, ...names: string[]): Part => ({
    ...PART,
    seq,
    keys: [],
    devices: Object.fromEntries(names.map((name) => [name, { c: [] }])),
  });
  const named = (parts: readonly Part[]) => parts.map(({ seq, devices }) => [seq, ...Object.keys(devices)]);
  const claimed = (parts: readonly Part[], claims: Readonly<Record<string, 'all' | 'heard' | 'none' | 'stale'>>) => {
    const done = claimedParts(
      { ...emptyPage(), p: [...parts] },
      ({ seq }) => claims[seq] ?? 'none',
      new Set(['heard']),
    );
    return [named(done.claimed), named(done.rest)];
  };

  test('are judged for the devices that were heard of, and wait on for the others', () => {
    expect(claimed([part('1', 'heard', 'other')], { 1: 'heard' })).toEqual([[['1', 'heard']], [['1', 'other']]]);
    expect(claimed([part('1', 'heard')], { 1: 'heard' })).toEqual([[['1', 'heard']], []]);
    expect(claimed([part('1', 'other')], { 1: 'heard' })).toEqual([[], [['1', 'other']]]);
  });

  test('that were spilled tell of devices, too, and no others do', () => {
    const parts = [
      part('1', 'spilled'),
      part('2', 'waiting'),
      part('3', 'spilled', 'waiting', 'stale'),
      part('4', 'stale'),
    ];
    expect(claimed(parts, { 1: 'all', 3: 'heard', 4: 'stale' })).toEqual([
      [
        ['1', 'spilled'],
        ['3', 'spilled'],
      ],
      [
        ['2', 'waiting'],
        ['3', 'waiting', 'stale'],
      ],
    ]);
  });
});

import * as fc from 'fast-check';
import {
  dispensableVersions,
  isInPlace,
  leavingOf,
  planAttachments,
  type Situation,
} from '../../../lambda/attach-group-policies/decide';
import type { Attachable } from '../../../lambda/attach-group-policies/event';

const allows = (name: string): Attachable => ({ name, denies: false, owned: true });
const denies = (name: string): Attachable => ({ name, denies: true, owned: true });

/** `+A` attaches, `-A` detaches. */
function stepsOf(situation: Situation): string[] {
  const plan = planAttachments(situation);
  if (plan.kind === 'full') throw new Error(`full: ${plan.foreign.join()}`);
  return plan.steps.map(({ kind, policy }) => (kind === 'attach' ? '+' : '-') + policy);
}

describe('the order of changes', () => {
  test.each<[string, Situation, string[]]>([
    [
      'a first attachment: what denies comes first',
      { listed: [], desired: [denies('D'), allows('A')], former: [] },
      ['+D', '+A'],
    ],
    [
      'nothing to change: all is confirmed',
      { listed: ['A', 'D'], desired: [denies('D'), allows('A')], former: [denies('D'), allows('A')] },
      ['+D', '+A'],
    ],
    [
      'a successor comes before its predecessor goes',
      { listed: ['A'], desired: [allows('B')], former: [allows('A')] },
      ['+B', '-A'],
    ],
    ['one that goes', { listed: ['A', 'B'], desired: [allows('B')], former: [allows('A'), allows('B')] }, ['+B', '-A']],
    [
      'one that is not listed goes all the same',
      { listed: [], desired: [], former: [denies('D'), allows('A')] },
      ['-A', '-D'],
    ],
    [
      'a full exchange: an allowing one makes way first, a denying one last',
      { listed: ['D', 'A'], desired: [denies('E'), allows('B')], former: [denies('D'), allows('A')] },
      ['-A', '+E', '-D', '+B'],
    ],
    [
      'a full exchange of allowing ones',
      { listed: ['A', 'B'], desired: [allows('C'), allows('E')], former: [allows('A'), allows('B')] },
      ['-B', '+C', '-A', '+E'],
    ],
    [
      'a new denial while both places are taken lends the place of one that allows',
      { listed: ['A', 'D'], desired: [denies('E'), allows('A')], former: [denies('D'), allows('A')] },
      ['+A', '-A', '+E', '-D', '+A'],
    ],
    [
      'one that allows and goes makes way for a denial, and the one that stays is not touched',
      { listed: ['A', 'B'], desired: [denies('D'), allows('B')], former: [allows('A'), allows('B')] },
      ['+B', '-A', '+D'],
    ],
    [
      'a denial that goes makes way for one that allows',
      { listed: ['D', 'A'], desired: [allows('A'), allows('B')], former: [denies('D'), allows('A')] },
      ['+A', '-D', '+B'],
    ],
    [
      'two denials of which one changes',
      { listed: ['D', 'E'], desired: [denies('D'), denies('F')], former: [denies('D'), denies('E')] },
      ['+D', '-E', '+F'],
    ],
    [
      'a foreign one is left alone',
      { listed: ['X', 'A'], desired: [allows('B')], former: [allows('A')] },
      ['-A', '+B'],
    ],
    ['two foreign ones and nothing wanted', { listed: ['X', 'Y'], desired: [], former: [allows('A')] }, ['-A']],
  ])('%s', (_, situation, steps) => {
    expect(stepsOf(situation)).toEqual(steps);
  });

  test.each<[string, Situation, string[]]>([
    ['one foreign, two wanted', { listed: ['X'], desired: [denies('D'), allows('A')], former: [] }, ['X']],
    ['two foreign, one wanted', { listed: ['X', 'Y'], desired: [allows('A')], former: [] }, ['X', 'Y']],
    [
      'one foreign beside one of two',
      { listed: ['X', 'A'], desired: [denies('D'), allows('A')], former: [allows('A')] },
      ['X'],
    ],
  ])('no room: %s', (_, situation, foreign) => {
    expect(planAttachments(situation)).toEqual({ kind: 'full', foreign });
  });
});

const policy = fc.record({ name: fc.constantFrom('A', 'B', 'C', 'D', 'E'), denies: fc.boolean(), owned: fc.boolean() });
/** Whether each policy denies. */
const kinds = fc.dictionary(fc.constantFrom('A', 'B', 'C', 'D', 'E'), fc.boolean(), { minKeys: 5, maxKeys: 5 });

/** At most two policies, what denies first; a policy is of one kind throughout. */
const list = (kind: Record<string, boolean>) =>
  fc
    .uniqueArray(policy, { maxLength: 2, selector: ({ name }) => name })
    .map((policies) =>
      policies
        .map((one) => ({ ...one, denies: kind[one.name] === true }))
        .sort((a, b) => Number(b.denies) - Number(a.denies)),
    );

const situations = kinds
  .chain((kind) =>
    fc.record({
      kind: fc.constant<Record<string, boolean>>(kind),
      desired: list(kind),
      former: list(kind),
      foreign: fc.subarray(['X', 'Y']),
      listedOfFormer: fc
        .infiniteStream(fc.boolean())
        .map((stream) => [...Array(4)].map(() => stream.next().value === true)),
    }),
  )
  .map(({ kind, desired, former, foreign, listedOfFormer }) => {
    const own = [...new Set([...former, ...desired].map(({ name }) => name))].filter(
      (_, index) => listedOfFormer[index],
    );
    return { kind, desired, former, listed: [...foreign, ...own].slice(0, 2) };
  });

/** Goes through the steps as AWS IoT would; throws where it would refuse. */
function replay(listed: readonly string[], steps: string[]): string[][] {
  const present = new Set(listed);
  return steps.map((step) => {
    const name = step.slice(1);
    if (step.startsWith('-')) present.delete(name);
    else if (present.add(name).size > 2) throw new Error(`over the limit: ${steps.join(' ')}`);
    return [...present];
  });
}

describe('any plan', () => {
  test('never exceeds the limit, ends as desired, and touches nothing foreign', () => {
    fc.assert(
      fc.property(situations, (situation) => {
        const { listed, desired, former } = situation;
        const own = new Set<string>([...desired, ...former].map(({ name }) => name));
        const foreign = listed.filter((name) => !own.has(name));
        fc.pre(foreign.length + desired.length <= 2);
        const steps = stepsOf(situation);
        const end = replay(listed, steps).at(-1) ?? listed;
        expect(new Set(end)).toEqual(new Set([...foreign, ...desired.map(({ name }) => name)]));
        expect(isInPlace({ listed: end, desired, former })).toBe(true);
        for (const step of steps) expect(own.has(step.slice(1))).toBe(true);
      }),
      { numRuns: 400 },
    );
  });

  test('lets nothing that allows stand without what denies, when both the old and the new state have a denial', () => {
    fc.assert(
      fc.property(situations, (situation) => {
        const { kind, listed, desired, former } = situation;
        const own = (names: readonly string[]) => names.filter((name) => name in kind);
        const opens = (names: readonly string[]) =>
          own(names).some((name) => !kind[name]) && !own(names).some((name) => kind[name]);
        fc.pre(desired.some((one) => one.denies) && own(listed).some((name) => kind[name] === true));
        const plan = planAttachments(situation);
        fc.pre(plan.kind === 'steps');
        expect(former.length).toBeLessThanOrEqual(2);
        for (const present of replay(listed, stepsOf(situation))) expect(opens(present)).toBe(false);
      }),
      { numRuns: 400 },
    );
  });

  test('is full exactly when what is foreign and what is desired do not fit', () => {
    fc.assert(
      fc.property(situations, (situation) => {
        const own = new Set<string>([...situation.desired, ...situation.former].map(({ name }) => name));
        const foreign = situation.listed.filter((name) => !own.has(name));
        const plan = planAttachments(situation);
        expect(plan.kind === 'full').toBe(foreign.length + situation.desired.length > 2);
      }),
    );
  });
});

test('what is given up is what was there before, allowing ones first', () => {
  expect(leavingOf({ desired: [allows('B')], former: [denies('D'), allows('B')] })).toEqual([denies('D')]);
  expect(leavingOf({ desired: [], former: [denies('D'), allows('A')] })).toEqual([allows('A'), denies('D')]);
});

test.each<[boolean, Situation]>([
  [true, { listed: ['A', 'X'], desired: [allows('A')], former: [allows('B')] }],
  [false, { listed: ['X'], desired: [allows('A')], former: [] }],
  [false, { listed: ['A', 'B'], desired: [allows('A')], former: [allows('B')] }],
  [true, { listed: [], desired: [], former: [allows('B')] }],
])('in place: %s', (expected, situation) => {
  expect(isInPlace(situation)).toBe(expected);
});

describe('versions that nobody needs', () => {
  const versions = (ids: string, defaultId: string) =>
    ids.split(' ').map((id) => ({ id, isDefault: id === defaultId }));

  test.each([
    ['1', '1', []],
    ['1 2', '2', []],
    ['1 2 3', '3', ['1']],
    ['3 1 2 4 5', '5', ['3', '2', '1']],
    ['8 9 10 11', '11', ['9', '8']],
    ['9 10', '9', []],
    ['9 10 11', '9', ['10']],
    ['1 2 3', '9', []],
  ])('of %s with the default %s: %p', (ids, defaultId, expected) => {
    expect(dispensableVersions(versions(ids, defaultId))).toEqual(expected);
  });

  test('are never the default, and leave at most two', () => {
    const ids = fc.uniqueArray(fc.integer({ min: 1, max: 99 }).map(String), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(ids, fc.nat(), (all, pick) => {
        const defaultId = all[pick % all.length]!;
        const given = all.map((id) => ({ id, isDefault: id === defaultId }));
        const gone = dispensableVersions(given);
        expect(gone).not.toContain(defaultId);
        expect(all.length - gone.length).toBe(Math.min(2, all.length));
        const newestOther = Math.max(...all.filter((id) => id !== defaultId).map(Number));
        expect(gone).not.toContain(String(newestOther));
      }),
    );
  });
});

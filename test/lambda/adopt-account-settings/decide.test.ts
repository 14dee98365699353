import fc from 'fast-check';
import type { Claim, Flat, KeyClaim } from '../../../lambda/adopt-account-settings/claim';
import { applied, definedKeys, plan, type PlanInput, type Rule } from '../../../lambda/adopt-account-settings/decide';
import { ageThreshold, auditProperties } from './properties';
import { Rig } from './rig';

/** Keys that begin with `up` are only raised, others belong to whoever set them first. */
const rule: Rule = (key, want, base, replace) => {
  const existing = base[key];
  if (existing === undefined || replace) return want;
  return key.startsWith('up') && existing < want ? want : existing;
};

function claim(wants: Flat, keys: Record<string, KeyClaim>): Claim {
  return { generation: 'g', wants, replace: false, keys };
}

function decide(input: Partial<PlanInput>): ReturnType<typeof plan> {
  return plan({ current: {}, wants: {}, replace: false, generation: 'g', others: [], rule, ...input });
}

describe('a stack alone', () => {
  const table: [string, Partial<PlanInput>, { adopt?: object; release?: object; keys?: object; kept?: string[] }][] = [
    ['sets what nobody set', { wants: { a: '1' } }, { adopt: { a: '1' }, keys: { a: { before: null, ours: ['1'] } } }],
    ['leaves what others set', { current: { a: '2' }, wants: { a: '1' } }, { kept: ['a'] }],
    ['agrees with what others set, and does not own it', { current: { a: '1' }, wants: { a: '1' } }, {}],
    [
      'replaces when asked',
      { current: { a: '2' }, wants: { a: '1' }, replace: true },
      { adopt: { a: '1' }, keys: { a: { before: '2', ours: ['1'] } } },
    ],
    [
      'raises',
      { current: { up: '1' }, wants: { up: '2' } },
      { adopt: { up: '2' }, keys: { up: { before: '1', ours: ['2'] } } },
    ],
    ['does not lower', { current: { up: '3' }, wants: { up: '2' } }, { kept: ['up'] }],
    [
      'changes what it set',
      { current: { a: '1' }, wants: { a: '5' }, claim: claim({}, { a: { before: null, ours: ['1'] } }) },
      { adopt: { a: '5' }, keys: { a: { before: null, ours: ['5'] } } },
    ],
    [
      'lowers what it raised, to what was there before at most',
      { current: { up: '5' }, wants: { up: '2' }, claim: claim({}, { up: { before: '3', ours: ['5'] } }) },
      { adopt: { up: '3' }, kept: ['up'] },
    ],
    [
      'leaves what somebody changed since',
      { current: { a: '7' }, wants: { a: '1' }, claim: claim({}, { a: { before: null, ours: ['1'] } }) },
      { kept: ['a'] },
    ],
    [
      'gives back what was there before',
      {
        current: { a: '1', b: '1' },
        claim: claim({}, { a: { before: '9', ours: ['1'] }, b: { before: null, ours: ['1'] } }),
      },
      { release: { a: '9', b: null } },
    ],
    [
      'does not give back what somebody changed or unset since',
      { current: { a: '7' }, claim: claim({}, { a: { before: '9', ours: ['1'] }, b: { before: '9', ours: ['1'] } }) },
      {},
    ],
    [
      'gives back what a stopped change left',
      { current: { a: '1' }, claim: claim({}, { a: { before: '9', ours: ['2', '1'] } }) },
      { release: { a: '9' } },
    ],
    [
      'keeps for later what may not be given back yet',
      { current: { a: '1' }, claim: claim({}, { a: { before: '9', ours: ['1'] } }), defer: () => true },
      { keys: { a: { before: '9', ours: ['1'] } } },
    ],
    ['ignores what is not wanted after all', { wants: { a: undefined } }, {}],
  ];

  test.each(table)('%s', (_name, input, expected) => {
    const { adopt, release, settled, kept } = decide(input);
    expect({ adopt, release, keys: settled.keys, kept }).toEqual({
      adopt: {},
      release: {},
      keys: {},
      kept: [],
      ...expected,
    });
    expect(settled).toMatchObject({ generation: 'g', wants: input.wants ?? {}, replace: input.replace === true });
  });
});

describe('beside another stack', () => {
  const other = claim({ a: '1', up: '2' }, { a: { before: '0', ours: ['1'] }, up: { before: '1', ours: ['2'] } });

  test('leaves its values and remembers what was there before both', () => {
    const { adopt, settled, kept } = decide({ current: { a: '1' }, wants: { a: '5' }, others: [other] });
    expect(adopt).toEqual({});
    expect(settled.keys).toEqual({ a: { before: '0', ours: [], theirs: ['1'] } });
    expect(kept).toEqual(['a']);
  });

  test('shares a value that both want', () => {
    const { adopt, settled } = decide({ current: { up: '2' }, wants: { up: '2' }, others: [other] });
    expect(adopt).toEqual({});
    expect(settled.keys).toEqual({ up: { before: '1', ours: ['2'] } });
  });

  test('raises above it', () => {
    const { adopt, settled } = decide({ current: { up: '2' }, wants: { up: '3' }, others: [other] });
    expect(adopt).toEqual({ up: '3' });
    expect(settled.keys).toEqual({ up: { before: '1', ours: ['3'] } });
  });

  test.each([
    ['a value that somebody else put in place of its own', { current: { a: '7' }, others: [other] }],
    ['a value of one that goes', { current: { a: '1' }, others: [{ ...other, wants: {} }] }],
    ['a value that it wants but did not set', { current: { a: '7' }, others: [claim({ a: '1' }, {})] }],
  ])('does not yield to %s', (_name, input) => {
    expect(decide({ ...input, wants: { a: '5' }, replace: true, reconciling: true }).adopt).toEqual({ a: '5' });
  });

  test('says nothing new while it leaves a value to it', () => {
    const mine = claim({ a: '5' }, { a: { before: '0', ours: [], theirs: ['1'] } });
    const { intent, settled } = decide({ current: { a: '1' }, wants: { a: '5' }, claim: mine, others: [other] });
    expect([intent, settled]).toEqual([mine, mine]);
  });

  test('does not take from it what is in place only because of it', () => {
    const mine = claim({}, { a: { before: '0', ours: ['1'] } });
    const input = { current: { a: '1' }, wants: { a: '1' }, claim: mine };
    expect(decide({ ...input, others: [other] })).toMatchObject({ adopt: {}, settled: { keys: mine.keys } });
    expect(decide(input)).toMatchObject({ adopt: { a: '0' }, settled: { keys: {} } });
    // Asked to overwrite, it has that value by itself.
    expect(decide({ ...input, wants: { a: '0' }, replace: true, others: [other] }).adopt).toEqual({ a: '0' });
  });

  test('changes a value that both want where it would set one by itself', () => {
    const mine = claim({}, { up: { before: '1', ours: ['3'] } });
    const both = claim({ up: '3' }, { up: { before: '1', ours: ['3'] } });
    expect(decide({ current: { up: '3' }, wants: { up: '2' }, claim: mine, others: [both] }).adopt).toEqual({
      up: '2',
    });
  });

  test('claims a value of the account that the other would not leave', () => {
    const input = { current: { a: '0' }, wants: { a: '0' } };
    const replacing = { ...claim({ a: '1' }, {}), replace: true };
    expect(decide({ ...input, others: [replacing] }).settled.keys).toEqual({ a: { before: '0', ours: ['0'] } });
    expect(decide({ ...input, others: [claim({ a: '1', b: '1' }, {})] }).settled.keys).toEqual({});
    expect(decide({ ...input, wants: { a: '7' }, others: [replacing] }).settled.keys).toEqual({});
    expect(decide({ ...input, others: [{ ...replacing, wants: { b: '1' } }] }).settled.keys).toEqual({});
  });

  const leaving = { a: { before: '0', ours: ['1'] } };

  test.each<[string, KeyClaim | undefined]>([
    ['did not see the value', undefined],
    ['left the value in place', { before: '0', ours: [], theirs: ['1'] }],
    ['is about to change the value', { before: '0', ours: ['5', '1'] }],
  ])('holds on to what it sets back until one that wants it has taken over: one that %s', (_name, heir) => {
    const others = [claim({ a: '5' }, heir === undefined ? {} : { a: heir })];
    const input = { current: { a: '1' }, claim: claim({}, leaving), others };
    expect(decide(input)).toMatchObject({ release: {}, settled: { keys: leaving } });
    expect(decide({ ...input, overdue: false }).release).toEqual({});
    const overdue = decide({ ...input, overdue: true });
    expect(overdue.release).toEqual({ a: '0' });
    expect(overdue.settled.keys).toEqual({});
  });

  test.each([
    ['took the value over', { a: '1' }],
    ['changed it', { a: '5' }],
  ])('lets go once one that wants it %s', (_name, current) => {
    const heir = claim({ ...current }, { a: { before: '0', ours: [current.a] } });
    const input = { current, claim: claim({}, leaving), others: [claim({ a: '9' }, {}), heir] };
    for (const overdue of [false, true]) {
      const { release, settled } = decide({ ...input, overdue });
      expect([release, settled.keys]).toEqual([{}, {}]);
    }
  });

  test('gives back nothing that it wants', () => {
    const mine = claim({}, { a: { before: '0', ours: ['1'] } });
    expect(decide({ current: { a: '1' }, claim: mine, others: [other] }).release).toEqual({});
  });

  test('gives back what was there before both when the other no longer wants it', () => {
    const mine = claim({}, { a: { before: '0', ours: [], theirs: ['1'] } });
    const leaving = { ...other, wants: {} };
    expect(decide({ current: { a: '1' }, claim: mine, others: [leaving] }).release).toEqual({ a: '0' });
  });

  test('takes over from one that goes', () => {
    const mine = claim({ a: '5' }, { a: { before: null, ours: [], theirs: ['1'] } });
    const { adopt, settled, intent } = decide({ current: { a: '1' }, wants: { a: '5' }, claim: mine });
    expect(adopt).toEqual({ a: '5' });
    expect(settled.keys).toEqual({ a: { before: null, ours: ['5'] } });
    expect(intent.keys).toEqual({ a: { before: null, ours: ['5', '1'] } });
  });

  test('replaces its values when asked, but not to undo what it just did', () => {
    const input = { current: { a: '1' }, wants: { a: '5' }, replace: true, others: [other] };
    expect(decide(input).adopt).toEqual({ a: '5' });
    expect(decide({ ...input, reconciling: true }).adopt).toEqual({});
    const mine = claim({}, { a: { before: '0', ours: ['1'] } });
    expect(decide({ ...input, claim: mine, reconciling: true }).adopt).toEqual({ a: '5' });
  });
});

test('keys without a value are none', () => {
  expect(definedKeys({ a: undefined, b: '1' })).toEqual(['b']);
});

describe('between remembering and writing', () => {
  test('the value in place is still known', () => {
    const mine = claim({}, { a: { before: null, ours: ['1'] } });
    expect(decide({ current: { a: '1' }, wants: { a: '2' }, claim: mine }).intent.keys).toEqual({
      a: { before: null, ours: ['2', '1'] },
    });
    expect(decide({ current: { a: '1' }, claim: mine }).intent.keys).toEqual(mine.keys);
    expect(
      decide({ current: { up: '5' }, wants: { up: '2' }, claim: claim({}, { up: { before: '3', ours: ['5'] } }) })
        .intent.keys,
    ).toEqual({
      up: { before: '3', ours: ['5'] },
    });
  });

  test('the version that stands is the one before', () => {
    const older = { ...claim({}, {}), generation: 'f' };
    const { intent, settled } = decide({ wants: { a: '1' }, claim: older });
    expect([intent.generation, settled.generation]).toEqual(['f', 'g']);
    expect(decide({ wants: { a: '1' } }).intent.generation).toBe('g');
  });

  test('a value of others is not', () => {
    const mine = claim({}, { up: { before: '0', ours: ['1'] } });
    expect(decide({ current: { up: '2' }, wants: { up: '3' }, claim: mine }).intent.keys).toEqual({
      up: { before: '2', ours: ['3'] },
    });
    expect(decide({ current: {}, wants: { up: '3' }, claim: mine }).intent.keys).toEqual({
      up: { before: null, ours: ['3'] },
    });
  });
});

const key = fc.constantFrom('a', 'b', 'c', 'up', 'upper');
const flat: fc.Arbitrary<Flat> = fc.dictionary(key, fc.constantFrom('0', '1', '2', '3'));

test('to adopt and then to want nothing is to have done nothing, whatever was there', () => {
  fc.assert(
    fc.property(flat, flat, fc.boolean(), (current, wants, replace) => {
      const adopted = decide({ current, wants, replace });
      const after = applied(current, adopted.adopt);
      const again = decide({ current: after, wants, replace, claim: adopted.settled });
      expect({ ...again, intent: undefined }).toEqual({
        ...again,
        adopt: {},
        release: {},
        intent: undefined,
        settled: adopted.settled,
      });
      const restored = decide({ current: after, claim: adopted.settled });
      expect(plain(applied(after, restored.release))).toEqual(plain(current));
      expect(restored.settled.keys).toEqual({});
    }),
    { numRuns: 1_000 },
  );
});

test('what others changed since survives an update and a deletion', () => {
  fc.assert(
    fc.property(flat, flat, flat, flat, (current, wants, foreign, next) => {
      const adopted = decide({ current, wants });
      const after = applied(current, adopted.adopt);
      const touched = definedKeys(foreign).filter((name) => foreign[name] !== after[name]);
      const changed = { ...after, ...foreign };
      const updated = decide({ current: changed, wants: next, claim: adopted.settled });
      const settled = applied(applied(changed, updated.adopt), updated.release);
      const restored = applied(settled, decide({ current: settled, claim: updated.settled }).release);
      for (const name of touched) {
        if (!name.startsWith('up')) expect(settled[name]).toBe(foreign[name]);
        else expect((settled[name] ?? '') >= (foreign[name] ?? '')).toBe(true);
        expect(restored[name]).toBe(foreign[name]);
      }
    }),
    { numRuns: 1_000 },
  );
});

function plain(state: Flat): Flat {
  return Object.fromEntries(Object.entries(state).filter(([, value]) => value !== undefined));
}

const CHECKS = ['LOGGING_DISABLED_CHECK', 'CONFLICTING_CLIENT_IDS_CHECK', 'DEVICE_CERTIFICATE_AGE_CHECK'];
const checks = fc.subarray(CHECKS, { minLength: 1 });
const act = fc.oneof(
  fc.record({
    kind: fc.constant('deploy' as const),
    stack: fc.nat(2),
    checks,
    days: fc.constantFrom('40', '50', '60'),
    stop: fc.option(fc.record({ at: fc.nat(7), after: fc.constantFrom('nothing' as const, 'effect' as const) })),
  }),
  fc.record({ kind: fc.constant('delete' as const), stack: fc.nat(2) }),
);

/** Stacks come and go in any order, each stopped anywhere and delivered again: a model of an account that is shared. */
test('stacks that come, change, stop and go in any order leave the account as they found it, and guarded meanwhile', async () => {
  await fc.assert(
    fc.asyncProperty(checks, fc.array(act, { maxLength: 10 }), async (enabledBefore, acts) => {
      const rig = new Rig();
      rig.account.audit.roleArn = 'arn:aws:iam::111122223333:role/of-others';
      for (const name of enabledBefore) rig.account.audit.auditCheckConfigurations[name] = { enabled: true };
      const before = rig.account.settings();
      const live = new Map<number, { stack: ReturnType<Rig['stack']>; checks: string[] }>();
      const settle = async (): Promise<void> => {
        for (const id of [...live.keys(), ...live.keys()]) await rig.adopters.audit.reconcile(`s${id}`);
        const on = rig.account.audit.auditCheckConfigurations;
        for (const name of [...enabledBefore, ...[...live.values()].flatMap((one) => one.checks)])
          expect(on[name]?.enabled).toBe(true);
      };
      const remove = async (id: number): Promise<void> => {
        const going = live.get(id)?.stack;
        live.delete(id);
        let progress = await going?.delete();
        // As the wait queue does; meanwhile EventBridge wakes the others.
        for (; progress?.kind === 'wait'; progress = await going?.delete(progress.state)) await settle();
      };
      for (const step of acts) {
        if (step.kind === 'delete') await remove(step.stack);
        else {
          const stack = live.get(step.stack)?.stack ?? rig.stack(`s${step.stack}`, 'audit');
          const properties = auditProperties({
            CheckNames: step.checks,
            ...(step.checks.includes('DEVICE_CERTIFICATE_AGE_CHECK') ? ageThreshold(step.days) : {}),
          });
          if (step.stop !== null) {
            rig.calls.length = 0;
            rig.stop = step.stop;
            await stack.deploy(properties).catch(() => undefined);
            rig.stop = undefined;
          }
          await stack.deploy(properties);
          await stack.cleanUp();
          live.set(step.stack, { stack, checks: step.checks });
        }
        await settle();
      }
      for (const id of [...live.keys()]) {
        await remove(id);
        await settle();
      }
      // To unset the threshold of an enabled check is to set what the service uses without one.
      const age = rig.account.audit.auditCheckConfigurations.DEVICE_CERTIFICATE_AGE_CHECK;
      if (age?.configuration?.CERT_AGE_THRESHOLD_IN_DAYS === '365') delete age.configuration;
      expect(rig.account.settings()).toEqual(before);
      expect(rig.account.parameters.size).toBe(0);
    }),
    { numRuns: 60 },
  );
});

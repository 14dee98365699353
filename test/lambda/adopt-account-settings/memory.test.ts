import { type Claim, encodeClaim } from '../../../lambda/adopt-account-settings/claim';
import type { Plan } from '../../../lambda/adopt-account-settings/decide';
import { known, type MemoryDependencies, remember, stillHolding } from '../../../lambda/adopt-account-settings/memory';

const claim: Claim = { generation: 'g', wants: { a: '1' }, replace: false, keys: {} };

function memory(parameters: Record<string, string>, outcome: 'created' | 'exists' = 'created') {
  const writes: [string, string, string?][] = [];
  const deps: MemoryDependencies = {
    setting: { kind: 'audit' },
    claims: {
      list: async (folder) => {
        expect(folder).toBe('/zero-trust-iot/account-settings/audit');
        return Object.entries(parameters).map(([name, text]) => ({ name, text }));
      },
      create: async (name, text) => {
        writes.push(['create', name, text]);
        return outcome;
      },
      replace: async (name, text) => void writes.push(['replace', name, text]),
      remove: async (name) => void writes.push(['remove', name]),
    },
  };
  return { deps, writes };
}

test('tells its own claim from those of others', async () => {
  const other = { ...claim, generation: 'h' };
  const { deps } = memory({ mine: encodeClaim(claim), theirs: encodeClaim(other), odd: 'x' });
  expect(await known(deps, 'mine')).toEqual({ own: claim, others: [other] });
  expect(await known(deps, 'new')).toEqual({ own: undefined, others: [claim, other] });
  await expect(known(deps, 'odd')).rejects.toThrow('odd was changed and cannot be read');
});

test('writes a first claim only where none stands', async () => {
  const free = memory({});
  await remember(free.deps, 'mine', undefined, claim);
  expect(free.writes).toEqual([['create', 'mine', encodeClaim(claim)]]);
  await expect(remember(memory({}, 'exists').deps, 'mine', undefined, claim)).rejects.toMatchObject({
    name: 'ServiceUnavailable',
    message: expect.stringContaining('another delivery'),
  });
});

test('writes a claim again only if it says anything new', async () => {
  const { deps, writes } = memory({});
  await remember(deps, 'mine', claim, { ...claim });
  expect(writes).toEqual([]);
  await remember(deps, 'mine', claim, { ...claim, replace: true });
  expect(writes).toEqual([['replace', 'mine', encodeClaim({ ...claim, replace: true })]]);
});

test('still holds what could not be given back', () => {
  const key = { before: null, ours: ['1'] };
  const decided = {
    intent: { ...claim, keys: { a: key, b: key } },
    settled: { ...claim, keys: { c: key } },
  } as unknown as Plan;
  expect(stillHolding(decided, []).keys).toEqual({ c: key });
  expect(stillHolding(decided, ['a', 'unknown']).keys).toEqual({ a: key, c: key });
});

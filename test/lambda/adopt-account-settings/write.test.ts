import type { Changes } from '../../../lambda/adopt-account-settings/decide';
import type { Setting } from '../../../lambda/adopt-account-settings/setting';
import { giveBack, write, type WriteDependencies } from '../../../lambda/adopt-account-settings/write';

const fault = (name: string): Error => Object.assign(new Error('no'), { name });

/** Calls are lists of keys; `refuse` says which the service refuses, and how. */
function service(refuse: (call: string) => Error | undefined, cannot: string[] = []) {
  const calls: string[] = [];
  const reads: string[][] = [];
  const deps: WriteDependencies<null, string> = {
    setting: {
      steps: (_state: null, changes: Changes, nowSeconds: number) => ({
        steps: [
          { call: `${Object.keys(changes).join()}@${nowSeconds}`, ifDenied: 'a' in changes ? 'less' : undefined },
        ],
        cannot: cannot.filter((key) => key in changes),
      }),
      group: (key: string) => key.charAt(0),
    } as unknown as Setting<null, string>,
    account: {
      read: async (keys) => {
        reads.push([...keys]);
        return null;
      },
      write: async (call) => {
        calls.push(call);
        const error = refuse(call);
        if (error !== undefined) throw error;
      },
    },
    now: () => 5_000,
  };
  return { deps, calls, reads };
}

describe('to write', () => {
  test('nothing calls nobody', async () => {
    const { deps, calls } = service(() => undefined);
    expect(await write(deps, null, {})).toEqual({ cannot: [] });
    expect(calls).toEqual([]);
  });

  test('is one call', async () => {
    const { deps, calls } = service(() => undefined, ['b']);
    expect(await write(deps, null, { a: '1', b: '2' })).toEqual({ cannot: ['b'] });
    expect(calls).toEqual(['a,b@5']);
  });

  test('what is denied is tried with less', async () => {
    const denied = service((call) => (call === 'less' ? undefined : fault('AccessDeniedException')));
    expect(await write(denied.deps, null, { a: '1' })).toEqual({ cannot: [] });
    expect(denied.calls).toEqual(['a@5', 'less']);
    const twice = service(() => fault('AccessDeniedException'));
    expect(await write(twice.deps, null, { a: '1' })).toMatchObject({ fault: { name: 'AccessDeniedException' } });
  });

  test('what is refused otherwise, or cannot do with less, is said', async () => {
    const invalid = service(() => fault('InvalidRequestException'));
    expect(await write(invalid.deps, null, { a: '1' })).toMatchObject({ fault: { name: 'InvalidRequestException' } });
    expect(invalid.calls).toEqual(['a@5']);
    const denied = service(() => fault('AccessDeniedException'));
    expect(await write(denied.deps, null, { b: '1' })).toMatchObject({ fault: { name: 'AccessDeniedException' } });
    expect(denied.calls).toEqual(['b@5']);
  });

  test('a fault that passes is thrown', async () => {
    const { deps } = service(() => fault('ThrottlingException'));
    await expect(write(deps, null, { a: '1' })).rejects.toMatchObject({ name: 'ThrottlingException' });
  });
});

describe('to give back', () => {
  test('nothing reads nothing', async () => {
    const { deps, reads } = service(() => undefined);
    expect(await giveBack(deps, ['a'], {})).toEqual({ keys: [] });
    expect(reads).toEqual([]);
  });

  test('all at once is one call, after a look at what is there now', async () => {
    const { deps, calls, reads } = service(() => undefined, ['b']);
    expect(await giveBack(deps, ['a', 'x'], { a: null, b: '1' })).toEqual({ keys: ['b'] });
    expect(calls).toEqual(['a,b@5']);
    expect(reads).toEqual([['a', 'x', 'b']]);
  });

  test('goes group by group where the service refuses all at once', async () => {
    const { deps, calls } = service(
      (call) => (call.includes('c') ? fault('InvalidRequestException') : undefined),
      ['b1'],
    );
    expect(await giveBack(deps, [], { b1: '1', b2: '1', c1: null, c2: null, d: '1' })).toEqual({
      keys: ['b1', 'c1', 'c2'],
      retry: 'InvalidRequestException: no',
    });
    expect(calls).toEqual(['b1,b2,c1,c2,d@5', 'b1,b2@5', 'c1,c2@5', 'd@5']);
  });
});

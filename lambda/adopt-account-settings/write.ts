import { describeFault, isTransient, lacksRights } from '../shared/faults';
import type { Changes } from './decide';
import type { AccountPort } from './ports';
import type { Setting } from './setting';

export interface WriteDependencies<State, Call> {
  readonly setting: Setting<State, Call>;
  readonly account: AccountPort<State, Call>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export interface Written {
  /** Why the service refuses; faults that pass are thrown instead. */
  readonly fault?: unknown;
  readonly cannot: readonly string[];
}

/** Writes changes, all of them or none that the service refuses. */
export async function write<State, Call>(
  deps: WriteDependencies<State, Call>,
  state: State,
  changes: Changes,
): Promise<Written> {
  if (Object.keys(changes).length === 0) return { cannot: [] };
  const { steps, cannot } = deps.setting.steps(state, changes, deps.now() / 1000);
  for (const step of steps) {
    const fault = await attempt(deps, step.call);
    if (fault === undefined) continue;
    if (step.ifDenied === undefined || !lacksRights(fault)) return { fault, cannot };
    const second = await attempt(deps, step.ifDenied);
    if (second !== undefined) return { fault: second, cannot };
  }
  return { cannot };
}

async function attempt<State, Call>(deps: WriteDependencies<State, Call>, call: Call): Promise<unknown> {
  try {
    await deps.account.write(call);
    return undefined;
  } catch (fault) {
    if (isTransient(fault)) throw fault;
    return fault;
  }
}

export interface Left {
  readonly keys: readonly string[];
  /** Why, if it may yet succeed. */
  readonly retry?: string;
}

/** All at once where the service takes it, else as much as it takes. */
export async function giveBack<State, Call>(
  deps: WriteDependencies<State, Call>,
  scope: readonly string[],
  changes: Changes,
): Promise<Left> {
  if (Object.keys(changes).length === 0) return { keys: [] };
  const readKeys = [...new Set([...scope, ...Object.keys(changes)])];
  const all = await write(deps, await deps.account.read(readKeys), changes);
  if (all.fault === undefined) return { keys: all.cannot };
  const keys = new Set<string>();
  let retry: string | undefined;
  for (const group of groupsOf(deps.setting, changes)) {
    const { fault, cannot } = await write(deps, await deps.account.read(readKeys), group);
    for (const key of fault === undefined ? cannot : Object.keys(group)) keys.add(key);
    if (fault !== undefined) retry = describeFault(fault);
  }
  return { keys: [...keys], retry };
}

function groupsOf<State, Call>(setting: Setting<State, Call>, changes: Changes): Changes[] {
  const groups = new Map<string, Record<string, string | null>>();
  for (const [key, value] of Object.entries(changes)) {
    const group = setting.group(key);
    groups.set(group, { ...groups.get(group), [key]: value });
  }
  return [...groups.values()];
}

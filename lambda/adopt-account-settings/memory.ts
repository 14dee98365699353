import { type Claim, decodeClaim, encodeClaim } from './claim';
import type { Plan } from './decide';
import { claimFolder } from './event';
import type { SettingKind } from './contract';
import type { ClaimsPort } from './ports';

export interface MemoryDependencies {
  readonly setting: { readonly kind: SettingKind };
  readonly claims: ClaimsPort;
}

/** What this stack and the others wrote down. */
export interface Known {
  readonly own?: Claim;
  readonly others: readonly Claim[];
}

export async function known(deps: MemoryDependencies, name: string): Promise<Known> {
  let own: Claim | undefined;
  const others: Claim[] = [];
  for (const stored of await deps.claims.list(claimFolder(deps.setting.kind))) {
    const claim = decodeClaim(stored.text);
    if (stored.name !== name) {
      if (claim !== undefined) others.push(claim);
    } else if (claim === undefined) {
      throw new Error(
        `the parameter ${name} was changed and cannot be read: restore an earlier version of it, or delete it to keep the settings as they are now`,
      );
    } else {
      own = claim;
    }
  }
  return { own, others };
}

/** Writes a claim down, if it says anything new. */
export async function remember(
  deps: MemoryDependencies,
  name: string,
  before: Claim | undefined,
  claim: Claim,
): Promise<void> {
  const text = encodeClaim(claim);
  if (before === undefined) {
    const outcome = await deps.claims.create(name, text);
    // A second delivery of the same request was faster; its record of what was there before is the right one.
    if (outcome === 'exists') throw new ConcurrentDelivery();
  } else if (text !== encodeClaim(before)) {
    await deps.claims.replace(name, text);
  }
}

class ConcurrentDelivery extends Error {
  /** Recognized as a fault that passes. */
  public override readonly name = 'ServiceUnavailable';
  public override readonly message = 'another delivery of this request has just written the claim';
}

/** What could not be given back is given back with the next change or with the stack. */
export function stillHolding(decided: Plan, left: readonly string[]): Claim {
  const held = Object.entries(decided.intent.keys).filter(([key]) => left.includes(key));
  return { ...decided.settled, keys: { ...decided.settled.keys, ...Object.fromEntries(held) } };
}

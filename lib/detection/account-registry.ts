import { Stack, Stage, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

const things = new WeakMap<IConstruct, Map<string, Map<string, IConstruct>>>();

/**
 * What is known at synth to be in one account and region, by kind: limits and names of Device Defender hold there, not in a stack.
 *
 * Stacks without a known environment each count for themselves, since they may go to different accounts.
 */
export function inSameAccount<T extends IConstruct>(scope: IConstruct, kind: string): Map<string, T> {
  const stack = Stack.of(scope);
  // Every stack is in a stage: an app is one, and a stack without an app makes itself one.
  const root = Stage.of(scope) as Stage;
  const known = !Token.isUnresolved(stack.account) && !Token.isUnresolved(stack.region);
  const place = known ? `${stack.account}/${stack.region}` : stack.node.path;
  const kinds = getOrMake(things, root, () => new Map<string, Map<string, IConstruct>>());
  return getOrMake(kinds, `${place}#${kind}`, () => new Map<string, IConstruct>()) as Map<string, T>;
}

function getOrMake<K, V>(
  map: { get(key: K): V | undefined; set(key: K, value: V): unknown },
  key: K,
  make: () => V,
): V {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}

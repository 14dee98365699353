import { Stack, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

const registries = new WeakMap<IConstruct, Map<string, Map<string, string>>>();

/**
 * What an app is known to put into one account and region, by kind: name or identity, and the path of the construct.
 *
 * Some things exist once per account and region and some limits hold there, whatever the stack. Stacks whose environment
 * is not known at synth each count for themselves, since they may go to different accounts.
 */
export function knownInAccount(scope: IConstruct, kind: string): Map<string, string> {
  const stack = Stack.of(scope);
  const isKnown = !Token.isUnresolved(stack.account) && !Token.isUnresolved(stack.region);
  const place = isKnown ? `${stack.account}/${stack.region}` : stack.node.addr;
  const app = scope.node.root;
  const registry = registries.get(app) ?? new Map<string, Map<string, string>>();
  registries.set(app, registry);
  const entries = registry.get(`${kind}@${place}`) ?? new Map<string, string>();
  registry.set(`${kind}@${place}`, entries);
  return entries;
}

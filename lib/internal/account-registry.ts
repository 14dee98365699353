import { Stack, Stage, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { Problems } from './problems';
import { quote } from './quote';

const registries = new WeakMap<IConstruct, Map<string, Map<string, unknown>>>();

/**
 * What an app is known to put into one account and region, by kind: name or identity, and the path of the construct.
 *
 * Some things exist once per account and region and some limits hold there, whatever the stack. Stacks whose environment
 * is not known at synth each count for themselves, since they may go to different accounts.
 */
export function knownInAccount(scope: IConstruct, kind: string): Map<string, string> {
  return entriesOf<string>(scope.node.root, scope, kind);
}

/** The same with the constructs themselves, within a stage: resources cannot refer to those of another stage. */
export function inSameAccount<T extends IConstruct>(scope: IConstruct, kind: string): Map<string, T> {
  // Every stack is in a stage: an app is one, and a stack without an app makes itself one.
  return entriesOf<T>(Stage.of(scope) as Stage, scope, `${kind} constructs`);
}

/** Reports a name that the app gives to another thing of the kind in this account and region: the second would fail to deploy. */
export function checkNameOnce(
  scope: IConstruct,
  kind: string,
  property: string,
  name: string | undefined,
  errors: Problems,
): void {
  if (name === undefined || Token.isUnresolved(name)) return;
  const known = knownInAccount(scope, `name of ${kind}`);
  const first = known.get(name);
  if (first === undefined) {
    // What is refused for something else takes no name.
    if (errors.isEmpty) known.set(name, scope.node.path);
  } else
    errors.report(
      'NameTaken',
      `'${property}' ${quote(name)} is that of ${first} already, and a ${kind} has a name of its own in its account and region; give another, or leave it out`,
    );
}

function entriesOf<T>(boundary: IConstruct, scope: IConstruct, kind: string): Map<string, T> {
  const stack = Stack.of(scope);
  const isKnown = !Token.isUnresolved(stack.account) && !Token.isUnresolved(stack.region);
  const place = isKnown ? `${stack.account}/${stack.region}` : stack.node.addr;
  const registry = registries.get(boundary) ?? new Map<string, Map<string, unknown>>();
  registries.set(boundary, registry);
  const entries = registry.get(`${kind}@${place}`) ?? new Map<string, unknown>();
  registry.set(`${kind}@${place}`, entries);
  return entries as Map<string, T>;
}

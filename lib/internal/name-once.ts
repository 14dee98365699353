import { Aspects, CfnElement, type IAspect, Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Where a stack keeps what it exports; the names of those resources are locked. */
const EXPORTS = 'Exports';

/** Before the aspects of users, who may still override a name. */
const FIRST = { priority: 0 };

/**
 * A stack works the logical id of a resource out anew, with a hash over its path, for each reference to it and each time that
 * one is resolved. That is a twelfth of the synth of a fleet. When synthesis begins the names are final: they are taken down.
 */
class NameOnce implements IAspect {
  private readonly named = new WeakSet<IConstruct>();

  public visit(node: IConstruct): void {
    if (!CfnElement.isCfnElement(node) || this.named.has(node)) return;
    const stack = Stack.of(node);
    if (stack.node.tryFindChild(EXPORTS) !== undefined) return;
    this.named.add(node);
    node.overrideLogicalId(stack.resolve(node.logicalId) as string);
  }
}

const NAME_ONCE = new NameOnce();

/** Fixes the logical ids of all that is below a construct when its synthesis begins, as they would be anyway. */
export function nameOnce(scope: IConstruct): void {
  Aspects.of(scope).add(NAME_ONCE, FIRST);
}

import { Stack, Token } from 'aws-cdk-lib';
import type { IEnvironmentAware } from 'aws-cdk-lib/interfaces';
import type { IConstruct } from 'constructs';
import type { Problems } from './problems';

/** The stack that a construct is deployed with: nested stacks go with the one that they are in. */
export function deployedWith(construct: IConstruct): Stack {
  let stack = Stack.of(construct);
  while (stack.nestedStackParent !== undefined) stack = stack.nestedStackParent;
  return stack;
}

/**
 * Why a construct cannot use a resource of AWS IoT, which is that of one account and region; undefined where it can, or where that
 * is known at deployment only.
 */
export function placeProblem(construct: IConstruct, resource: Partial<IEnvironmentAware>): string | undefined {
  const here = Stack.of(construct);
  const there = resource.env;
  if (there === undefined) return undefined;
  return differs(here.account, there.account) || differs(here.region, there.region)
    ? `must be of the account and region of its stack (${nameOf(here)}), got one of ${nameOf(there)}`
    : undefined;
}

/** The same where another account will do, but not another region. */
export function regionProblem(construct: IConstruct, resource: Partial<IEnvironmentAware>): string | undefined {
  const here = Stack.of(construct).region;
  const there = resource.env?.region;
  return there !== undefined && differs(here, there) ? `is in ${there}, and this stack in ${here}` : undefined;
}

/** Reports the resources of AWS IoT, by property, that a construct cannot use where it is. */
export function checkPlaces(
  construct: IConstruct,
  resources: Readonly<Record<string, Partial<IEnvironmentAware> | undefined>>,
  errors: Problems,
): void {
  for (const [property, resource] of Object.entries(resources)) {
    const problem = resource === undefined ? undefined : placeProblem(construct, resource);
    if (problem !== undefined) errors.report('ResourceElsewhere', `'${property}' ${problem}`);
  }
}

/** Reports a topic of alarms or a key of another region. */
export function checkRegion(
  construct: IConstruct,
  property: string,
  resource: (Partial<IEnvironmentAware> & IConstruct) | undefined,
  code: 'AlarmTopicElsewhere' | 'EncryptionKeyElsewhere',
  errors: Problems,
): void {
  const problem = resource === undefined ? undefined : regionProblem(construct, resource);
  if (problem !== undefined)
    errors.report(code, `'${property}' ${resource?.node.path} ${problem}; give one of the region of the stack`);
}

function differs(one: string, other: string): boolean {
  return !Token.isUnresolved(one) && !Token.isUnresolved(other) && one !== other;
}

function nameOf({ account, region }: { readonly account: string; readonly region: string }): string {
  return [account, region].map((part) => (Token.isUnresolved(part) ? 'any' : part)).join(', ');
}

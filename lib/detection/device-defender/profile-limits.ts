import { inSameAccount } from '../../internal/account-registry';
import type { CheckedBehavior } from '../checked-behaviors';
import type { DetectionTarget } from '../detection-target';
import type { IConstruct } from 'constructs';

/** https://docs.aws.amazon.com/general/latest/gr/iot_device_defender.html */
export const MAX_BEHAVIORS = 100;
export const MAX_VALUES = 1000;
export const MAX_PROFILES_PER_TARGET = 5;

/** The security profiles of a target that are known at synth, by path. */
export function profilesOf(scope: IConstruct, target: DetectionTarget): Map<string, IConstruct> {
  return inSameAccount(scope, `SecurityProfile of ${target._key()}`);
}

/** How many of the values that a profile may have a behavior takes. */
export function valuesOf({ spec }: CheckedBehavior): number {
  return (spec.texts ?? spec.numbers)?.length ?? 1;
}

/** Spreads behaviors over as many groups as the limits of a profile make necessary, in their order. */
export function split(behaviors: readonly CheckedBehavior[]): CheckedBehavior[][] {
  const groups: CheckedBehavior[][] = [];
  let values = 0;
  for (const behavior of behaviors) {
    const group = groups.at(-1);
    const more = valuesOf(behavior);
    if (group === undefined || group.length === MAX_BEHAVIORS || values + more > MAX_VALUES) {
      groups.push([behavior]);
      values = more;
    } else {
      group.push(behavior);
      values += more;
    }
  }
  return groups;
}

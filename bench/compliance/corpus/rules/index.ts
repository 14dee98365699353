import type { RuleCase } from './case';
import { LOOK_ALIKES_OF_DEVICES } from './look-alikes-of-devices';
import { LOOK_ALIKES_OF_THE_ACCOUNT } from './look-alikes-of-the-account';
import { MECHANISMS } from './mechanisms';
import { MORE } from './more';
import { POLICIES } from './policies';
import { POOLS } from './pools';
import { RESOURCES } from './resources';
import { SETTINGS } from './settings';

export type { Outcome, RuleCase } from './case';

/** Ways around each rule, and what only looks like one. */
export const RULE_CASES: readonly RuleCase[] = [
  ...POLICIES,
  ...MECHANISMS,
  ...RESOURCES,
  ...SETTINGS,
  ...POOLS,
  ...MORE,
  ...LOOK_ALIKES_OF_DEVICES,
  ...LOOK_ALIKES_OF_THE_ACCOUNT,
];

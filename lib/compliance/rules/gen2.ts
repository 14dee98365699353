import type { Rule } from '../rule';
import { DEVICE_POLICY } from './examples';

/** Found by the engine, which reads the waivers; it stands in the catalog for its text. */
export const GEN2: Rule = {
  id: 'ZTI-GEN2',
  title: 'A waiver has a reason, an owner and an end',
  tenets: [4, 5],
  severity: 'error',
  strict: true,
  types: [],
  why: 'A waiver without an end is a policy that nobody decided on. One that matches no finding any more covers what is done wrong next; that is a warning.',
  fix: 'Write the reason in a sentence, owner=<who answers for it> and until=<year-month-day> within a year. Remove what matches nothing.',
  example: { DevicePolicy: DEVICE_POLICY },
  evidenceFor: ['IoT Lens IOTSEC15-BP03'],
  check: () => [],
};

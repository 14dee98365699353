import type { Rule } from '../rule';
import { DEVICE_POLICY } from './examples';

/** Found by the engine itself; it stands in the catalog for its text. */
export const ENGINE: Rule = {
  id: 'ZTI-ENGINE',
  title: 'The check ran, on everything',
  tenets: [5],
  severity: 'fatal',
  types: [],
  why: 'A check that stopped half way must not look like one that found nothing.',
  fix: 'Read the message: a file that cannot be read, an input without templates, or a rule that failed. A failing rule is a defect of this library: report it with the template.',
  example: { DevicePolicy: DEVICE_POLICY },
  evidenceFor: [],
  check: () => [],
};

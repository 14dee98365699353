import type { Observation, Rule } from '../rule';
import { DEVICE_POLICY } from './examples';
import { eachPolicy } from './support';

export const GEN1: Rule = {
  id: 'ZTI-GEN1',
  title: 'What cannot be verified is said, not passed',
  tenets: [5],
  severity: 'warning',
  strict: true,
  types: [],
  why: 'A parameter, an import or a macro can put anything where a rule looks. A check that passes what it cannot see proves nothing.',
  fix: 'Write the value in the template, give the parameter AllowedValues, or check the template that exports it in the same run.',
  example: { DevicePolicy: DEVICE_POLICY },
  evidenceFor: ['IoT Lens IOTSEC15-BP03'],
  check: (model): Observation[] => [
    ...model.gaps.map(({ message, location, ...at }) => ({ at, message, location })),
    ...eachPolicy(model, ({ analysis }, note) => {
      if (analysis.unknown.length > 0) note(`the policy cannot be judged in full: ${analysis.unknown.join('; ')}`);
      if (analysis.refused.length > 0)
        note(`the policy cannot be judged, AWS IoT would refuse it: ${analysis.refused.join('; ')}`, {
          severity: 'error',
        });
    }),
  ],
};

import { at, listOf, textOf } from '../model/value';
import type { Rule } from '../rule';
import { PROFILE } from './det1';

/** Groups of metrics, one of each of which should be watched by some profile. */
const WANTED: readonly { readonly what: string; readonly metrics: readonly string[] }[] = [
  { what: 'authorization failures', metrics: ['aws:num-authorization-failures'] },
  { what: 'connections', metrics: ['aws:num-connection-attempts', 'aws:num-disconnects', 'aws:disconnect-duration'] },
  { what: 'messages', metrics: ['aws:num-messages-sent', 'aws:num-messages-received', 'aws:message-byte-size'] },
];

export const DET2: Rule = {
  id: 'ZTI-DET2',
  title: 'Abuse of rights is watched for',
  tenets: [4, 5],
  severity: 'warning',
  strict: true,
  types: ['AWS::IoT::SecurityProfile'],
  why: 'A stolen identity shows in refused requests, in connections that come and go, and in the number and size of messages.',
  fix: 'Add behaviors for aws:num-authorization-failures, aws:num-connection-attempts or aws:num-disconnects, and aws:num-messages-sent or aws:message-byte-size.',
  example: PROFILE,
  evidenceFor: ['IoT Lens IOTSEC06-BP01', 'IEC 62443-4-2 CR 6.2'],
  check: (model) => {
    const [first, ...others] = model.ofType('AWS::IoT::SecurityProfile');
    if (first === undefined) return [];
    const watched = [first, ...others].flatMap(({ variants }) =>
      variants.flatMap(({ value }) => listOf(value.Behaviors).map((behavior) => textOf(at(behavior, 'Metric')))),
    );
    const missing = WANTED.filter(({ metrics }) => !metrics.some((metric) => watched.includes(metric))).map(
      ({ what }) => what,
    );
    return missing.length === 0 ? [] : [{ at: first, message: `no profile watches ${missing.join(', ')}` }];
  },
};

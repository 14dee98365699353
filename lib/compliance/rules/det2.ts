import type { Model } from '../model/model';
import { at, listOf, textOf, type Value } from '../model/value';
import type { Observation, Rule } from '../rule';
import { PROFILE } from './det1';
import { eachResource } from './support';

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
      variants.flatMap(({ value }) =>
        listOf(value.Behaviors)
          .filter((behavior) => !isInverted(behavior))
          .map((behavior) => textOf(at(behavior, 'Metric'))),
      ),
    );
    const missing = WANTED.filter(({ metrics }) => !metrics.some((metric) => watched.includes(metric))).map(
      ({ what }) => what,
    );
    const none = missing.length === 0 ? [] : [{ at: first, message: `no profile watches ${missing.join(', ')}` }];
    return [...none, ...inverted(model)];
  },
};

/** Counts of which more is worse. */
const HARMFUL = ['aws:num-authorization-failures', 'aws:num-connection-attempts', 'aws:num-disconnects'];

function inverted(model: Model): Observation[] {
  return eachResource(model, ['AWS::IoT::SecurityProfile'], ({ Behaviors }, note) => {
    listOf(Behaviors).forEach((behavior, index) => {
      const metric = textOf(at(behavior, 'Metric')) ?? '';
      if (!HARMFUL.includes(metric) || !isInverted(behavior)) return;
      note(`states many ${metric} as normal: criteria say what is normal, so it alarms on healthy devices alone`, {
        location: `Properties/Behaviors/${index}`,
        severity: 'error',
      });
    });
  });
}

/** Whether a behavior states that more than a number is normal. */
function isInverted(behavior: Value): boolean {
  return (textOf(at(behavior, 'Criteria', 'ComparisonOperator')) ?? '').startsWith('greater-than');
}

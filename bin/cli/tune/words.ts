import { printable } from '../../../lib/compliance/report/printable';
import type { Candidate, Proposal, Verdict } from './propose';
import type { UnusedTopic } from './topics';
import type { Operator } from './watched';

export interface TuneResult {
  readonly lines: number;
  /** Lines of no form that is known. */
  readonly unreadable: number;
  readonly behaviors: readonly Proposal[];
  /** Whether the log says which topics were used at all. */
  readonly topicsKnown: boolean;
  readonly unusedTopics: readonly UnusedTopic[];
}

const VERDICTS: Readonly<Record<Verdict, string>> = {
  fits: 'fits',
  'too-tight': 'would have raised alarms',
  'too-loose': 'could be tighter',
  'no-data': 'nothing in the logs',
  'not-compared': 'not compared',
};
const OPERATORS: Readonly<Record<Operator, string>> = {
  lessThan: 'less than',
  atMost: 'at most',
  greaterThan: 'more than',
  atLeast: 'at least',
  within: 'within',
  notWithin: 'not within',
};

/** The result for a person. */
export function inWords(result: TuneResult): string {
  const { lines, unreadable, behaviors, topicsKnown, unusedTopics } = result;
  const text = [
    `${lines} lines read${unreadable === 0 ? '' : `, ${unreadable} of no form that is known`}`,
    ...behaviors.flatMap(ofBehavior),
    ...(topicsKnown
      ? unusedTopics.length === 0
        ? ['every topic that a policy allows was used, as far as the log says']
        : [
            'allowed, and never used:',
            ...unusedTopics.map(({ policy, action, topic }) => `  ${action} ${topic} (${policy})`),
          ]
      : [
          'the logs have no successful publish or subscribe, so topics cannot be compared; AWS IoT logs them at the level INFO',
        ]),
  ];
  return `${text.map(printable).join('\n')}\n`;
}

function ofBehavior(proposal: Proposal): string[] {
  const {
    name,
    verdict,
    because,
    devices,
    windows,
    operator,
    current,
    candidates = [],
    learned,
    byPercentile = [],
    outside = [],
    unused = [],
  } = proposal;
  const data = windows === 0 ? '' : ` (${count(devices, 'device')}, ${count(windows, 'window')})`;
  const word = operator === undefined ? '' : OPERATORS[operator];
  const isSet = operator === 'within' || operator === 'notWithin';
  return [
    `${name}: ${VERDICTS[verdict]}${because === undefined ? '' : `, since ${because}`}${data}`,
    ...(current === undefined
      ? []
      : [`  as it is${isSet ? '' : `, ${word} ${current.threshold}`}: ${alarms(current)}`]),
    ...candidates.map((candidate) => `  ${word} ${candidate.threshold} (${candidate.what}): ${alarms(candidate)}`),
    ...(learned === undefined ? [] : ofLearned(learned)),
    ...byPercentile.map(
      (one, index) => `  ${index === 0 ? 'as it is, ' : ''}${word} ${one.percentile} of the fleet: ${alarms(one)}`,
    ),
    ...outside.map(
      ({ item, times, devices: who }) => `  outside: ${item}, ${count(times, 'time')} by ${count(who, 'device')}`,
    ),
    ...unused.map((item) => `  never seen: ${item}`),
  ];
}

/** The confidence that stands first, then the others. */
function ofLearned({ confidence, judged, stated, byConfidence }: NonNullable<Proposal['learned']>): string[] {
  const [mine, others] = [true, false].map((is) =>
    byConfidence.filter((one) => (one.confidence === confidence) === is),
  );
  return [
    ...(mine ?? []).map(
      (one) =>
        `  as it is, learned at ${one.confidence}: ${alarms(one)}; its rate states ${stated} in ${count(judged, 'window')}`,
    ),
    ...(others ?? []).map((one) => `  learned at ${one.confidence}: ${alarms(one)}`),
  ];
}

function alarms({ alarms: number, devices }: Pick<Candidate, 'alarms' | 'devices'>): string {
  return number === 0 ? 'no alarm' : `${count(number, 'alarm')} of ${count(devices, 'device')}`;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

import { Duration } from 'aws-cdk-lib';
import { METRIC_SOURCES } from '../../../lambda/evaluate-behaviors/contract';
import { parseDocument } from '../../../lambda/evaluate-behaviors/document';
import { Behavior, type BehaviorSpec, DetectionTarget } from '../../../lib/detection';
import { type BehaviorDraft, factsOf } from '../../../lib/detection/behavior-draft';
import { nameBehaviors } from '../../../lib/detection/behavior-names';
import { problemsOfBehavior } from '../../../lib/detection/behavior-problems';
import { METRIC_IDS, METRICS } from '../../../lib/detection/metrics';
import { compile, countedMessages, sourcesOf } from '../../../lib/detection/stream/compile';
import { Percentile } from '../../../lib/detection/terms';
import { criteriaFor, EVERY_METRIC } from '../samples';

const FIVE = Duration.minutes(5);
const options = { detector: 'Fleet', dryRun: false, learnedDryRunSeconds: 0, target: DetectionTarget.allThings() };

function specsOf(...behaviors: Behavior[]): BehaviorSpec[] {
  return nameBehaviors(behaviors.map(({ _draft }) => _draft)).specs;
}

/** Each way to state the normal of each metric, with a window and without, as far as it is right. */
const EVERY_BEHAVIOR: BehaviorDraft[] = EVERY_METRIC.flatMap((measured) =>
  criteriaFor(factsOf(measured)).flatMap((criterion) =>
    [undefined, 300].map((windowSeconds) => ({ measured, criterion, windowSeconds })),
  ),
).filter((draft) => problemsOfBehavior(draft).length === 0);

test('the engine watches what the table of metrics says, and the function knows where it comes from', () => {
  const watched = METRIC_IDS.filter((id) => (METRICS[id].engines as readonly string[]).includes('stream'));
  expect(watched).toEqual(Object.keys(METRIC_SOURCES));
});

test('whatever the language can say, the function reads', () => {
  expect(EVERY_BEHAVIOR.length).toBeGreaterThan(80);
  const document = compile(nameBehaviors(EVERY_BEHAVIOR).specs, options);
  expect(parseDocument(JSON.stringify(document))).toEqual(JSON.parse(JSON.stringify(document)));
});

test('the text is the same for the same behaviors', () => {
  const text = () =>
    JSON.stringify(
      compile(
        specsOf(
          Behavior.messagesSent().mustBeAtMost(1).per(FIVE).onTopics(['b', 'a']),
          Behavior.messagesSent()
            .mustBeAtMostPercentile(Percentile.P99)
            .per(FIVE)
            .exceptOnTopics(['b', 'a'])
            .exported(),
        ),
        options,
      ),
    );
  expect(text()).toBe(text());
  expect(text()).not.toMatch(/exported|topicFilters|dimension/);
});

test('behaviors on the same topics share a selection, others have their own', () => {
  const on = (...filters: string[]) => Behavior.messagesSent().mustBeAtMost(filters.length).per(FIVE).onTopics(filters);
  const specs = specsOf(
    on('a/#').named('one'),
    Behavior.messageSize().mustBeAtMost(9).onTopics(['a/#']),
    on('b', 'a/#').named('two'),
    Behavior.messagesSent().mustBeAtMost(1).per(FIVE).exceptOnTopics(['a/#']).named('three'),
    Behavior.disconnects().mustBeAtMost(1).per(FIVE),
  );
  const { topics, behaviors } = compile(specs, options);
  expect(topics.map(({ filters, excluded }) => [excluded, ...filters])).toHaveLength(3);
  expect(topics.map(({ id }) => id)).toEqual([...topics.map(({ id }) => id)].sort());
  expect(behaviors[0]?.on).toBe(behaviors[1]?.on);
  expect(new Set(behaviors.map((behavior) => behavior.on)).size).toBe(4);
  expect(behaviors[4]).not.toHaveProperty('topicFilters');
});

test('messages are counted where a behavior needs them, and sized where one needs that', () => {
  const on = (filter: string) => Behavior.authorizationFailures().mustBeAtMost(1).per(FIVE).onTopics([filter]);
  const counted = (...behaviors: Behavior[]) =>
    countedMessages(compile(specsOf(...behaviors), options)).map(({ selection, withBytes }) => [
      selection.filters,
      withBytes,
    ]);
  expect(counted(on('a'), Behavior.disconnects().mustBeAtMost(1).per(FIVE))).toEqual([]);
  expect(counted(on('a'), Behavior.messagesSent().mustBeAtMost(1).per(FIVE))).toEqual([[['#'], false]]);
  expect(counted(on('a'), Behavior.messageSize().mustBeAtMost(1).onTopics(['a']))).toEqual([[['a'], true]]);
  expect(counted(Behavior.messagesSent().mustBeAtMost(1).per(FIVE), Behavior.messageSize().mustBeAtMost(1))).toEqual([
    [['#'], true],
  ]);
});

test('sources are those of the metrics together', () => {
  const sources = sourcesOf(
    specsOf(Behavior.disconnects().mustBeAtMost(1).per(FIVE), Behavior.bytesIn().mustBeAtMost(1).per(FIVE)),
  );
  expect([...sources].sort()).toEqual(['presence', 'report']);
});

import { MAX_DIMENSION_FILTERS, MAX_TOPIC_FILTERS, topicFilterProblem } from '../../lib/detection/topic-filter';

test.each([
  'pumps/telemetry',
  'pumps/+/telemetry',
  'pumps/#',
  '#',
  '+',
  '+/+/#',
  '/leading',
  'trailing/',
  'pumps/${iot:ClientId}/${iot:ClientId}',
  '$aws/things/+/shadow/#',
  'prices/$5',
  'a'.repeat(256),
])('%s is a topic filter', (filter) => expect(topicFilterProblem(filter)).toBeUndefined());

test.each([
  ['', 'must have 1 to 256 bytes, got 0'],
  ['a'.repeat(257), 'must have 1 to 256 bytes, got 257'],
  ['é'.repeat(129), 'must have 1 to 256 bytes, got 258'],
  ['pumps/\u0000', 'must not contain control characters'],
  ['pumps/\u001f', 'must not contain control characters'],
  ['pumps/\u007f', 'must not contain control characters'],
  ['pumps/#/x', "may have '#' only alone in the last level"],
  ['pumps/x#', "may have '#' only alone in the last level"],
  ['#/#', "may have '#' only alone in the last level"],
  ['pumps/x+', "may have '+' only alone in a level"],
  ['pumps/+x/y', "may have '+' only alone in a level"],
  ['pumps/${iot:Connection.Thing.ThingName}', 'may have no variable but ${iot:ClientId}'],
  ['pumps/${thing}', 'may have no variable but ${iot:ClientId}'],
])('%j is refused', (filter, why) => expect(topicFilterProblem(filter)).toBe(why));

test('the service and CloudFormation differ in how many a dimension has', () => {
  expect([MAX_TOPIC_FILTERS, MAX_DIMENSION_FILTERS]).toEqual([100, 5]);
});

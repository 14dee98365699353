import { inSelection, matches } from '../../../lambda/evaluate-behaviors/topic-match';

/** https://docs.aws.amazon.com/iot/latest/developerguide/iot-sql-from.html, .../mqtt.html#mqtt-differences */
test.each([
  ['a/b', 'a/b', true],
  ['a/b', 'a/c', false],
  ['a/b', 'a', false],
  ['a', 'a/b', false],
  ['a/+', 'a/b', true],
  ['a/+', 'a/b/c', false],
  ['+/b', 'a/b', true],
  ['a/#', 'a/b/c', true],
  ['a/#', 'a/', true],
  // Otherwise than in MQTT.
  ['a/#', 'a', false],
  ['#', 'a', true],
  ['#', '$aws/a', false],
  ['+/a', '$aws/a', false],
  ['$aws/#', '$aws/a', true],
  ['A', 'a', false],
])('the filter %s and the topic %s: %s', (filter, topic, expected) => expect(matches(filter, topic)).toBe(expected));

test('a selection names filters, or what is not to be on them, by client where they say so', () => {
  const filters = ['pumps/+/telemetry', 'own/${iot:ClientId}/#'];
  const on = (topic: string, excluded: boolean) => inSelection({ filters, excluded }, topic, 'pump-7');
  for (const topic of ['pumps/x/telemetry', 'own/pump-7/a'])
    expect([on(topic, false), on(topic, true)]).toEqual([true, false]);
  for (const topic of ['pumps/x/log', 'own/pump-8/a'])
    expect([on(topic, false), on(topic, true)]).toEqual([false, true]);
});

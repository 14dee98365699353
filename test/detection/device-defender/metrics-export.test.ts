import { Lazy } from 'aws-cdk-lib';
import { CfnTopicRule } from 'aws-cdk-lib/aws-iot';
import { MetricsExport } from '../../../lib/detection';
import { testStack } from '../../support/app';

test('goes to a rule by Basic Ingest', () => {
  const stack = testStack();
  const rule = CfnTopicRule.fromRuleName(stack, 'Rule', 'metrics');
  expect(MetricsExport.toRule(rule)._topic).toBe('$aws/rules/metrics');
  const made = new CfnTopicRule(stack, 'Made', { topicRulePayload: { sql: "SELECT * FROM ''", actions: [] } });
  expect(stack.resolve(MetricsExport.toRule(made)._topic)).toEqual({
    'Fn::Join': ['', ['$aws/rules/', { Ref: 'Made' }]],
  });
  expect(MetricsExport.toRule(made)._problem()).toBeUndefined();
});

test.each(['metrics/out', '$aws/rules/metrics', '$aws/rules/Metrics_1/pumps/eu', 'x'.repeat(512)])(
  'goes to topic %s',
  (topic) => {
    expect(MetricsExport.toTopic(topic)).toMatchObject({ _topic: topic });
    expect(MetricsExport.toTopic(topic)._problem()).toBeUndefined();
  },
);

test('goes to a topic that is a token', () => {
  expect(MetricsExport.toTopic(Lazy.string({ produce: () => '#' }))._problem()).toBeUndefined();
});

test.each(['*', '?', '+', '#'])(
  'does not go to a topic that is a token and %s, which would widen the rights',
  (char) => {
    const token = Lazy.string({ produce: () => 'a' });
    const why = "must be a topic without '+', '#', '*' and '?', got ";
    expect(MetricsExport.toTopic(token + char)._problem()).toBe(`${why}"<token>${char}"`);
    expect(MetricsExport.toTopic(`a/${token}/b`)._problem()).toBeUndefined();
  },
);

test.each([
  ['', 'must be a topic of 1 to 512 characters, got 0'],
  ['x'.repeat(513), 'must be a topic of 1 to 512 characters, got 513'],
  ['metrics/#', "must be a topic without '+', '#', '*' and '?', got \"metrics/#\""],
  ['metrics/+', "must be a topic without '+', '#', '*' and '?', got \"metrics/+\""],
  ['metrics/*', "must be a topic without '+', '#', '*' and '?', got \"metrics/*\""],
  ['metrics/?', "must be a topic without '+', '#', '*' and '?', got \"metrics/?\""],
  ['$aws/things/x/shadow', 'may be only $aws/rules/<rule> of the reserved topics, got "$aws/things/x/shadow"'],
  ['$aws/rules/', 'may be only $aws/rules/<rule> of the reserved topics, got "$aws/rules/"'],
  ['$aws/rules/a-b', 'may be only $aws/rules/<rule> of the reserved topics, got "$aws/rules/a-b"'],
  ['$mine', 'may be only $aws/rules/<rule> of the reserved topics, got "$mine"'],
])('does not go to %j', (topic, why) => expect(MetricsExport.toTopic(topic)._problem()).toBe(why));

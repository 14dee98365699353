import { Fn, Lazy, Stack } from 'aws-cdk-lib';
import { TopicDimension } from '../../lib/detection';
import { capabilityOf } from '../../lib/internal/capability';
import { templateOf, testApp, testStack } from '../support/app';

const TYPE = 'AWS::IoT::Dimension';

test('is made with its filters; the wildcards of MQTT and the client id stay as they are', () => {
  const stack = testStack();
  const topicFilters = ['pumps/+/telemetry', 'pumps/${iot:ClientId}/#'];
  const dimension = new TopicDimension(stack, 'D', { topicFilters, dimensionName: 'Telemetry' });
  templateOf(stack).hasResource(TYPE, {
    Properties: { Name: 'Telemetry', Type: 'TOPIC_FILTER', StringValues: topicFilters },
  });
  expect(dimension.topicFilters).toEqual(topicFilters);
  expect(dimension.env).toEqual({ account: stack.account, region: stack.region });
  expect(stack.resolve(dimension.dimensionRef)).toEqual({
    dimensionName: { Ref: expect.stringMatching(/^D/) },
    dimensionArn: { 'Fn::GetAtt': [expect.stringMatching(/^D/), 'Arn'] },
  });
  expect(capabilityOf(dimension.node.defaultChild as never)).toBe('detection');
});

test('has a name that CloudFormation makes, unless one is given', () => {
  const stack = testStack();
  new TopicDimension(stack, 'D', { topicFilters: ['a'] });
  expect(Object.values(templateOf(stack).findResources(TYPE))[0]?.Properties.Name).toBeUndefined();
});

test('takes tokens', () => {
  const stack = testStack();
  new TopicDimension(stack, 'Name', {
    topicFilters: ['a', Fn.ref('AWS::Region')],
    dimensionName: Lazy.string({ produce: () => 'N' }),
  });
  new TopicDimension(stack, 'List', { topicFilters: Lazy.list({ produce: () => ['a', 'b'] }) });
  const template = templateOf(stack);
  template.hasResourceProperties(TYPE, { Name: 'N', StringValues: ['a', { Ref: 'AWS::Region' }] });
  template.hasResourceProperties(TYPE, { StringValues: ['a', 'b'] });
});

test.each<[string[], string | undefined, RegExp]>([
  [
    [],
    undefined,
    /'topicFilters' must have 1 to 5 items in CloudFormation, got 0; use wildcards, or refer to a larger dimension/,
  ],
  [['1', '2', '3', '4', '5', '6'], undefined, /'topicFilters' must have 1 to 5 items in CloudFormation, got 6/],
  [['a', 'b', 'a'], undefined, /'topicFilters' must not name an item twice, got "a" again/],
  [['a', 'b/#/c'], undefined, /'topicFilters\[1\]' may have '#' only alone in the last level, got "b\/#\/c"/],
  [['x'.repeat(257)], undefined, /'topicFilters\[0\]' must have 1 to 256 bytes, got 257/],
  [['a'], '', /'dimensionName' must have 1 to 128 characters/],
  [['a'], 'x'.repeat(129), /'dimensionName' must have 1 to 128 characters/],
  [['a'], 'my topics', /'dimensionName' may contain only letters, digits, ':', '_' and '-'/],
])('fails for %j named %j', (topicFilters, dimensionName, message) => {
  const make = (): TopicDimension => new TopicDimension(testStack(), 'D', { topicFilters, dimensionName });
  expect(make).toThrow(message);
  expect(make).toThrow(/\[TopicDimensionInvalid\]/);
});

test('takes 5 filters and a name of 128 characters', () => {
  new TopicDimension(testStack(), 'D', {
    topicFilters: ['1', '2', '3', '4', 'x'.repeat(256)],
    dimensionName: 'x'.repeat(128),
  });
});

test('fails for the eleventh of an account and region', () => {
  const app = testApp();
  const env = { account: '111111111111', region: 'eu-west-1' };
  const [a, b, elsewhere] = [
    new Stack(app, 'A', { env }),
    new Stack(app, 'B', { env }),
    new Stack(app, 'C', { env: { ...env, region: 'eu-west-2' } }),
  ];
  for (let index = 0; index < 10; index += 1)
    new TopicDimension(index % 2 === 0 ? a : b, `D${index}`, { topicFilters: [`t/${index}`] });
  expect(() => new TopicDimension(b, 'D10', { topicFilters: ['t'] })).toThrow(
    /at most 10 topic dimensions, this is number 11; use the same filters for several behaviors, or Detection.stream\(\) \[TooManyTopicDimensions\]/,
  );
  new TopicDimension(elsewhere, 'D', { topicFilters: ['t'] });
});

import { Lazy, Stack, Stage } from 'aws-cdk-lib';
import { Behavior, CustomMetric, CustomMetricType, DetectionTarget, SecurityProfile } from '../../lib/detection';
import { inSameAccount } from '../../lib/internal/account-registry';
import { customMetricNameProblem } from '../../lib/detection/custom-metric-problems';
import { capabilityOf } from '../../lib/internal/capability';
import { templateOf, testApp, testStack } from '../support/app';

const TYPE = 'AWS::IoT::CustomMetric';
const battery = CustomMetric.named('battery', CustomMetricType.NUMBER, { displayName: 'Battery' });

function watch(stack: Stack, id: string, ...behaviors: Behavior[]): SecurityProfile {
  return new SecurityProfile(stack, id, { behaviors, targets: [DetectionTarget.allThings()] });
}

test('is made with its name, type and display name', () => {
  const stack = testStack();
  const metric = new CustomMetric(stack, 'M', {
    metricName: 'battery',
    metricType: CustomMetricType.NUMBER,
    displayName: 'Battery (°C)',
  });
  templateOf(stack).hasResource(TYPE, {
    Properties: { MetricName: 'battery', MetricType: 'number', DisplayName: 'Battery (°C)' },
  });
  expect(metric).toMatchObject({
    metricName: 'battery',
    metricType: 'number',
    displayName: 'Battery (°C)',
    existing: true,
  });
  expect(metric.env).toEqual({ account: stack.account, region: stack.region });
  expect(stack.resolve(metric.customMetricRef.metricName)).toEqual({ Ref: expect.stringMatching(/^M/) });
  expect(capabilityOf(metric.node.defaultChild as never)).toBe('detection');
});

test('takes a display name that is a token', () => {
  const stack = testStack();
  new CustomMetric(stack, 'M', {
    metricName: 'm',
    metricType: CustomMetricType.STRING_LIST,
    displayName: Lazy.string({ produce: () => 'D' }),
  });
  templateOf(stack).hasResourceProperties(TYPE, { MetricName: 'm', MetricType: 'string-list', DisplayName: 'D' });
});

test.each<[string, string | undefined, RegExp]>([
  ['', undefined, /'metricName' must be 1 to 128 letters/],
  ['aws:num-messages-sent', undefined, /'metricName' must not begin with 'aws:'/],
  ['battery temperature', undefined, /'metricName' must be 1 to 128 letters/],
  ['x'.repeat(129), undefined, /'metricName' must be 1 to 128 letters/],
  ['ok', '', /'displayName' must have 1 to 128 characters/],
  ['ok', 'x'.repeat(129), /'displayName' must have 1 to 128 characters/],
  ['ok', 'two\nlines', /'displayName' may contain only printable characters/],
])('fails for name %j and display name %j', (metricName, displayName, message) => {
  const make = (): CustomMetric =>
    new CustomMetric(testStack(), 'M', { metricName, metricType: CustomMetricType.NUMBER, displayName });
  expect(make).toThrow(message);
  expect(make).toThrow(/\[CustomMetricInvalid\]/);
});

test('fails for a name that is not known at synth', () => {
  const metricName = Lazy.string({ produce: () => 'x' });
  expect(() => new CustomMetric(testStack(), 'M', { metricName, metricType: CustomMetricType.NUMBER })).toThrow(
    /must be known at synth/,
  );
  expect(customMetricNameProblem('fine')).toBeUndefined();
});

test('fails for a type that is none, from a caller without types', () => {
  expect(
    () => new CustomMetric(testStack(), 'M', { metricName: 'm', metricType: 'float' as CustomMetricType }),
  ).toThrow(
    /'metricType' must be number, number-list, string-list or ip-address-list, got "float" \[CustomMetricInvalid\]/,
  );
});

test('fails for a second one of the name in one account and region', () => {
  const app = testApp();
  const env = { account: '111111111111', region: 'eu-west-1' };
  const make = (id: string, stackEnv?: object): CustomMetric =>
    new CustomMetric(new Stack(app, id, { env: stackEnv }), 'M', {
      metricName: 'm',
      metricType: CustomMetricType.NUMBER,
    });
  make('A', env);
  expect(() => make('B', env)).toThrow(/'metricName' m is made by A\/M already.*\[CustomMetricTaken\]/);
  make('OtherRegion', { ...env, region: 'eu-west-2' });
  make('OtherAccount', { ...env, account: '222222222222' });
  make('Unknown1');
  make('Unknown2');
});

describe('a metric by its name', () => {
  test('is made once in a stack, for all that use it', () => {
    const stack = testStack();
    watch(stack, 'A', Behavior.custom(battery).mustBeAtMost(70));
    watch(stack, 'B', Behavior.custom(battery).mustBeAtLeast(-20));
    const template = templateOf(stack);
    template.resourceCountIs(TYPE, 1);
    const [[id]] = Object.entries(
      template.findResources(TYPE, { Properties: { MetricName: 'battery', DisplayName: 'Battery' } }),
    ) as [[string, object]];
    for (const profile of Object.values(template.findResources('AWS::IoT::SecurityProfile'))) {
      expect(profile.Properties.Behaviors[0].Metric).toEqual({ Ref: id });
    }
  });

  test('is that of a construct, where there is one', () => {
    const stack = testStack();
    new CustomMetric(stack, 'Mine', { metricName: 'battery', metricType: CustomMetricType.NUMBER });
    watch(stack, 'A', Behavior.custom(battery).mustBeAtMost(70));
    templateOf(stack).resourceCountIs(TYPE, 1);
  });

  test('that exists is not made', () => {
    const stack = testStack();
    watch(
      stack,
      'A',
      Behavior.custom(CustomMetric.named('battery', CustomMetricType.NUMBER, { existing: true })).mustBeAtMost(70),
    );
    const template = templateOf(stack);
    template.resourceCountIs(TYPE, 0);
    expect(Object.values(template.findResources('AWS::IoT::SecurityProfile'))[0]?.Properties.Behaviors[0].Metric).toBe(
      'battery',
    );
  });

  test('fails where it is of two types', () => {
    const stack = testStack();
    watch(stack, 'A', Behavior.custom(battery).mustBeAtMost(70));
    const texts = CustomMetric.named('battery', CustomMetricType.STRING_LIST);
    expect(() => watch(stack, 'B', Behavior.customStrings(texts).mustBeWithin(['x']))).toThrow(
      /custom metric 'battery' is of type number at .* and of type string-list here; use one type \[CustomMetricInvalid\]/,
    );
  });

  test('may be of another type in another stage', () => {
    const app = testApp();
    const env = { account: '111111111111', region: 'eu-west-1' };
    const stack = (id: string): Stack => new Stack(new Stage(app, id, { env }), 'S');
    const [beta, prod] = [stack('Beta'), stack('Prod')];
    inSameAccount(beta, 'thing').set('x', beta);
    expect(inSameAccount(beta, 'thing').get('x')).toBe(beta);
    expect(inSameAccount(beta, 'other').get('x')).toBeUndefined();
    expect(inSameAccount(prod, 'thing').get('x')).toBeUndefined();
  });
});

test('a construct is referred to, so that CloudFormation makes it first and deletes it last', () => {
  const app = testApp();
  const env = { account: '111111111111', region: 'eu-west-1' };
  const metric = new CustomMetric(new Stack(app, 'Metrics', { env }), 'M', {
    metricName: 'm',
    metricType: CustomMetricType.NUMBER,
  });
  const stack = new Stack(app, 'Watch', { env });
  watch(stack, 'A', Behavior.custom(metric).mustBeAtMost(1));
  const [profile] = Object.values(templateOf(stack).findResources('AWS::IoT::SecurityProfile'));
  expect(profile?.Properties.Behaviors[0].Metric).toEqual({ 'Fn::ImportValue': expect.stringContaining('Metrics') });
});

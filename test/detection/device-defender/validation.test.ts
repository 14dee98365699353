import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Duration, Stack } from 'aws-cdk-lib';
import { CfnSecurityProfile } from 'aws-cdk-lib/aws-iot';
import {
  Behavior,
  Confidence,
  CustomMetric,
  CustomMetricType,
  Detection,
  DetectionTarget,
  MetricsExport,
} from '../../../lib/detection';
import { testApp } from '../../support/app';
import { criteriaOfMetric, EVERY_METRIC, windowOf } from '../samples';

const STRICT = { '@aws-cdk/core:validateAgainstDefaultRules': true, '@aws-cdk/core:strictCfnValidateErrors': true };
const validation = process.env.CDK_VALIDATION;
beforeAll(() => void (process.env.CDK_VALIDATION = 'true'));
afterAll(() => void (process.env.CDK_VALIDATION = validation));

function violations(fill: (stack: Stack) => void): string[] {
  const app = testApp(STRICT);
  fill(new Stack(app, 'Detect'));
  jest.spyOn(console, 'error').mockImplementation(() => undefined);
  try {
    app.synth();
  } catch {
    // What was found is read from the report.
  }
  const { pluginReports } = JSON.parse(readFileSync(join(app.outdir, 'validation-report.json'), 'utf8')) as {
    pluginReports: { violations: { ruleName: string; description: string }[] }[];
  };
  return pluginReports.flatMap((report) =>
    report.violations.map(({ ruleName, description }) => `${ruleName} ${description}`),
  );
}

test('CDK’s own validator, at its strictest, finds nothing in a detector of every metric and criterion', () => {
  const behaviors = EVERY_METRIC.flatMap((measured) =>
    criteriaOfMetric(measured).map((criterion) =>
      Behavior._of({ measured, criterion, windowSeconds: windowOf(measured, criterion) }),
    ),
  );
  const found = violations((stack) => {
    Detection.deviceDefender({
      metricsExport: MetricsExport.toTopic('$aws/rules/metrics'),
      retainedMetrics: [Behavior.messagesSent().retained().onTopics(['a/#']).exported()],
    }).watch(stack, 'Watch', {
      target: DetectionTarget.allThings(),
      behaviors: [
        ...behaviors,
        Behavior.messageSize().mustBeAtMost(1024).onTopics(['1', '2', '3', '4', '5']).named('narrowed'),
        Behavior.custom(CustomMetric.named('battery', CustomMetricType.NUMBER)).mustBeAtMost(70.5),
        Behavior.messagesSent().learned(Confidence.LOW).suppressed().exported().named('quiet'),
        Behavior.disconnectDuration().mustBeAtMost(Duration.hours(6)).named('absent'),
      ],
    });
  });
  expect(found.filter((violation) => !violation.includes('DetectClosedToNewCustomers'))).toEqual([]);
});

test('and it would find a spelling that CloudFormation does not know', () => {
  const found = violations((stack) => {
    new CfnSecurityProfile(stack, 'P').addPropertyOverride('behaviors', [{ name: 'x' }]);
  });
  expect(found.join()).toMatch(/behaviors/);
});

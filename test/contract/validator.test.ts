// The one spec in which CDK's own validator runs, in its strictest form, and cdk-nag beside it.
process.env.CDK_VALIDATION = 'true';

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, CfnResource, Duration, Stack, Validations } from 'aws-cdk-lib';
import { CfnSecurityProfile } from 'aws-cdk-lib/aws-iot';
import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { AwsSolutionsChecks } from 'cdk-nag';
import { FleetFile } from '../../bin/fleet-file';
import { buildFleet, parseFleet } from '../../bin/reference-app';
import { readVerdicts, type Verdicts } from '../../bin/verdicts';
import {
  Behavior,
  Confidence,
  CustomMetric,
  CustomMetricType,
  Detection,
  DetectionTarget,
  MetricsExport,
} from '../../lib/detection';
import { criteriaOfMetric, EVERY_METRIC, windowOf } from '../detection/samples';
import { ROOT } from '../support/sources';

const STRICT = { '@aws-cdk/core:validateAgainstDefaultRules': true, '@aws-cdk/core:strictCfnValidateErrors': true };
const folders: string[] = [];

function verdictsOn(build: (app: App) => void): Verdicts {
  const outdir = mkdtempSync(join(tmpdir(), 'zero-trust-iot-validator-'));
  folders.push(outdir);
  const app = new App({ outdir, analyticsReporting: false, context: STRICT });
  build(app);
  try {
    app.synth();
  } catch (error) {
    // In tests CDK throws on findings; the report says which.
    if (!/validation/i.test((error as Error).message)) throw error;
  }
  return readVerdicts(outdir);
}

beforeAll(() => {
  for (const method of ['log', 'warn', 'error'] as const) jest.spyOn(console, method).mockImplementation();
});

afterAll(() => {
  jest.restoreAllMocks();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

test('the reference app has no open finding: CDK validator, AwsSolutions, NIST 800-53 R5', () => {
  const verdicts = verdictsOn((app) => buildFleet(app, parseFleet(FleetFile.read(join(ROOT, 'fleet.json')))));
  expect(verdicts.findings).toEqual([]);
  expect(verdicts.clean).toBe(true);
});

test('the validator would say what is wrong', () => {
  const verdicts = verdictsOn((app) => {
    new CfnResource(new Stack(app, 'Bad'), 'Group', { type: 'AWS::IoT::ThingGroup', properties: { Colour: 'red' } });
  });
  expect(verdicts.clean).toBe(false);
  expect(verdicts.findings.join('\n')).toMatch(/Colour/);
});

test('cdk-nag would say what is wrong', () => {
  const verdicts = verdictsOn((app) => {
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    new CfnResource(new Stack(app, 'Bad'), 'Queue', { type: 'AWS::SQS::Queue' });
    new CfnQueue(new Stack(app, 'Worse'), 'Queue', {});
  });
  expect(verdicts.clean).toBe(false);
  expect(verdicts.findings.join('\n')).toMatch(/AwsSolutions-SQS4 at Worse\/Queue/);
});

describe('CDK’s own validator, at its strictest, on what is made for Device Defender', () => {
  function violations(fill: (stack: Stack) => void): string[] {
    const outdir = mkdtempSync(join(tmpdir(), 'zero-trust-iot-validator-'));
    folders.push(outdir);
    const app = new App({ outdir, analyticsReporting: false, context: STRICT });
    fill(new Stack(app, 'Detect'));
    try {
      app.synth();
    } catch {
      // What was found is read from the report.
    }
    const { pluginReports } = JSON.parse(readFileSync(join(outdir, 'validation-report.json'), 'utf8')) as {
      pluginReports: { violations: { ruleName: string; description: string }[] }[];
    };
    return pluginReports.flatMap((report) =>
      report.violations.map(({ ruleName, description }) => `${ruleName} ${description}`),
    );
  }

  test('finds nothing in a detector of every metric and criterion', () => {
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
});

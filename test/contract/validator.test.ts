// The one spec in which CDK's own validator runs, in its strictest form, and cdk-nag beside it.
process.env.CDK_VALIDATION = 'true';

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, CfnResource, Stack, Validations } from 'aws-cdk-lib';
import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { AwsSolutionsChecks } from 'cdk-nag';
import { FleetFile } from '../../bin/fleet-file';
import { buildFleet, parseFleet } from '../../bin/reference-app';
import { readVerdicts, type Verdicts } from '../../bin/verdicts';
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

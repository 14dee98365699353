import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as cdk from 'aws-cdk-lib';
import { CfnPolicy } from 'aws-cdk-lib/aws-iot';
import { ZeroTrustIot, type ZeroTrustIotOptions } from '../../../lib/compliance/zero-trust-iot';
import { testApp } from '../../support/app';
import { allow, CONNECT, THING } from '../support/policies';

const FORMS = ['json', 'md', 'html'];
const mayWrite = 'CloudFormationValidatePlugin' in cdk;
/** Skipped with versions of the CDK that let no plug-in add files to the assembly. */
const whereFilesMayBeAdded = mayWrite ? test : test.skip;

function synth(options?: ZeroTrustIotOptions, prepare: (app: cdk.App) => void = () => undefined): cdk.App {
  const app = testApp();
  prepare(app);
  ZeroTrustIot.apply(app, options);
  const policyDocument = { Version: '2012-10-17', Statement: [CONNECT, allow('iot:Publish', `topic/${THING}`)] };
  new CfnPolicy(new cdk.Stack(app, 'Fleet'), 'Policy', { policyDocument });
  const write = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  app.synth();
  write.mockRestore();
  return app;
}

const written = (app: cdk.App, name: string): string[] =>
  FORMS.filter((form) => existsSync(join(app.outdir, `${name}.${form}`)));

whereFilesMayBeAdded('the report is written into the assembly, under the name that is asked for', () => {
  expect(written(synth(), 'zero-trust-iot-report')).toEqual(FORMS);
  expect(written(synth({ reportName: 'evidence' }), 'evidence')).toEqual(FORMS);
});

whereFilesMayBeAdded('it replaces that of an earlier run', () => {
  const app = synth({}, ({ outdir }) => writeFileSync(join(outdir, 'zero-trust-iot-report.md'), 'old'));
  expect(readFileSync(join(app.outdir, 'zero-trust-iot-report.md'), 'utf8')).toMatch(/^# Zero Trust evidence\n/);
});

test('it can be turned off', () => {
  expect(written(synth({ report: false }), 'zero-trust-iot-report')).toEqual([]);
});

test.each(['', 'a/b', '../x', 'manifest', 'tree', 'x'.repeat(101), '.hidden'])(
  '%j is no name of a report',
  (reportName) => {
    expect(() => ZeroTrustIot.apply(testApp(), { reportName })).toThrow(
      expect.objectContaining({ code: 'ComplianceReportNameInvalid' }) as Error,
    );
  },
);

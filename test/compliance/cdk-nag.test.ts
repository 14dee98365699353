import { AwsSolutionsChecks } from 'cdk-nag';
import { type App, CfnResource, Stack, Stage, Validations } from 'aws-cdk-lib';
import { ZeroTrustIotChecks } from '../../lib/compliance/cdk-nag';
import { ComplianceProfile } from '../../lib/compliance/compliance-profile';
import { importsOf, reachableFrom } from '../support/sources';
import { testApp } from '../support/app';
import { allow, CONNECT, policy as resources, THING } from './support/policies';

function appWith(...statements: Parameters<typeof resources>): App {
  const app = testApp();
  const { Type, Properties } = resources(...statements).DevicePolicy as {
    Type: string;
    Properties: Record<string, unknown>;
  };
  new CfnResource(new Stack(new Stage(app, 'Production'), 'Fleet'), 'Policy', { type: Type, properties: Properties });
  return app;
}

const BAD = [CONNECT, allow('iot:Publish', 'topic/dt/*')];
const WARNING = [CONNECT, allow('iot:Subscribe', `topicfilter/cmd/${THING}`)];

test('finds the same, under the same ids', () => {
  const report = new ZeroTrustIotChecks().validateScope(appWith(...BAD));
  expect(report.success).toBe(false);
  expect(report.violations.map(({ ruleName }) => ruleName)).toEqual(['ZTI-POL3']);
});

test('warnings do not fail, unlike in other packs', () => {
  expect(new ZeroTrustIotChecks().validateScope(appWith(...WARNING))).toMatchObject({
    success: true,
    violations: [{ severity: 'warning' }],
  });
});

test('strict', () => {
  const open = { Effect: 'Allow', Action: 'iot:Publish', Resource: { 'Fn::ImportValue': 'x' } };
  expect(
    new ZeroTrustIotChecks(undefined, { profile: ComplianceProfile.STRICT }).validateScope(appWith(CONNECT, open))
      .success,
  ).toBe(false);
});

test('registers beside other packs', () => {
  const app = appWith(...BAD);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ZeroTrustIotChecks(app));
  const write = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  expect(() => app.synth()).toThrow(/alidation/);
  write.mockRestore();
});

test('a scope that is in no app has no templates', () => {
  expect(() => new ZeroTrustIotChecks().validateScope(new Stack())).not.toThrow();
});

test('the library loads without cdk-nag', () => {
  const loaded = [...reachableFrom('lib/index.ts'), ...reachableFrom('lib/compliance/index.ts')];
  expect(
    loaded.filter((file) => importsOf(file).some(({ module, typeOnly }) => module === 'cdk-nag' && !typeOnly)),
  ).toEqual([]);
});

test('the executable loads without the CDK', () => {
  const loaded = [...reachableFrom('bin/zero-trust-iot.ts')];
  expect(loaded.length).toBeGreaterThan(50);
  expect(
    loaded.filter((file) =>
      importsOf(file).some(({ module, typeOnly }) => /^(aws-cdk-lib|constructs)/.test(module) && !typeOnly),
    ),
  ).toEqual([]);
});

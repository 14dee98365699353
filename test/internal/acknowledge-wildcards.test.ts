import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Aws, Fn, Stack, Validations } from 'aws-cdk-lib';
import { CfnManagedPolicy, CfnRole } from 'aws-cdk-lib/aws-iam';
import { AwsSolutionsChecks } from 'cdk-nag';
import { acknowledgeWildcards } from '../../lib/internal/acknowledge-wildcards';
import { allow, type IamStatement, policyDocument } from '../../lib/internal/iam';
import { testApp } from '../support/app';

interface Report {
  readonly pluginReports: {
    readonly violations: object[];
    readonly suppressedViolations?: { readonly reason: string }[];
  }[];
}

function synthesize(
  env: { account: string; region: string } | undefined,
  acknowledged: boolean,
): Report['pluginReports'] {
  const app = testApp();
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  const stack = new Stack(app, 'Stack', { env });
  const role = new CfnRole(stack, 'Role', { assumeRolePolicyDocument: {} });
  const statements: IamStatement[] = [
    allow(['iot:ListThings'], ['*']),
    allow(['iot:DescribeThing'], [`arn:${Aws.PARTITION}:iot:${stack.region}:${stack.account}:thing/*`, 'arn:exact']),
    allow(
      ['ssm:PutParameter'],
      [`arn:${Fn.select(2, Fn.split('/', Aws.STACK_ID))}/*`, `${role.attrArn}*`, role.attrArn],
    ),
  ];
  const policy = new CfnManagedPolicy(stack, 'Policy', { policyDocument: policyDocument(statements) });
  if (acknowledged) acknowledgeWildcards(policy, statements, 'because');
  const folder = app.synth().directory;
  return (JSON.parse(readFileSync(join(folder, 'validation-report.json'), 'utf8')) as Report).pluginReports;
}

describe.each([
  ['known', { account: '111122223333', region: 'eu-west-1' }],
  ['unknown', undefined],
])('where the environment is %s', (_name, env) => {
  test('each wildcard is acknowledged by the name that cdk-nag has for it', () => {
    const [report] = synthesize(env, true);
    expect(report?.violations).toEqual([]);
    expect(report?.suppressedViolations).toHaveLength(4);
    expect(report?.suppressedViolations?.[0]?.reason).toBe('because');
  });

  test('fails without', () => {
    expect(() => synthesize(env, false)).toThrow(/IAM5/);
  });
});

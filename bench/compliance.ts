// What the rules find on a labelled corpus, beside others, and how long they take. Usage: tsx bench/compliance.ts
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { CfnPolicy } from 'aws-cdk-lib/aws-iot';
import { AwsSolutionsChecks, HIPAASecurityChecks, NIST80053R5Checks, PCIDSS321Checks } from 'cdk-nag';
import { check } from '../lib/compliance/engine';
import { CORPUS, type Sample } from './compliance/corpus';

type Judge = (sample: Sample) => boolean;

const documentOf = ({ statements }: Sample): object => ({ Version: '2012-10-17', Statement: statements });

function judgeFile(resources: object): ReturnType<typeof check> {
  return check({
    files: [{ path: 't.json', body: { Resources: resources } }],
    today: '2026-01-01',
    profile: 'baseline',
    accountBaseline: 'elsewhere',
  });
}

const ours: Judge = (sample) =>
  judgeFile({ P: { Type: 'AWS::IoT::Policy', Properties: { PolicyDocument: documentOf(sample) } } }).findings.length >
  0;

/** What the two rules of the Guard registry, and cfn_nag's W38 and W39, look for: an exact `*` (or `iot:*`). */
const exactStar: Judge = ({ statements }) =>
  statements.some((statement) => {
    const { Effect, Action, Resource } = statement as {
      Effect: string;
      Action?: string | string[];
      Resource?: string | string[];
    };
    const has = (value: string | string[] | undefined, words: string[]): boolean =>
      [value ?? []].flat().some((each) => words.includes(each));
    return Effect === 'Allow' && (has(Action, ['*', 'iot:*']) || has(Resource, ['*']));
  });

const nag: Judge = (sample) => {
  const outdir = mkdtempSync(join(tmpdir(), 'zero-trust-iot-bench-'));
  const app = new App({ outdir });
  new CfnPolicy(new Stack(app, 'S'), 'P', { policyDocument: documentOf(sample) });
  const packs = [new AwsSolutionsChecks(), new NIST80053R5Checks(), new HIPAASecurityChecks(), new PCIDSS321Checks()];
  const found = packs.some((pack) => pack.validateScope(app).violations.length > 0);
  rmSync(outdir, { recursive: true });
  return found;
};

const bad = CORPUS.filter(({ good }) => !good);
const good = CORPUS.filter((sample) => sample.good);
console.log(`corpus: ${bad.length} bad policies, ${good.length} good ones\n`);
console.log('| | bad caught | good flagged |\n| --- | --- | --- |');
for (const [name, judge] of Object.entries({
  ZeroTrustIot: ours,
  'exact star (what the Guard registry rules look for)': exactStar,
  'cdk-nag: AwsSolutions, NIST, HIPAA, PCI': nag,
})) {
  console.log(`| ${name} | ${bad.filter(judge).length}/${bad.length} | ${good.filter(judge).length}/${good.length} |`);
}

console.log('\n| policies | CPU ms | µs a policy |\n| --- | --- | --- |');
const statements = CORPUS.find(({ name }) => name === 'own topics')!.statements;
for (const count of [500, 500, 2_000, 10_000]) {
  const policies = Array.from({ length: count }, (_, i) => [
    `P${i}`,
    {
      Type: 'AWS::IoT::Policy',
      Properties: {
        PolicyName: `p${i}`,
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            ...statements,
            {
              Effect: 'Allow',
              Action: 'iot:Publish',
              Resource: {
                'Fn::Sub': `arn:\${AWS::Partition}:iot:\${AWS::Region}:\${AWS::AccountId}:topic/shared-${i}`,
              },
            },
          ],
        },
      },
    },
  ]);
  const before = process.cpuUsage();
  judgeFile(Object.fromEntries(policies) as object);
  const { user, system } = process.cpuUsage(before);
  const ms = (user + system) / 1000;
  console.log(`| ${count} | ${ms.toFixed(0)} | ${((ms * 1000) / count).toFixed(0)} |`);
}

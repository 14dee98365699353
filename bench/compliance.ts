// What the rules find on a labelled corpus, beside others, and how long they take. Usage: tsx bench/compliance.ts
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include';
import { AwsSolutionsChecks, HIPAASecurityChecks, NIST80053R5Checks, PCIDSS321Checks } from 'cdk-nag';
import { guardRules } from '../lib/compliance/guard/generate';
import { CATALOG } from '../lib/compliance/rules/catalog';
import { cfnGuard, judgeWithGuard, REGISTRY_RULES } from './compliance/cfn-guard';
import { CORPORA, type Sample } from './compliance/corpus';
import { printRules } from './compliance/by-rule';
import { measureHostile } from './compliance/hostile';
import { judge, measureSpeed } from './compliance/speed';

interface Judged {
  readonly template: { readonly Resources: Sample['resources'] };
}

/** Whether a tool reports something, for each template. */
type Judge = (samples: readonly Judged[]) => boolean[];

/** A finding of any severity counts against a good sample, an error for a bad one. */
const ours = (samples: readonly Sample[]): boolean[] =>
  samples.map(({ resources, label }) => {
    const { findings } = judge(resources);
    return label === 'bad' ? findings.some(({ severity }) => severity !== 'warning') : findings.length > 0;
  });

const guard =
  (binary: string, rules: string): Judge =>
  (samples) =>
    judgeWithGuard(
      binary,
      rules,
      samples.map(({ template }) => template),
    ).map(({ failed }) => failed.length > 0);

const nag: Judge = (samples) => {
  const outdir = mkdtempSync(join(tmpdir(), 'zero-trust-iot-bench-'));
  try {
    return samples.map(({ template }, index) => {
      const templateFile = join(outdir, `${index}.json`);
      writeFileSync(templateFile, JSON.stringify(template));
      const app = new App({ outdir: join(outdir, `out-${index}`) });
      if (!isIncluded(app, templateFile)) return false;
      const packs = [
        new AwsSolutionsChecks(),
        new NIST80053R5Checks(),
        new HIPAASecurityChecks(),
        new PCIDSS321Checks(),
      ];
      return packs.some((pack) =>
        pack
          .validateScope(app)
          .violations.some(({ violatingResources }) => aboutIot(violatingResources, template.Resources)),
      );
    });
  } finally {
    rmSync(outdir, { recursive: true });
  }
};

/** What the CDK cannot take into an app (some functions of macros) no pack can judge. */
function isIncluded(app: App, templateFile: string): boolean {
  try {
    new CfnInclude(new Stack(app, 'S'), 'T', { templateFile });
    return true;
  } catch {
    return false;
  }
}

/** What a pack says of queues and functions beside is no answer to the question. */
function aboutIot(
  violating: readonly { readonly resourceLogicalId?: string }[],
  resources: Sample['resources'],
): boolean {
  return violating.some(({ resourceLogicalId }) => {
    const resource = resources[resourceLogicalId ?? ''] as { readonly Type?: string } | undefined;
    return resource?.Type?.startsWith('AWS::IoT::') === true;
  });
}

const binary = cfnGuard();
const PARTIAL = 'the same, as far as Guard can say it (partial.guard)';
const REGISTRY = 'guard registry, both rules about IoT, run by cfn-guard';
const NAG = 'cdk-nag: AwsSolutions, NIST, HIPAA, PCI, about AWS::IoT';
const others: { readonly [name: string]: Judge } = {
  ...(binary === undefined
    ? {}
    : { [PARTIAL]: guard(binary, guardRules(CATALOG)), [REGISTRY]: guard(binary, REGISTRY_RULES) }),
  [NAG]: nag,
};
const templates = (samples: readonly Sample[]): Judged[] =>
  samples.map(({ resources }) => ({ template: { Resources: resources } }));
const judges: { readonly [name: string]: (samples: readonly Sample[]) => boolean[] } = {
  ZeroTrustIot: ours,
  ...Object.fromEntries(
    Object.entries(others).map(([name, judgeAll]) => [
      name,
      (samples: readonly Sample[]) => judgeAll(templates(samples)),
    ]),
  ),
};

const problems: string[] = [];
for (const [corpus, samples] of Object.entries(CORPORA)) {
  const of = (label: Sample['label']): Sample[] => samples.filter((sample) => sample.label === label);
  const [bad, good, weak] = [of('bad'), of('good'), of('weak')];
  console.log(`\n${corpus}\n\n| | bad caught | good reported | weak reported |\n| --- | --- | --- | --- |`);
  for (const [name, judgeAll] of Object.entries(judges)) {
    const reported = (part: readonly Sample[]): number => judgeAll(part).filter(Boolean).length;
    const count = (part: readonly Sample[]): string => `${reported(part)}/${part.length}`;
    if (judgeAll === ours && reported(bad) < bad.length) problems.push(`${corpus}: not every bad sample is caught`);
    if (judgeAll === ours && reported(good) > 0) problems.push(`${corpus}: good samples are reported`);
    console.log(`| ${name} | ${count(bad)} | ${count(good)} | ${count(weak)} |`);
  }
}
problems.push(...printRules(others));
if (binary === undefined) console.log('\ncfn-guard: no binary for this machine');
problems.push(...measureSpeed(), ...measureHostile());
for (const problem of problems) console.error(`MISSED ${problem}`);
process.exitCode = problems.length === 0 ? 0 : 1;

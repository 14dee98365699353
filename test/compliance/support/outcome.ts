import type { TemplateFile } from '../../../lib/compliance/model/template';
import { CATALOG } from '../../../lib/compliance/rules/catalog';
import type { Resources } from './rewrite';
import { judge } from './suite';

/** Ways to write what a rule forbids so that a rule which reads text would not see it; and the honest look-alikes. */
export type Outcome = 'fails' | 'passes' | 'unverified';
export type Case = readonly [name: string, outcome: Outcome, resources: Resources, rest?: object];

export function outcomeOf(ruleId: string, resources: Resources, rest: object = {}): Outcome {
  const rule = CATALOG.find(({ id }) => id === ruleId);
  const files: TemplateFile[] = [{ path: 't.json', body: { ...rest, Resources: resources } }];
  const { findings } = judge(files, ruleId === 'ZTI-GEN1' ? undefined : rule, {
    accountBaseline: 'this-app',
  });
  expect(findings.filter((finding) => finding.ruleId === 'ZTI-ENGINE')).toEqual([]);
  if (findings.some((finding) => finding.ruleId === ruleId && ruleId !== 'ZTI-GEN1')) return 'fails';
  return findings.some((finding) => finding.ruleId === 'ZTI-GEN1') ? 'unverified' : 'passes';
}

export function outcomes(ruleId: string, cases: readonly Case[]): void {
  test.each(
    cases.map(([name, outcome, resources, rest]) => [`${ruleId} ${outcome} ${name}`, outcome, resources, rest]),
  )('%s', (_name, outcome, resources, rest) => {
    expect(outcomeOf(ruleId, resources as Resources, rest as object)).toBe(outcome);
  });
}

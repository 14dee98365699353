import type { Outcome } from '../../../bench/compliance/corpus/rules';
import type { TemplateFile } from '../../../lib/compliance/model/template';
import { CATALOG } from '../../../lib/compliance/rules/catalog';
import type { Resources } from './rewrite';
import { judge } from './suite';

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

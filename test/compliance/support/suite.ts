import { check, type CheckResult } from '../../../lib/compliance/engine';
import type { TemplateFile } from '../../../lib/compliance/model/template';
import type { CheckContext, Rule } from '../../../lib/compliance/rule';
import { type Resources, REWRITES } from './rewrite';

export interface Case {
  readonly resources?: Resources;
  /** Whole templates, for what does not fit into one; such a case is not rewritten. */
  readonly files?: TemplateFile[];
  /** Part of the message; of a failing case only. */
  readonly says?: RegExp;
  readonly severity?: string;
  readonly profile?: CheckContext['profile'];
  readonly accountBaseline?: CheckContext['accountBaseline'];
  /** Reported as not verified. */
  readonly unverified?: boolean;
  /** Rewrites that change what the case is about. */
  readonly not?: readonly string[];
}

export function judge(files: TemplateFile[], rule: Rule | undefined, options: Partial<Case> = {}): CheckResult {
  const { profile = 'baseline', accountBaseline = 'elsewhere' } = options;
  return check({
    files,
    profile,
    accountBaseline,
    today: '2026-11-22',
    ...(rule === undefined ? {} : { rules: [rule] }),
  });
}

/** Runs each case in each way of writing it. */
export function suite(
  rule: Rule,
  cases: { readonly fails: { readonly [name: string]: Case }; readonly passes: { readonly [name: string]: Case } },
): void {
  describe(rule.id, () => {
    test('has three failing and three passing cases', () => {
      expect(Object.keys(cases.fails).length).toBeGreaterThanOrEqual(3);
      expect(Object.keys(cases.passes).length).toBeGreaterThanOrEqual(3);
    });

    describe.each(Object.entries(cases.fails))('fails for %s', (_name, each) => {
      test.each(formsOf(each))('%s', (_form, files) => {
        const { findings } = judge(files, rule, each);
        const own = findings.filter(({ ruleId }) => ruleId === (each.unverified === true ? 'ZTI-GEN1' : rule.id));
        expect(findings.filter(({ ruleId }) => ruleId === 'ZTI-ENGINE')).toEqual([]);
        expect(own.map(({ message }) => message).join('\n')).toMatch(each.says ?? /./);
        if (each.severity !== undefined) expect(own.map(({ severity }) => severity)).toContain(each.severity);
      });
    });

    describe.each(Object.entries(cases.passes))('passes %s', (_name, each) => {
      test.each(formsOf(each))('%s', (_form, files) => {
        expect(judge(files, rule, each).findings.map(({ ruleId, message }) => `${ruleId}: ${message}`)).toEqual([]);
      });
    });

    test('its own example passes every rule, in both profiles', () => {
      for (const profile of ['baseline', 'strict'] as const) {
        const { findings } = judge(REWRITES['as it is']!(rule.example), undefined, { profile });
        expect(findings.map(({ ruleId, message }) => `${ruleId}: ${message}`)).toEqual([]);
      }
    });
  });
}

function formsOf({ resources, files, not = [] }: Case): [string, TemplateFile[]][] {
  if (files !== undefined) return [['as it is', files]];
  return Object.entries(REWRITES)
    .filter(([name]) => !not.includes(name))
    .map(([name, rewrite]) => [name, rewrite(resources ?? {})]);
}

import { CATALOG } from '../../lib/compliance/rules/catalog';
import { check } from '../../lib/compliance/engine';
import { type Outcome, RULE_CASES, type RuleCase } from './corpus/rules';

/** What a rule makes of a case. */
function outcomeOf({ ruleId, template }: RuleCase): Outcome {
  const { findings } = check({
    files: [{ path: 't.json', body: template }],
    // What cannot be verified in general is found with all rules.
    ...(ruleId === 'ZTI-GEN1' ? {} : { rules: CATALOG.filter(({ id }) => id === ruleId) }),
    today: '2026-01-01',
    profile: 'baseline',
    accountBaseline: 'this-app',
  });
  if (findings.some((finding) => finding.ruleId === ruleId && ruleId !== 'ZTI-GEN1')) return 'fails';
  return findings.some((finding) => finding.ruleId === 'ZTI-GEN1') ? 'unverified' : 'passes';
}

type Judge = (cases: readonly RuleCase[]) => boolean[];

/**
 * Prints for each rule how many of the ways around it are caught, and how many look-alikes are reported: by the rule, and by
 * anything that others say of the same template. Returns what is not as it should be.
 */
export function printRules(others: { readonly [name: string]: Judge }): string[] {
  const problems: string[] = [];
  const reported = new Map(Object.entries(others).map(([name, judge]) => [name, judge(RULE_CASES)]));
  const headers = ['rule', 'ZeroTrustIot', ...Object.keys(others), 'not known, and said so'];
  console.log(
    '\nways around each rule that are caught, and look-alikes that are reported; of others counts all that they say of the template\n',
  );
  console.log(`| ${headers.join(' | ')} |\n|${' --- |'.repeat(headers.length)}`);
  const rules = [...new Set(RULE_CASES.map(({ ruleId }) => ruleId))];
  const inOrder = CATALOG.map(({ id }) => id).filter((id) => rules.includes(id));
  for (const rule of [...inOrder, undefined]) {
    const own = RULE_CASES.map((each, index) => ({ each, index })).filter(
      ({ each }) => rule === undefined || each.ruleId === rule,
    );
    const of = (outcome: Outcome) => own.filter(({ each }) => each.outcome === outcome);
    const [fails, passes, unverified] = [of('fails'), of('passes'), of('unverified')];
    const right = (cases: typeof own) => cases.filter(({ each }) => outcomeOf(each) === each.outcome).length;
    const cell = (caught: number, vain: number) => `${caught}/${fails.length}, ${vain}/${passes.length}`;
    if (rule !== undefined && right(own) < own.length)
      problems.push(`${rule}: not every case is judged as it should be`);
    const cells = [
      cell(right(fails), passes.length - right(passes)),
      ...[...reported.values()].map((verdicts) => {
        const count = (cases: typeof own) => cases.filter(({ index }) => verdicts[index]).length;
        return cell(count(fails), count(passes));
      }),
      unverified.length === 0 ? '' : `${right(unverified)}/${unverified.length}`,
    ];
    console.log(`| ${[rule ?? 'all', ...cells].join(' | ')} |`);
  }
  return problems;
}

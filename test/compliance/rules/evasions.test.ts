import { RULE_CASES } from '../../../bench/compliance/corpus/rules';
import { CATALOG } from '../../../lib/compliance/rules/catalog';
import { outcomeOf } from '../support/outcome';

/** Ways to write what a rule forbids so that a rule which reads text would not see it; and the honest look-alikes. */
const RULES = [...new Set(RULE_CASES.map(({ ruleId }) => ruleId))];

describe.each(RULES)('%s', (rule) => {
  const own = RULE_CASES.filter(({ ruleId }) => ruleId === rule);

  test.each(own.map((each) => [`${each.outcome} ${each.name}`, each] as const))(
    '%s',
    (_name, { outcome, template }) => {
      const { Resources, ...rest } = template;
      expect(outcomeOf(rule, Resources, rest)).toBe(outcome);
    },
  );
});

/** What the engine itself finds: there is nothing in a template to write in another way. */
const OF_THE_ENGINE = ['ZTI-GEN1', 'ZTI-GEN2', 'ZTI-ENGINE'];

test.each(CATALOG.map(({ id }) => id).filter((id) => !OF_THE_ENGINE.includes(id)))(
  '%s has met three ways around it, and three look-alikes',
  (id) => {
    const count = (outcome: string): number =>
      RULE_CASES.filter((each) => each.ruleId === id && each.outcome === outcome).length;
    expect(count('fails')).toBeGreaterThanOrEqual(3);
    expect(count('passes')).toBeGreaterThanOrEqual(3);
  },
);

test('cases of a rule have names of their own', () => {
  const names = RULE_CASES.map(({ ruleId, name }) => `${ruleId} ${name}`);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

type Resources = { readonly [logicalId: string]: unknown };

/** `fails`: the rule is to report it. `passes`: it is not. `unverified`: it is to say that it cannot know. */
export type Outcome = 'fails' | 'passes' | 'unverified';

/** A template that is about one rule: a way around it, or what only looks like one. */
export interface RuleCase {
  readonly ruleId: string;
  readonly name: string;
  readonly outcome: Outcome;
  readonly template: { readonly Resources: Resources };
}

export type Case = readonly [name: string, outcome: Outcome, resources: Resources, rest?: object];

/** Collects cases, rule by rule. */
export function into(all: RuleCase[]): (ruleId: string, cases: readonly Case[]) => void {
  return (ruleId, cases) => {
    for (const [name, outcome, resources, rest] of cases)
      all.push({ ruleId, name, outcome, template: { ...rest, Resources: resources } });
  };
}

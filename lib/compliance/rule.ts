import type { Model, Resource } from './model/model';

/** How bad a finding is. A fatal one cannot be waived; a warning does not fail a check. */
export type Severity = 'fatal' | 'error' | 'warning';

/** The tenets of Zero Trust by their number in NIST SP 800-207, section 2.1. */
export type Tenet = 1 | 2 | 3 | 4 | 5 | 6 | 7;

/** What a rule says about one place. */
export interface Observation {
  /** The resource; or the file, for what belongs to no resource. */
  readonly at: Resource | { readonly file: string; readonly logicalId?: string };
  /** Path below the resource, as CDK writes it: `Properties/PolicyDocument/Statement/0`. */
  readonly location?: string;
  /** What is wrong, with the counter-example where there is one. */
  readonly message: string;
  /** @default - the rule's severity */
  readonly severity?: Severity;
  /** Conditions and parameters under which it is so. */
  readonly when?: readonly string[];
  /** The rule could not decide: reported as GEN1, never as a pass. */
  readonly unverified?: boolean;
}

/** What the rules may know about the check as a whole. */
export interface CheckContext {
  /** Whether account-wide settings (audit, logging) are expected in these templates. */
  readonly accountBaseline: 'this-app' | 'elsewhere';
  readonly profile: 'baseline' | 'strict';
}

/** One rule of the catalog: a pure function of the model, and all that a person needs to act on it. */
export interface Rule {
  readonly id: string;
  readonly title: string;
  readonly tenets: readonly Tenet[];
  /** Severity of a finding that does not say otherwise. */
  readonly severity: Severity;
  /** Whether the strict profile turns the rule's warnings into errors. */
  readonly strict?: boolean;
  /** Resource types that it judges; it does not apply where there is none of them. */
  readonly types: readonly string[];
  readonly why: string;
  readonly fix: string;
  /** Resources that pass every rule, as the fix in full: `{ LogicalId: { Type, Properties } }`. */
  readonly example: { readonly [logicalId: string]: unknown };
  /** Best practices of the IoT Lens, and clauses of other catalogs, that a pass is evidence for. */
  readonly evidenceFor: readonly string[];
  /** Checks of the running account that complete the picture. */
  readonly runtime?: readonly string[];
  check(model: Model, context: CheckContext): Observation[];
}

/** An observation with everything that a report needs. */
export interface Finding {
  readonly ruleId: string;
  readonly severity: Severity;
  readonly title: string;
  readonly message: string;
  readonly file: string;
  readonly logicalId?: string;
  readonly constructPath?: string;
  readonly location?: string;
  readonly line?: number;
  readonly when: readonly string[];
  readonly tenets: readonly Tenet[];
  readonly fix: string;
  readonly docs: string;
  /** The rule that could not be verified, where another one says so. */
  readonly about?: string;
  /** Stable over runs and machines, for baselines and SARIF. */
  readonly fingerprint: string;
}

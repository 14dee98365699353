import { createHash } from 'node:crypto';
import { accessMatrix, type AccessMatrix, MANY_IDENTITIES } from '../access/matrix';
import type { CheckResult, RuleOutcome } from '../engine';
import { docsOf } from '../engine';
import type { Model, Resource } from '../model/model';
import type { Finding, Rule, Severity, Tenet } from '../rule';
import { CATALOG } from '../rules/catalog';
import { REFERENCES } from './references';
import { type RuntimeEvidence, runtimeOf } from './runtime';
import { isWhole, subjectsOf } from './subjects';
import { TENETS } from './tenets';

export const SCHEMA =
  'https://raw.githubusercontent.com/cdk-iot-zero-trust/cdk-iot-zero-trust/main/schema/evidence.schema.json';

/** A place in the templates. */
export interface Place {
  readonly file: string;
  readonly logicalId?: string;
  readonly constructPath?: string;
}

/** A finding as the report shows it. */
export interface ReportedFinding extends Place {
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  readonly location?: string;
  readonly when: readonly string[];
  readonly fix: string;
  readonly fingerprint: string;
  /** The rule that could not be verified. */
  readonly about?: string;
}

export interface ReportedWaiver extends ReportedFinding {
  readonly reason: string;
  readonly owner: string;
  readonly until: string;
  /** Where it was written. */
  readonly scope: string;
}

/** What became of a rule, and on what. */
export interface RuleEvidence {
  readonly id: string;
  readonly title: string;
  readonly docs: string;
  readonly tenets: readonly Tenet[];
  readonly severity: Severity;
  readonly state: RuleOutcome['state'];
  /** Resources on which it holds. */
  readonly proven: readonly Place[];
  /** It judges the templates as a whole: the number of their resources. */
  readonly provenOnAll?: number;
}

/** `failed`: errors. `partly`: warnings, waivers, known findings. `not-verified`: something could not be judged. */
export type TenetState = 'shown' | 'partly' | 'failed' | 'not-verified' | 'nothing-to-judge';

export interface TenetEvidence {
  readonly number: Tenet;
  readonly title: string;
  readonly state: TenetState;
  /** Ids of its rules by what became of them. */
  readonly rules: readonly string[];
  /** Fingerprints. */
  readonly findings: readonly string[];
  readonly waived: readonly string[];
  readonly known: readonly string[];
  readonly notVerified: readonly string[];
  /** What no template shows. */
  readonly runtime: string;
  /** Names of audit checks and behaviors that show some of it. */
  readonly runtimeEvidence: readonly string[];
}

/** An item of another catalog, and what the templates show for it. */
export interface ReferenceEvidence {
  readonly framework: string;
  readonly id: string;
  readonly title: string;
  readonly source: string;
  /** Rules that hold somewhere, and those that speak against it. */
  readonly evidence: readonly string[];
  readonly against: readonly string[];
  /** Rules that had nothing to judge here. */
  readonly notApplicable: readonly string[];
}

/** What templates show of Zero Trust, for somebody who was not there. */
export interface Evidence {
  readonly $schema: string;
  readonly version: 1;
  readonly tool: { readonly name: string; readonly version: string; readonly rulesDigest: string };
  readonly scope: {
    readonly profile: string;
    readonly accountBaseline: string;
    readonly templates: readonly { readonly path: string; readonly sha256?: string }[];
    readonly inventory: { readonly [type: string]: number };
  };
  readonly verdict: {
    readonly passed: boolean;
    /** The check could not be done in full. */
    readonly broken: boolean;
    readonly counts: { readonly [what: string]: number };
  };
  readonly tenets: readonly TenetEvidence[];
  readonly rules: readonly RuleEvidence[];
  readonly findings: readonly ReportedFinding[];
  readonly waived: readonly ReportedWaiver[];
  readonly known: readonly ReportedFinding[];
  readonly runtime: readonly RuntimeEvidence[];
  readonly references: readonly ReferenceEvidence[];
  readonly access: AccessMatrix;
  readonly notes: readonly string[];
}

const NOTES: readonly string[] = [
  'This is evidence, not a statement of compliance: devices, operations and the running account are not in a template.',
  'An item of another catalog is listed where a rule gives evidence for a part of it; the rest of the item is not judged.',
  'The report holds no date: the same templates, rules and waivers give the same report. What was waived was valid on the day of the check.',
];

export interface EvidenceInput {
  readonly result: CheckResult;
  readonly model: Model;
  readonly version: string;
  /** SHA-256 of a template's file, where there is one. */
  readonly digestOf?: (path: string) => string | undefined;
  /** Most identities that the matrix works out. */
  readonly identities?: number;
}

export function evidenceOf({
  result,
  model,
  version,
  digestOf,
  identities = MANY_IDENTITIES,
}: EvidenceInput): Evidence {
  const rules = CATALOG.map((rule) => ruleEvidence(rule, result, model));
  const runtime = runtimeOf(model);
  const unverified = [...result.findings, ...result.known, ...result.waived].filter(
    ({ ruleId }) => ruleId === 'ZTI-GEN1',
  );
  return {
    $schema: SCHEMA,
    version: 1,
    tool: { name: 'zero-trust-iot', version, rulesDigest: rulesDigest() },
    scope: {
      profile: result.profile,
      accountBaseline: result.accountBaseline,
      templates: result.templates.map((path) => ({ path, sha256: digestOf?.(path) })),
      inventory: result.inventory,
    },
    verdict: { passed: result.success, broken: result.broken, counts: countsOf(result, unverified) },
    tenets: TENETS.map((facts) => tenetEvidence(facts, rules, result, runtime)),
    rules,
    findings: result.findings.map(reported),
    waived: result.waived.map((finding) => {
      const { text, owner, until, scope } = finding.waiver;
      return { ...reported(finding), reason: text, owner, until, scope };
    }),
    known: result.known.map(reported),
    runtime,
    references: references(rules),
    access: accessMatrix(model, identities),
    notes: NOTES,
  };
}

function countsOf(result: CheckResult, unverified: readonly Finding[]): { [what: string]: number } {
  const count = (severity: Severity): number =>
    result.findings.filter((finding) => finding.severity === severity).length;
  return {
    fatal: count('fatal'),
    error: count('error'),
    warning: count('warning'),
    waived: result.waived.length,
    known: result.known.length,
    notVerified: unverified.length,
  };
}

/** Changes with every rule's text, so that two reports can be compared. */
function rulesDigest(): string {
  const rules = CATALOG.map(({ id, title, tenets, severity, strict, why, fix }) => [
    id,
    title,
    tenets,
    severity,
    strict,
    why,
    fix,
  ]);
  return createHash('sha256').update(JSON.stringify(rules)).digest('hex');
}

function reported(finding: Finding): ReportedFinding {
  const { ruleId, severity, message, file, logicalId, constructPath, location, when, fix, fingerprint, about } =
    finding;
  return { rule: ruleId, severity, message, file, logicalId, constructPath, location, when, fix, fingerprint, about };
}

function ruleEvidence(rule: Rule, result: CheckResult, model: Model): RuleEvidence {
  const { id, title, tenets, severity } = rule;
  const all = [...result.findings, ...result.known, ...result.waived];
  const outcome = result.rules.find(({ ruleId }) => ruleId === id);
  const state = outcome?.state ?? 'did-not-run';
  const own = all.filter(({ ruleId, about }) => ruleId === id || about === id);
  // What cannot be read at all can be judged by no rule.
  const dark = all.filter(({ ruleId, about }) => ruleId === 'ZTI-GEN1' && about === undefined);
  const against = new Set([...own, ...dark].map(({ file, logicalId }) => `${file}#${logicalId ?? ''}`));
  // A finding about a template as a whole leaves none of its resources proven.
  const isProven = ({ file, logicalId }: Resource): boolean =>
    state !== 'did-not-run' && !against.has(`${file.path}#${logicalId}`) && !against.has(`${file.path}#`);
  const isSpoiled = isWhole(rule) && own.length > 0;
  const proven = isSpoiled || rule.types.length === 0 ? [] : subjectsOf(rule, model).filter(isProven);
  return {
    id,
    title,
    docs: docsOf(id),
    tenets,
    severity,
    state,
    proven: places(proven),
    // Without waivers there is nothing to say of them.
    ...(rule.types.length === 0 &&
    state === 'passed' &&
    model.resources.length > 0 &&
    (id !== 'ZTI-GEN2' || result.waived.length > 0)
      ? { provenOnAll: model.resources.length }
      : {}),
  };
}

function places(resources: readonly Resource[]): Place[] {
  const unique = new Map(
    resources.map(({ file, logicalId, path }) => [
      `${file.path}#${logicalId}`,
      { file: file.path, logicalId, constructPath: path },
    ]),
  );
  return [...unique].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, place]) => place);
}

function tenetEvidence(
  { number, title, core, runtime }: (typeof TENETS)[number],
  rules: readonly RuleEvidence[],
  result: CheckResult,
  evidence: readonly RuntimeEvidence[],
): TenetEvidence {
  const concerns = (finding: Finding): boolean => tenetsOf(finding).includes(number);
  const ids = (findings: readonly Finding[]): string[] =>
    findings.filter(concerns).map(({ fingerprint }) => fingerprint);
  const isUnverified = ({ ruleId }: Finding): boolean => ruleId === 'ZTI-GEN1';
  const own = rules.filter(({ tenets }) => tenets.includes(number));
  const findings = result.findings.filter((finding) => !isUnverified(finding));
  const notVerified = [...result.findings, ...result.known].filter(isUnverified);
  return {
    number,
    title,
    state: stateOf(own, core, result.findings.filter(concerns), ids(notVerified), [
      ...ids(result.waived),
      ...ids(result.known),
    ]),
    rules: own.map(({ id }) => id),
    findings: ids(findings),
    waived: ids(result.waived),
    known: ids(result.known.filter((finding) => !isUnverified(finding))),
    notVerified: ids(notVerified),
    runtime,
    runtimeEvidence: evidence.filter(({ tenets }) => tenets.includes(number)).map(({ name }) => name),
  };
}

/** What cannot be verified concerns the tenets of the rule that it keeps from judging. */
function tenetsOf({ tenets, about, ruleId, location }: Finding): readonly Tenet[] {
  if (ruleId !== 'ZTI-GEN1') return tenets;
  const rule = CATALOG.find(({ id }) => id === about);
  return rule?.tenets ?? (location?.includes('PolicyDocument') === true ? [3, 4, 6] : tenets);
}

function stateOf(
  rules: readonly RuleEvidence[],
  core: readonly string[],
  findings: readonly Finding[],
  notVerified: readonly string[],
  settled: readonly string[],
): TenetState {
  if (findings.some(({ severity, ruleId }) => severity !== 'warning' && ruleId !== 'ZTI-GEN1')) return 'failed';
  if (rules.some(({ state }) => state === 'did-not-run') || notVerified.length > 0) return 'not-verified';
  if (findings.length > 0 || settled.length > 0) return 'partly';
  // The rules about the check itself say nothing of the devices.
  const holds = ({ id, proven, provenOnAll }: RuleEvidence): boolean =>
    proven.length > 0 || (provenOnAll !== undefined && !/^ZTI-(GEN|ENGINE)/.test(id));
  if (!rules.some(holds)) return 'nothing-to-judge';
  return rules.some((rule) => core.includes(rule.id) && holds(rule)) ? 'shown' : 'partly';
}

function references(rules: readonly RuleEvidence[]): ReferenceEvidence[] {
  return REFERENCES.flatMap(({ key, framework, id, title }) => {
    const own = rules.filter((rule) => CATALOG.find((each) => each.id === rule.id)?.evidenceFor.includes(key) === true);
    if (own.length === 0) return [];
    const holds = own.filter(({ proven, provenOnAll }) => proven.length > 0 || provenOnAll !== undefined);
    const against = own.filter(({ state }) => ['failed', 'did-not-run', 'cannot-verify', 'waived'].includes(state));
    const idsOf = (list: readonly RuleEvidence[]): string[] => list.map((rule) => rule.id);
    return [
      {
        framework: framework.name,
        id,
        title,
        source: framework.source,
        evidence: idsOf(holds),
        against: idsOf(against),
        notApplicable: idsOf(own.filter((rule) => !holds.includes(rule) && !against.includes(rule))),
      },
    ];
  });
}

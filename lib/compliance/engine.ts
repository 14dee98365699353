import { createHash } from 'node:crypto';
import type { TemplateFile } from './model/template';
import { Model, Resource } from './model/model';
import type { CheckContext, Finding, Observation, Rule, Severity } from './rule';
import { CATALOG } from './rules/catalog';
import { ENGINE } from './rules/engine';
import { GEN1 } from './rules/gen1';
import { GEN2 } from './rules/gen2';
import { parseWaiver, type Waiver, type WaiverText } from './waiver';

/** A file or folder that could not be read. */
export interface InputFailure {
  readonly path: string;
  readonly message: string;
}

export interface CheckInput {
  readonly files: readonly TemplateFile[];
  readonly failures?: readonly InputFailure[];
  readonly waivers?: readonly WaiverText[];
  /** Fingerprints of findings that were there before. */
  readonly known?: ReadonlySet<string>;
  /** Year-month-day, for the end of waivers. */
  readonly today: string;
  readonly profile: CheckContext['profile'];
  readonly accountBaseline: CheckContext['accountBaseline'];
  /** @default - the whole catalog */
  readonly rules?: readonly Rule[];
}

export interface WaivedFinding extends Finding {
  readonly waiver: Waiver;
}

/** What became of a rule. */
export interface RuleOutcome {
  readonly ruleId: string;
  readonly state: 'passed' | 'failed' | 'waived' | 'cannot-verify' | 'not-applicable' | 'did-not-run';
  readonly judged: number;
  readonly findings: number;
}

export interface CheckResult {
  readonly profile: CheckContext['profile'];
  readonly accountBaseline: CheckContext['accountBaseline'];
  /** What must be looked at, in a fixed order. */
  readonly findings: readonly Finding[];
  readonly waived: readonly WaivedFinding[];
  /** Findings that the baseline knows. */
  readonly known: readonly Finding[];
  readonly rules: readonly RuleOutcome[];
  readonly templates: readonly string[];
  /** Resources by type. */
  readonly inventory: { readonly [type: string]: number };
  /** No finding of severity error or fatal. */
  readonly success: boolean;
  /** The check itself could not be done, or not in full. */
  readonly broken: boolean;
}

const DOCS = 'https://github.com/cdk-iot-zero-trust/cdk-iot-zero-trust/blob/main/docs/compliance/rules';

export function docsOf(ruleId: string): string {
  return `${DOCS}/${ruleId}.md`;
}

/** Judges templates by the rules. Never throws for what stands in a template: what cannot be judged is a finding. */
export function check(input: CheckInput): CheckResult {
  return judge(input).result;
}

/** The same, with the model that was judged. */
export function judge(input: CheckInput): { readonly result: CheckResult; readonly model: Model } {
  const rules = input.rules ?? CATALOG;
  const model = new Model(input.files);
  const collected = new Collector(model, input);
  for (const rule of rules) collected.run(rule);
  collected.inputs();
  const { waivers, bad } = readWaivers(input);
  for (const { scope, problem } of bad) collected.add(GEN2, { at: { file: scope }, message: problem });
  collected.unused(waivers.filter((waiver) => inVain(waiver) === undefined));
  return { result: collected.result(rules, waivers), model };
}

function readWaivers(input: CheckInput): { waivers: Waiver[]; bad: { scope: string; problem: string }[] } {
  const parsed = (input.waivers ?? []).map((written) => ({ written, result: parseWaiver(written, input.today) }));
  const problemOf = ({ result }: (typeof parsed)[number]) => (result.ok ? inVain(result.waiver) : result.problem);
  return {
    waivers: parsed.flatMap(({ result }) => (result.ok ? [result.waiver] : [])),
    bad: parsed.flatMap((each) => {
      const problem = problemOf(each);
      return problem === undefined ? [] : [{ scope: each.written.scope, problem }];
    }),
  };
}

/** Why a waiver can cover no finding: somebody believes that it does. */
function inVain({ ruleId }: Waiver): string | undefined {
  const rule = CATALOG.find(({ id }) => id === ruleId);
  if (rule === undefined) return `there is no rule '${ruleId}' to waive`;
  return rule.severity === 'fatal' || rule === GEN2
    ? `the waiver of ${ruleId} has no effect: this rule cannot be waived`
    : undefined;
}

class Collector {
  private readonly found = new Map<string, Finding>();
  private readonly failed = new Set<string>();
  private readonly unverified = new Set<string>();

  constructor(
    private readonly model: Model,
    private readonly input: CheckInput,
  ) {}

  public run(rule: Rule): void {
    try {
      for (const observation of rule.check(this.model, this.input)) this.observe(rule, observation);
    } catch (error) {
      this.failed.add(rule.id);
      this.add(ENGINE, { at: { file: '' }, message: `rule ${rule.id} failed: ${messageOf(error)}` });
    }
  }

  /** What is wrong with the input as a whole. */
  public inputs(): void {
    for (const { path, message } of this.input.failures ?? []) this.add(ENGINE, { at: { file: path }, message });
    if (this.model.resources.length === 0) {
      const [first] = this.input.files;
      this.add(ENGINE, {
        at: { file: first?.path ?? '' },
        message: 'no template with resources was found: nothing was checked',
      });
    }
    for (const resource of this.model.resources.filter(({ type }) => type.startsWith('AWS::IoT::'))) {
      if (!resource.isComplete)
        this.add(GEN1, { at: resource, message: 'depends on more combinations of conditions than are looked at' });
    }
  }

  /** Waivers that nothing is left for: they would cover what is done wrong next. */
  public unused(waivers: readonly Waiver[]): void {
    const findings = [...this.found.values()];
    for (const waiver of waivers) {
      const { ruleId, scope, owner, until } = waiver;
      const own = findings.filter((finding) => finding.ruleId === ruleId && isAt(waiver, finding));
      if (own.some((finding) => waives(waiver, finding)) || this.failed.has(ruleId) || !this.isJudged(scope)) continue;
      const message =
        own.length > 0
          ? `the waiver of ${ruleId} has no effect: what it is for is fatal, and cannot be waived`
          : `the waiver of ${ruleId} (owner ${owner}, until ${until}) matches no finding: remove it`;
      this.add(GEN2, { at: { file: scope }, severity: own.length > 0 ? 'error' : 'warning', message });
    }
  }

  /** Whether a scope is of the templates here: of an app in stages only some may be asked about. */
  private isJudged(scope: string): boolean {
    return this.input.files.some(
      ({ path, stackPath }) =>
        scope.startsWith(`${path}#`) ||
        (stackPath !== undefined && (isWithin(scope, stackPath) || isWithin(stackPath, scope))),
    );
  }

  public observe(rule: Rule, observation: Observation): void {
    if (observation.unverified !== true) {
      this.add(rule, observation);
      return;
    }
    this.unverified.add(rule.id);
    const message = `${rule.id} (${rule.title}) cannot be verified: ${observation.message}`;
    this.add(GEN1, { ...observation, message }, rule.id);
  }

  public add(rule: Rule, observation: Observation, about?: string): void {
    const finding = { ...this.finding(rule, observation), ...(about === undefined ? {} : { about }) };
    const key = JSON.stringify([rule.id, finding.file, finding.logicalId, finding.message]);
    const before = this.found.get(key);
    // The same place under other conditions: one finding, that names the fewest conditions.
    if (before === undefined || finding.when.length < before.when.length) this.found.set(key, finding);
  }

  private finding(rule: Rule, observation: Observation): Finding {
    const { at, message, location, when = [] } = observation;
    const isResource = at instanceof Resource;
    const file = isResource ? at.file.path : at.file;
    const logicalId = at.logicalId;
    const source = this.input.files.find(({ path }) => path === file);
    const constructPath = isResource ? at.path : (source?.stackPath ?? undefined);
    return {
      ruleId: rule.id,
      severity: this.severity(rule, observation.severity ?? rule.severity),
      title: rule.title,
      message,
      file,
      logicalId,
      constructPath,
      location,
      line: logicalId === undefined ? undefined : source?.lines?.[logicalId],
      when,
      tenets: rule.tenets,
      fix: rule.fix,
      docs: docsOf(rule.id),
      fingerprint: fingerprint([rule.id, source?.name ?? file, logicalId ?? '', message]),
    };
  }

  private severity(rule: Rule, severity: Severity): Severity {
    return severity === 'warning' && rule.strict === true && this.input.profile === 'strict' ? 'error' : severity;
  }

  public result(rules: readonly Rule[], waivers: readonly Waiver[]): CheckResult {
    const all = [...this.found.values()].sort(compare);
    const judged = all.map((finding) => ({ finding, waiver: waivers.find((each) => waives(each, finding)) }));
    const waived = judged.flatMap(({ finding, waiver }) => (waiver === undefined ? [] : [{ ...finding, waiver }]));
    const open = judged.filter(({ waiver }) => waiver === undefined).map(({ finding }) => finding);
    const known = open.filter(
      (finding) => this.input.known?.has(finding.fingerprint) === true && !NEVER_KNOWN.includes(finding.ruleId),
    );
    const findings = open.filter((finding) => !known.includes(finding));
    return {
      profile: this.input.profile,
      accountBaseline: this.input.accountBaseline,
      findings,
      waived,
      known,
      rules: rules.map((rule) => this.outcome(rule, open, waived)),
      templates: this.input.files.map(({ path }) => path).sort(),
      inventory: inventory(this.model),
      success: findings.every(({ severity }) => severity === 'warning'),
      broken: findings.some(({ ruleId }) => ruleId === ENGINE.id),
    };
  }

  private outcome(rule: Rule, open: readonly Finding[], waived: readonly Finding[]): RuleOutcome {
    const own = open.filter(({ ruleId }) => ruleId === rule.id);
    const judged = this.model.ofType(...rule.types).length;
    return { ruleId: rule.id, state: this.state(rule, own, waived, judged), judged, findings: own.length };
  }

  private state(rule: Rule, own: readonly Finding[], waived: readonly Finding[], judged: number): RuleOutcome['state'] {
    if (this.failed.has(rule.id)) return 'did-not-run';
    if (own.length > 0) return 'failed';
    if (this.unverified.has(rule.id)) return 'cannot-verify';
    if (waived.some(({ ruleId }) => ruleId === rule.id)) return 'waived';
    return rule.types.length > 0 && judged === 0 ? 'not-applicable' : 'passed';
  }
}

/** Whether a waiver covers a finding: its place, or one above it. What is fatal, or about waivers themselves, cannot be waived. */
function waives(waiver: Waiver, finding: Finding): boolean {
  if (finding.severity === 'fatal' || NEVER_KNOWN.includes(finding.ruleId) || waiver.ruleId !== finding.ruleId)
    return false;
  return isAt(waiver, finding);
}

function isAt({ scope }: Waiver, { file, logicalId, constructPath }: Finding): boolean {
  if (scope === `${file}#${logicalId ?? ''}`) return true;
  return constructPath !== undefined && isWithin(constructPath, scope);
}

/** Whether a construct is another one, or below it. */
function isWithin(path: string, above: string): boolean {
  return above === '' || path === above || path.startsWith(`${above}/`);
}

function inventory(model: Model): { [type: string]: number } {
  const counts = new Map<string, number>();
  for (const { type } of model.resources) counts.set(type, (counts.get(type) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function fingerprint(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}

/** What no baseline holds: a check that was not done, and waivers, which are newer than any baseline. */
export const NEVER_KNOWN: readonly string[] = [ENGINE.id, GEN2.id];

const ORDER: readonly string[] = CATALOG.map(({ id }) => id);
const RANK: { readonly [severity in Severity]: number } = { fatal: 0, error: 1, warning: 2 };

function compare(a: Finding, b: Finding): number {
  const keys = (finding: Finding): (number | string)[] => [
    RANK[finding.severity],
    finding.file,
    finding.logicalId ?? '',
    ORDER.indexOf(finding.ruleId),
    finding.location ?? '',
    finding.message,
  ];
  const [left, right] = [keys(a), keys(b)];
  const index = left.findIndex((key, place) => key !== right[place]);
  if (index < 0) return 0;
  return (left[index] as string) < (right[index] as string) ? -1 : 1;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

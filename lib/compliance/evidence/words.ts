import type {
  Evidence,
  Place,
  ReportedFinding,
  ReportedWaiver,
  RuleEvidence,
  TenetEvidence,
  TenetState,
} from './evidence';
import type { RuntimeEvidence } from './runtime';

export const TITLE = 'Zero Trust evidence';

export const STATES: { readonly [state in TenetState]: string } = {
  shown: 'Shown by the templates',
  partly: 'Shown in part',
  failed: 'Contradicted',
  'not-verified': 'Not verified in full',
  'nothing-to-judge': 'Nothing to judge',
};

export const RUNTIME_STATES: { readonly [state in RuntimeEvidence['state']]: string } = {
  on: 'on',
  off: 'off',
  unknown: 'not known',
  absent: 'not in these templates',
};

/** A tenet with all that is said of it. */
export interface TenetView {
  readonly tenet: TenetEvidence;
  /** Rules that hold on something. */
  readonly shown: readonly RuleEvidence[];
  /** Ids of rules that had nothing to judge. */
  readonly idle: readonly string[];
  /** Ids of rules that did not run. */
  readonly notRun: readonly string[];
  readonly findings: readonly ReportedFinding[];
  readonly waived: readonly ReportedWaiver[];
  readonly known: readonly ReportedFinding[];
  readonly notVerified: readonly ReportedFinding[];
  readonly runtime: readonly RuntimeEvidence[];
}

export function tenetViews(evidence: Evidence): TenetView[] {
  const open = [...evidence.findings, ...evidence.known];
  return evidence.tenets.map((tenet) => {
    const rules = evidence.rules.filter(({ id }) => tenet.rules.includes(id));
    const holds = ({ proven, provenOnAll }: RuleEvidence): boolean => proven.length > 0 || provenOnAll !== undefined;
    return {
      tenet,
      shown: rules.filter(holds),
      idle: rules.filter(({ state }) => state === 'not-applicable').map(({ id }) => id),
      notRun: rules.filter(({ state }) => state === 'did-not-run').map(({ id }) => id),
      findings: evidence.findings.filter(({ fingerprint }) => tenet.findings.includes(fingerprint)),
      waived: evidence.waived.filter(({ fingerprint }) => tenet.waived.includes(fingerprint)),
      known: evidence.known.filter(({ fingerprint }) => tenet.known.includes(fingerprint)),
      notVerified: open.filter(({ fingerprint }) => tenet.notVerified.includes(fingerprint)),
      runtime: evidence.runtime.filter(({ name }) => tenet.runtimeEvidence.includes(name)),
    };
  });
}

/** Where something is, as a person looks for it. */
export function placeOf({ file, logicalId, constructPath }: Place): string {
  if (constructPath !== undefined && constructPath !== logicalId) return constructPath;
  return logicalId === undefined ? file || 'the input as a whole' : `${file} ${logicalId}`;
}

export function verdictOf({ verdict }: Evidence): string {
  if (verdict.broken) return 'The check could not be done in full: what follows is not all.';
  return verdict.passed ? 'No rule fails that is not waived.' : 'Some rules fail.';
}

export function countsOf({ verdict, scope }: Evidence): { readonly label: string; readonly value: number }[] {
  const resources = Object.entries(scope.inventory);
  const sum = (entries: readonly (readonly [string, number])[]): number =>
    entries.reduce((total, [, number]) => total + number, 0);
  return [
    { label: 'errors', value: (verdict.counts.fatal ?? 0) + (verdict.counts.error ?? 0) },
    { label: 'warnings', value: verdict.counts.warning ?? 0 },
    { label: 'waived', value: verdict.counts.waived ?? 0 },
    { label: 'known before', value: verdict.counts.known ?? 0 },
    { label: 'not verified', value: verdict.counts.notVerified ?? 0 },
    { label: 'templates', value: scope.templates.length },
    { label: 'resources', value: sum(resources) },
    { label: 'of AWS IoT', value: sum(resources.filter(([type]) => type.startsWith('AWS::IoT::'))) },
  ];
}

/** The places on which a rule holds, in a few words. */
export function extentOf({ proven, provenOnAll }: RuleEvidence): string {
  if (provenOnAll !== undefined) return `on all ${provenOnAll} resources`;
  return proven.length === 1 ? 'on 1 resource' : `on ${proven.length} resources`;
}

/** Catalogs with their items. */
export function frameworksOf({
  references,
}: Evidence): { readonly name: string; readonly source: string; readonly items: Evidence['references'] }[] {
  return [...new Set(references.map(({ framework }) => framework))].map((name) => {
    const items = references.filter(({ framework }) => framework === name);
    return { name, source: items[0]?.source ?? '', items };
  });
}

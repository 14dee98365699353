import type { CheckResult } from './engine';

/** Findings that an app had when it began: only new ones fail. */
export interface Baseline {
  readonly version: 1;
  readonly findings: readonly { readonly fingerprint: string; readonly rule: string; readonly where: string }[];
}

export function baselineOf(result: CheckResult): Baseline {
  const all = [...result.known, ...result.findings].filter(({ ruleId }) => ruleId !== 'ZTI-ENGINE');
  return {
    version: 1,
    findings: all.map(({ fingerprint, ruleId, file, logicalId }) => ({
      fingerprint,
      rule: ruleId,
      where: logicalId === undefined ? file : `${file}#${logicalId}`,
    })),
  };
}

/** The fingerprints of a baseline file; throws for a file that is none. */
export function readBaseline(text: string): Set<string> {
  const value = JSON.parse(text) as Partial<Baseline> | null;
  if (value?.version !== 1 || !Array.isArray(value.findings)) throw new Error('is no baseline of zero-trust-iot');
  return new Set(value.findings.map(({ fingerprint }) => fingerprint));
}

import { type CheckResult, NEVER_KNOWN } from './engine';

/** Findings that an app had when it began: only new ones fail. */
export interface Baseline {
  readonly version: 1;
  readonly findings: readonly { readonly fingerprint: string; readonly rule: string; readonly where: string }[];
}

export function baselineOf(result: CheckResult): Baseline {
  const all = [...result.known, ...result.findings].filter(({ ruleId }) => !NEVER_KNOWN.includes(ruleId));
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
  return new Set(parseBaseline(text).findings.map(({ fingerprint }) => fingerprint));
}

/** Reads a baseline file; throws for a file that is none. */
export function parseBaseline(text: string): Baseline {
  const value = JSON.parse(text) as Partial<Baseline> | null;
  const version: unknown = value?.version;
  if (typeof version === 'number' && version !== 1)
    throw new Error(`is a baseline of version ${version}, and this version of zero-trust-iot reads version 1`);
  if (version !== 1 || !Array.isArray(value?.findings) || !value.findings.every(isEntry))
    throw new Error('is no baseline of zero-trust-iot');
  return { version: 1, findings: value.findings };
}

function isEntry(value: unknown): value is Baseline['findings'][number] {
  const entry = value as Partial<Baseline['findings'][number]> | null;
  return [entry?.fingerprint, entry?.rule, entry?.where].every((each) => typeof each === 'string');
}

/**
 * What a baseline names and nobody finds any more: it was mended, waived, or its resource has another name now, under which
 * it is new.
 */
export function goneFrom({ findings }: Baseline, result: CheckResult): Baseline['findings'] {
  const found = new Set(result.known.map(({ fingerprint }) => fingerprint));
  return findings.filter(({ fingerprint }) => !found.has(fingerprint));
}

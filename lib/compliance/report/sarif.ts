import type { CheckResult, WaivedFinding } from '../engine';
import { docsOf } from '../engine';
import type { Finding, Rule, Severity } from '../rule';
import { CATALOG } from '../rules/catalog';

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';
/** Scores by which GitHub orders security findings. */
const SCORES: { readonly [severity in Severity]: string } = { fatal: '9.5', error: '8.0', warning: '4.0' };

/** The result as SARIF 2.1.0, for code scanning. Waivers are suppressions with their justification. */
export function sarifReport(result: CheckResult, version: string): object {
  const failures = result.findings.filter(({ ruleId }) => ruleId === 'ZTI-ENGINE');
  return {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'zero-trust-iot',
            semanticVersion: version,
            informationUri: 'https://github.com/cdk-iot-zero-trust/cdk-iot-zero-trust',
            rules: CATALOG.map(ruleOf),
          },
        },
        columnKind: 'utf16CodeUnits',
        invocations: [
          {
            executionSuccessful: !result.broken,
            toolExecutionNotifications: failures.map(({ message }) => ({ level: 'error', message: { text: message } })),
          },
        ],
        results: [
          ...result.findings.map((finding) => resultOf(finding, 'new')),
          ...result.known.map((finding) => resultOf(finding, 'unchanged')),
          ...result.waived.map((finding) => ({ ...resultOf(finding, 'new'), suppressions: [suppressionOf(finding)] })),
        ],
      },
    ],
  };
}

function levelOf(severity: Severity): 'error' | 'warning' {
  return severity === 'warning' ? 'warning' : 'error';
}

function ruleOf(rule: Rule): object {
  return {
    id: rule.id,
    name: rule.title,
    shortDescription: { text: rule.title },
    fullDescription: { text: rule.why },
    helpUri: docsOf(rule.id),
    help: { text: rule.fix, markdown: `${rule.why}\n\n**Fix.** ${rule.fix}` },
    defaultConfiguration: { level: levelOf(rule.severity) },
    properties: {
      tags: ['security', 'iot', ...rule.tenets.map((tenet) => `nist-800-207-tenet-${tenet}`)],
      'security-severity': SCORES[rule.severity],
    },
  };
}

function resultOf(finding: Finding, baselineState: 'new' | 'unchanged'): object {
  return {
    ruleId: finding.ruleId,
    ruleIndex: CATALOG.findIndex(({ id }) => id === finding.ruleId),
    level: levelOf(finding.severity),
    message: { text: finding.message },
    locations: finding.file === '' ? [] : [locationOf(finding)],
    partialFingerprints: { 'zeroTrustIot/v1': finding.fingerprint },
    baselineState,
    properties: { severity: finding.severity, when: finding.when },
  };
}

function locationOf({ file, line, logicalId, constructPath, location }: Finding): object {
  const within = location === undefined ? '' : `/${location}`;
  const logical =
    logicalId === undefined ? [] : [{ fullyQualifiedName: `${constructPath ?? logicalId}${within}`, kind: 'resource' }];
  return {
    physicalLocation: {
      artifactLocation: { uri: uriOf(file) },
      region: { startLine: line ?? 1 },
    },
    logicalLocations: logical,
  };
}

/** Relative where the path is; an absolute one needs its scheme. */
function uriOf(file: string): string {
  const path = file.split('/').map(encodeURIComponent).join('/');
  return path.startsWith('/') ? `file://${path}` : path;
}

function suppressionOf({ waiver }: WaivedFinding): object {
  return {
    kind: 'inSource',
    status: 'accepted',
    justification: `${waiver.text} (owner ${waiver.owner}, until ${waiver.until})`,
  };
}

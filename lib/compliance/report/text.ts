import type { CheckResult, WaivedFinding } from '../engine';
import type { Finding } from '../rule';
import { printable } from './printable';

/** The result for a person. */
export function textReport(result: CheckResult): string {
  const blocks = sameSaid(result.findings).map(findingLines);
  const waived = result.waived.map(waivedLine);
  const lines = [
    ...blocks.flatMap((block) => [...block, '']),
    ...(waived.length === 0 ? [] : ['Waived:', ...waived, '']),
    summary(result),
  ];
  return `${lines.join('\n')}\n`;
}

/** What one rule says of one place, together: a statement that allows everything is reached through in many ways. */
function sameSaid(findings: readonly Finding[]): Finding[][] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const { ruleId, severity, title, fix, when } = finding;
    const key = JSON.stringify([ruleId, severity, title, placeOf(finding), when, fix]);
    groups.set(key, [...(groups.get(key) ?? []), finding]);
  }
  return [...groups.values()];
}

function findingLines(findings: readonly Finding[]): string[] {
  return findings.slice(0, 1).flatMap((finding) => {
    const when = finding.when.length === 0 ? [] : [`  when ${finding.when.join(', ')}`];
    const lines = [
      `${finding.severity.toUpperCase()} ${finding.ruleId} ${finding.title}`,
      `  ${placeOf(finding)}`,
      ...findings.map(({ message }) => `  ${message}`),
      ...when,
      `  fix: ${finding.fix}`,
      `  ${finding.docs}`,
    ];
    return lines.map(printable);
  });
}

/** Where it is: file, line, resource, property. */
function placeOf({ file, line, logicalId, constructPath, location }: Finding): string {
  const at = line === undefined ? file : `${file}:${line}`;
  const path = constructPath === undefined || constructPath === logicalId ? '' : ` (${constructPath})`;
  const within = location === undefined ? '' : ` at ${location}`;
  return `${at}${logicalId === undefined ? '' : ` ${logicalId}`}${path}${within}`;
}

function waivedLine({ ruleId, file, logicalId, waiver }: WaivedFinding): string {
  return printable(
    `  ${ruleId} ${file} ${logicalId ?? ''}: ${waiver.text} (owner ${waiver.owner}, until ${waiver.until})`,
  );
}

function summary(result: CheckResult): string {
  const count = (severity: string): number => result.findings.filter((finding) => finding.severity === severity).length;
  const iot = Object.entries(result.inventory).reduce(
    (sum, [type, number]) => sum + (type.startsWith('AWS::IoT') ? number : 0),
    0,
  );
  const all = Object.values(result.inventory).reduce((sum, number) => sum + number, 0);
  const parts = [
    `${count('fatal')} fatal, ${count('error')} errors, ${count('warning')} warnings`,
    `${result.waived.length} waived, ${result.known.length} known`,
    `${result.templates.length} templates, ${all} resources, ${iot} of them AWS IoT, profile ${result.profile}`,
  ];
  return `${result.success ? 'passed' : 'failed'}: ${parts.join('; ')}`;
}

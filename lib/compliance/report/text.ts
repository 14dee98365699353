import type { CheckResult, WaivedFinding } from '../engine';
import type { Finding } from '../rule';
import { printable } from './printable';

/** The result for a person. */
export function textReport(result: CheckResult): string {
  const blocks = result.findings.map(findingLines);
  const waived = result.waived.map(waivedLine);
  const lines = [
    ...blocks.flatMap((block) => [...block, '']),
    ...(waived.length === 0 ? [] : ['Waived:', ...waived, '']),
    summary(result),
  ];
  return `${lines.join('\n')}\n`;
}

function findingLines(finding: Finding): string[] {
  const when = finding.when.length === 0 ? [] : [`  when ${finding.when.join(', ')}`];
  const lines = [
    `${finding.severity.toUpperCase()} ${finding.ruleId} ${finding.title}`,
    `  ${placeOf(finding)}`,
    `  ${finding.message}`,
    ...when,
    `  fix: ${finding.fix}`,
    `  ${finding.docs}`,
  ];
  return lines.map(printable);
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

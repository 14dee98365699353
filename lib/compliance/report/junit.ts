import type { CheckResult, RuleOutcome } from '../engine';
import type { Finding } from '../rule';
import { CATALOG } from '../rules/catalog';
import { printable } from './printable';

/** The result as JUnit XML: a test case for each rule. */
export function junitReport(result: CheckResult): string {
  const cases = result.rules.map((outcome) => testCase(outcome, result));
  const failures = cases.filter((each) => each.includes('<failure')).length;
  const skipped = cases.filter((each) => each.includes('<skipped')).length;
  const suite = `<testsuite name="zero-trust-iot" tests="${cases.length}" failures="${failures}" errors="0" skipped="${skipped}">`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${suite}\n${cases.join('\n')}\n</testsuite>\n</testsuites>\n`;
}

function testCase(outcome: RuleOutcome, result: CheckResult): string {
  const title = CATALOG.find(({ id }) => id === outcome.ruleId)?.title ?? '';
  const own = result.findings.filter(({ ruleId }) => ruleId === outcome.ruleId);
  const bad = own.filter(({ severity }) => severity !== 'warning');
  const inner = [
    ...(bad.length === 0
      ? []
      : [`<failure message="${escape(`${bad.length} findings`)}">${escape(bad.map(line).join('\n'))}</failure>`]),
    ...(bad.length === 0 && !['passed', 'failed'].includes(outcome.state)
      ? [`<skipped message="${escape(outcome.state)}"/>`]
      : []),
    ...(own.length > bad.length
      ? [
          `<system-out>${escape(
            own
              .filter((each) => !bad.includes(each))
              .map(line)
              .join('\n'),
          )}</system-out>`,
        ]
      : []),
  ];
  return `<testcase classname="zero-trust-iot" name="${escape(`${outcome.ruleId} ${title}`)}">${inner.join('')}</testcase>`;
}

function line({ severity, file, logicalId, message }: Finding): string {
  return `${severity} ${file} ${logicalId ?? ''}: ${message}`;
}

function escape(text: string): string {
  return text
    .split('\n')
    .map(printable)
    .join('\n')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

import { check, type CheckResult } from '../../../lib/compliance/engine';
import { junitReport } from '../../../lib/compliance/report/junit';
import { printable } from '../../../lib/compliance/report/printable';
import { sarifReport } from '../../../lib/compliance/report/sarif';
import { textReport } from '../../../lib/compliance/report/text';
import { allow, CONNECT, policy, THING } from '../support/policies';
import type { Resources } from '../support/rewrite';

const REASON = 'The broker of plant 4 is read by one gateway owner=jo until=2027-01-31';

function result(resources: Resources, options: Partial<Parameters<typeof check>[0]> = {}): CheckResult {
  const files = [{ path: 'a b/app.json', body: { Resources: resources }, lines: { DevicePolicy: 7 } }];
  return check({ files, today: '2026-11-22', profile: 'baseline', accountBaseline: 'elsewhere', ...options });
}

const BAD = policy(CONNECT, allow('iot:Publish', 'topic/dt/*'));
const DEAD = policy(CONNECT, allow('iot:Subscribe', `topicfilter/cmd/${THING}`));
const waived = (): CheckResult =>
  result(BAD, { waivers: [{ id: 'ZeroTrustIoT::ZTI-POL3', reason: REASON, scope: 'a b/app.json#DevicePolicy' }] });

describe('text', () => {
  test('a finding, its place, its proof and its fix', () => {
    expect(textReport(result(BAD))).toMatch(
      /^ERROR ZTI-POL3 A device publishes .*\n {2}a b\/app.json:7 DevicePolicy at Properties\/PolicyDocument\/Statement\/1\n {2}iot:Publish on .*: device 'device-a' can publish to 'dt\/device-b'.*\n {2}fix: .*\n {2}https:.*ZTI-POL3\.md\n\nfailed: 0 fatal, 1 errors, 0 warnings; 0 waived, 0 known; 1 templates, 1 resources, 1 of them AWS IoT, profile baseline\n$/,
    );
  });

  test('what one rule says of one place stands together, and counts one by one', () => {
    const report = textReport(result(policy(allow('iot:*', '*'))));
    expect(report).toMatch(/^FATAL ZTI-POL1 .*\n.*Statement\/0\n {2}allows iot:\* on every resource\n {2}fix: /);
    expect(report).toMatch(
      /\nERROR ZTI-POL3 .*\n {2}a b.*\n {2}iot:GetRetained.*\n {2}iot:Publish.*\n {2}iot:Receive.*\n {2}fix: .*\n {2}https:.*\n\nERROR ZTI-POL4/,
    );
    expect(report.match(/ZTI-POL9 /g)).toHaveLength(1);
    expect(report).toContain('failed: 1 fatal, 19 errors,');
  });

  test('what one rule says of two places stands apart', () => {
    const two = policy(CONNECT, allow('iot:Publish', 'topic/dt/*'), allow('iot:Publish', 'topic/up/*'));
    expect(textReport(result(two)).match(/ZTI-POL3 /g)).toHaveLength(2);
  });

  test('waivers with owner and end', () => {
    expect(textReport(waived())).toContain(
      'Waived:\n  ZTI-POL3 a b/app.json DevicePolicy: The broker of plant 4 is read by one gateway (owner jo, until 2027-01-31)\n\npassed:',
    );
  });

  test('conditions', () => {
    const body = {
      Conditions: { Open: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'x'] } },
      Resources: policy(CONNECT, allow('iot:Publish', `topic/${THING}`), {
        Effect: 'Allow',
        Action: 'iot:Publish',
        Resource: { 'Fn::If': ['Open', '*', { Ref: 'AWS::NoValue' }] },
      }),
    };
    expect(textReport(result({}, { files: [{ path: 'x.json', body }] }))).toContain('  when Open is true\n');
  });
});

test('SARIF: levels, places, suppressions, what was known', () => {
  const known = new Set(result(DEAD).findings.map(({ fingerprint }) => fingerprint));
  const log = (each: CheckResult) =>
    (sarifReport(each, '1.0.0') as { runs: [{ results: object[]; tool: { driver: { rules: object[] } } }] }).runs[0];
  expect(log(result(BAD)).results).toMatchObject([
    {
      ruleId: 'ZTI-POL3',
      ruleIndex: 2,
      level: 'error',
      baselineState: 'new',
      locations: [{ physicalLocation: { artifactLocation: { uri: 'a%20b/app.json' }, region: { startLine: 7 } } }],
    },
  ]);
  expect(log(result(DEAD, { known })).results).toMatchObject([{ level: 'warning', baselineState: 'unchanged' }]);
  expect(log(waived()).results).toMatchObject([{ suppressions: [{ kind: 'inSource', status: 'accepted' }] }]);
  expect(log(waived()).tool.driver.rules).toHaveLength(45);
});

test('JUnit: failures, skips, warnings, nothing that breaks the XML', () => {
  const xml = junitReport(
    result(policy(CONNECT, allow('iot:Publish', 'topic/<"&\u0001>/*'), allow('iot:Subscribe', `topicfilter/${THING}`))),
  );
  expect(xml).toContain('topic/&lt;&quot;&amp;\\u0001&gt;/*');
  expect(xml).toMatch(/name="ZTI-POL5 [^"]*"><system-out>warning/);
  expect(xml).toMatch(/name="ZTI-TLS1 [^"]*"><skipped message="not-applicable"\/>/);
  expect(junitReport(waived())).toMatch(/name="ZTI-POL3 [^"]*"><skipped message="waived"\/>/);
});

test.each([
  ['plain äöü 日本 🙂', 'plain äöü 日本 🙂'],
  ['a\u001b[2Kb', 'a\\u001b[2Kb'],
  ['a\u202eb\u2066c\u2028', 'a\\u202eb\\u2066c\\u2028'],
  ['a\u007f\u0085\nb', 'a\\u007f\\u0085\\u000ab'],
])('%j is printed without control', (text, printed) => expect(printable(text)).toBe(printed));

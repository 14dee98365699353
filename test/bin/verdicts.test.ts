import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readVerdicts } from '../../bin/verdicts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'zero-trust-iot-verdicts-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function verdictsOf(report: object): ReturnType<typeof readVerdicts> {
  writeFileSync(join(folder, 'validation-report.json'), JSON.stringify(report));
  return readVerdicts(folder);
}

test('a report that is missing is not a clean one', () => {
  expect(readVerdicts(folder)).toMatchObject({
    clean: false,
    summary: 'did not run',
    findings: [expect.stringMatching(/no validation report was written/)],
  });
});

test('a report without findings is clean', () => {
  expect(verdictsOf({ pluginReports: [] })).toMatchObject({
    clean: true,
    summary: expect.stringContaining('no open finding, 0 acknowledged'),
  });
});

test('a finding is said with its rule and place', () => {
  const violations = [{ ruleName: 'R1', description: 'bad', violatingConstructs: [{ constructPath: 'A/B' }] }];
  const { clean, findings } = verdictsOf({
    pluginReports: [{ pluginName: 'P', conclusion: 'failure', violations, suppressedViolations: [{}] }],
  });
  expect(clean).toBe(false);
  expect(findings).toEqual(['P: R1 at A/B: bad']);
});

test('a finding is said with what mends it', () => {
  const violations = [{ ruleName: 'R1', description: 'bad', suggestedFix: 'Do this.', severity: 'warning' }];
  expect(verdictsOf({ pluginReports: [{ pluginName: 'P', conclusion: 'failure', violations }] }).findings).toEqual([
    'P: R1 at ?: bad: Do this.',
  ]);
});

describe('what a pack warns of', () => {
  const warned = { ruleName: 'R1', description: 'bad', severity: 'warning' };
  const plugin = { pluginName: 'ZeroTrustIoT', conclusion: 'success', violations: [warned] };

  test('is advice where it is ours, since a deployment passes with it', () => {
    expect(verdictsOf({ pluginReports: [plugin] })).toMatchObject({
      clean: true,
      findings: [],
      advice: ['ZeroTrustIoT: R1 at ?: bad'],
    });
  });

  test.each([
    ['of another pack', { ...plugin, pluginName: 'AwsSolutions' }],
    ['of a pack that failed', { ...plugin, conclusion: 'failure' }],
    ['that is an error', { ...plugin, violations: [{ ...warned, severity: 'error' }] }],
  ])('is a finding %s', (_what, other) => {
    expect(verdictsOf({ pluginReports: [other] })).toMatchObject({ clean: false, advice: [] });
  });
});

test('a plug-in that failed without a finding did not pass', () => {
  expect(verdictsOf({ pluginReports: [{ pluginName: 'P', conclusion: 'failure', violations: [] }] }).findings).toEqual([
    'P: did not finish',
  ]);
});

import { CompliancePlugin } from '../../lib/compliance/compliance-plugin';
import { failOldCdk } from '../../lib/compliance/old-cdk';

const SETTINGS = {
  profile: 'baseline',
  accountBaseline: 'elsewhere',
  enforce: true,
  today: '2026-11-22',
  version: '1',
} as const;

let written = '';
beforeEach(() => {
  written = '';
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
    written += String(text);
    return true;
  });
});
afterEach(() => {
  jest.restoreAllMocks();
  process.exitCode = undefined;
});

test('what was found makes the process fail, and is said once', () => {
  const violation = { ruleName: 'ZTI-POL1', description: 'allows everything' };
  failOldCdk({ success: false, violations: [violation, violation] });
  expect(process.exitCode).toBe(1);
  expect(written).toBe('ZeroTrustIoT: validation failed\n  ZTI-POL1 allows everything\n');
});

test('a failure without violations fails too', () => {
  failOldCdk({ success: false, violations: [] });
  expect(process.exitCode).toBe(1);
});

test('success does nothing', () => {
  failOldCdk({ success: true, violations: [{ ruleName: 'ZTI-POL5', description: 'a warning' }] });
  expect([process.exitCode, written]).toEqual([undefined, '']);
});

test('an old CDK hands over no construct: the plug-in fails the process itself', () => {
  expect(new CompliancePlugin(SETTINGS).validate({ templatePaths: [] }).success).toBe(false);
  expect([process.exitCode, written.includes('ZTI-ENGINE')]).toEqual([1, true]);
});

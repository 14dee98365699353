import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include';
import { Stack } from 'aws-cdk-lib';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { check } from '../../lib/compliance/engine';
import { CATALOG } from '../../lib/compliance/rules/catalog';
import { compliancePages } from '../../scripts/compliance-docs';
import { testApp } from '../support/app';
import { ROOT } from '../support/sources';

test.each(Object.entries(compliancePages()))('%s is current', (path, content) => {
  expect(readFileSync(join(ROOT, path), 'utf8')).toBe(content);
});

test.each(CATALOG)('$id: its fix passes every rule when it is synthesized', ({ example }) => {
  const folder = mkdtempSync(join(tmpdir(), 'zero-trust-iot-fix-'));
  const templateFile = join(folder, 'template.json');
  writeFileSync(templateFile, JSON.stringify({ Resources: example }));
  const app = testApp();
  new CfnInclude(new Stack(app, 'Fix'), 'Template', { templateFile });
  const { template } = app.synth().getStackByName('Fix') as { template: unknown };
  rmSync(folder, { recursive: true });
  const { findings } = check({
    files: [{ path: 'Fix', body: template }],
    today: '2026-11-22',
    profile: 'strict',
    accountBaseline: 'elsewhere',
  });
  expect(findings.map(({ ruleId, message }) => `${ruleId}: ${message}`)).toEqual([]);
});

test.each(CATALOG)('$id says why, and how to fix it', ({ id, why, fix, title, evidenceFor }) => {
  expect(id).toMatch(/^ZTI-[A-Z]+\d*$/);
  expect([title.length > 10, why.length > 40, fix.length > 20]).toEqual([true, true, true]);
  expect(why.endsWith('.') && fix.endsWith('.')).toBe(true);
  expect(JSON.stringify([title, why, fix, evidenceFor])).not.toMatch(/compliant with/i);
});

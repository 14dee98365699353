import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CfnResource } from 'aws-cdk-lib';
import { ROUTES } from '../../lambda/open-tunnel/contract';
import { RepairAlarms } from '../../lib/remediation/repair-alarms';
import { testStack } from '../support/app';
import { ROOT } from '../support/sources';

const RUNBOOK = readFileSync(join(ROOT, 'docs/runbook.md'), 'utf8');
const section = RUNBOOK.split('## Repair and return\n')[1]!.split('\n## ')[0]!;

test('the runbook says what to do about each alarm of a repair, and about no other', () => {
  const alarms = new RepairAlarms(testStack(), 'Alarms', {
    quarantineGroupName: 'quarantine',
    queueName: 'queue',
    withJob: true,
  });
  const ids = alarms.node.children.filter((child) => CfnResource.isCfnResource(child)).map(({ node }) => node.id);
  expect([...section.matchAll(/^\| `(\w+)`/gm)].map(([, id]) => id)).toEqual([...ids, 'TunnelsLate']);
  for (const row of section.split('\n').filter((line) => line.startsWith('| `')))
    for (const cell of row.split('|').slice(1, -1)) expect(cell.trim().length).toBeGreaterThan(8);
});

test('the request for a tunnel is the one that the function takes', () => {
  const [method, path] = ROUTES.open.split(' ');
  expect(section).toContain(`"$URL${path}" --data`);
  expect(method).toBe('POST');
  const body = JSON.parse(/--data '([^']+)'/.exec(section)![1]!) as object;
  expect(Object.keys(body)).toEqual(['subject', 'why', 'services', 'minutes']);
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CfnResource } from 'aws-cdk-lib';
import { ROUTES } from '../../lambda/open-tunnel/contract';
import { RepairAlarms } from '../../lib/remediation/repair-alarms';
import { MESSAGE } from '../../lambda/shared/incident/contract';
import { testStack } from '../support/app';
import { JOB, RepairRig } from '../support/repair-rig';
import { FLEET, QUARANTINE } from '../support/response-rig';
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

describe('what the runbook says to do about each alarm of a repair', () => {
  const HOUR = 3_600_000;
  const REPLACED = 'patch-fedcba987654-2';
  const event = (status: string, jobId = JOB) => ({
    eventType: 'JOB_EXECUTION',
    operation: status.toLowerCase(),
    jobId,
    thingArn: 'arn:aws:iot:eu-west-1:123456789012:thing/pump-7',
    status,
  });
  const isolated = {
    'detail-type': 'Incident State Change',
    source: 'zero-trust-iot',
    detail: { thingName: 'pump-7', episode: 1, state: 'isolated' },
  };
  let rig: RepairRig;
  /** The same with the job that a corrected document makes. */
  let corrected: RepairRig;
  beforeAll(async () => {
    rig = await RepairRig.start();
    corrected = await RepairRig.start({}, REPLACED);
  });
  afterAll(() => Promise.all([rig.stop(), corrected.stop()]));

  async function failed(on: RepairRig, status: string): Promise<void> {
    on.isolate(Date.now(), { updatedAt: Date.now() - HOUR });
    on.execution(status, Date.now() - HOUR);
    await on.deliver([isolated]);
  }

  /** The corrected patch reaches the device, and it comes back by a person's word. */
  async function isRepairedBy(on: RepairRig, jobId: string): Promise<void> {
    on.execution('SUCCEEDED', Date.now() - 5 * HOUR, jobId);
    await on.deliver([event('SUCCEEDED', jobId)]);
    expect(on.incident).toMatchObject({ state: 'proving', because: 'health proved' });
    const order = { schema: MESSAGE.release, subject: 'pump-7', episode: 1, by: 'ada', why: 'drill', time: Date.now() };
    await on.deliver([order], 'release');
    expect(on.incident).toMatchObject({ state: 'released', orders: [{ by: 'ada' }] });
    expect(on.fleet.things.get('pump-7')?.groups).toEqual([FLEET]);
  }

  const DRILLS: Record<string, () => Promise<void>> = {
    RepairsFailed: async () => {
      await failed(rig, 'FAILED');
      expect(rig.incident).toMatchObject({ state: 'isolated', because: `patch job ${JOB}: FAILED` });
      expect(rig.fleet.things.get('pump-7')?.groups).toEqual([QUARANTINE]);
      await isRepairedBy(rig, JOB);
    },
    RepairsSilent: async () => {
      const since = Date.now() - 25 * HOUR;
      rig.isolate(Date.now(), { state: 'repairing', repair: { jobId: JOB, status: 'QUEUED', at: 1, since } });
      rig.execution('QUEUED', since);
      await rig.deliver([isolated]);
      expect(rig.incident).toMatchObject({ state: 'repairing', repair: { silent: true } });
      // It is looked at once an hour all the same.
      expect(rig.reminders().at(-1)!.due - Date.now()).toBeLessThanOrEqual(HOUR + 60_000);
      await isRepairedBy(rig, JOB);
    },
    PatchJobsStopped: async () => {
      await failed(corrected, 'CANCELED');
      expect(corrected.incident.state).toBe('isolated');
      expect(await corrected.deliver([{ eventType: 'JOB', operation: 'canceled', jobId: JOB }])).toEqual([]);
      expect(corrected.incident.state).toBe('isolated');
      await isRepairedBy(corrected, REPLACED);
    },
    ProofsLate: async () => {
      rig.isolate(Date.now());
      rig.execution('QUEUED', Date.now());
      await rig.deliver([isolated]);
      const [reminder] = rig.reminders();
      const late = { schema: 'zero-trust-iot/proof@1', ...reminder, due: Date.now() - 2 * HOUR };
      rig.execution('SUCCEEDED', Date.now() - 5 * HOUR);
      // Twice, as after a redrive.
      expect(await rig.deliver([late])).toEqual([]);
      const { state, version } = rig.incident;
      expect(state).toBe('proving');
      expect(await rig.deliver([late], 'proof', 2)).toEqual([]);
      expect(rig.incident).toMatchObject({ state, version });
    },
  };

  test.each(Object.entries(DRILLS))('%s', (_alarm, drill) => drill());

  test('every alarm is drilled; what closes tunnels late is tried with its function', () => {
    const named = [...section.matchAll(/^\| `(\w+)`/gm)].map(([, id]) => id);
    expect([...Object.keys(DRILLS), 'TunnelsLate'].sort()).toEqual(named.sort());
  });
});

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Access, AllowList, Behavior, Enrollment, Topic, ZeroTrustFleet } from '../../lib';
import { type RehearseCommand, runRehearsal } from '../../rehearsal/command';
import { rehearse } from '../../rehearsal/rehearse';
import { FAULTS } from './faults/faults';
import { loopOn } from './faults/faulty';

const folder = mkdtempSync(join(tmpdir(), 'rehearsal-command-'));
const assembly = join(folder, 'assembly');

beforeAll(() => {
  const app = new App({ outdir: assembly, analyticsReporting: false });
  new ZeroTrustFleet(new Stack(app, 'Any'), 'Meters', {
    enrollment: Enrollment.byClaim({
      allowList: AllowList.fromSerials(['M-1', 'M-2', 'M-3']),
      thingNamePrefix: 'meter-',
    }),
    access: [Access.publish(Topic.of('dt', Topic.THING, 'reading')), Access.jobs(), Access.shadow()],
    behaviors: [Behavior.messagesSent().mustBeAtMost(120).per(Duration.minutes(5))],
  });
  app.synth();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(options: Partial<RehearseCommand>) {
  let out = '';
  let err = '';
  const green = await runRehearsal({
    assembly,
    json: false,
    version: '1.2.3',
    out: (text) => (out += text),
    err: (text) => (err += text),
    ...options,
  });
  return { green, out, err };
}

test('the loop is green on an assembly of any app, and leaves a report and a record', async () => {
  const report = join(folder, 'report.html');
  const { green, out, err } = await run({ report, json: true });
  const record = JSON.parse(out) as { green: boolean; stories: { reasons: string[]; events: unknown[] }[] };
  expect(record.stories[0]?.reasons).toEqual([]);
  expect({ green, said: record.green }).toEqual({ green: true, said: true });
  expect(record.stories[0]?.events.length).toBeGreaterThan(300);
  expect(err).toContain('isolation-loop.yaml: deploying');
  expect(err).toContain('  pump misbehaves\n');
  expect(readFileSync(report, 'utf8')).toContain('<title>Rehearsal: green</title>');
});

test('the same assembly with a fault in it is red for the right reason', async () => {
  const fault = FAULTS.find(({ name }) => name === 'the responder may not iot:DeleteConnection');
  const { green, reasons } = await loopOn(assembly, fault, 'isolation-loop');
  expect(green).toBe(false);
  expect(reasons.join('\n')).toMatch(/iot:DeleteConnection/);
});

test('jest tests of any app ask for what is allowed and denied', async () => {
  const r = await rehearse(assembly);
  try {
    const meter = r.device('meter');
    await meter.enrolls('M-2');
    await meter.connects();
    await meter.isAllowed.publish('dt/meter-M-2/reading');
    await meter.isDenied.publish('dt/meter-M-1/reading');
    expect(r.findings()).toEqual({ faults: [], gaps: [], denied: [] });
  } finally {
    await r.close();
  }
});

test.each([
  [{ scenario: 'full-lop' }, "full-lop is no file; did you mean the shipped 'full-loop'?"],
  [{ scenario: 'some/other.yaml' }, 'some/other.yaml is no file; shipped are '],
  [{ assembly: folder }, /no cloud assembly at/],
  [{ scenario: folder }, 'is a folder: name one story in it'],
  [{ report: '/no/such/folder/x.html' }, 'the report cannot be written to /no/such/folder/x.html: there is no folder'],
  [{ report: folder }, 'it is a folder'],
])('%j gives one clear line', async (options, message) => {
  await expect(run(options)).rejects.toThrow(message);
});

test('nothing is left behind', () => {
  expect(existsSync(join(folder, 'assembly'))).toBe(true);
  expect(process.listenerCount('SIGINT')).toBe(0);
});

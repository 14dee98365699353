import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import {
  Access,
  AllowList,
  Behavior,
  Enrollment,
  Playbook,
  Topic,
  ZeroTrustFleet,
  type ZeroTrustFleetProps,
} from '../../lib';
import { chosenFor, type RehearseCommand, runRehearsal } from '../../rehearsal/command';
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

describe('what an assembly has not that the loop needs', () => {
  const synthesized = (name: string, props: Partial<ZeroTrustFleetProps>, serials: string[]) => {
    const app = new App({ outdir: join(folder, name), analyticsReporting: false });
    new ZeroTrustFleet(new Stack(app, 'Any'), 'Lamps', {
      enrollment: Enrollment.byClaim({ allowList: AllowList.fromSerials(serials) }),
      access: [Access.publish(Topic.of('dt', Topic.THING, 'light'))],
      ...props,
    });
    return app.synth().directory;
  };

  test.each([
    ['no behaviors', {}, ['L-1', 'L-2'], ['no detector that a response listens to'], 'false-alarm'],
    [
      'a dry run',
      { response: Playbook.standard({ dryRun: true }) },
      ['L-1', 'L-2'],
      ['no response that isolates (none at all, or a dry run)'],
      'not-its-own',
    ],
    ['one serial number', {}, ['L-1'], ['1 serial number for 2 devices'], 'false-alarm'],
    [
      'nothing to publish',
      { access: [Access.jobs()] },
      ['L-1', 'L-2'],
      ['no topic of its own that a device may publish to'],
      'unknown-serial',
    ],
  ])('%s: it is said, and what it can play', (_name, props, serials, lacks, file) => {
    const said: string[] = [];
    const { file: chosen } = chosenFor(synthesized(String(_name), props, serials), (text) => said.push(text));
    expect(chosen).toBe(`${file}.yaml`);
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(/^full-loop\.yaml cannot be played, the assembly has .*: .* is instead\n$/);
    for (const lack of lacks) expect(said[0]).toContain(lack);
  });

  test.each([
    ['empty', {}],
    ['not there', { enrollment: Enrollment.byClaim() }],
  ])('where the list is %s, nothing can be played, and that is an error', (name, props) => {
    expect(() => chosenFor(synthesized(name, props, []), () => undefined)).toThrow(
      'no shipped story can be played: the assembly has 0 serial numbers for 1 device; write one',
    );
  });

  test('who names a story gets it played, and hears of it', async () => {
    const { green, err, out } = await run({
      assembly: synthesized('named', { response: Playbook.standard({ dryRun: true }) }, ['L-1']),
      scenario: 'false-alarm',
    });
    expect(green).toBe(false);
    expect(err).toContain('false-alarm.yaml needs what the assembly has not: no response that isolates');
    expect(out).toContain('is detected, not isolated; the response is a dry run, which decides and records');
    expect(out).toContain('  - pump can publish to dt/L-1/light\n');
    expect(out).not.toContain('{');
  });
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

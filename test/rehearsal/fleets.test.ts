import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Access, AllowList, Behavior, Enrollment, Topic, ZeroTrustFleet } from '../../lib';
import { chosenFor } from '../../rehearsal/command';
import type { Rehearsal } from '../../rehearsal/rehearsal';
import { rehearse } from '../../rehearsal/rehearse';

const folder = mkdtempSync(join(tmpdir(), 'rehearsal-fleets-'));
const assembly = join(folder, 'assembly');
const FLEETS = { Pumps: ['P-1'], Lamps: ['L-1', 'L-2', 'L-3'], Doors: ['D-1', 'D-2'] };
let r: Rehearsal;

beforeAll(async () => {
  const app = new App({ outdir: assembly, analyticsReporting: false });
  const stack = new Stack(app, 'Plant');
  for (const [name, serials] of Object.entries(FLEETS))
    new ZeroTrustFleet(stack, name, {
      enrollment: Enrollment.byClaim({
        allowList: AllowList.fromSerials(serials),
        thingNamePrefix: `${name.toLowerCase()}-`,
      }),
      access: [Access.publish(Topic.of(name, Topic.THING, 'telemetry')), Access.jobs(), Access.shadow()],
      behaviors: [Behavior.messagesSent().mustBeAtMost(120).per(Duration.minutes(5))],
    });
  app.synth();
  r = await rehearse(assembly);
});

afterAll(async () => {
  await r.close();
  rmSync(folder, { recursive: true, force: true });
});

test('the fleet with most serial numbers is the one of devices that say nothing else', async () => {
  await r.device('one').enrolls();
  expect(r.device('one').thingName).toBe('lamps-L-1');
});

test('a serial number, and the name of a thing, are of their own fleet', async () => {
  const [door, pump] = [r.device('door', { serial: 'D-1' }), r.device('pumps-P-1')];
  await door.enrolls();
  await door.connects();
  await pump.connects();
  expect([door.thingName, pump.thingName]).toEqual(['doors-D-1', 'pumps-P-1']);
  await door.isAllowed.publish('Doors/doors-D-1/telemetry');
  await pump.isDenied.publish('Doors/pumps-P-1/telemetry');
});

test('a serial number of one fleet is none of another', async () => {
  await r.device('stranger').cannotEnroll('X-1');
  await expect(r.device('known').cannotEnroll('L-2')).rejects.toThrow('known enrolled with serial L-2');
});

test('a detector and a person find the response of the fleet of a device', async () => {
  const door = r.device('door');
  await r.accuses(door);
  door.isIsolated();
  await r.orders('release', door);
  await r.passes(2 * 60_000);
  door.isInGoodStanding();
  r.device('one').isInGoodStanding();
});

test('a story is played that one fleet has the serial numbers for', () => {
  expect(chosenFor(assembly, () => undefined).file).toBe('isolation-loop.yaml');
});

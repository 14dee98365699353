import assert from 'node:assert';
import { Rehearsal } from '../../../rehearsal/rehearsal';
import { play } from '../../../rehearsal/scenarios/run';
import { defineStory, type ScriptedStory, storyOf } from '../../../rehearsal/scenarios/script';
import { fleetCloud } from '../../support/rehearsal-fleet';

const GOOD = { title: 'T', devices: ['a'], play: () => undefined };

test.each([
  [undefined, 'f.ts: it exports no story'],
  [3, 'f.ts: it exports no story'],
  [{ ...GOOD, storry: 1 }, "f.ts: 'storry' is no part of a story; there are title, account, needs, devices, play"],
  [{ ...GOOD, title: '' }, "f.ts: 'title' must say what the story is about"],
  [{ ...GOOD, account: 'new' }, "f.ts: 'account' can be without-detect"],
  [{ ...GOOD, needs: 'repair' }, "f.ts: 'needs' must be a list of enrollment"],
  [{ ...GOOD, needs: ['repairs'] }, "f.ts: 'repairs' is nothing that a story can need"],
  [{ ...GOOD, devices: 'a' }, "f.ts: 'devices' must list the devices"],
  [{ ...GOOD, devices: ['a b'] }, 'f.ts: a device needs a name of one word'],
  [{ ...GOOD, devices: ['a', 'a'] }, "f.ts: there are two devices 'a'"],
  [{ ...GOOD, play: 'it' }, "f.ts: 'play' must be a function"],
])('%j is no story, and it is said why', (value, message) => {
  expect(() => storyOf(value, 'f.ts')).toThrow(message);
});

test('devices are names, or have serial numbers', () => {
  expect(storyOf(GOOD, 'f.ts').devices).toEqual([{ name: 'a' }]);
  expect(storyOf({ ...GOOD, devices: { a: { serial: 7 }, b: {} } }, 'f.ts').devices).toEqual([
    { name: 'a', serial: '7' },
    { name: 'b' },
  ]);
});

describe('playing one', () => {
  let r: Rehearsal;

  beforeEach(async () => {
    r = await Rehearsal.over(fleetCloud(), '/nowhere');
  });

  afterEach(() => r.close());

  const told = (tell: ScriptedStory['play']) =>
    play(r, defineStory({ title: 'T', devices: { pump: { serial: 'S-1' } }, play: tell }));

  test('plays steps in words and steps of its own, each as an event', async () => {
    const { green, steps } = await told(async ({ step, device }) => {
      await step('pump enrolls');
      await step('pump connects');
      await step('it speaks for itself', () => device('pump').isAllowed.publish(device('pump').ownTopic));
      await step('pump can publish to {topic of pump}');
    });
    expect(green).toBe(true);
    expect(steps).toEqual([
      { text: 'pump enrolls', outcome: 'met' },
      { text: 'pump connects', outcome: 'met' },
      { text: 'it speaks for itself', outcome: 'met' },
      { text: 'pump can publish to pumps/pump-S-1/telemetry', outcome: 'met' },
    ]);
    const events = r.cloud.events.all().filter(({ kind }) => kind === 'step');
    expect(events).toHaveLength(8);
  });

  test('ends with the first step that fails, whatever it was asserted with', async () => {
    let went = false;
    const { green, reasons } = await told(async ({ step }) => {
      await step('pump enrolls');
      await step('one is two', () => assert.equal(1, 2, 'it is not'));
      went = true;
    });
    expect({ green, went, reasons }).toEqual({
      green: false,
      went: false,
      reasons: ["step 2, 'one is two': it is not"],
    });
  });

  test('says what is expected of jest in its words', async () => {
    const { reasons } = await told(({ step }) => step('one is two', () => expect(1).toBe(2)));
    expect(reasons[0]).toMatch(/^step 1, 'one is two': .*expect/);
  });

  test.each([
    ['pump conects', "'pump conects' is not understood; did you mean 'DEVICE connects [from ADDRESS]'?"],
    ['plump connects', "no device is called 'plump'; did you mean 'pump'?; there are pump"],
    ['the service dynamo fails', "'dynamo' is no service that can fail; did you mean 'dynamodb'?"],
  ])('fails at a step in words that are none: %s', async (words, reason) => {
    expect((await told(({ step }) => step(words))).reasons).toEqual([`step 1, '${words}': ${reason}`]);
  });

  test('fails where the story itself does, and where it has no step', async () => {
    const { reasons } = await told(async ({ step, device }) => {
      await step('pump enrolls');
      device('plump');
    });
    expect(reasons).toEqual(["step 2, 'the story goes on': no device is called 'plump'; there are pump"]);
    expect((await told(() => undefined)).reasons).toEqual(['the story has no step']);
  });

  test('fails also where the story swallows what went wrong', async () => {
    const { green, steps } = await told(async ({ step }) => {
      await step('a', () => assert.fail('no')).catch(() => undefined);
      await step('b', () => undefined).catch(() => undefined);
    });
    expect(green).toBe(false);
    expect(steps.map(({ outcome }) => outcome)).toEqual(['failed', 'not reached']);
  });
});

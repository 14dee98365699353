import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openCloud } from '../../../rehearsal/cloud/rehearsal-cloud';
import { SERVICES } from '../../../rehearsal/scenarios/checks';
import { PHRASES } from '../../../rehearsal/scenarios/phrases';
import { readStory } from '../../../rehearsal/scenarios/story';
import { distance, nearest, nearestPhrase } from '../../../rehearsal/scenarios/suggest';
import { assemblyOf } from '../../support/rehearsal-assembly';

const story = (...steps: string[]) =>
  readStory(
    ['title: T', 'devices: [pump, thief]', 'story:', ...steps.map((step) => `  - ${step}`)].join('\n'),
    's.yaml',
  );

test.each([
  ['pump conects', "s.yaml:4: 'pump conects' is not understood; did you mean 'DEVICE connects [from ADDRESS]'?"],
  [
    'pump can publich to x',
    "s.yaml:4: 'pump can publich to x' is not understood; did you mean 'DEVICE can publish to TOPIC'?",
  ],
  ['pmup connects', "s.yaml:4: no device is called 'pmup'; did you mean 'pump'?; there are pump, thief"],
  [
    'thief steals the identity of plump',
    "s.yaml:4: no device is called 'plump'; did you mean 'pump'?; there are pump, thief",
  ],
  [
    'pump can publish to {topic of pum}',
    "s.yaml:4: '{pum}' names no device; did you mean 'pump'?; there are pump, thief",
  ],
  [
    '5 fortnights pass',
    "s.yaml:4: '5 fortnights pass' is not understood; did you mean 'N seconds|minutes|hours|days pass'?",
  ],
  ['xyzzy', "s.yaml:4: 'xyzzy' is not understood"],
  ['pump connects from 999.1.1.1', "s.yaml:4: '999.1.1.1' is no IP address"],
  ['pump is disconnected because of AUTH_EROR', "s.yaml:4: 'AUTH_EROR' is no reason; did you mean 'AUTH_ERROR'?"],
  ['pump is disconnected because of rain', "s.yaml:4: 'rain' is no reason; there are API_INITIATED_DISCONNECT, "],
  ['the incident of pump is isolatd', "s.yaml:4: 'isolatd' is no state of an incident; did you mean 'isolated'?"],
  [
    'a person releases pump as FALS_POSITIVE',
    "s.yaml:4: 'FALS_POSITIVE' is no verdict; did you mean 'FALSE_POSITIVE'?",
  ],
  ['pump publishes to a/b 0 times', 's.yaml:4: 0 times is not between 1 and 100000'],
  ['9000 hours pass', 's.yaml:4: no more than 366 days can pass in one step'],
  ['pump reports heat 1.2.3', "s.yaml:4: '1.2.3' is no number"],
  ['the service dynamo fails', "s.yaml:4: 'dynamo' is no service that can fail; did you mean 'dynamodb'?"],
  [
    'the service lambda works again',
    "s.yaml:4: 'lambda' is no service that can fail; there are cloudformation, dynamodb, events, iot",
  ],
  [
    'the audit finds CONFLICTING_CLIENT_ID_CHECK about pump',
    "s.yaml:4: 'CONFLICTING_CLIENT_ID_CHECK' is no check of an audit; did you mean 'CONFLICTING_CLIENT_IDS_CHECK'?",
  ],
  ['the audit finds nothing about plump', "s.yaml:4: no device is called 'plump'; did you mean 'pump'?"],
  ['[1, 2]', 's.yaml:4: a step must be one line of text'],
])('%s gives one clear line', (step, message) => {
  expect(() => story(step)).toThrow(message);
  expect(message).not.toContain('\n');
});

test.each([
  ['', 's.yaml:1: a story is a map with title, account, needs, devices, story'],
  ['title: T\nstorry: []', "s.yaml:2: 'storry' is no part of a story; did you mean 'story'?"],
  ['devices: [a]\nstory: [a connects]', "s.yaml:1: 'title' must say what the story is about"],
  ['title: T\nstory: [a connects]', "s.yaml:1: 'devices' must list the devices of the story"],
  ['title: T\ndevices: [two words]\nstory: [a]', 's.yaml:2: a device needs a name of one word'],
  ['title: T\ndevices: [a]\nstory: []', "s.yaml:3: 'story' must be a list of steps"],
  ['title: T\ndevices: [a, a]\nstory: [a connects]', "s.yaml:2: there are two devices 'a'"],
  ['title: T\ndevices: { a: 3 }\nstory: [a connects]', "s.yaml:2: 'a' takes { serial: SERIAL }"],
  [
    'title: T\ndevices: { a: { serail: 3 } }\nstory: [a connects]',
    "s.yaml:2: 'serail' is nothing that a device has; did you mean 'serial'?",
  ],
  ['title: T\ndevices: { a: { serial: [1] } }\nstory: [a connects]', "s.yaml:2: the serial number of 'a' must be text"],
  [
    'title: T\ndevices: { a: { serial: true } }\nstory: [a connects]',
    "s.yaml:2: the serial number of 'a' must be text",
  ],
  ['title: T\ndevices: [a]\nstory: [a connects]\n---\ntitle: U', 's.yaml:4: a file holds one story'],
  ['title: "T', 's.yaml:1: Missing closing "quote'],
])('a file with %j says what is wrong', (text, message) => {
  expect(() => readStory(text, 's.yaml')).toThrow(message);
});

test('steps are understood with their words', () => {
  const { steps } = story('pump publishes to a/b c 3 times', '10 minutes pass', 'the incident of pump is isolated');
  expect(steps.map(({ groups }) => ({ ...groups }))).toEqual([
    { device: 'pump', topic: 'a/b c', times: '3' },
    { count: '10', unit: 'minute' },
    { device: 'pump', state: 'isolated' },
  ]);
});

test('a serial number is what stands there', () => {
  const { devices } = readStory(
    'title: T\ndevices: { a: { serial: 007 }, b: { serial: "08" }, c: { serial: 1e3 }, d: { serial: X-1 }, e: }\nstory: [a connects]',
    's.yaml',
  );
  expect(devices).toEqual([
    { name: 'a', serial: '007' },
    { name: 'b', serial: '08' },
    { name: 'c', serial: '1e3' },
    { name: 'd', serial: 'X-1' },
    { name: 'e' },
  ]);
});

test('a long line is not repeated whole', () => {
  expect(() => story('x'.repeat(500))).toThrow(/^s\.yaml:4: 'x{80}…' is not understood$/);
});

const STORIES = join(__dirname, '../../../rehearsal/scenarios/stories');

test.each(readdirSync(STORIES))('the story %s that is shipped can be read', (file) => {
  expect(readStory(readFileSync(join(STORIES, file), 'utf8'), file).steps.length).toBeGreaterThan(2);
});

test('every service that is modelled can fail, and no other', async () => {
  const cloud = await openCloud({ assembly: assemblyOf({ S: { Resources: {} } }) });
  try {
    for (const service of SERVICES) cloud.outside.outage(service, true);
    const told = (): void => cloud.outside.outage('nobody', true);
    expect(told).toThrow(`there are ${[...SERVICES].sort().join(', ')}`);
  } finally {
    await cloud.close();
  }
});

test('each phrase is said in one way only', () => {
  for (const { says, pattern } of PHRASES) {
    const example = says
      .replace(/\[[^\]]*\]/g, '')
      .replace('N seconds|minutes|hours|days', '5 minutes')
      .replace('reports|isolates|holds|releases|retires', 'releases')
      .replace('report|isolate|hold|release|retire', 'release')
      .replace(/DEVICE|THIEF/g, 'pump')
      .replace('open|closed', 'open')
      .replace('VALUE', '5')
      .replace('CHECK', 'LOGGING_DISABLED_CHECK')
      .trim();
    expect(PHRASES.filter((phrase) => phrase.pattern.test(example)).map((phrase) => phrase.pattern)).toEqual([pattern]);
  }
});

test('suggestions are near, or there are none', () => {
  expect(distance('kitten', 'sitting')).toBe(3);
  expect(nearest('conects', ['connects', 'enrolls'])).toBe('connects');
  expect(nearest('completely else', ['connects'])).toBeUndefined();
  expect(nearestPhrase('the moon is full tonight', ['DEVICE reports METRIC VALUE'])).toBeUndefined();
});

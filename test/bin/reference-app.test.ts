import fs from 'node:fs';
import Ajv from 'ajv';
import type { Stack } from 'aws-cdk-lib';
import fc from 'fast-check';
import { FleetFile, FleetFileError } from '../../bin/fleet-file';
import { FLEET_SCHEMA } from '../../bin/fleet-schema';
import { buildFleet, parseFleet } from '../../bin/reference-app';
import { testApp } from '../support/app';

const SOUND = {
  name: 'Pumps',
  access: [{ publish: 'pumps/${thing}/telemetry' }, { subscribe: 'pumps/${thing}/commands/+' }, { jobs: true }],
  behaviors: [
    { metric: 'messages-sent', atMost: 120, per: '5m' },
    { metric: 'source-ip', within: ['203.0.113.0/24'] },
    { custom: 'load', atMost: 70 },
  ],
  customMetrics: [{ name: 'load', type: 'number', displayName: 'Load' }],
  alerts: { emails: ['soc@example.com'] },
};
type Json = Record<string, unknown>;

function problemsOf(value: unknown, build = true): readonly string[] {
  try {
    const parsed = parseFleet(FleetFile.parse(JSON.stringify(value, null, 2), 'my.json'));
    if (build) buildFleet(testApp(), parsed, { checks: false });
  } catch (error) {
    if (error instanceof FleetFileError) return error.problems;
    throw error;
  }
  return [];
}

test('what the installation lacks is not put down to a field of the file', () => {
  const { existsSync } = fs;
  const spy = jest
    .spyOn(fs, 'existsSync')
    .mockImplementation((path) => !/handlers.mitigate-device/.test(String(path)) && existsSync(path));
  try {
    expect(() => problemsOf(SOUND)).toThrow(
      /^the bundled handler 'mitigate-device' is missing; run 'npm run build' in .* \[HandlersNotBuilt\]$/,
    );
  } finally {
    spy.mockRestore();
  }
});

test('attributes of the file are set on each thing, and topics may name them', () => {
  const app = testApp();
  const enrollment = { attributes: { site: 'plant-7' } };
  const access = [{ publish: 'pumps/${attribute.site}/${thing}' }];
  const file = FleetFile.parse(JSON.stringify({ ...SOUND, enrollment, access }), 'my.json');
  buildFleet(app, parseFleet(file), { checks: false });
  const template = JSON.stringify(app.synth().getStackByName('ZeroTrust').template);
  expect(template).toContain('plant-7');
  expect(template).toContain('Attributes[site]');
  expect(
    JSON.stringify((app.node.findChild('ZeroTrust') as Stack).node.findChild('Pumps').node.metadata),
  ).not.toContain('VariablesNotSet');
});

describe('what only the app can find is said at its line', () => {
  test.each<[string, Json, RegExp]>([
    [
      'access that fits into no policy',
      { access: Array.from({ length: 90 }, (_, index) => ({ publish: `pumps/\${thing}/telemetry-number-${index}` })) },
      /^my\.json:3:3: access is refused: the accesses are \d+ characters too long/,
    ],
    [
      'a behavior twice',
      { behaviors: [SOUND.behaviors[0], SOUND.behaviors[0]] },
      /^my\.json:\d+:5: behaviors\[1\] is refused: .*says the same as 'behaviors\[0\]'/,
    ],
    [
      'a prefix and a serial number that make no thing name',
      { enrollment: { thingNamePrefix: 'p'.repeat(64), allowList: ['S'.repeat(100)] } },
      /^my\.json:\d+:3: enrollment is refused: .*'thingNamePrefix' \(64 characters\)/,
    ],
    [
      'emails that differ in nothing but their case',
      { alerts: { emails: ['soc@example.com', 'soc@example.com'] } },
      /^my\.json:\d+:\d+: alerts\.emails\[\d\] stands in the list already/,
    ],
  ])('%s', (_what, change, expected) => {
    const problems = problemsOf({ ...SOUND, ...change });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(expected);
  });
});

test('a fleet may have as many behaviors as the schema says, with both engines', () => {
  const behaviors = Array.from({ length: 100 }, (_, index) => ({
    metric: 'messages-sent',
    atMost: index + 1,
    per: '5m',
  }));
  expect(problemsOf({ ...SOUND, detect: 'both', behaviors })).toEqual([]);
});

test('no fleet can have the name of another part of its stack', () => {
  const app = testApp();
  const response = { protectedGroups: Array.from({ length: 10 }, (_, index) => `g${index}`) };
  const all = { ...SOUND, thingType: { name: 'pump' }, detect: 'both', response };
  buildFleet(app, parseFleet(FleetFile.parse(JSON.stringify(all), 'my.json')), { checks: false });
  const others = (app.node.findChild('ZeroTrust') as Stack).node.children
    .map(({ node }) => node.id)
    .filter((id) => id !== 'Pumps');
  const { pattern, not } = FLEET_SCHEMA.properties.name;
  const possible = others.filter((id) => new RegExp(pattern).test(id));
  expect(possible.filter((id) => !not.enum.includes(id))).toEqual([]);
});

/** A value of the file is replaced, removed, doubled, or joined by another one. */
function mutated(): fc.Arbitrary<unknown> {
  const places = placesIn(SOUND, []);
  const values = fc.oneof(
    fc.constantFrom<unknown>(
      null,
      true,
      0,
      -1,
      1.5,
      '',
      'a',
      '5m',
      [],
      {},
      [1],
      { metric: 'messages-sent' },
      'p99',
      'high',
    ),
    fc.jsonValue({ maxDepth: 1 }),
  );
  const names = fc.constantFrom(
    'metric',
    'custom',
    'atMost',
    'learned',
    'per',
    'name',
    'publish',
    'extra',
    'detect',
    'type',
  );
  const change = fc.record({
    place: fc.constantFrom(...places),
    how: fc.constantFrom('replace', 'remove', 'double', 'add'),
    name: names,
    value: values,
  });
  return fc.array(change, { minLength: 1, maxLength: 2 }).map((changes) => {
    const copy = structuredClone(SOUND) as unknown as Json;
    for (const each of changes) apply(copy, each);
    return copy;
  });
}

type Change = { place: (string | number)[]; how: string; name: string; value: unknown };

function apply(root: Json, { place, how, name, value }: Change): void {
  let parent: unknown = root;
  for (const part of place.slice(0, -1)) parent = (parent as Json | undefined)?.[part];
  if (typeof parent !== 'object' || parent === null) return;
  const key = place.at(-1) as string;
  const holder = parent as Json;
  if (how === 'replace') holder[key] = value;
  else if (how === 'add') holder[name] = value;
  else if (Array.isArray(parent))
    if (how === 'remove') parent.splice(Number(key), 1);
    else parent.push(parent[Number(key)]);
  else if (how === 'remove') Reflect.deleteProperty(holder, key);
}

function placesIn(value: unknown, path: (string | number)[]): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [path];
  const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  const below = keys.flatMap((key) => placesIn((value as Json)[key], [...path, key]));
  return path.length === 0 ? below : [path, ...below];
}

describe('the JSON Schema that editors use agrees with the app', () => {
  const accepts = new Ajv({ allowUnionTypes: true }).compile(FLEET_SCHEMA);
  /** What no schema of this kind can say: a topic that is none, a value that its metric does not have, what is declared twice. */
  const BEYOND_THE_SCHEMA =
    /is refused: |^my\.json:\d+:\d+: behaviors\[\d+\]|stands in the list already|keep one of the two/;

  test('whatever the schema refuses, the app refuses', () => {
    let refused = 0;
    fc.assert(
      fc.property(mutated(), (value) => {
        if (accepts(value)) return;
        refused += 1;
        expect(problemsOf(value, false)).not.toEqual([]);
      }),
      { numRuns: 300 },
    );
    expect(refused).toBeGreaterThan(50);
  });

  test('whatever the schema accepts, the app accepts, or says at its line what no schema can', () => {
    fc.assert(
      fc.property(mutated(), (value) => {
        if (!accepts(value)) return;
        for (const problem of problemsOf(value, false)) expect(problem).toMatch(BEYOND_THE_SCHEMA);
      }),
      { numRuns: 300 },
    );
  });

  test('nothing that is accepted fails where the stack is made', () => {
    fc.assert(
      fc.property(
        mutated().filter((value) => accepts(value)),
        (value) => {
          for (const problem of problemsOf(value)) expect(problem).toMatch(BEYOND_THE_SCHEMA);
        },
      ),
      { numRuns: 6 },
    );
  });
});

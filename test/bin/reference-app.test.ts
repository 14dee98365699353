import fs from 'node:fs';
import Ajv from 'ajv';
import { App, type Stack } from 'aws-cdk-lib';
import fc from 'fast-check';
import { FleetFile, FleetFileError } from '../../bin/fleet-file';
import { FLEET_SCHEMA } from '../../bin/fleet-schema';
import { buildFleet, parseFleet, synthesizeFleet } from '../../bin/reference-app';
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

/** Behaviors that each count messages on filters of their own. */
function onTopics(behaviors: number, filters: number): object[] {
  return Array.from({ length: behaviors }, (_, index) => ({
    metric: 'messages-sent',
    atMost: index + 1,
    per: '5m',
    onTopics: Array.from({ length: filters }, (_each, filter) => `t${index}/${filter}`),
  }));
}

function certificate(region: string): string {
  return `arn:aws:iot:${region}:111122223333:cert/${region.startsWith('eu') ? 'a'.repeat(64) : 'b'.repeat(64)}`;
}

test('what only a synth finds is said at its line', () => {
  const file = FleetFile.parse(JSON.stringify({ ...SOUND, behaviors: onTopics(4, 100) }, null, 2), 'my.json');
  const parsed = parseFleet(file);
  const app = testApp();
  buildFleet(app, parsed, { checks: false });
  expect(() => synthesizeFleet(app, parsed)).toThrow(
    /^my\.json:\d+:7: behaviors\[0\]\.onTopics is refused: 'behaviors\[0\]\.onTopics' \(100\), .* count messages on 400 topic filters together.*\[TooManyTopicFilters\]$/,
  );
});

test('what a synth finds of no field is said as it is', () => {
  const parsed = parseFleet(FleetFile.parse(JSON.stringify(SOUND), 'my.json'));
  const app = testApp();
  const broken = () => {
    throw new Error('no room');
  };
  app.node.addValidation({ validate: broken });
  expect(() => synthesizeFleet(app, parsed)).toThrow(/^no room$/);
});

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
      /^my\.json:3:3: access is refused: ZeroTrust\/Pumps\/Group\/Policies: 'access': the accesses are \d+ characters too long/,
    ],
    [
      'a behavior twice',
      { behaviors: [SOUND.behaviors[0], SOUND.behaviors[0]] },
      /^my\.json:\d+:5: behaviors\[1\] is refused: .*says the same as 'behaviors\[0\]'/,
    ],
    [
      'a prefix and a serial number that make no thing name',
      { enrollment: { thingNamePrefix: 'p'.repeat(64), allowList: ['S'.repeat(100)] } },
      /^my\.json:\d+:5: enrollment\.thingNamePrefix is refused: .*'thingNamePrefix' \(64 characters\)/,
    ],
    [
      'more topic dimensions than an account has',
      { detect: 'device-defender', behaviors: onTopics(11, 1) },
      /^my\.json:\d+:3: behaviors is refused: ZeroTrustDetect\/TopicDimension-\w+: an account and region has at most 10 .*, or "detect": "stream" \[/,
    ],
    [
      'as many beside a stream',
      { detect: 'both', behaviors: onTopics(11, 1) },
      /^my\.json:\d+:3: behaviors is refused: ZeroTrustDetect\/TopicDimension-/,
    ],
    [
      'claim certificates of two regions',
      { enrollment: { claimCertificates: [certificate('eu-west-1'), certificate('us-east-1')] } },
      /^my\.json:\d+:7: enrollment\.claimCertificates\[1\] is refused: .*'claimCertificates\[1\]' is of us-east-1/,
    ],
    [
      'attributes without a thing type',
      { enrollment: { attributes: { a: '1', b: '2', c: '3' } } },
      /^my\.json:\d+:5: enrollment\.attributes is refused: .*'attributes' must have at most 2/,
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

test.each<[string, object, string]>([
  [
    'publish',
    { publish: 'pumps/+' },
    "'publish' takes a topic without '+' and '#', got \"pumps/+\": use 'publishBelow'",
  ],
  ['publish', { publish: 'pumps/*' }, "got \"*\": use '+' or '#' for levels that vary"],
  ['subscribe', { subscribe: '#' }, 'start it with a level of text or with ${thing}'],
  ['lastWill', { lastWill: 'pumps/#' }, "use one 'lastWill' for each topic"],
])('what the library refuses of an access is said in the words of the file: %s %j', (kind, entry, expected) => {
  const [problem, ...others] = problemsOf({ ...SOUND, access: [entry] }, false);
  expect(others).toEqual([]);
  expect(problem).toMatch(new RegExp(`^my\\.json:5:7: access\\[0\\]\\.${kind} is refused: `));
  expect(problem).toContain(expected);
  expect(problem).not.toMatch(/Access\.|Topic\./);
});

test('a policy that is too long is told of publishBelow, which the file has', () => {
  const many = Array.from({ length: 90 }, (_, index) => ({ publish: `pumps/\${thing}/telemetry-number-${index}` }));
  expect(problemsOf({ ...SOUND, access: many })[0]).toContain("Let topics share a prefix ('publishBelow', or");
  expect(problemsOf({ ...SOUND, access: [{ publishBelow: 'pumps/${thing}' }] })).toEqual([]);
});

test('a fleet may have as many behaviors as the schema says, with both engines', () => {
  const behaviors = Array.from({ length: 100 }, (_, index) => ({
    metric: 'messages-sent',
    atMost: index + 1,
    per: '5m',
  }));
  expect(problemsOf({ ...SOUND, detect: 'both', behaviors })).toEqual([]);
});

test('no fleet can have the name of another part of its stack, nor of an output, nor of what a synth adds', () => {
  const { outdir } = testApp();
  const app = new App({ outdir, analyticsReporting: true, treeMetadata: false });
  const response = { protectedGroups: Array.from({ length: 10 }, (_, index) => `g${index}`) };
  const repair = { patch: { steps: [{ name: 'Update', handler: 'update.sh' }] }, tunnels: {} };
  const all = { ...SOUND, thingType: { name: 'pump' }, detect: 'both', response, repair };
  buildFleet(app, parseFleet(FleetFile.parse(JSON.stringify(all), 'my.json')), { checks: false });
  const template = app.synth().getStackByName('ZeroTrust').template as Record<string, object>;
  const sections = ['Outputs', 'Parameters', 'Rules', 'Conditions'].flatMap((name) =>
    Object.keys(template[name] ?? {}),
  );
  const children = (app.node.findChild('ZeroTrust') as Stack).node.children.map(({ node }) => node.id);
  const { pattern, not } = FLEET_SCHEMA.properties.name;
  const others = [...new Set([...children, ...sections])].filter(
    (id) => id !== 'Pumps' && new RegExp(pattern).test(id),
  );
  expect(others).toEqual(expect.arrayContaining(['PatchJob', 'Tunnels', 'BootstrapVersion', 'CheckBootstrapVersion']));
  expect(others.filter((id) => !not.enum.includes(id))).toEqual([]);
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
  const accepts = new Ajv().compile(FLEET_SCHEMA);
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

  const withBehavior = (behavior: object) => ({ ...SOUND, behaviors: [behavior] });
  const withAccess = (entry: object) => ({ ...SOUND, access: [entry] });
  const step = { name: 'Update', handler: 'update.sh' };
  const withPatch = (patch: object) => ({ ...SOUND, repair: { patch: { steps: [step], ...patch } } });

  test.each<[string, object]>([
    ['a count without a window', withBehavior({ metric: 'disconnects', atMost: 3 })],
    ['a learned normal with a window', withBehavior({ metric: 'disconnects', learned: 'high', per: '5m' })],
    ['a window of what is judged by itself', withBehavior({ metric: 'message-size', atMost: 3, per: '5m' })],
    ['a percentile without a window', withBehavior({ metric: 'message-size', belowPercentile: 'p99' })],
    ['a custom metric with a window', withBehavior({ custom: 'load', atMost: 70, per: '5m' })],
    ['a custom metric on topics', withBehavior({ custom: 'load', atMost: 70, onTopics: ['a'] })],
    ['a time of a custom metric', withBehavior({ custom: 'load', atMost: '5m' })],
    ['a bound of a list', withBehavior({ metric: 'source-ip', atMost: 3 })],
    ['a set of a number', withBehavior({ metric: 'message-size', within: [3] })],
    ['a learned list', withBehavior({ metric: 'listening-tcp-ports', learned: 'high' })],
    ['a negative count', withBehavior({ metric: 'message-size', atMost: -1 })],
    ['a broken count', withBehavior({ metric: 'message-size', atMost: 1.5 })],
    ['less than nothing', withBehavior({ metric: 'message-size', lessThan: 0 })],
    ['a number for a time', withBehavior({ metric: 'disconnect-duration', atMost: 5 })],
    ['a time that must be less than none', withBehavior({ metric: 'disconnect-duration', lessThan: '0h' })],
    ['a time that must be at least', withBehavior({ metric: 'disconnect-duration', atLeast: '5m' })],
    ['a range without a prefix', withBehavior({ metric: 'source-ip', within: ['203.0.113.7'] })],
    ['a name for a range', withBehavior({ metric: 'destination-ips', within: ['high'] })],
    ['a port that is none', withBehavior({ metric: 'listening-tcp-ports', within: [65_536] })],
    ['a text for a port', withBehavior({ metric: 'listening-udp-ports', notWithin: ['80'] })],
    ['topics of what has none', withBehavior({ metric: 'disconnects', atMost: 3, per: '5m', onTopics: ['a'] })],
    ['topics in two ways', withBehavior({ metric: 'message-size', atMost: 3, onTopics: ['a'], exceptOnTopics: ['b'] })],
    ['a filter of another language', withBehavior({ metric: 'message-size', atMost: 3, onTopics: ['a/${thing}'] })],
    ['a misplaced wildcard', withBehavior({ metric: 'message-size', atMost: 3, onTopics: ['a/#/b'] })],
    ['half a wildcard', withBehavior({ metric: 'message-size', atMost: 3, exceptOnTopics: ['a+'] })],
    ['a percentile that nothing is below', withBehavior({ metric: 'message-size', belowPercentile: 'p0', per: '5m' })],
    ['values that are exported', withBehavior({ metric: 'message-size', atMost: 3, exported: true })],
    ['publishing to a filter', withAccess({ publish: 'a/+' })],
    ['a wildcard of policies', withAccess({ publish: 'a/*' })],
    ['an empty level', withAccess({ retain: 'a//b' })],
    ['a level that ends in a variable that does not', withAccess({ lastWill: 'a/${thing' })],
    ['everything', withAccess({ subscribe: '#' })],
    ['what is below everything', withAccess({ subscribe: 'a/#/b' })],
    ['two allow-lists', { ...SOUND, enrollment: { allowList: ['A1'], allowListFile: 'a' } }],
    ['a response that is off and does something', { ...SOUND, response: { mode: 'off', isolationHours: 3 } }],
    ['a repair of what is not isolated', { ...SOUND, response: { mode: 'off' }, repair: { tunnels: {} } }],
    ['a proof of no patch', { ...SOUND, repair: { proof: {} } }],
    ['a step of two kinds', withPatch({ steps: [{ ...step, command: ['reboot'] }] })],
    ['a step of no kind', withPatch({ steps: [{ name: 'Update' }] })],
    ['arguments of a command', withPatch({ steps: [{ name: 'Update', command: ['a'], args: ['b'] }] })],
    ['a null character in a command', withPatch({ steps: [{ name: 'Update', command: ['a', 'b\0'] }] })],
    ['half a character in an argument', withPatch({ steps: [{ ...step, args: ['\ud800'] }] })],
    ['a name of two lines', withPatch({ steps: [{ ...step, name: 'a\nb' }] })],
    [
      'a control character in the key of a file',
      withPatch({
        steps: [{ ...step, artifacts: [{ bucket: 'abc', objectKey: 'a\u0007', sha256: 'a'.repeat(64) }] }],
      }),
    ],
    ['a rollout of two kinds', withPatch({ rollout: { perMinute: 3, basePerMinute: 5 } })],
    ['a rollout without a beginning', withPatch({ rollout: { maximumPerMinute: 3 } })],
  ])('an editor marks what the app refuses: %s', (_what, value) => {
    expect(accepts(value)).toBe(false);
    expect(problemsOf(value, false)).not.toEqual([]);
  });

  test.each<[string, object]>([
    ['a normal of each kind', withBehavior({ metric: 'message-size', atLeastPercentile: 'p0.1', per: '1h' })],
    ['a learned count', withBehavior({ metric: 'disconnects', learned: 'LOW', alarmAfter: 3 })],
    ['no disconnect at all', withBehavior({ metric: 'disconnects', atMost: 0, per: '5m' })],
    ['no time at all', withBehavior({ metric: 'disconnect-duration', atMost: '0m' })],
    ['ranges of both kinds', withBehavior({ metric: 'source-ip', notWithin: ['::ffff:192.0.2.0/120', '10.0.0.0/8'] })],
    ['a percentile of a custom metric', withBehavior({ custom: 'load', belowPercentile: 'p99', per: '15m' })],
    ['a fraction of a custom metric', withBehavior({ custom: 'load', atLeast: -0.5 })],
    [
      'topics with the client id',
      withBehavior({ metric: 'source-ip', within: ['10.0.0.0/8'], onTopics: ['+/${iot:ClientId}/#'] }),
    ],
    ['variables', withAccess({ publish: 'a/${attribute.plant/line#}/x${thing}y/$b' })],
    ['a filter of all kinds', withAccess({ subscribe: '$share/team/pumps/+/${thing}/#' })],
    ['a shadow of AWS', withAccess({ namedShadow: '$package' })],
    [
      'arguments on several lines, in any script',
      withPatch({ steps: [{ name: 'Ä → 日本', command: ['a\tb\n', '😀'] }] }),
    ],
    ['a rollout that grows', withPatch({ rollout: { basePerMinute: 3, incrementFactor: 2, afterSucceeded: 5 } })],
  ])('an editor leaves alone what the app takes: %s', (_what, value) => {
    expect(problemsOf(value, false)).toEqual([]);
    expect(accepts(value)).toBe(true);
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

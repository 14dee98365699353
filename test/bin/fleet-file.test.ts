import { createHash, createVerify } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Ajv from 'ajv';
import fc from 'fast-check';
import { FleetFile, FleetFileError } from '../../bin/fleet-file';
import { FLEET_SCHEMA } from '../../bin/fleet-schema';
import { ROOT } from '../support/sources';

const SOUND = {
  name: 'Pumps',
  access: [{ publish: 'pumps/${thing}/telemetry' }, { jobs: true }],
  alerts: { emails: ['soc@example.com'] },
};

const withPatch = (patch: object) => ({
  ...SOUND,
  repair: { patch: { steps: [{ name: 'Update', handler: 'update.sh' }], ...patch } },
});
const withSteps = (...steps: object[]) => withPatch({ steps });

function problemsOf(value: unknown): readonly string[] {
  return problemsOfText(typeof value === 'string' ? value : JSON.stringify(value, null, 2));
}

function problemsOfText(text: string): readonly string[] {
  try {
    FleetFile.parse(text, 'some/where/my.json');
  } catch (error) {
    if (error instanceof FleetFileError) return error.problems;
    throw error;
  }
  return [];
}

describe('a sound file', () => {
  test('is read as it is', () => {
    expect(FleetFile.parse(JSON.stringify(SOUND), 'my.json').description).toEqual(SOUND);
  });

  test('may begin with a byte order mark', () => {
    expect(problemsOfText(`\uFEFF${JSON.stringify(SOUND)}`)).toEqual([]);
  });

  test('the one in this repository has real content', () => {
    const { description } = FleetFile.read(join(ROOT, 'fleet.json'));
    expect(description.enrollment?.allowList).toHaveLength(1000);
    expect(description.thingType?.name).toBe('pump-px2');
    expect(description.access.length).toBeGreaterThan(5);
    expect(description.behaviors?.length).toBeGreaterThan(5);
    expect(description.alerts.emails.length).toBeGreaterThan(0);
  });

  test('the file that its patch brings is in this repository, with that checksum and signature', () => {
    const { repair } = FleetFile.read(join(ROOT, 'fleet.json')).description;
    const files = repair?.patch?.steps.flatMap(({ artifacts = [] }) => artifacts) ?? [];
    expect(files).toHaveLength(1);
    for (const { objectKey, sha256, signature = '' } of files) {
      const content = readFileSync(join(ROOT, 'examples/repair/patch', objectKey));
      const signer = readFileSync(join(ROOT, 'examples/repair/patch/signer.pem'));
      expect(createHash('sha256').update(content).digest('hex')).toBe(sha256);
      expect(createVerify('sha256').update(content).verify(signer, signature, 'base64')).toBe(true);
    }
  });
});

describe('the published schema', () => {
  const published = JSON.parse(readFileSync(join(ROOT, 'schema/fleet.schema.json'), 'utf8')) as object;

  test('is the one that the app uses', () => {
    expect(published).toEqual(JSON.parse(JSON.stringify(FLEET_SCHEMA)));
  });

  test('describes every field, for editors', () => {
    const undescribed: string[] = [];
    const visit = (schema: Record<string, unknown>, path: string) => {
      if (
        typeof schema.description !== 'string' &&
        path !== '' &&
        schema.type !== undefined &&
        !path.includes('behaviors[]')
      )
        undescribed.push(path);
      for (const [name, inner] of Object.entries((schema.properties ?? {}) as Record<string, Record<string, unknown>>))
        visit(inner, `${path}.${name}`);
      if (schema.items !== undefined) visit(schema.items as Record<string, unknown>, `${path}[]`);
    };
    visit(published as Record<string, unknown>, '');
    expect(undescribed).toEqual([]);
  });

  test('is a JSON Schema that another validator takes', () => {
    expect(new Ajv({ strict: true, validateSchema: true }).compile(published)).toBeInstanceOf(Function);
  });
});

describe('fails with file, line, column, field and what is allowed', () => {
  test.each<[string, unknown, RegExp]>([
    [
      'a field that is not known',
      { ...SOUND, acess: [] },
      /^my\.json:\d+:3: acess is not known; known here: .*access.*Did you mean 'access'\?$/,
    ],
    [
      'a name in the wrong form',
      { ...SOUND, name: 'my pumps' },
      /^my\.json:2:3: name must match pattern .*, got "my pumps"\. Allowed: .*capital letter/,
    ],
    [
      'a name that another part of the stack has',
      { ...SOUND, name: 'Account' },
      /^my\.json:2:3: name must not be the name of another part of the stack \(Account, .*\), got "Account"$/,
    ],
    [
      'no access',
      { name: 'Pumps', alerts: SOUND.alerts },
      /^my\.json:1:1: the file lacks 'access', got \{.*; add it\. Allowed: .*A list, .* one of publish, publishBelow, retain/,
    ],
    [
      'an empty access list',
      { ...SOUND, access: [] },
      /access must have at least 1 entry, got \[\]\. Allowed: .*publish/,
    ],
    [
      'an access that is not known',
      { ...SOUND, access: [{ publsh: 'a' }] },
      /access\[0\]\.publsh is not known; .*Did you mean 'publish'\?/,
    ],
    [
      'an access of two kinds',
      { ...SOUND, access: [{ publish: 'a', subscribe: 'b' }] },
      /access\[0\] must have exactly one of publish, publishBelow, retain/,
    ],
    ['an access of no kind', { ...SOUND, access: [{}] }, /access\[0\] must have exactly one of publish/],
    [
      'a topic that is a number',
      { ...SOUND, access: [{ publish: 5 }] },
      /^my\.json:5:7: access\[0\]\.publish must be a string, got 5\. Allowed: .*MQTT topic/,
    ],
    [
      'a topic that is too long',
      { ...SOUND, access: [{ publish: 'a'.repeat(257) }] },
      /access\[0\]\.publish must have at most 256 characters/,
    ],
    [
      'alerts without a word of whom',
      { ...SOUND, alerts: {} },
      /alerts lacks 'emails', got \{\}; add it\. Allowed: 1 to 10 email addresses\. A list, each entry: An email address/,
    ],
    [
      'a custom metric that is not said',
      { ...SOUND, customMetrics: [null] },
      /customMetrics\[0\] must be an object, got null\. Allowed: .*An object with name, type, and if wanted displayName\./,
    ],
    [
      'a bound that is empty',
      { ...SOUND, behaviors: [{ metric: 'messages-sent', atMost: '', per: '5m' }] },
      /behaviors\[0\]\.atMost must be a number or a string, got ""\. Allowed: .*a number, or a time such as "90m"/,
    ],
    [
      'filters that are none',
      { ...SOUND, behaviors: [{ metric: 'messages-sent', atMost: 1, per: '5m', onTopics: ['', null] }] },
      /onTopics\[0\] must not be empty, got ""\. Allowed: An MQTT.*\n.*onTopics\[1\] must be a string, got null\. Allowed: An MQTT/,
    ],
    [
      'values that are exported, which needs to be told where to',
      { ...SOUND, behaviors: [{ metric: 'messages-sent', atMost: 1, per: '5m', exported: true }] },
      /^my\.json:\d+:7: behaviors\[0\]\.exported cannot be used here: no field of fleet\.json says where .*; leave it out, or write an app with/,
    ],
    [
      'attributes that the registry refuses',
      { ...SOUND, enrollment: { attributes: { 'a b': 'x', serialNumber: '1', c: 'a b', d: 5 } } },
      /attributes must not have the name "a b"\. Allowed: .*\n.*the name "serialNumber".*\n.*attributes\.c must match .*no spaces.*\n.*attributes\.d must be a string, got 5/,
    ],
    [
      'jobs: false',
      { ...SOUND, access: [{ jobs: false }] },
      /access\[0\]\.jobs must be true, got false; leave the entry out to deny it/,
    ],
    [
      'a shadow name with a slash',
      { ...SOUND, access: [{ namedShadow: 'a/b' }] },
      /access\[0\]\.namedShadow .* got "a\/b"\. Allowed: .*1 to 64/,
    ],
    ['a stream id with a slash', { ...SOUND, access: [{ stream: 'a/b' }] }, /access\[0\]\.stream/],
    [
      'a response of another mode',
      { ...SOUND, response: { mode: 'dry' } },
      /response\.mode must be one of "act", "dry-run", "off", got "dry"/,
    ],
    [
      'a response that is off and on',
      { ...SOUND, response: { mode: 'off', sources: ['guard-duty'] } },
      /response\.sources says how to respond, but response\.mode is 'off'/,
    ],
    [
      'a blast radius without a window',
      { ...SOUND, response: { blastRadius: { devices: 5 } } },
      /response\.blastRadius lacks 'minutes', got \{"devices":5\}; add it\. Allowed: .*1 to 10080/,
    ],
    [
      'a blast radius of nothing',
      { ...SOUND, response: { blastRadius: { devices: 0, percent: 0, minutes: 1 } } },
      /response\.blastRadius\.devices must be >= 1.*\n.*response\.blastRadius\.percent must be > 0/,
    ],
    [
      'a source that is not known',
      { ...SOUND, response: { sources: ['securityhub'] } },
      /response\.sources\[0\] must be one of .*Did you mean 'security-hub'\?/,
    ],
    [
      'a repair that is not known',
      { ...SOUND, repair: { patchs: {} } },
      /^my\.json:\d+:\d+: repair\.patchs is not known; known here: patch, proof, tunnels\. Did you mean 'patch'\?$/,
    ],
    [
      'a patch without steps',
      { ...SOUND, repair: { patch: { steps: [] } } },
      /repair\.patch\.steps must have at least 1 entry/,
    ],
    [
      'a step of two kinds, and of none',
      withSteps({ name: 'a', handler: 'a.sh', command: ['b'] }, { name: 'c' }),
      /repair\.patch\.steps\[0\] must have exactly one of 'handler' and 'command'\n.*repair\.patch\.steps\[1\] must/,
    ],
    [
      'a handler outside of its folder',
      withSteps({ name: 'a', handler: '../a.sh' }),
      /repair\.patch\.steps\[0\]\.handler must match .* got "\.\.\/a\.sh"\. Allowed: .*without a path/,
    ],
    [
      'files and arguments of a command',
      withSteps({ name: 'a', command: ['b'], args: ['c'], artifacts: [] }),
      /steps\[0\]\.args is for a 'handler'; a 'command' has all in its list\n.*steps\[0\]\.artifacts is for a 'handler'/,
    ],
    [
      'a null character in an argument',
      withSteps({ name: 'a', command: ['b\0'] }),
      /steps\[0\]\.command\[0\] .*got "b\\u0000"\. Allowed: .*none of them null/,
    ],
    [
      'a checksum that is none',
      withSteps({ name: 'a', handler: 'a', artifacts: [{ bucket: 'abc', objectKey: 'k', sha256: 'AB' }] }),
      /steps\[0\]\.artifacts\[0\]\.sha256 must match .* got "AB"\. Allowed: .*64 hexadecimal digits in lower case/,
    ],
    [
      'a failure that is not known',
      withPatch({ abort: [{ failure: 'timeout', percentage: 20, minimumDevices: 1 }] }),
      /repair\.patch\.abort\[0\]\.failure must be one of .*got "timeout"/,
    ],
    [
      'retries after a refusal',
      withPatch({ retries: [{ failure: 'rejected', retries: 1 }] }),
      /repair\.patch\.retries\[0\]\.failure must be one of "failed", "timed-out", "all", got "rejected"/,
    ],
    [
      'two rates at once',
      withPatch({ rollout: { perMinute: 5, basePerMinute: 6 } }),
      /repair\.patch\.rollout must have either 'perMinute' alone, or 'basePerMinute' and how it grows, got perMinute, basePer/,
    ],
    [
      'a growth without a beginning',
      withPatch({ rollout: { maximumPerMinute: 5 } }),
      /repair\.patch\.rollout must have either/,
    ],
    [
      'a rollout of nothing',
      withPatch({ rollout: {} }),
      /^\S+ repair\.patch\.rollout must have either 'perMinute' alone, or 'basePerMinute' and how it grows, got \{\}$/,
    ],
    ['a timeout of nothing', withPatch({ timeoutMinutes: 0 }), /repair\.patch\.timeoutMinutes must be >= 1, got 0/],
    [
      'a proof without a patch',
      { ...SOUND, repair: { proof: {} } },
      /repair\.proof proves that a patch has helped, but repair\.patch is not there; give both/,
    ],
    [
      'windows shorter than detectors look',
      { ...withPatch({}), repair: { ...withPatch({}).repair, proof: { windowMinutes: 1 } } },
      /repair\.proof\.windowMinutes must be >= 5, got 1/,
    ],
    [
      'a tunnel of a day',
      { ...SOUND, repair: { tunnels: { maxMinutes: 1440 } } },
      /repair\.tunnels\.maxMinutes must be <= 720, got 1440/,
    ],
    [
      'a repair where nothing is isolated',
      { ...SOUND, response: { mode: 'off' }, repair: { tunnels: {} } },
      /repair repairs isolated devices, but response\.mode is 'off', so none is; keep one of the two/,
    ],
    ...['mailto:soc@example.com', 's\u043ec@example.com', 'a@b.cd, e@f.gh'].map((email): [string, object, RegExp] => [
      `${email} as an address`,
      { ...SOUND, alerts: { emails: [email] } },
      /alerts\.emails\[0\] must match .*Allowed: An email address like soc@example\.com, in ASCII/,
    ]),
    ['no email', { ...SOUND, alerts: { emails: [] } }, /alerts\.emails must have at least 1 entry, got \[\]/],
    [
      'an email without a host',
      { ...SOUND, alerts: { emails: ['soc'] } },
      /^my\.json:\d+:\d+: alerts\.emails\[0\] must match .* got "soc"\. Allowed: An email address/,
    ],
    [
      'the same email twice',
      { ...SOUND, alerts: { emails: ['a@b.cd', 'a@b.cd'] } },
      /alerts\.emails\[1\] stands in the list already, at alerts\.emails\[0\]$/,
    ],
    [
      'a serial with a slash',
      { ...SOUND, enrollment: { allowList: ['PX2/1'] } },
      /enrollment\.allowList\[0\] .* got "PX2\/1"\. Allowed: A serial number/,
    ],
    [
      'a serial twice',
      { ...SOUND, enrollment: { allowList: ['A', 'A'] } },
      /enrollment\.allowList\[1\] stands in the list already, at enrollment\.allowList\[0\]$/,
    ],
    [
      'an address range twice',
      { ...SOUND, behaviors: [{ metric: 'source-ip', within: ['10.0.0.0/8', '10.1.0.0/16', '10.0.0.0/8'] }] },
      /behaviors\[0\]\.within\[2\] stands in the list already, at behaviors\[0\]\.within\[0\]$/,
    ],
    [
      'two allow-lists',
      { ...SOUND, enrollment: { allowList: ['A'], allowListFile: 'x.txt' } },
      /enrollment\.allowListFile cannot be used together with enrollment\.allowList; keep one of the two/,
    ],
    ['an empty file name', { ...SOUND, enrollment: { allowListFile: '' } }, /enrollment\.allowListFile/],
    ['a prefix with a space', { ...SOUND, enrollment: { thingNamePrefix: 'a b' } }, /enrollment\.thingNamePrefix/],
    [
      'oneTimeUse in words',
      { ...SOUND, enrollment: { oneTimeUse: 'yes' } },
      /enrollment\.oneTimeUse must be a boolean, got "yes"/,
    ],
    [
      'a claim certificate that is no ARN',
      { ...SOUND, enrollment: { claimCertificates: ['abc'] } },
      /enrollment\.claimCertificates\[0\] .*Allowed: The ARN/,
    ],
    [
      '51 claim certificates',
      {
        ...SOUND,
        enrollment: {
          claimCertificates: Array.from(
            { length: 51 },
            (_, index) => `arn:aws:iot:eu-west-1:111122223333:cert/${index.toString(16).padStart(64, '0')}`,
          ),
        },
      },
      /enrollment\.claimCertificates must have at most 50 entries/,
    ],
    [
      'an email with a control character',
      { ...SOUND, alerts: { emails: ['a\u0007@b.cd'] } },
      /alerts\.emails\[0\] must match .*got "a\\u0007@b\.cd"/,
    ],
    [
      'a thing type that is described on two lines',
      { ...SOUND, thingType: { name: 'a', description: 'a\nb' } },
      /thingType\.description .*Allowed: .*visible characters/,
    ],
    [
      'a display name with a control character',
      { ...SOUND, customMetrics: [{ name: 'a', type: 'number', displayName: 'a\u0001' }] },
      /customMetrics\[0\]\.displayName .*Allowed: .*printable/,
    ],
    ['a field without a name', { ...SOUND, '': 1 }, /^my\.json:\d+:3: "" is not known/],
    ['an engine that is an object', { ...SOUND, detect: {} }, /detect must be one of "stream".*, got \{\}$/],
    ['a thing type without a name', { ...SOUND, thingType: {} }, /thingType lacks 'name'/],
    ['a thing type with a space', { ...SOUND, thingType: { name: 'a b' } }, /thingType\.name/],
    [
      'a thing type description too long',
      { ...SOUND, thingType: { name: 'a', description: 'x'.repeat(2029) } },
      /thingType\.description/,
    ],
    [
      'four searchable attributes',
      { ...SOUND, thingType: { name: 'a', searchableAttributes: ['a', 'b', 'c', 'd'] } },
      /thingType\.searchableAttributes must have at most 3 entries/,
    ],
    [
      'a searchable attribute with a space',
      { ...SOUND, thingType: { name: 'a', searchableAttributes: ['a b'] } },
      /thingType\.searchableAttributes\[0\]/,
    ],
    [
      'an engine that is not there',
      { ...SOUND, detect: 'devicedefender' },
      /detect must be one of "stream", "device-defender", "both", "off", got "devicedefender"\. Did you mean 'device-defender'\?/,
    ],
    [
      'a custom metric of a wrong type',
      { ...SOUND, customMetrics: [{ name: 'a', type: 'float' }] },
      /customMetrics\[0\]\.type must be one of/,
    ],
    [
      'a custom metric named like those of AWS',
      { ...SOUND, customMetrics: [{ name: 'aws:a', type: 'number' }] },
      /customMetrics\[0\]\.name .*Allowed: .*not beginning with aws:/,
    ],
    ['a custom metric without a type', { ...SOUND, customMetrics: [{ name: 'a' }] }, /customMetrics\[0\] lacks 'type'/],
    [
      'a metric that is not there',
      { ...SOUND, behaviors: [{ metric: 'message-sent', atMost: 1 }] },
      /behaviors\[0\]\.metric must be one of .*Did you mean 'messages-sent'\?/,
    ],
    [
      'a certificate age of a week',
      { ...SOUND, audit: { certificateAgeDays: 7 } },
      /audit\.certificateAgeDays must be >= 30, got 7\. Allowed: .*30 to 3652/,
    ],
    [
      'an expiration in words',
      { ...SOUND, audit: { certificateExpirationDays: '30' } },
      /audit\.certificateExpirationDays must be an integer, got "30"/,
    ],
    ['a file that is a list', [], /the file must be an object/],
  ])('%s', (_what, value, expected) => {
    expect(problemsOf(value).join('\n')).toMatch(expected);
  });

  test.each([
    [
      '{\n  "name": "Pumps",\n  "access": [}\n',
      "3:14: is not JSON here: a value must stand here; no comma stands before ']'",
    ],
    [
      '{"name": "A",}',
      "1:14: is not JSON here: the name of a field, in double quotes, must follow; no comma stands before '}'",
    ],
    ['{"access": [1,]}', "1:15: is not JSON here: a value must stand here; no comma stands before ']'"],
    ['{ // the fleet\n}', '1:3: is not JSON here: JSON has no comments; take it out'],
    ["{'name': 1}", '1:2: is not JSON here: only texts in double quotes, numbers, true, false and null can stand here'],
    [
      '{"name": NaN}',
      '1:10: is not JSON here: only texts in double quotes, numbers, true, false and null can stand here',
    ],
    ['{} {}', '1:4: is not JSON here: the file must end after its one object'],
    ['{"a" 1}', "1:6: is not JSON here: ':' must stand between the name of a field and its value"],
    ['{"a": 1 "b": 2}', "1:9: is not JSON here: ',' must stand between two fields or items"],
    ['{"a": "b\n"}', "1:7: is not JSON here: a text must end with '\"' on the same line"],
    ['['.repeat(100_000), '1:33: lies 33 levels deep; no field of a fleet lies deeper than 32'],
    ['{"a\\"[": '.repeat(100_000), '1:289: lies 33 levels deep; no field of a fleet lies deeper than 32'],
  ])('%.20j, which is not JSON, at the place and in words', (text, expected) => {
    expect(problemsOfText(text)).toEqual([`my.json:${expected}`]);
  });

  test('a file that is not UTF-8', () => {
    const folder = mkdtempSync(join(tmpdir(), 'zero-trust-iot-fleet-'));
    try {
      const path = join(folder, 'latin.json');
      writeFileSync(path, Buffer.from('{"name": "P\xfcmps"}', 'latin1'));
      expect(() => FleetFile.read(path)).toThrow(/latin\.json: is not text in UTF-8; save it in this encoding/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('an empty file', () => {
    for (const text of ['', ' \r\n ', '\uFEFF'])
      expect(problemsOfText(text)).toEqual([
        expect.stringMatching(/^my\.json:\d+:\d+: the file is empty; it must hold one object with .*'alerts'/),
      ]);
  });

  test.each(['\n', '\r\n', '\r'])('lines that end in %j are counted', (end) => {
    const text = JSON.stringify({ ...SOUND, name: 'x' }, null, 2).replaceAll('\n', end);
    expect(problemsOfText(text)).toEqual([expect.stringMatching(/^my\.json:2:3: name must match/)]);
  });

  test('what a terminal would obey is written out', () => {
    const [name, field] = problemsOf({ ...SOUND, name: 'P\u202ex\u009b', 'a\u202e': 1 });
    expect(name).toContain('got "P\\u202ex\\u009b"');
    expect(field).toContain('"a\\u202e" is not known');
  });

  test('a private key is not shown, wherever it was put', () => {
    // What one begins with: no key stands in this tree, and none looks like it.
    const key = `-----BEGIN EC ${'PRIVATE'} KEY-----\nMHcCAQEEIB`;
    const problems = problemsOf({ ...SOUND, name: key, [key]: key, enrollment: { allowList: [key, { key }] } });
    expect(problems).toHaveLength(5);
    for (const problem of problems) {
      expect(problem).toMatch(/ holds a private key \(not shown\), and a template must not/);
      expect(problem).not.toContain('MHc');
    }
  });

  test.each<[string, (key: string) => object, string]>([
    ['in a text of any kind', (key) => ({ thingType: { name: 'pump', description: `about ${key}` } }), '18:20'],
    ['as a topic', (key) => ({ access: [{ publish: key }] }), '5:18'],
  ])('a private key does not get into a template: %s', (_where, change, place) => {
    const key = `-----BEGIN ${'PRIVATE'} KEY-----MIIEv`;
    expect(problemsOf({ ...SOUND, ...change(key) })).toEqual([
      expect.stringMatching(new RegExp(`^my\\.json:${place}: \\S+ holds a private key`)),
    ]);
  });

  test('a list that is wrong in each entry, by its first ones and how many there are', () => {
    const problems = problemsOf({
      ...SOUND,
      enrollment: { allowList: Array.from({ length: 20_000 }, (_, index) => `SN.${index}`) },
    });
    expect(problems).toHaveLength(101);
    expect(problems[0]).toMatch(/^my\.json:18:7: enrollment\.allowList\[0\] must match pattern/);
    expect(problems[99]).toMatch(/^my\.json:117:7: enrollment\.allowList\[99\] must match pattern/);
    expect(problems[100]).toBe('and 19,900 more');
  });

  test('a long text, cut and in quotes', () => {
    expect(problemsOf({ ...SOUND, name: 'x'.repeat(99) })).toEqual([
      expect.stringContaining(`got "${'x'.repeat(59)}…". Allowed: `),
    ]);
  });

  test('a name that stands twice, since JSON would keep the last', () => {
    expect(
      problemsOfText(
        '{ "name": "A", "access": [{"jobs": true}], "alerts": {"emails": ["a@b.cd"]},\n "access": [{"shadow": true}] }',
      ),
    ).toEqual(['my.json:2:2: access stands twice; keep one']);
  });

  test('a file that is not there', () => {
    expect(() => FleetFile.read('not/there.json')).toThrow(
      /not\/there\.json: cannot be read \(ENOENT\); give another file with --fleet FILE/,
    );
  });

  test('all problems at once, in the order of the file', () => {
    const problems = problemsOf({ ...SOUND, name: 'x', alerts: { emails: ['soc'] }, access: [{ publish: 1 }] });
    expect(problems).toHaveLength(3);
    expect(problems.map((problem) => Number(problem.split(':')[1]))).toEqual([2, 5, 10]);
  });

  test('what a later step finds, at the line of its field', () => {
    const file = FleetFile.parse(JSON.stringify(SOUND, null, 2), 'my.json');
    file.reportAt('access[0].publish', 'is refused');
    expect(() => file.throwIfAny()).toThrow('my.json:5:7: access[0].publish is refused');
  });
});

test('any JSON at all is either taken or refused in words', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      for (const problem of problemsOf(JSON.stringify(value))) expect(problem).toMatch(/^my\.json:\d+:\d+: /);
    }),
    { numRuns: 300 },
  );
});

test('a field named __proto__ is refused like any other that is not known', () => {
  expect(
    problemsOfText('{"__proto__": {}, "name": "A", "access": [{"jobs": true}], "alerts": {"emails": ["a@b.cd"]}}'),
  ).toEqual([expect.stringContaining('__proto__ is not known')]);
});

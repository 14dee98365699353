import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assemblyToRehearse, rehearseAfterStart, start } from '../../bin/start-command';
import type * as verdicts from '../../bin/verdicts';
import { readVerdicts } from '../../bin/verdicts';
import { runRehearsal } from '../../rehearsal/command';
import { ROOT } from '../support/sources';

jest.mock('../../bin/verdicts', () => {
  const actual = jest.requireActual<typeof verdicts>('../../bin/verdicts');
  return { ...actual, readVerdicts: jest.fn(actual.readVerdicts) };
});

const FLEET = join(ROOT, 'fleet.json');
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'zero-trust-iot-start-'));
  for (const method of ['log', 'warn', 'error'] as const) jest.spyOn(console, method).mockImplementation();
});

afterAll(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

function run(...argv: string[]): { readonly code: number; readonly said: string; readonly complained: string } {
  const said: string[] = [];
  const complained: string[] = [];
  const code = start(argv, {
    print: (...lines) => said.push(...lines),
    complain: (...lines) => complained.push(...lines),
  });
  return { code, said: said.join('\n'), complained: complained.join('\n') };
}

function fleetFile(name: string, change: (fleet: Record<string, unknown>) => object): string {
  const path = join(folder, name);
  writeFileSync(
    path,
    JSON.stringify(change(JSON.parse(readFileSync(FLEET, 'utf8')) as Record<string, unknown>), null, 2),
  );
  return path;
}

/** As the CDK writes one. */
function emptyAssembly(output: string): void {
  mkdirSync(output, { recursive: true });
  writeFileSync(join(output, 'manifest.json'), '{"version":"36.0.0","artifacts":{}}');
  writeFileSync(join(output, 'cdk.out'), '{"version":"36.0.0"}');
}

describe('the fleet of this repository', () => {
  let first: ReturnType<typeof run>;
  let output: string;
  beforeAll(() => {
    output = join(folder, 'out');
    first = run('--fleet', FLEET, '--output', output);
  });

  test('is made without an open finding', () => {
    expect(first.code).toBe(0);
    expect(first.said).toMatch(/Checks: .*no open finding, \d+ acknowledged with a reason/);
  });

  test('tells what was made per stack: resources by capability, size, place', () => {
    expect(first.said).toMatch(/^Pumps: 1,000 serial numbers may enroll/);
    expect(first.said).toMatch(/ZeroTrust: \d+ of 500 resources, \d+ of 977 KiB, .*ZeroTrust\.template\.json/);
    for (const capability of ['policy', 'identity', 'posture', 'quarantine', 'observability', 'detection'])
      expect(first.said).toMatch(new RegExp(`^ +\\d+ {2}${capability}`, 'm'));
    expect(first.said).not.toMatch(/ other$/m);
  });

  test('tells what to run to deploy it', () => {
    expect(first.said).toMatch(/npx cdk deploy -c fleet=.* ZeroTrust\n/);
    expect(first.said).toMatch(/ZeroTrustDetect .*"detect": "stream"/);
  });

  test('tells what the library warns of, by its id and where, and nothing of what others warn of', () => {
    const [, warnings = ''] = first.said.split('\nWarnings:\n');
    const lines = warnings.split('\nEvidence')[0]!.split('\n');
    for (const line of lines) expect(line).toMatch(/^ {2}zero-trust-iot:\w+ at ZeroTrust\S*: \S.*[^\]]$/);
    expect(lines.join()).toContain('zero-trust-iot:DetectClosedToNewCustomers at ZeroTrustDetect');
    expect(lines.join()).not.toContain('TopicsShared');
  });

  test('is the same the second time, byte by byte', () => {
    const before = readFileSync(join(output, 'ZeroTrust.template.json'));
    expect(run('--fleet', FLEET, '--output', output).code).toBe(0);
    expect(readFileSync(join(output, 'ZeroTrust.template.json')).equals(before)).toBe(true);
  });

  test('takes the place of what a rehearsal, a deployment and the synth of another fleet have left there', () => {
    const left = [
      'rehearsal.html',
      'synth.lock',
      'read.4711.1.lock',
      `asset.${'a'.repeat(64)}`,
      `asset.${'b'.repeat(64)}.txt`,
    ];
    for (const name of left) writeFileSync(join(output, name), '');
    mkdirSync(join(output, '.cache'));
    // Stacks that the manifest does not name any more stay where the CDK's command has synthesized another fleet.
    const manifest = JSON.parse(readFileSync(join(output, 'manifest.json'), 'utf8')) as { artifacts: object };
    writeFileSync(join(output, 'manifest.json'), JSON.stringify({ ...manifest, artifacts: {} }));
    expect(readdirSync(output)).toEqual(expect.arrayContaining(['zero-trust-iot-report.md', 'validation-report.json']));
    const { code, complained } = run('--fleet', FLEET, '--output', output);
    expect([code, complained]).toEqual([0, '']);
    expect(readdirSync(output)).not.toContain('synth.lock');
  });
});

test.each(['off', 'stream'] as const)('one word leaves Device Defender Detect out: %s', (detect) => {
  const output = join(folder, detect);
  const { code, said } = run(
    '--fleet',
    fleetFile(`${detect}.json`, (fleet) => ({ ...fleet, detect })),
    '--output',
    output,
  );
  expect(code).toBe(0);
  expect(said).not.toContain('ZeroTrustDetect');
  expect(said).not.toContain('DetectClosedToNewCustomers');
  expect(existsSync(join(output, 'ZeroTrust.template.json'))).toBe(true);
  expect(existsSync(join(output, 'ZeroTrustDetect.template.json'))).toBe(false);
});

test('what our rules only warn of is told, and does not fail what can be deployed', () => {
  const fleet = fleetFile('quiet.json', ({ name, alerts, access }) => ({
    name,
    alerts,
    access,
    behaviors: [{ metric: 'messages-sent', atMost: 120, per: '5m' }],
    response: { mode: 'off' },
  }));
  const { code, said } = run('--fleet', fleet, '--output', join(folder, 'quiet'));
  expect(said).toMatch(/Checks: .*no open finding/);
  const [, warnings = ''] = said.split('\nWarnings:\n');
  expect(warnings).toMatch(/^ {2}ZeroTrustIoT: ZTI-RUL1 at ZeroTrust\/Pumps\/\S+: .*https:/m);
  expect(warnings).toMatch(
    /^ {2}ZeroTrustIoT: ZTI-MIT2 at ZeroTrust\/\S+: An alert is followed by an action: .*Subscribe/m,
  );
  expect(code).toBe(0);
  expect(warnings).toMatch(/zero-trust-iot:DetectionDryRun at .*"stream": \{ "mode": "live" \}/);
  const told = jest.mocked(console.error).mock.calls.flat().join('\n');
  expect(told).toMatch(/A copy of this report can be found in: \S*\/quiet\/validation-report\.json/);
  expect(told).not.toMatch(/\/\.\w+-\d+\/validation-report/);
});

test('what has an open finding is not offered to be deployed', () => {
  const finding = { clean: false, summary: '1 open finding', findings: ['E1029 at ZeroTrust: broken'], advice: [] };
  jest.mocked(readVerdicts).mockReturnValueOnce(finding);
  const { code, said } = run('--fleet', FLEET, '--output', join(folder, 'finding'));
  expect(code).toBe(1);
  expect(said).not.toContain('cdk deploy');
  expect(said).toMatch(/^Not to be deployed like this: mend what was found first\.$/m);
});

test('--json is for machines; an allow-list may stand in a file of its own', () => {
  writeFileSync(join(folder, 'serials.txt'), 'A1\nA2\nA3\n');
  const fleet = fleetFile('file.json', (value) => ({
    ...value,
    enrollment: { allowListFile: 'serials.txt' },
    access: [{ publish: 'plant/alarms' }],
  }));
  const { code, said } = run('--fleet', fleet, '--output', join(folder, 'json'), '--json');
  expect(code).toBe(0);
  const result = JSON.parse(said) as {
    stacks: { stack: string; resources: number }[];
    checks: { clean: boolean };
    warnings: string[];
  };
  expect(result.warnings).toContainEqual(
    expect.stringMatching(/^zero-trust-iot:TopicsShared at ZeroTrust\/Pumps\/.*: .* publish to "plant\/alarms"/),
  );
  expect(result.checks.clean).toBe(true);
  expect(result.stacks.map(({ stack }) => stack)).toEqual(['ZeroTrust', 'ZeroTrustDetect']);
});

test.each([
  [{ allowList: ['A1'] }, /^Pumps: 1 serial number may enroll;/],
  [{}, /^Pumps: nobody may enroll before serial numbers are put into the table/],
])('says who may enroll with %j', (enrollment, expected) => {
  const fleet = fleetFile('enroll.json', (value) => ({ ...value, enrollment }));
  const { code, said } = run('--fleet', fleet, '--output', join(folder, 'enroll'));
  expect(code).toBe(0);
  expect(said).toMatch(expected);
});

describe('fails', () => {
  test.each<[string, (fleet: Record<string, unknown>) => object, RegExp]>([
    [
      'for a topic of everybody',
      (fleet) => ({ ...fleet, access: [{ publish: 'pumps/#' }] }),
      /bad\.json:\d+:\d+: access\[0\]\.publish is refused: .*#/,
    ],
    [
      'for a reserved topic',
      (fleet) => ({ ...fleet, access: [{ publish: '$aws/things/other/shadow/update' }] }),
      /access\[0\]\.publish is refused/,
    ],
    [
      'for a behavior without a window',
      (fleet) => ({ ...fleet, behaviors: [{ metric: 'messages-sent', atMost: 1 }] }),
      /bad\.json:\d+:\d+: behaviors\[0\]\.?\S* .*5m/,
    ],
    [
      'for a custom metric that is not declared',
      (fleet) => ({ ...fleet, customMetrics: [], behaviors: [{ custom: 'battery-temperature', atMost: 1 }] }),
      /behaviors\[0\]\.custom must be the name of a custom metric that is declared/,
    ],
    [
      'for a custom metric twice',
      (fleet) => ({
        ...fleet,
        customMetrics: [
          { name: 'a', type: 'number' },
          { name: 'a', type: 'number' },
        ],
      }),
      /customMetrics\[1\]\.name stands in the list already/,
    ],
    [
      'for an allow-list file that is not there',
      (fleet) => ({ ...fleet, enrollment: { allowListFile: 'nowhere.txt' } }),
      /enrollment\.allowListFile is refused: .*nowhere\.txt/,
    ],
  ])('%s, at its line, and leaves the last assembly alone', (_what, change, expected) => {
    const output = join(folder, 'kept');
    emptyAssembly(output);
    const { code, complained } = run('--fleet', fleetFile('bad.json', change), '--output', output);
    expect(code).toBe(1);
    expect(complained).toMatch(expected);
    expect(existsSync(join(output, 'manifest.json'))).toBe(true);
  });

  test('for what only the synth finds, and leaves the last assembly alone and no halves', () => {
    const outside = join(folder, 'once');
    const output = join(outside, 'kept');
    emptyAssembly(output);
    const access = Array.from({ length: 200 }, (_, index) => ({ publish: `topic${index}/\${thing}/telemetry/of/it` }));
    const bad = fleetFile('large.json', (fleet) => ({ ...fleet, access }));
    for (let again = 0; again < 2; again += 1) {
      const { code, complained } = run('--fleet', bad, '--output', output);
      expect(code).toBe(1);
      expect(complained).toMatch(/large\.json:\d+:\d+: access is refused: .* characters too long/);
    }
    expect(readdirSync(outside)).toEqual(['kept']);
    expect(readdirSync(output)).toEqual(['cdk.out', 'manifest.json']);
  });

  test('for more topic filters than a stack has room for, which the CDK finds, at their line', () => {
    const behaviors = [0, 1, 2, 3].map((index) => ({
      metric: 'messages-sent',
      atMost: index + 1,
      per: '5m',
      onTopics: Array.from({ length: 100 }, (_, filter) => `t${index}/${filter}`),
    }));
    const bad = fleetFile('filters.json', (fleet) => ({ ...fleet, behaviors }));
    const { code, complained } = run('--fleet', bad, '--output', join(folder, 'filters'));
    expect(code).toBe(1);
    expect(complained).toMatch(/^ {2}filters\.json:\d+:7: behaviors\[0\]\.onTopics is refused: /m);
    expect(existsSync(join(folder, 'filters'))).toBe(false);
  });

  // Node.js 20 calls it ENOTDIR, 26 EEXIST.
  test.each([
    ['a file', () => FLEET, /fleet\.json is a file; give another folder with --output DIR/],
    [
      'below a file',
      () => join(FLEET, 'out'),
      /out cannot be made \((?:ENOTDIR|EEXIST)\); give another folder with --output DIR/,
    ],
  ])('for an output that is %s', (_what, output, expected) => {
    const { code, complained } = run('--fleet', FLEET, '--output', output());
    expect(code).toBe(1);
    expect(complained).toMatch(expected);
  });

  test('for a folder that is not an assembly, and leaves it alone', () => {
    const output = join(folder, 'mine');
    cpSync(FLEET, join(output, 'precious.json'));
    const { code, complained } = run('--fleet', FLEET, '--output', output);
    expect(code).toBe(1);
    expect(complained).toMatch(/holds files that are not a cloud assembly; give another folder with --output DIR/);
    expect(existsSync(join(output, 'precious.json'))).toBe(true);
  });

  test('for a folder with a cache of something else, and leaves it alone', () => {
    const output = join(folder, 'home');
    mkdirSync(join(output, '.cache', 'mine'), { recursive: true });
    expect(run('--fleet', FLEET, '--output', output).code).toBe(1);
    expect(readdirSync(join(output, '.cache'))).toEqual(['mine']);
  });

  test.each<[string, (output: string) => void]>([
    ['of somebody else, about artifacts', (output) => rmSync(join(output, 'cdk.out'))],
    ['about a list of artifacts', (output) => writeFileSync(join(output, 'manifest.json'), '{"artifacts":["mine"]}')],
    ['that only mentions them', (output) => writeFileSync(join(output, 'manifest.json'), '"artifacts"')],
    ['without a version', (output) => writeFileSync(join(output, 'manifest.json'), '{"artifacts":{}}')],
  ])('for a folder with a manifest %s, and leaves it alone', (_what, change) => {
    const output = join(mkdtempSync(join(folder, 'foreign-')), 'mine');
    emptyAssembly(output);
    change(output);
    const before = readdirSync(output);
    const { code, complained } = run('--fleet', FLEET, '--output', output);
    expect(code).toBe(1);
    expect(complained).toMatch(/mine holds files that are not a cloud assembly; give another folder/);
    expect(readdirSync(output)).toEqual(before);
  });

  test('for an assembly with a file of the user in it, and names it', () => {
    const output = join(folder, 'both');
    emptyAssembly(output);
    for (const name of ['notes.txt', 'a.assets.json', 'a.template.json', 'b']) writeFileSync(join(output, name), '');
    const { code, complained } = run('--fleet', FLEET, '--output', output);
    expect(code).toBe(1);
    expect(complained).toMatch(
      /both holds what no synth has made and would be deleted with the assembly: "a\.assets\.json", "a\.template\.json", "b" and 1 more; give another folder with --output DIR/,
    );
    expect(existsSync(join(output, 'notes.txt'))).toBe(true);
  });

  test('for an assembly within it with a file of the user, and names it', () => {
    const output = join(folder, 'nested');
    emptyAssembly(output);
    emptyAssembly(join(output, 'assembly-Prod'));
    writeFileSync(join(output, 'assembly-Prod', 'notes.txt'), '');
    const manifest = { version: '36.0.0', artifacts: { Prod: { properties: { directoryName: 'assembly-Prod' } } } };
    writeFileSync(join(output, 'manifest.json'), JSON.stringify(manifest));
    const { code, complained } = run('--fleet', FLEET, '--output', output);
    expect(code).toBe(1);
    expect(complained).toMatch(/would be deleted with the assembly: "assembly-Prod\/notes\.txt";/);
  });

  test('for an option that is not known, with the usage', () => {
    const { code, complained } = run('--flet', 'x');
    expect(code).toBe(2);
    expect(complained).toMatch(/--flet[^]*--fleet FILE/);
  });
});

describe('a folder is replaced', () => {
  const HASH = 'a'.repeat(64);
  const replaced = (output: string): void => {
    const { code, complained } = run('--fleet', FLEET, '--output', output);
    expect({ code, complained }).toMatchObject({ code: 0 });
    expect(existsSync(join(output, 'ZeroTrust.template.json'))).toBe(true);
  };

  test('with all that the CDK, its command and what shows folders leave in an assembly', () => {
    const output = join(folder, 'left');
    emptyAssembly(output);
    mkdirSync(join(output, '.hotswap-cache'));
    for (const name of [
      '.DS_Store',
      'synth.lock.4711_1',
      'read.4711.1.lock',
      `asset.${HASH}.txt`,
      `ZeroTrust.template.json-${HASH}.yaml`,
    ])
      writeFileSync(join(output, name), '');
    replaced(output);
    expect(existsSync(join(output, '.hotswap-cache'))).toBe(false);
  });

  test('where a synth failed before there was an assembly, and an interrupted start left its half', () => {
    const parent = mkdtempSync(join(folder, 'failed-'));
    const output = join(parent, 'out');
    mkdirSync(join(output, `asset.${HASH}`), { recursive: true });
    // No process has such a number.
    for (const half of ['.out-99999999', `.out-${process.ppid}`, '.out-mine']) mkdirSync(join(parent, half));
    replaced(output);
    expect(readdirSync(parent).sort()).toEqual(['.out-mine', `.out-${process.ppid}`, 'out'].sort());
  });

  test('behind a link, which stays one', () => {
    const parent = mkdtempSync(join(folder, 'linked-'));
    mkdirSync(join(parent, 'real'));
    symlinkSync(join(parent, 'real'), join(parent, 'link'));
    const { code } = run('--fleet', FLEET, '--output', join(parent, 'link'));
    expect(code).toBe(0);
    expect(lstatSync(join(parent, 'link')).isSymbolicLink()).toBe(true);
    expect(existsSync(join(parent, 'real', 'manifest.json'))).toBe(true);
  });
});

describe('the rehearsal after a start', () => {
  const said: string[] = [];
  const output = { print: (...lines: string[]) => said.push(...lines), complain: () => undefined };
  const failing = (error: unknown) => () => Promise.reject(error as Error);

  test('decides on the exit code', async () => {
    expect(await rehearseAfterStart(() => Promise.resolve(true), output)).toBe(0);
    expect(await rehearseAfterStart(() => Promise.resolve(false), output)).toBe(1);
    expect(said).toEqual([]);
  });

  test('is left out, and that is said, where no device may enroll yet', async () => {
    const assembly = join(folder, 'nobody');
    const fleet = fleetFile('nobody.json', ({ name, alerts }) => ({ name, alerts, access: [{ jobs: true }] }));
    expect(run('--fleet', fleet, '--output', assembly).code).toBe(0);
    const played = () => runRehearsal({ assembly, json: false, version: '0', out: fail, err: fail });
    expect(await rehearseAfterStart(played, output)).toBe(0);
    expect(said).toEqual([
      "Not rehearsed: no shipped story can be played: the assembly has 0 serial numbers for 1 device; write one, and name it with --scenario of 'npx zero-trust-iot rehearse'",
    ]);
  });

  test.each([new Error('broken'), 'broken'])('fails for what could not run: %p', async (error) => {
    await expect(rehearseAfterStart(failing(error), output)).rejects.toBe(error);
  });

  function fail(text: string): never {
    throw new Error(text);
  }
});

test('--help says how', () => {
  expect(run('--help')).toEqual({ code: 0, complained: '', said: expect.stringContaining('--fleet FILE') });
});

test.each([
  [[], process.cwd() + '/cdk.out'],
  [['--output', '/some/where'], '/some/where'],
  [['--json'], undefined],
  [['--synth-only'], undefined],
])('a start with %j is followed by a rehearsal of %s', (argv, assembly) => {
  expect(assemblyToRehearse(argv)).toBe(assembly);
});

import { Match } from 'aws-cdk-lib/assertions';
import { FleetFile } from '../../bin/fleet-file';
import type { PatchEntry, RepairEntry } from '../../bin/repair-entry';
import { addRepair, checkRepair } from '../../bin/to-repair';
import { Access, ZeroTrustFleet } from '../../lib';
import { templateOf, testStack } from '../support/app';

const PATCH: PatchEntry = { steps: [{ name: 'Update', handler: 'update.sh' }] };

const STEP = { name: 'a', handler: 'a' };
const FILE = { bucket: 'abc', objectKey: 'file.bin', sha256: 'ab'.repeat(32) };

function fleetWith(repair?: RepairEntry) {
  const stack = testStack();
  const fleet = new ZeroTrustFleet(stack, 'Pumps', { access: [Access.jobs()] });
  return { stack, repair: addRepair(fleet, repair), template: templateOf(stack) };
}

/** What is said of a patch, by the field that it is about. */
function problemsOf(patch: unknown): string {
  const description = { name: 'Pumps', access: [{ jobs: true }], alerts: { emails: ['a@b.cd'] }, repair: { patch } };
  try {
    const file = FleetFile.parse(JSON.stringify(description, null, 1), 'my.json');
    checkRepair(file);
    file.throwIfAny();
  } catch (error) {
    return (error as Error).message;
  }
  return '';
}

test('without a word there is none', () => {
  const { repair, template } = fleetWith();
  expect(repair).toEqual({});
  template.resourceCountIs('Custom::IotPatchJob', 0);
});

test('tunnels alone', () => {
  const { template } = fleetWith({ tunnels: { services: ['VNC'], maxMinutes: 15 } });
  template.resourceCountIs('Custom::IotPatchJob', 0);
  template.hasResourceProperties('AWS::Lambda::Function', {
    Environment: { Variables: { TUNNEL_SERVICES: '["VNC"]', TUNNEL_MINUTES: '15' } },
  });
});

test('a patch alone has the defaults of the library', () => {
  const { template, repair } = fleetWith({ patch: PATCH });
  expect(repair.tunnels).toBeUndefined();
  template.hasResourceProperties('AWS::Lambda::Function', {
    Environment: {
      Variables: {
        PROOF_RULE:
          '{"windows":3,"windowSeconds":3600,"requireCleared":true,"silentSeconds":86400,"automaticReleases":0}',
      },
    },
  });
});

test('everything that can be said reaches the job, the role and the proof', () => {
  const { stack, template } = fleetWith({
    patch: {
      description: 'CVE-2026-1',
      steps: [
        {
          name: 'Install',
          handler: 'install.sh',
          args: ['now'],
          runAsUser: 'px2',
          artifacts: [
            {
              bucket: 'central-patches',
              bucketAccount: '222222222222',
              objectKey: 'a/b.bin',
              sha256: 'ab'.repeat(32),
              signature: 'AAAA',
              encryptionKey: 'arn:aws:kms:eu-west-1:222222222222:key/1234',
            },
          ],
        },
        { name: 'Restart', command: ['reboot', 'now'], ignoreFailure: true },
      ],
      packages: [
        { name: 'px2-firmware', version: '2.1.7' },
        { name: 'px2-firmware', version: '2.1.8-rc_1' },
      ],
      rollout: { basePerMinute: 5, maximumPerMinute: 50, incrementFactor: 1.5, afterNotified: 20 },
      abort: [{ failure: 'timed-out', percentage: 12.5, minimumDevices: 3 }],
      retries: [{ failure: 'all', retries: 2 }],
      timeoutMinutes: 30,
      urlMinutes: 5,
      requireSignatures: true,
    },
    proof: { windows: 6, windowMinutes: 30, requireClearedAlarms: false, silenceHours: 2, automaticReleases: 1 },
  });
  const [job] = Object.values(template.findResources('Custom::IotPatchJob')) as { Properties: { Job: unknown } }[];
  const text = JSON.stringify(stack.resolve(job?.Properties.Job));
  for (const part of [
    '\\"description\\":\\"CVE-2026-1\\"',
    'install.sh',
    '"now',
    'px2',
    'reboot,now',
    'ignoreStepFailure',
    '\\"maximumPerMinute\\":50',
    '\\"baseRatePerMinute\\":5',
    '\\"incrementFactor\\":1.5',
    '\\"numberOfNotifiedThings\\":20',
    '\\"failureType\\":\\"TIMED_OUT\\",\\"action\\":\\"CANCEL\\",\\"thresholdPercentage\\":12.5,\\"minNumberOfExecutedThings\\":3',
    '\\"failureType\\":\\"ALL\\",\\"numberOfRetries\\":2',
    '\\"inProgressTimeoutInMinutes\\":30',
    '\\"expiresInSec\\":300',
    ':package/px2-firmware/version/2.1.7',
    ':package/px2-firmware/version/2.1.8-rc_1',
  ])
    expect(text).toContain(part);
  const granted = JSON.stringify(template.toJSON()).match(/:package\/px2-firmware\/version\/[\w.-]+"/g);
  expect(granted).toEqual([':package/px2-firmware/version/2.1.7"', ':package/px2-firmware/version/2.1.8-rc_1"']);
  template.hasResourceProperties('AWS::IAM::ManagedPolicy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        {
          Effect: 'Allow',
          Action: ['s3:GetObject'],
          Resource: Match.anyValue(),
          Condition: { StringEquals: { 'aws:ResourceAccount': '222222222222' } },
        },
      ]),
    },
  });
  template.hasResourceProperties('AWS::Lambda::Function', {
    Environment: {
      Variables: {
        PROOF_RULE:
          '{"windows":6,"windowSeconds":1800,"requireCleared":false,"silentSeconds":7200,"automaticReleases":1}',
      },
    },
  });
});

test.each([
  [[{ name: 'a b', version: '1' }], /repair\.patch\.packages\[0\]\.name/],
  [[{ name: 'a', version: '' }], /repair\.patch\.packages\[0\]\.version/],
  [[{ name: 'a' }], /repair\.patch\.packages\[0\].*version/],
  [
    [
      { name: 'a', version: '1' },
      { name: 'a', version: '1' },
    ],
    /repair\.patch\.packages\[1\] is there already; leave it out/,
  ],
  [Array.from({ length: 26 }, (_, index) => ({ name: 'a', version: `${index}` })), /repair\.patch\.packages.*25/],
])('package versions that cannot be are refused: %j', (packages, expected) => {
  expect(problemsOf({ ...PATCH, packages: packages as PatchEntry['packages'] })).toMatch(expected);
});

test('a sound patch is not objected to', () => expect(problemsOf(PATCH)).toBe(''));

test.each<[string, Partial<PatchEntry>, RegExp]>([
  [
    'a rollout that begins above its end',
    { rollout: { basePerMinute: 9, maximumPerMinute: 5 } },
    /^my\.json:\d+:\d+: repair\.patch\.rollout\.basePerMinute is refused: 'basePerMinute' must not exceed 'maximumPerMinute'/,
  ],
  [
    'a share with three digits',
    { abort: [{ percentage: 1.234, minimumDevices: 1 }] },
    /repair\.patch\.abort\[0\]\.percentage is refused: .*two digits after the point, got 1\.234/,
  ],
  [
    'the same failure twice',
    {
      retries: [
        { failure: 'failed', retries: 1 },
        { failure: 'failed', retries: 2 },
      ],
    },
    /repair\.patch\.retries is refused: .*twice/,
  ],
  [
    'a file without a signature where it is asked for',
    {
      requireSignatures: true,
      steps: [
        { name: 'a', handler: 'a', artifacts: [{ bucket: 'abc', objectKey: 'file.bin', sha256: 'ab'.repeat(32) }] },
      ],
    },
    /repair\.patch\.steps is refused: .*'steps' has files without a signature: file\.bin/,
  ],
  [
    'a key of more bytes than S3 takes',
    {
      steps: [
        {
          name: 'a',
          handler: 'a',
          artifacts: [{ bucket: 'abc', objectKey: 'ü'.repeat(600), sha256: 'ab'.repeat(32) }],
        },
      ],
    },
    /repair\.patch\.steps\[0\]\.artifacts\[0\]\.objectKey is refused: 'objectKey' must have 1 to 1024 bytes, got 1200/,
  ],
  [
    'the third file of the second step',
    { steps: [STEP, { ...STEP, artifacts: [FILE, FILE, { ...FILE, objectKey: 'a/../b' }] }] },
    /^\S+ repair\.patch\.steps\[1\]\.artifacts\[2\]\.objectKey is refused: 'objectKey' must have no part that is '\.' or '\.\.'[^\n]*$/,
  ],
  [
    'a command without a program',
    { steps: [{ name: 'a', command: ['', 'b'] }] },
    /repair\.patch\.steps\[0\]\.command is refused: 'command' must have a program/,
  ],
  [
    'a growth of two digits',
    { rollout: { basePerMinute: 5, incrementFactor: 1.15 } },
    /repair\.patch\.rollout\.incrementFactor is refused: 'incrementFactor' must have one digit/,
  ],
  [
    'a document that is too large',
    { steps: Array.from({ length: 10 }, (_, n) => ({ name: `s${n}`, command: ['a'.repeat(4_000)] })) },
    /repair\.patch\.steps is refused: .*'steps' can have 32768/,
  ],
  [
    'a private key',
    { steps: [{ name: 'a', command: ['echo', `-----BEGIN ${'PRIVATE'} KEY-----`] }] },
    /repair\.patch\.steps\[0\]\.command\[1\] holds a private key/,
  ],
  [
    'a description with a line break',
    { description: 'a\nb' },
    /repair\.patch\.description is refused: ZeroTrust\/Pumps\/Patches: 'description'/,
  ],
])('fails for %s, at its field', (_what, patch, expected) =>
  expect(problemsOf({ ...PATCH, ...patch })).toMatch(expected),
);

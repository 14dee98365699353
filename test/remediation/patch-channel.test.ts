import { type App, Aws, Duration, Fn, Lazy, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { CfnSoftwarePackageVersion, CfnThingGroup } from 'aws-cdk-lib/aws-iot';
import { CfnKey } from 'aws-cdk-lib/aws-kms';
import { CfnBucket } from 'aws-cdk-lib/aws-s3';
import type { PatchJobSettings } from '../../lambda/keep-patch-job/contract';
import { capabilityOf } from '../../lib/internal/capability';
import { PatchArtifact, type PatchArtifactProps } from '../../lib/remediation/patch-artifact';
import { PatchChannel, type PatchChannelProps } from '../../lib/remediation/patch-channel';
import { PatchDocument } from '../../lib/remediation/patch-document';
import { PatchFailure } from '../../lib/remediation/patch-failure';
import { PatchRollout } from '../../lib/remediation/patch-rollout';
import { PatchStep } from '../../lib/remediation/patch-step';
import { templateOf, testApp, testStack } from '../support/app';
import { nagFindings } from '../support/nag';

const SHA_256 = 'ab'.repeat(32);
const DOCUMENT = PatchDocument.ofSteps([PatchStep.handler('Update', 'update.sh')]);

function channel(stack: Stack, props: Partial<PatchChannelProps> = {}): PatchChannel {
  const quarantineGroup = new CfnThingGroup(stack, 'Quarantine', { thingGroupName: 'quarantine' });
  return new PatchChannel(stack, 'Patches', { quarantineGroup, document: DOCUMENT, ...props });
}

function artifact(stack: Stack, props: Partial<PatchArtifactProps> = {}): PatchArtifact {
  const bucket = new CfnBucket(stack, 'Firmware', { bucketName: 'firmware' });
  return PatchArtifact.of({ bucket, objectKey: 'pump/2.1.7 a}.bin', sha256: SHA_256, ...props });
}

/** The properties of the custom resource, with references replaced by their names. */
function propertiesOf(template: Template): { Prefix: string; ThingGroupArn: string; Job: string } {
  const [resource] = Object.values(template.findResources('Custom::IotPatchJob')) as { Properties: object }[];
  return textsOf(resource!.Properties) as { Prefix: string; ThingGroupArn: string; Job: string };
}

function textsOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(textsOf);
  if (typeof value !== 'object' || value === null) return value;
  const {
    'Fn::Join': join,
    'Fn::GetAtt': attribute,
    Ref: reference,
    'Fn::Select': select,
  } = value as Record<string, never>;
  if (join !== undefined) return (textsOf(join[1]) as string[]).join(join[0]);
  if (attribute !== undefined) return (attribute as string[]).join('.');
  if (select !== undefined) return 'guid';
  if (reference !== undefined) return reference;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, textsOf(item)]));
}

const settingsOf = (template: Template) => JSON.parse(propertiesOf(template).Job) as PatchJobSettings;

describe('by default', () => {
  let stack: Stack;
  let template: Template;
  let patches: PatchChannel;
  beforeAll(() => {
    stack = testStack();
    patches = channel(stack);
    template = templateOf(stack);
  });

  test('one job on the group is asked for, staged, bounded and stopped when it fails', () => {
    expect(propertiesOf(template)).toMatchObject({ ThingGroupArn: 'Quarantine.Arn' });
    expect(settingsOf(template)).toEqual({
      description: 'Repairs isolated devices',
      document:
        '{"version":"1.0","steps":[{"action":{"name":"Update","type":"runHandler","input":{"handler":"update.sh","args":[],"path":"default"}}}]}',
      jobExecutionsRolloutConfig: { maximumPerMinute: 100 },
      abortConfig: {
        criteriaList: [
          { failureType: 'ALL', action: 'CANCEL', thresholdPercentage: 20, minNumberOfExecutedThings: 10 },
        ],
      },
      timeoutConfig: { inProgressTimeoutInMinutes: 60 },
    });
  });

  test('ids of jobs are unique in the account and fit', () => {
    const { Prefix } = propertiesOf(template);
    expect(Prefix).toMatch(/^[0-9a-f]{8}-guid$/);
    expect(Prefix.length - 'guid'.length + 36).toBeLessThanOrEqual(49);
    expect(stack.resolve(patches.jobId)).toEqual({
      'Fn::GetAtt': [expect.any(String), 'JobId'],
    });
  });

  test('the function may touch the jobs of the channel and its group, and passes no role', () => {
    const [policy] = Object.values(template.findResources('AWS::IAM::RolePolicy')) as {
      Properties: { PolicyDocument: { Statement: { Action: string[]; Resource: unknown[] }[] } };
    }[];
    const statements = textsOf(policy!.Properties.PolicyDocument.Statement) as {
      Action: string[];
      Resource: string[];
    }[];
    const jobs = expect.stringMatching(/^arn:AWS::Partition:iot:AWS::Region:AWS::AccountId:job\/[0-9a-f]{8}-guid-\*$/);
    expect(statements.map(({ Action, Resource }) => [Action, Resource])).toEqual([
      [['iot:CreateJob'], [jobs, 'Quarantine.Arn']],
      [['iot:DescribeJob', 'iot:CancelJob'], [jobs]],
    ]);
    template.resourceCountIs('AWS::IAM::Role', 1);
  });

  test('everything belongs to the capability, and no number of devices changes it', () => {
    expect(capabilityOf(patches.job)).toBe('remediation');
    template.resourceCountIs('Custom::IotPatchJob', 1);
    expect(PatchChannel.isPatchChannel(patches)).toBe(true);
    expect(PatchChannel.isPatchChannel(stack)).toBe(false);
  });
});

function everything(): { app: App; stack: Stack } {
  const app = testApp();
  const stack = new Stack(app, 'Test');
  const key = CfnKey.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-west-1:123456789012:key/k');
  const bucket = CfnBucket.fromBucketName(stack, 'Bucket', 'firmware');
  const file = PatchArtifact.of({
    bucket,
    objectKey: 'pump/2.1.7 a}.bin',
    sha256: SHA_256,
    signature: 'c2ln',
    encryptionKey: key,
  });
  const patches = channel(stack, {
    document: PatchDocument.ofSteps([
      PatchStep.handler('Install', 'install.sh', { artifacts: [file], args: ['x'], runAsUser: 'root' }),
      PatchStep.command('Reboot', ['/sbin/reboot', 'a,b'], { ignoreFailure: true }),
    ]),
    description: 'CVE-2026-1',
    rollout: PatchRollout.exponential({
      basePerMinute: 5,
      incrementFactor: 1.5,
      afterNotified: 20,
      maximumPerMinute: 50,
    }),
    abort: [
      { failure: PatchFailure.REJECTED, percentage: 12.5, minimumDevices: 3 },
      { failure: PatchFailure.TIMED_OUT, percentage: 0.01, minimumDevices: 1 },
    ],
    timeout: Duration.days(7),
    retries: [
      { failure: PatchFailure.FAILED, retries: 3 },
      { failure: PatchFailure.TIMED_OUT, retries: 7 },
    ],
    urlLifetime: Duration.seconds(60),
    requireSignatures: true,
    jobName: 'pumps',
  });
  patches.addPackage(
    new CfnSoftwarePackageVersion(stack, 'Version', { packageName: 'firmware', versionName: '2.1.7' }),
  );
  return { app, stack };
}

describe('with all there is', () => {
  let template: Template;
  beforeAll(() => {
    template = Template.fromStack(everything().stack);
  });

  test('all of it is said as CreateJob wants it', () => {
    const url = '${aws:iot:s3-presigned-url-v2:https://s3.AWS::Region.AWS::URLSuffix/firmware/pump/2.1.7%20a%7D.bin}';
    const { document, ...settings } = settingsOf(template);
    expect(JSON.parse(document)).toEqual({
      version: '1.0',
      steps: [
        {
          action: {
            name: 'Install',
            type: 'runHandler',
            input: { handler: 'install.sh', args: [url, SHA_256, 'c2ln', 'x'], path: 'default' },
            runAsUser: 'root',
          },
        },
        {
          action: {
            name: 'Reboot',
            type: 'runCommand',
            input: { command: '/sbin/reboot,a\\,b' },
            ignoreStepFailure: true,
          },
        },
      ],
    });
    expect(settings).toEqual({
      description: 'CVE-2026-1',
      presignedUrlConfig: { roleArn: expect.stringMatching(/^PatchesDownloadRole.*\.Arn$/), expiresInSec: 60 },
      jobExecutionsRolloutConfig: {
        maximumPerMinute: 50,
        exponentialRate: {
          baseRatePerMinute: 5,
          incrementFactor: 1.5,
          rateIncreaseCriteria: { numberOfNotifiedThings: 20 },
        },
      },
      abortConfig: {
        criteriaList: [
          { failureType: 'REJECTED', action: 'CANCEL', thresholdPercentage: 12.5, minNumberOfExecutedThings: 3 },
          { failureType: 'TIMED_OUT', action: 'CANCEL', thresholdPercentage: 0.01, minNumberOfExecutedThings: 1 },
        ],
      },
      timeoutConfig: { inProgressTimeoutInMinutes: 10_080 },
      jobExecutionsRetryConfig: {
        criteriaList: [
          { failureType: 'FAILED', numberOfRetries: 3 },
          { failureType: 'TIMED_OUT', numberOfRetries: 7 },
        ],
      },
      destinationPackageVersions: ['arn:AWS::Partition:iot:AWS::Region:AWS::AccountId:package/guid/version/guid'],
    });
  });

  test('URLs are signed by a role that reads this one file, on behalf of these jobs', () => {
    template.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [
          Match.objectLike({
            Principal: { Service: 'iot.amazonaws.com' },
            Condition: {
              StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
              ArnLike: { 'aws:SourceArn': { 'Fn::Join': ['', Match.arrayWith([':job/pumps-*'])] } },
            },
          }),
        ],
      },
    });
    template.hasResourceProperties('AWS::IAM::ManagedPolicy', {
      Description: 'Signs the URLs of the files that isolated devices download',
      PolicyDocument: {
        Statement: [
          {
            Effect: 'Allow',
            Action: ['s3:GetObject'],
            Resource: [Match.anyValue()],
            // Somebody else may make a bucket of a name that was let go.
            Condition: { StringEquals: { 'aws:ResourceAccount': { Ref: 'AWS::AccountId' } } },
          },
          {
            Effect: 'Allow',
            Action: ['kms:Decrypt'],
            Resource: ['arn:aws:kms:eu-west-1:123456789012:key/k'],
            // Of any partition: in China it ends in `.com.cn`.
            Condition: {
              StringLike: { 'kms:ViaService': { 'Fn::Join': ['', ['s3.', { Ref: 'AWS::Region' }, '.*']] } },
            },
          },
        ],
      },
    });
  });

  test('the role is passed to AWS IoT only, and the package version is one that may be deployed', () => {
    template.hasResourceProperties('AWS::IAM::RolePolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: ['iam:PassRole'],
            Condition: { StringEquals: { 'iam:PassedToService': 'iot.amazonaws.com' } },
          }),
        ]),
      },
    });
    template.hasResourceProperties('AWS::IAM::RolePolicy', {
      PolicyName: Match.stringLikeRegexp('^keep-patch-job-Rights[0-9a-f]{12}$'),
      PolicyDocument: { Statement: [Match.objectLike({ Action: ['iot:CreateJob'] })] },
    });
  });

  test('cdk-nag finds nothing that is not acknowledged', () => {
    expect(nagFindings(everything().app).open).toEqual([]);
  });
});

test('what is known only at deployment passes unharmed', () => {
  const stack = testStack();
  const bucket = CfnBucket.fromBucketName(stack, 'Bucket', Fn.importValue('bucket'));
  const file = PatchArtifact.of({
    bucket,
    objectKey: Fn.ref('Key'),
    sha256: Fn.ref('Sum'),
    signature: Fn.ref('Signature'),
  });
  channel(stack, {
    document: PatchDocument.fromObject({ from: file.url, region: Aws.REGION, text: 'say "hi"' }, [file]),
    description: Fn.ref('Description'),
    jobName: Fn.ref('Name'),
    timeout: Duration.minutes(Lazy.number({ produce: () => 5 })),
    rollout: PatchRollout.exponential({ basePerMinute: Lazy.number({ produce: () => 7 }) }),
    abort: [{ percentage: Lazy.number({ produce: () => 3 }), minimumDevices: Lazy.number({ produce: () => 2 }) }],
    retries: [{ retries: Lazy.number({ produce: () => 1 }) }],
  });
  const template = templateOf(stack);
  const settings = settingsOf(template);
  expect(settings).toMatchObject({
    description: 'Description',
    timeoutConfig: { inProgressTimeoutInMinutes: 5 },
    jobExecutionsRolloutConfig: {
      maximumPerMinute: 1_000,
      exponentialRate: {
        baseRatePerMinute: 7,
        incrementFactor: 2,
        rateIncreaseCriteria: { numberOfSucceededThings: 10 },
      },
    },
    abortConfig: { criteriaList: [{ thresholdPercentage: 3, minNumberOfExecutedThings: 2 }] },
    jobExecutionsRetryConfig: { criteriaList: [{ failureType: 'ALL', numberOfRetries: 1 }] },
  });
  expect(JSON.parse(settings.document)).toMatchObject({ region: 'AWS::Region', text: 'say "hi"' });
  expect(propertiesOf(template).Prefix).toBe('Name');
});

test('two channels of one stack share the function, and neither the jobs', () => {
  const stack = testStack();
  const first = channel(stack);
  new PatchChannel(stack, 'Others', { quarantineGroup: first.quarantineGroup, document: DOCUMENT });
  const template = templateOf(stack);
  template.resourceCountIs('AWS::Lambda::Function', 1);
  const prefixes = Object.values(template.findResources('Custom::IotPatchJob')).map(({ Properties }) =>
    JSON.stringify((Properties as { Prefix: unknown }).Prefix),
  );
  expect(new Set(prefixes).size).toBe(2);
});

test('another name of the jobs is another resource, so that the old ones are canceled with the rights to do so', () => {
  const ids = ['one', 'two'].map((jobName) => {
    const stack = testStack();
    channel(stack, { jobName });
    return Object.keys(templateOf(stack).findResources('Custom::IotPatchJob'))[0];
  });
  expect(ids[0]).not.toBe(ids[1]);
});

test('warns of a patch that nothing stops, and of no other', () => {
  const warned = testStack();
  channel(warned, { abort: [] });
  Annotations.fromStack(warned).hasWarning('/Test/Patches', Match.stringLikeRegexp('PatchNeverAborts'));
  expect(settingsOf(templateOf(warned)).abortConfig).toBeUndefined();
  const quiet = testStack();
  channel(quiet);
  Annotations.fromStack(quiet).hasNoWarning('*', Match.anyValue());
});

const step = (name = 'n', handler = 'h', options = {}) => PatchStep.handler(name, handler, options);

describe('fails for', () => {
  test.each<[string, () => unknown, string, RegExp]>([
    ['a handler with a path', () => step('n', '../evil.sh'), 'PatchStepInvalid', /'handler'.*"..\/evil.sh"/],
    ['a step without a name', () => step(''), 'PatchStepInvalid', /'name' must have 1 to 128/],
    ['a step with a long name', () => step('n'.repeat(129)), 'PatchStepInvalid', /got 129/],
    ['a user that is none', () => step('n', 'h', { runAsUser: 'Root!' }), 'PatchStepInvalid', /'runAsUser'/],
    ['too many arguments', () => step('n', 'h', { args: Array(51).fill('a') }), 'PatchStepInvalid', /50 items, got 51/],
    ['a command of nothing', () => PatchStep.command('n', []), 'PatchStepInvalid', /'command'/],
    ['a command without a program', () => PatchStep.command('n', ['', 'a']), 'PatchStepInvalid', /'command'/],
    ['a long command', () => PatchStep.command('n', Array(51).fill('a')), 'PatchStepInvalid', /got 51/],
    [
      'a command with a bad user',
      () => PatchStep.command('n', ['a'], { runAsUser: '1' }),
      'PatchStepInvalid',
      /'runAsUser'/,
    ],
    ['no steps', () => PatchDocument.ofSteps([]), 'PatchDocumentInvalid', /1 to 50 items, got 0/],
    ['many steps', () => PatchDocument.ofSteps(Array(51).fill(step())), 'PatchDocumentInvalid', /got 51/],
    ['an empty document', () => PatchDocument.fromObject({}), 'PatchDocumentInvalid', /JSON object/],
    ['a document that is a list', () => PatchDocument.fromObject([1]), 'PatchDocumentInvalid', /JSON object/],
    ['a document that is nothing', () => PatchDocument.fromObject(null), 'PatchDocumentInvalid', /JSON object/],
    [
      'a file that nobody may read',
      () => PatchDocument.fromObject({ u: '${aws:iot:s3-presigned-url:https://s3.amazonaws.com/b/k}' }),
      'PatchDocumentInvalid',
      /'artifacts'/,
    ],
    [
      'a file that nobody may read, in a step',
      () => PatchDocument.ofSteps([PatchStep.command('n', ['curl', artifact(testStack()).url])]),
      'PatchDocumentInvalid',
      /'steps' must have no placeholder.*PatchStep.handler\(\)/,
    ],
    [
      'a signature that only the console makes, in a step',
      () => PatchDocument.ofSteps([step('n', 'h', { args: ['${aws:iot:code-sign-signature:s3://r.b/k@v}'] })]),
      'PatchDocumentInvalid',
      /'steps'.*console/,
    ],
    [
      'a document that JSON cannot say',
      () => PatchDocument.fromObject({ n: 1n }),
      'PatchDocumentInvalid',
      /'document' must be plain data that JSON can say: .*BigInt/,
    ],
    [
      'a document that contains itself',
      () => {
        const document: Record<string, unknown> = {};
        document.self = document;
        return PatchDocument.fromObject(document);
      },
      'PatchDocumentInvalid',
      /plain data that JSON can say: .*circular structure.*\[/,
    ],
    [
      'a signature that only the console makes',
      () => PatchDocument.fromObject({ s: '${aws:iot:code-sign-signature:s3://r.b/k@v}' }),
      'PatchDocumentInvalid',
      /console/,
    ],
    ['a rate of 0', () => PatchRollout.constant(0), 'PatchRolloutInvalid', /1 to 1000 devices a minute, got 0/],
    ['a rate of 1001', () => PatchRollout.constant(1_001), 'PatchRolloutInvalid', /got 1001/],
    ['a fraction of a device', () => PatchRollout.constant(1.5), 'PatchRolloutInvalid', /whole number/],
    ['a base of 0', () => PatchRollout.exponential({ basePerMinute: 0 }), 'PatchRolloutInvalid', /'basePerMinute'/],
    [
      'a maximum of 1001',
      () => PatchRollout.exponential({ basePerMinute: 1, maximumPerMinute: 1_001 }),
      'PatchRolloutInvalid',
      /'maximumPerMinute'/,
    ],
    [
      'a base above the maximum',
      () => PatchRollout.exponential({ basePerMinute: 9, maximumPerMinute: 8 }),
      'PatchRolloutInvalid',
      /exceed/,
    ],
    [
      'a factor below 1.1',
      () => PatchRollout.exponential({ basePerMinute: 1, incrementFactor: 1 }),
      'PatchRolloutInvalid',
      /1.1 to 5/,
    ],
    [
      'a factor above 5',
      () => PatchRollout.exponential({ basePerMinute: 1, incrementFactor: 5.1 }),
      'PatchRolloutInvalid',
      /1.1 to 5/,
    ],
    [
      'a factor with two digits',
      () => PatchRollout.exponential({ basePerMinute: 1, incrementFactor: 1.25 }),
      'PatchRolloutInvalid',
      /one digit/,
    ],
    [
      'growth after nothing',
      () => PatchRollout.exponential({ basePerMinute: 1, afterSucceeded: 0 }),
      'PatchRolloutInvalid',
      /'afterSucceeded'/,
    ],
    [
      'growth after nobody',
      () => PatchRollout.exponential({ basePerMinute: 1, afterNotified: 0 }),
      'PatchRolloutInvalid',
      /'afterNotified'/,
    ],
    [
      'two kinds of growth',
      () => PatchRollout.exponential({ basePerMinute: 1, afterNotified: 1, afterSucceeded: 1 }),
      'PatchRolloutInvalid',
      /exclude/,
    ],
  ])('%s', (_name, act, code, message) => {
    expect(act).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }));
  });

  test.each<[string, Partial<PatchArtifactProps>, RegExp]>([
    ['a key of nothing', { objectKey: '' }, /1 to 1024 bytes, got 0/],
    ['a key of 1,025 bytes', { objectKey: 'é'.repeat(512) + 'a' }, /got 1025/],
    ['a checksum that is none', { sha256: 'AB'.repeat(32) }, /64 hexadecimal digits/],
    ['a key that stands for others', { objectKey: 'pump/*.bin' }, /no '\*', '\?' or '\$\{'.*"pump\/\*.bin"/],
    ['a key with any character', { objectKey: 'pump/2.?' }, /other files/],
    ['a key with a variable of policies', { objectKey: '${aws:username}.bin' }, /other files/],
    ['a key above its bucket', { objectKey: 'pump/../2.bin' }, /'\.' or '\.\.'.*"pump\/\.\.\/2.bin"/],
    ['a key that is a dot', { objectKey: '.' }, /'\.' or '\.\.'/],
    ['a signature that is no base64', { signature: 'a b' }, /base64/],
    ['a signature without an end', { signature: 'A'.repeat(4_100) }, /4,096/],
  ])('a file with %s', (_name, props, message) => {
    expect(() => artifact(testStack(), props)).toThrow(
      expect.objectContaining({ code: 'PatchArtifactInvalid', message: expect.stringMatching(message) }),
    );
  });

  test.each<[string, Partial<PatchChannelProps>, string, RegExp]>([
    [
      'a description of 2,029 characters',
      { description: 'd'.repeat(2_029) },
      'PatchChannelInvalid',
      /'description'.*got 2029/,
    ],
    ['a description with a line break', { description: 'a\nb' }, 'PatchChannelInvalid', /visible/],
    ['a name with a colon', { jobName: 'a:b' }, 'PatchChannelInvalid', /'jobName'/],
    ['a name that leaves no room', { jobName: 'a'.repeat(50) }, 'PatchChannelInvalid', /1 to 49/],
    ['a timeout of seconds', { timeout: Duration.seconds(59) }, 'PatchChannelInvalid', /'timeout'/],
    ['a timeout of more than a week', { timeout: Duration.minutes(10_081) }, 'PatchChannelInvalid', /10080 minutes/],
    [
      'a URL for less than a minute',
      { urlLifetime: Duration.seconds(59) },
      'PatchChannelInvalid',
      /60 to 3600 seconds/,
    ],
    ['a URL for more than an hour', { urlLifetime: Duration.minutes(61) }, 'PatchChannelInvalid', /'urlLifetime'/],
    [
      'a threshold of 0',
      { abort: [{ percentage: 0, minimumDevices: 1 }] },
      'PatchAbortInvalid',
      /abort\[0\].percentage/,
    ],
    ['a threshold above 100', { abort: [{ percentage: 100.1, minimumDevices: 1 }] }, 'PatchAbortInvalid', /100/],
    [
      'a threshold with three digits',
      { abort: [{ percentage: 1.125, minimumDevices: 1 }] },
      'PatchAbortInvalid',
      /two digits/,
    ],
    [
      'a threshold after nobody',
      { abort: [{ percentage: 1, minimumDevices: 0 }] },
      'PatchAbortInvalid',
      /minimumDevices/,
    ],
    [
      'a failure that is none',
      { abort: [{ failure: 'X' as PatchFailure, percentage: 1, minimumDevices: 1 }] },
      'PatchAbortInvalid',
      /one of/,
    ],
    [
      'a threshold twice',
      {
        abort: [
          { percentage: 1, minimumDevices: 1 },
          { percentage: 2, minimumDevices: 1 },
        ],
      },
      'PatchAbortInvalid',
      /twice/,
    ],
    ['11 retries', { retries: [{ retries: 11 }] }, 'PatchRetryInvalid', /0 to 10/],
    [
      '11 retries in all',
      {
        retries: [
          { failure: PatchFailure.FAILED, retries: 5 },
          { failure: PatchFailure.TIMED_OUT, retries: 6 },
        ],
      },
      'PatchRetryInvalid',
      /got 11/,
    ],
    [
      'a retry of what was declined',
      { retries: [{ failure: PatchFailure.REJECTED, retries: 1 }] },
      'PatchRetryInvalid',
      /one of/,
    ],
    ['retries twice', { retries: [{ retries: 1 }, { retries: 2 }] }, 'PatchRetryInvalid', /twice/],
    [
      'ALL beside another',
      { retries: [{ retries: 1 }, { failure: PatchFailure.FAILED, retries: 2 }] },
      'PatchRetryInvalid',
      /ALL/,
    ],
    [
      'a document of 32,769 characters',
      { document: PatchDocument.fromObject({ a: 'x'.repeat(32_761) }) },
      'PatchDocumentInvalid',
      /got 32769/,
    ],
  ])('%s', (_name, props, code, message) => {
    expect(() => channel(testStack(), props)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });

  test('a document that is too long, with files whose addresses are not known in full', () => {
    const stack = testStack();
    const file = artifact(stack);
    const document = PatchDocument.fromObject({ file: file.url, a: 'x'.repeat(32_768) }, [file]);
    expect(() => channel(stack, { document })).toThrow(
      /'document' can have 32768 characters as JSON, got at least 32\d{3}/,
    );
  });

  test.each([
    ['fix', 'fix'],
    ['fix', 'fix-2'],
    ['fix-2', 'fix'],
  ])('jobs %s beside jobs %s, which each could cancel for the other', (one, other) => {
    const stack = testStack();
    const { quarantineGroup } = channel(stack, { jobName: one });
    const second = (jobName?: string) =>
      new PatchChannel(stack, `Other${jobName}`, { quarantineGroup, document: DOCUMENT, jobName });
    expect(() => second(other)).toThrow(
      `'jobName' must differ from '${one}' of Test/Patches at its beginning, got '${other}'`,
    );
    expect(() => [second('fixed'), second(), second(Aws.STACK_NAME)]).not.toThrow();
  });

  test('a group of another region', () => {
    const app = testApp();
    const env = { account: '123456789012', region: 'eu-west-1' };
    const quarantineGroup = new CfnThingGroup(
      new Stack(app, 'Elsewhere', { env: { ...env, region: 'eu-west-2' } }),
      'G',
    );
    expect(() => channel(new Stack(app, 'Test', { env }), { quarantineGroup })).toThrow(
      /'quarantineGroup' must be of the account and region of its stack .*, got one of 123456789012, eu-west-2/,
    );
  });

  test('a private key, without showing it', () => {
    const key = `-----BEGIN EC ${'PRIVATE'} KEY-----\nMHcCAQ`;
    const ways = [
      () => PatchDocument.fromObject({ key }),
      () => PatchDocument.ofSteps([PatchStep.command('Write', ['echo', key])]),
    ];
    for (const act of ways) {
      expect(act).toThrow(expect.objectContaining({ code: 'PatchDocumentInvalid' }));
      expect(act).not.toThrow(/MHcCAQ/);
    }
  });

  test('an account that is none', () => {
    expect(() => artifact(testStack(), { bucketAccount: '12345' })).toThrow(
      /'bucketAccount' must be 12 digits, got "12345"/,
    );
  });

  test('a file without a signature where signatures are asked for', () => {
    const stack = testStack();
    const document = PatchDocument.fromObject({ a: 1 }, [artifact(stack, { objectKey: 'k' })]);
    expect(() => channel(stack, { document, requireSignatures: true })).toThrow(
      expect.objectContaining({ code: 'PatchUnsigned', message: expect.stringContaining(': k;') }),
    );
  });

  test('a package version twice, and the 26th', () => {
    const stack = testStack();
    const patches = channel(stack);
    const version = (name: string) =>
      new CfnSoftwarePackageVersion(stack, name, { packageName: 'firmware', versionName: name });
    const first = version('v0');
    patches.addPackage(first);
    expect(() => patches.addPackage(first)).toThrow(expect.objectContaining({ code: 'PatchChannelInvalid' }));
    for (let index = 1; index < 25; index += 1) patches.addPackage(version(`v${index}`));
    expect(() => patches.addPackage(version('v25'))).toThrow(/at most 25/);
  });

  test('everything that is wrong, at once', () => {
    const act = () => channel(testStack(), { jobName: 'a:b', timeout: Duration.days(8) });
    expect(act).toThrow(/'jobName'.*'timeout'/);
  });

  test('and not for what is just allowed', () => {
    const exact = PatchDocument.fromObject({ a: 'x'.repeat(32_760) });
    const props = {
      document: exact,
      jobName: 'a'.repeat(49),
      timeout: Duration.minutes(1),
      urlLifetime: Duration.hours(1),
    };
    expect(() => channel(testStack(), props)).not.toThrow();
    expect(() => [PatchRollout.constant(1), PatchRollout.constant(1_000)]).not.toThrow();
  });
});

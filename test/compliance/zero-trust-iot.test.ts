import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type App, CfnParameter, CfnResource, Fn, NestedStack, Stack, Stage, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { CfnPolicy } from 'aws-cdk-lib/aws-iot';
import type { Construct } from 'constructs';
import { baselineOf } from '../../lib/compliance/baseline';
import { AccountBaseline, ComplianceProfile } from '../../lib/compliance/compliance-profile';
import { CompliancePlugin } from '../../lib/compliance/compliance-plugin';
import { ZeroTrustIot } from '../../lib/compliance/zero-trust-iot';
import { CATALOG } from '../../lib/compliance/rules/catalog';
import { POL3 } from '../../lib/compliance/rules/pol3';
import { testApp } from '../support/app';
import { allow, CONNECT, type Statement, THING } from './support/policies';

const document = (...statements: Statement[]) => ({ Version: '2012-10-17', Statement: statements });
const GOOD = document(CONNECT, allow('iot:Publish', `topic/dt/${THING}/*`));
const BAD = document(CONNECT, allow('iot:Publish', 'topic/dt/*'));
const DEAD = document(CONNECT, allow('iot:Subscribe', `topicfilter/cmd/${THING}`));
const FATAL = document(allow('iot:*', '*'));

/** Dates of waivers must outlive the test. */
const inAMonth = new Date(Date.now() + 30 * 24 * 60 * 60 * 1000).toISOString().slice(0, 10);
const REASON = `The broker of plant 4 is read by one gateway owner=jo until=${inAMonth}`;

function policy(scope: Construct, policyDocument: unknown, id = 'Policy'): CfnPolicy {
  return new CfnPolicy(scope, id, { policyDocument });
}

/** Synthesizes as a unit test of a user does: errors throw, or with an old CDK set the exit code. Gives what it reports. */
function synth(app: App): { readonly threw: boolean; readonly report: string } {
  const write = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  const before = process.exitCode;
  process.exitCode = undefined;
  let threw: boolean;
  try {
    app.synth();
    threw = process.exitCode === 1;
  } catch (error) {
    threw = true;
    if (!String(error).includes('alidation')) throw error;
  } finally {
    process.exitCode = before;
    write.mockRestore();
  }
  const reports = ['validation-report.json', 'policy-validation-report.json'].map((name) => join(app.outdir, name));
  return {
    threw,
    report: reports
      .filter((file) => existsSync(file))
      .map((file) => readFileSync(file, 'utf8'))
      .join(''),
  };
}

/** Old versions of the CDK do not hand the construct tree to plug-ins, and do not report what was acknowledged. */
const isOldCdk = (): boolean => {
  let seen = true;
  const app = testApp();
  Validations.of(app).addPlugins({
    name: 'Probe',
    validate: (context) => {
      seen = 'appConstruct' in context;
      return { success: true, violations: [] };
    },
  });
  new Stack(app, 'Stack');
  synth(app);
  return !seen;
};

function appWith(fill: (stack: Stack) => void, options = {}): App {
  const app = testApp();
  ZeroTrustIot.apply(app, options);
  fill(new Stack(app, 'Fleet'));
  return app;
}

test.each<[string, unknown, boolean]>([
  ['a good policy', GOOD, false],
  ['warnings only', DEAD, false],
  ['a bad policy', BAD, true],
  ['a fatal one', FATAL, true],
])('%s', (_name, policyDocument, fails) => {
  expect(synth(appWith((stack) => policy(stack, policyDocument))).threw).toBe(fails);
});

test('a finding names rule, construct, counter-example and fix', () => {
  const { report } = synth(appWith((stack) => policy(stack, BAD)));
  expect(report).toContain('ZTI-POL3');
  expect(report).toContain('Fleet/Policy');
  expect(report).toContain("can publish to 'dt/device-b'");
  expect(report).toContain('docs/compliance/rules/ZTI-POL3.md');
});

test('an option that is none is an error that names it, since a gate would be another than was meant', () => {
  const apply = (options: object) => () => ZeroTrustIot.apply(testApp(), options);
  expect(apply({ dryRun: true })).toThrow(
    /'dryRun' is no option; known are profile, accountBaseline, enforce, baselineFile, report, reportName.*InputPropertyUnknown/,
  );
  expect(apply({ enforced: false })).toThrow(/'enforced' is no option.*Did you mean 'enforce'\?.*InputPropertyUnknown/);
  expect(apply({ failOn: 'error', strict: true })).toThrow(/'failOn' is no option.*'strict' is no option/);
  expect(apply({ dryRun: undefined })).not.toThrow();
});

describe('reads what is deployed', () => {
  test.each<[string, (stack: Stack) => void]>([
    [
      'a raw resource',
      (stack) => new CfnResource(stack, 'Raw', { type: 'AWS::IoT::Policy', properties: { PolicyDocument: BAD } }),
    ],
    ['an override', (stack) => policy(stack, GOOD).addPropertyOverride('PolicyDocument.Statement.1.Resource', '*')],
    ['a nested stack', (stack) => policy(new NestedStack(stack, 'Inner'), BAD)],
    [
      'a parameter of a nested stack',
      (stack) => {
        const inner = new NestedStack(stack, 'Inner', {
          parameters: { Topic: 'arn:aws:iot:eu-central-1:123456789012:topic/*' },
        });
        const topic = new CfnParameter(inner, 'Topic');
        policy(inner, document(CONNECT, { Effect: 'Allow', Action: 'iot:Publish', Resource: topic.valueAsString }));
      },
    ],
    ['a stack in a stage', (stack) => policy(new Stack(new Stage(stack.node.root, 'Production'), 'Fleet'), BAD)],
    [
      'functions',
      (stack) =>
        policy(
          stack,
          document(CONNECT, {
            Effect: 'Allow',
            Action: 'iot:Publish',
            Resource: Fn.join('', ['arn:', stack.partition, ':iot:', stack.region, ':', stack.account, ':topic/*']),
          }),
        ),
    ],
  ])('%s', (_name, fill) => {
    const { threw, report } = synth(appWith(fill));
    expect(threw).toBe(true);
    expect(report).toContain('ZTI-POL3');
  });

  test('a stage alone', () => {
    const app = testApp();
    const production = new Stage(app, 'Production');
    ZeroTrustIot.apply(production);
    policy(new Stack(production, 'Fleet'), GOOD);
    policy(new Stack(new Stage(app, 'Test'), 'Fleet'), BAD);
    expect(synth(app).threw).toBe(false);
  });

  test('also in the unit test of a user', () => {
    const stack = new Stack(testApp(), 'Fleet');
    ZeroTrustIot.apply(stack.node.root);
    policy(stack, BAD);
    const write = jest.spyOn(console, 'error').mockImplementation(() => undefined);
    if (isOldCdk()) Template.fromStack(stack);
    else expect(() => Template.fromStack(stack)).toThrow(/alidation/);
    process.exitCode = undefined;
    write.mockRestore();
  });
});

describe('waivers', () => {
  const waive = (reason: string, id = 'ZeroTrustIoT::ZTI-POL3', policyDocument: unknown = BAD) =>
    synth(appWith((stack) => Validations.of(policy(stack, policyDocument)).acknowledge({ id, reason })));

  test('with reason, owner and end', () => {
    const { threw, report } = waive(REASON);
    expect(threw).toBe(false);
    if (!isOldCdk()) expect(report).toContain('The broker of plant 4');
  });

  test.each([
    ['without an owner', REASON.replace('owner=jo ', '')],
    ['without an end', REASON.replace(/until=.*/, '')],
    ['that ended', REASON.replace(inAMonth, '2026-01-31')],
    ['for ever', REASON.replace(inAMonth, '2099-01-31')],
    ['on a day that does not exist', REASON.replace(inAMonth, '2027-02-30')],
    ['with a thin reason', `ok owner=jo until=${inAMonth}`],
  ])('%s are errors', (_name, reason) => {
    const { threw, report } = waive(reason);
    expect(threw).toBe(true);
    expect(report).toContain('ZTI-GEN2');
  });

  test('of another rule do nothing', () => expect(waive(REASON, 'ZeroTrustIoT::ZTI-POL4').threw).toBe(true));
  test('cannot cover what is fatal', () => expect(waive(REASON, 'ZeroTrustIoT::ZTI-POL1', FATAL).threw).toBe(true));

  test('on the app cover all below', () => {
    const app = appWith((stack) => policy(stack, BAD));
    Validations.of(app).acknowledge({ id: 'ZeroTrustIoT::ZTI-POL3', reason: REASON });
    // An old CDK writes down what stacks acknowledge, not what the app does.
    expect(synth(app).threw).toBe(isOldCdk());
  });

  test('of one place do not cover another', () => {
    const app = appWith((stack) => {
      Validations.of(policy(stack, BAD)).acknowledge({ id: 'ZeroTrustIoT::ZTI-POL3', reason: REASON });
      policy(stack, BAD, 'Other');
    });
    const { threw, report } = synth(app);
    expect(threw).toBe(true);
    expect(report).toContain('Other');
  });
});

describe('options', () => {
  test('observing, it fails for nothing but itself', () => {
    const { threw, report } = synth(appWith((stack) => policy(stack, FATAL), { enforce: false }));
    expect(threw).toBe(false);
    expect(report).toContain('ZTI-POL1');
  });

  test('strict', () => {
    const fill = (stack: Stack) =>
      policy(
        stack,
        document(CONNECT, {
          Effect: 'Allow',
          Action: 'iot:Publish',
          Resource: new CfnParameter(stack, 'Topic').valueAsString,
        }),
      );
    expect(synth(appWith(fill)).threw).toBe(false);
    expect(synth(appWith(fill, { profile: ComplianceProfile.STRICT })).threw).toBe(true);
  });

  test('the account is looked for where it should be', () => {
    expect(
      synth(appWith((stack) => policy(stack, GOOD), { accountBaseline: AccountBaseline.THIS_APP })).report,
    ).toContain('ZTI-AUD1');
  });

  test('a baseline keeps what is known from failing', () => {
    const first = appWith((stack) => policy(stack, BAD));
    synth(first);
    const settings = {
      profile: 'baseline',
      accountBaseline: 'elsewhere',
      enforce: true,
      today: '2026-11-22',
      version: '1.0.0',
    } as const;
    const result = new CompliancePlugin(settings).judge(
      { templatePaths: [join(first.outdir, 'Fleet.template.json')], appConstruct: first },
      first.outdir,
    );
    const baselineFile = join(first.outdir, 'baseline.json');
    writeFileSync(baselineFile, JSON.stringify(baselineOf(result)));
    expect(synth(appWith((stack) => policy(stack, BAD), { baselineFile })).threw).toBe(false);
    const { report } = synth(appWith((stack) => [policy(stack, BAD), policy(stack, BAD, 'New')], { baselineFile }));
    expect(report).toContain('Fleet/New');
    expect(report).not.toContain('Fleet/Policy');
  });
});

describe('fails closed', () => {
  afterEach(() => jest.restoreAllMocks());

  test('a rule that throws', () => {
    jest.spyOn(POL3, 'check').mockImplementation(() => {
      throw new Error('a defect');
    });
    const { threw, report } = synth(appWith((stack) => policy(stack, GOOD)));
    expect(threw).toBe(true);
    expect(report).toContain('rule ZTI-POL3 failed: a defect');
  });

  test('a check that throws as a whole, also when it only observes', () => {
    jest.spyOn(CompliancePlugin.prototype, 'judge').mockImplementation(() => {
      throw new Error('a defect');
    });
    const { threw, report } = synth(appWith((stack) => policy(stack, GOOD), { enforce: false }));
    expect(threw).toBe(true);
    expect(report).toContain('the check failed: a defect');
    expect(report).toContain('fatal');
  });

  test('an app with nothing in it', () => {
    expect(synth(appWith(() => undefined)).threw).toBe(true);
  });

  test('applied twice', () => {
    const app = testApp();
    const stage = new Stage(app, 'Production');
    ZeroTrustIot.apply(app);
    expect(() => ZeroTrustIot.apply(app)).toThrow(/ComplianceAppliedTwice/);
    expect(() => ZeroTrustIot.apply(stage)).toThrow(/ComplianceAppliedTwice/);
  });

  test('to an app whose stage has them', () => {
    const app = testApp();
    ZeroTrustIot.apply(new Stage(app, 'Production'));
    expect(() => ZeroTrustIot.apply(app)).toThrow(/ComplianceAppliedTwice.*|Production/);
  });

  test('to a stack', () => {
    expect(() => ZeroTrustIot.apply(new Stack(testApp(), 'Fleet'))).toThrow(/ComplianceScopeInvalid/);
  });

  test('with a baseline file that is not there', () => {
    expect(() => ZeroTrustIot.apply(testApp(), { baselineFile: '/does/not/exist' })).toThrow(/ENOENT/);
  });
});

test('tells the CDK the ids of its rules', () => {
  const settings = {
    profile: 'baseline',
    accountBaseline: 'elsewhere',
    enforce: true,
    today: '2026-11-22',
    version: '1.0.0',
  } as const;
  expect(new CompliancePlugin(settings)).toMatchObject({
    name: 'ZeroTrustIoT',
    version: '1.0.0',
    ruleIds: CATALOG.map(({ id }) => id),
  });
});

import { App, Lazy, Stack } from 'aws-cdk-lib';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { CfnThingGroup, CfnThingType } from 'aws-cdk-lib/aws-iot';
import { AllowList } from '../../lib/identity/allow-list';
import { ClaimEnrollment } from '../../lib/identity/claim-enrollment';
import type { ClaimEnrollmentOptions } from '../../lib/identity/claim-enrollment-props';
import { capabilityOf } from '../../lib/internal/capability';
import { templateOf, testApp, testStack } from '../support/app';

const CLAIM = `arn:aws:iot:eu-west-1:111122223333:cert/${'ab'.repeat(32)}`;
const STACK_ID = 'arn:aws:cloudformation:eu-west-1:111122223333:stack/a-stack/0a1b2c3d-1111-2222-3333-123456789abcd';

function enroll(options: ClaimEnrollmentOptions = {}, stack = testStack()) {
  const enrollment = new ClaimEnrollment(stack, 'Enrollment', {
    fleetGroup: new CfnThingGroup(stack, 'Group'),
    ...options,
  });
  return { stack, enrollment };
}

/** Evaluates the few functions that names are made of, as CloudFormation would. */
function evaluate(value: unknown): string {
  if (typeof value === 'string') return value;
  const [[name, argument]] = Object.entries(value as Record<string, unknown>) as [[string, never]];
  if (name === 'Ref') return argument === 'AWS::StackId' ? STACK_ID : `<${argument as string}>`;
  if (name === 'Fn::GetAtt') return `<${(argument as string[]).join('.')}>`;
  if (name === 'Fn::Join') return (argument[1] as unknown[]).map(evaluate).join(argument[0]);
  if (name === 'Fn::Split') return evaluate(argument[1]).split(argument[0]) as unknown as string;
  if (name === 'Fn::Select') return (evaluate(argument[1]) as unknown as string[])[Number(argument[0])] as string;
  throw new Error(name);
}

/** As little of a resource as these tests read. */
interface Resource {
  readonly DependsOn: string[];
  readonly Properties: Record<string, string> & { readonly PolicyDocument: { readonly Statement: unknown } };
}

const only = (template: Template, type: string): Resource => Object.values(template.findResources(type))[0] as Resource;

describe('with defaults only', () => {
  let template: Template;
  let enrollment: ClaimEnrollment;
  let stack: Stack;

  beforeAll(() => {
    ({ stack, enrollment } = enroll());
    template = templateOf(stack);
  });

  test('makes an enabled fleet provisioning template with the hook', () => {
    template.hasResourceProperties('AWS::IoT::ProvisioningTemplate', {
      Enabled: true,
      TemplateType: 'FLEET_PROVISIONING',
      Description: 'Enrolls the devices of Test/Enrollment that have a claim certificate and a listed serial number',
      PreProvisioningHook: {
        PayloadVersion: '2020-04-01',
        TargetArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^EnrollmentHookFunction'), 'Arn'] },
      },
      ProvisioningRoleArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^EnrollmentProvisioningRole'), 'Arn'] },
    });
  });

  test('gives it a body that makes a thing with an exclusive certificate in the fleet group, and no policy', () => {
    const { TemplateBody } = only(template, 'AWS::IoT::ProvisioningTemplate').Properties;
    const body = JSON.parse(evaluate(TemplateBody));
    expect(Object.keys(body.Resources)).toEqual(['thing', 'certificate']);
    expect(body.Resources.thing.Properties).toEqual({
      ThingName: { Ref: 'SerialNumber' },
      ThingGroups: ['<Group>'],
      AttributePayload: { serialNumber: { Ref: 'SerialNumber' } },
    });
    expect(body.Resources.certificate.Properties).toMatchObject({
      ThingPrincipalType: 'EXCLUSIVE_THING',
      Status: 'ACTIVE',
    });
  });

  test('gives it a name that fits and is different in every stack', () => {
    const { TemplateName } = only(template, 'AWS::IoT::ProvisioningTemplate').Properties;
    expect(evaluate(TemplateName)).toMatch(/^enroll-[0-9a-f]{8}-123456789abcd$/);
    expect(evaluate(TemplateName).length).toBeLessThanOrEqual(36);
  });

  test('lets only this template assume the role and call the hook', () => {
    const name = evaluate(only(template, 'AWS::IoT::ProvisioningTemplate').Properties.TemplateName);
    const arn = `arn:<AWS::Partition>:iot:<AWS::Region>:<AWS::AccountId>:provisioningtemplate/${name}`;
    const permission = only(template, 'AWS::Lambda::Permission').Properties;
    expect([permission.Principal, evaluate(permission.SourceArn), permission.SourceAccount]).toEqual([
      'iot.amazonaws.com',
      arn,
      { Ref: 'AWS::AccountId' },
    ]);
    const roles = template.findResources('AWS::IAM::Role', {
      Properties: { Description: Match.stringLikeRegexp('registers devices') },
    });
    const [role] = Object.values(roles);
    const { Condition } = role?.Properties.AssumeRolePolicyDocument.Statement[0] ?? {};
    expect(evaluate(Condition.ArnLike['aws:SourceArn'])).toBe(arn);
    expect(Condition.StringEquals).toEqual({ 'aws:SourceAccount': { Ref: 'AWS::AccountId' } });
  });

  test('makes the template after the rights that it needs', () => {
    expect(only(template, 'AWS::IoT::ProvisioningTemplate').DependsOn).toEqual([
      expect.stringMatching(/HookFunctionCaller/),
      expect.stringMatching(/HookFunctionRights/),
      expect.stringMatching(/ProvisioningRoleRights/),
    ]);
  });

  test('lets claims enroll with a signing request under ids of their own, and nothing else', () => {
    const { Statement } = only(template, 'AWS::IoT::Policy').Properties.PolicyDocument;
    const text = JSON.stringify(Statement);
    const resources = (Statement as { Action: string; Resource: unknown }[]).flatMap(({ Action, Resource }) =>
      [Resource].flat().map((resource) => `${Action} ${evaluate(resource).split('AccountId>:')[1]}`),
    );
    const name = evaluate(only(template, 'AWS::IoT::ProvisioningTemplate').Properties.TemplateName);
    const requests = ['$aws/certificates/create-from-csr', `$aws/provisioning-templates/${name}/provision`];
    const formats = ['cbor', 'json'];
    expect(resources.sort()).toEqual(
      [
        'iot:Connect client/claim.*',
        ...requests.flatMap((request) => formats.map((format) => `iot:Publish topic/${request}/${format}`)),
        ...requests.flatMap((request) => formats.map((format) => `iot:Receive topic/${request}/${format}/*`)),
        ...requests.flatMap((request) => formats.map((format) => `iot:Subscribe topicfilter/${request}/${format}/*`)),
      ].sort(),
    );
    expect(text).not.toContain('certificates/create/');
    template.resourceCountIs('AWS::IoT::PolicyPrincipalAttachment', 0);
  });

  test('imports nothing, and so lets nobody enroll', () => {
    template.resourceCountIs('Custom::IotAllowList', 0);
  });

  test('names what others need', () => {
    const names = stack.resolve({
      name: enrollment.templateName,
      ref: enrollment.provisioningTemplateRef,
      table: enrollment.allowListTable.tableRef.tableName,
      policy: enrollment.claimPolicy.policyRef.policyName,
      role: enrollment.provisioningRole.roleRef.roleName,
      log: enrollment.logGroupName,
      env: enrollment.env,
      arn: enrollment.templateArn,
    });
    expect(names).toMatchObject({
      ref: { templateName: names.name },
      table: { Ref: expect.stringMatching(/^EnrollmentAllowList/) },
      policy: { Ref: expect.stringMatching(/^EnrollmentClaimPolicy/) },
      role: { Ref: expect.stringMatching(/^EnrollmentProvisioningRole/) },
      log: { Ref: expect.stringMatching(/^EnrollmentHookFunctionLogs/) },
      env: { account: { Ref: 'AWS::AccountId' }, region: { Ref: 'AWS::Region' } },
    });
    expect(evaluate(names.arn)).toMatch(/:provisioningtemplate\/enroll-/);
    expect(enrollment.claimClientIdPrefix).toBe('claim.');
  });

  test('belongs to identity and has no warning', () => {
    expect(capabilityOf(enrollment.allowListTable as never)).toBe('identity');
    expect(enrollment.node.metadata.filter(({ type }) => /warning/.test(type))).toEqual([]);
  });
});

describe('with everything set', () => {
  let template: Template;

  beforeAll(() => {
    const stack = testStack();
    enroll(
      {
        allowList: AllowList.fromSerials(['PX2-1', 'PX2-2']),
        oneTimeUse: false,
        thingNamePrefix: 'pump-',
        thingType: new CfnThingType(stack, 'Type'),
        attributes: { site: 'north', batch: '7', model: 'px2' },
        claimCertificates: [CLAIM],
        templateName: 'pumps',
        enabled: false,
        refusalsToAlarm: 5,
      },
      stack,
    );
    template = templateOf(stack);
  });

  test('renders them', () => {
    const { Properties } = only(template, 'AWS::IoT::ProvisioningTemplate');
    expect(Properties).toMatchObject({ TemplateName: 'pumps', Enabled: false });
    const { thing } = JSON.parse(evaluate(Properties.TemplateBody)).Resources;
    expect(thing.Properties).toEqual({
      ThingName: { 'Fn::Join': ['', ['pump-', { Ref: 'SerialNumber' }]] },
      ThingTypeName: '<Type>',
      ThingGroups: ['<Group>'],
      AttributePayload: { site: 'north', batch: '7', model: 'px2', serialNumber: { Ref: 'SerialNumber' } },
    });
    expect(thing.OverrideSettings.ThingGroups).toBe('DO_NOTHING');
  });

  test('attaches the claim policy to the claim certificates', () => {
    template.hasResourceProperties('AWS::IoT::PolicyPrincipalAttachment', {
      PolicyName: { Ref: Match.stringLikeRegexp('^EnrollmentClaimPolicy') },
      Principal: CLAIM,
    });
  });

  test('bounds the roles by the prefix', () => {
    const policies = JSON.stringify(template.findResources('AWS::IAM::ManagedPolicy'));
    expect(policies).toContain(':thing/pump-*');
    expect(policies).not.toContain(':thing/*');
  });

  test('imports the list', () => template.hasResourceProperties('Custom::IotAllowList', { Count: '2' }));
});

test('warns when serials may be used again', () => {
  const { enrollment } = enroll({ oneTimeUse: false });
  expect(enrollment.node.metadata).toContainEqual(
    expect.objectContaining({ data: expect.stringContaining('zero-trust-iot:SerialsReusable') }),
  );
});

test.each([
  [
    'eu-wset-1',
    /'claimCertificates' names the region eu-wset-1, which is none that is known\. Did you mean 'eu-west-1'\? Correct/,
  ],
  ['aq-pole-1', /aq-pole-1, which is none that is known\. Correct/],
])('warns of the region %s, which nobody knows, where the stack may go to any', (region, message) => {
  const claimCertificates = [
    CLAIM.replace('eu-west-1', region),
    CLAIM.replace('eu-west-1', region).replace(/ab$/, 'cd'),
  ];
  const warningsIn = (stack: Stack) =>
    enroll({ claimCertificates }, stack)
      .enrollment.node.metadata.map(({ data }) => String(data))
      .filter((data) => data.includes('ClaimCertificateRegionUnknown'));
  expect(warningsIn(testStack())).toEqual([expect.stringMatching(message)]);
  expect(warningsIn(new Stack(testApp(), 'There', { env: { region } }))).toEqual([]);
});

test('has the same resources for ten serials and for a hundred thousand', () => {
  const size = (count: number) => {
    const serials = Array.from({ length: count }, (_, index) => `S${index}`);
    const { Resources } = templateOf(enroll({ allowList: AllowList.fromSerials(serials) }).stack).toJSON();
    return {
      types: Object.values(Resources as Record<string, { Type: string }>).map(({ Type }) => Type),
      length: JSON.stringify(Resources).length,
    };
  };
  const [few, many] = [size(10), size(100_000)];
  expect(many.types).toEqual(few.types);
  expect(Math.abs(many.length - few.length)).toBeLessThan(10);
});

test('takes tokens wherever a text may stand', () => {
  const token = (text: string) => Lazy.string({ produce: () => text });
  const { stack } = enroll({
    thingNamePrefix: token('not checked!'),
    templateName: token('templates may be named later than this, and longer'),
    claimCertificates: [token('arn')],
    attributes: { site: token('a b') },
    refusalsToAlarm: Lazy.number({ produce: () => 0 }),
    allowList: AllowList.fromSerials(['A']),
  });
  expect(JSON.stringify(templateOf(stack).toJSON())).toContain('not checked!');
  expect(() => templateOf(enroll({ claimCertificates: Lazy.list({ produce: () => [] }) }).stack)).toThrow();
});

test('two in a stack and the same in two stacks do not meet', () => {
  const app = testApp();
  const names = ['One', 'Two'].flatMap((id) => {
    const stack = new Stack(app, id);
    const fleetGroup = new CfnThingGroup(stack, 'Group');
    return ['A', 'B'].map((name) =>
      JSON.stringify(
        stack.resolve(new ClaimEnrollment(stack, name, { fleetGroup, allowList: AllowList.empty() }).templateName),
      ),
    );
  });
  expect(new Set(names).size).toBe(4);
  expect(() => app.synth()).not.toThrow();
});

test('counts what it allowed, refused and could not verify', () => {
  const { stack, enrollment } = enroll();
  const metrics = [
    enrollment.metricAllowed(),
    enrollment.metricRefused(),
    enrollment.metricFailed({ statistic: 'Maximum' }),
    enrollment.metricFailed({ statistic: undefined }),
  ];
  expect(metrics.map(({ metricName, statistic, namespace }) => [namespace, metricName, statistic])).toEqual([
    ['ZeroTrustIot', 'EnrollmentAllowed', 'Sum'],
    ['ZeroTrustIot', 'EnrollmentRefused', 'Sum'],
    ['ZeroTrustIot', 'EnrollmentFailed', 'Maximum'],
    ['ZeroTrustIot', 'EnrollmentFailed', 'Sum'],
  ]);
  const alarm = Object.values(
    templateOf(stack).findResources('AWS::CloudWatch::Alarm', { Properties: { MetricName: 'EnrollmentRefused' } }),
  )[0];
  const dimensions = Object.entries(metrics[1]?.dimensions ?? {}).map(([name, value]) => ({
    Name: name,
    Value: stack.resolve(value),
  }));
  expect(alarm?.Properties.Dimensions).toEqual(expect.arrayContaining(dimensions));
});

test('lies within 500 characters of description, however deep it stands', () => {
  const stack = new Stack(new App({ analyticsReporting: false }), 'S'.repeat(120));
  let scope = new CfnThingGroup(stack, 'G') as never;
  for (let index = 0; index < 4; index += 1) scope = new Stack(scope, 'n'.repeat(120)) as never;
  new ClaimEnrollment(scope, 'Enrollment', { fleetGroup: new CfnThingGroup(scope, 'Group') });
  expect(only(templateOf(scope), 'AWS::IoT::ProvisioningTemplate').Properties.Description.length).toBe(500);
});

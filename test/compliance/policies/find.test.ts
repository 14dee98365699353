import { explain } from '../../../lib/compliance/explain';
import { Model } from '../../../lib/compliance/model/model';
import { attachesExclusively, policiesOf, templateBody } from '../../../lib/compliance/policies/find';
import { GEN1 } from '../../../lib/compliance/rules/gen1';
import { POL3 } from '../../../lib/compliance/rules/pol3';
import { allow, CONNECT, policy, type Statement } from '../support/policies';
import { iot, one, OPEN, ref } from '../support/resources';
import type { Resources } from '../support/rewrite';
import { CONDITIONS, either, said } from '../support/said';
import { judge } from '../support/suite';

/** Which documents are taken for policies of devices, and what is said of those that cannot be read. */
const modelOf = (Resources: Resources): Model => new Model([{ path: 't.json', body: { ...CONDITIONS, Resources } }]);
const DOCUMENT = { Version: '2012-10-17', Statement: [CONNECT, allow('iot:Publish', 'topic/dt/*')] };
const MANY = [expect.stringMatching(/^iot:Publish on .*topic\/dt\/\*: /) as string];
const template = (TemplateBody: unknown): Resources => iot('ProvisioningTemplate', { TemplateBody });
const body = (resources: object, rest: object = {}): object => ({ ...rest, Resources: resources });
const inline = (PolicyDocument: unknown, Type = 'AWS::IoT::Policy'): object => ({
  Type,
  Properties: { PolicyDocument },
});

describe('a document in a text', () => {
  const text = (value: object, indent?: number): Resources =>
    iot('Policy', { PolicyDocument: JSON.stringify(value, null, indent) });
  const padded = (length: number): Resources => {
    const written = JSON.stringify(DOCUMENT);
    return iot('Policy', { PolicyDocument: written + ' '.repeat(length - written.length) });
  };

  test('is read, however it is indented', () => {
    expect(said(POL3, text(DOCUMENT, 8))).toEqual(MANY);
    expect(said(POL3, padded(65_536))).toEqual(MANY);
  });

  test('is not read where it is longer than anything that AWS IoT stores, and that is said', () => {
    const [resources, why] = [
      padded(65_537),
      'the policy cannot be judged, AWS IoT would refuse it: the document is longer than what AWS IoT stores',
    ];
    expect(said(POL3, resources)).toEqual([]);
    expect(said(GEN1, resources)).toEqual([why]);
  });

  test.each<[string, unknown, string]>([
    ['no JSON', '{', 'error, AWS IoT would refuse it: the document is not valid JSON'],
    [
      'JSON with one name twice',
      '{"Statement":[],"Statement":[]}',
      "error, AWS IoT would refuse it: the document has 'Statement' twice in one object, and which one counts is not known",
    ],
    ['what only the deployment knows', ref('Stage'), 'warning in full: the document depends on ‹Ref:Stage›'],
    ['private use characters', '\uE000', 'warning in full: the document holds private use characters'],
  ])('that is %s is not judged, and that is all that is said of it', (_name, PolicyDocument, why) => {
    const { findings } = judge(
      [{ path: 't.json', body: { ...CONDITIONS, Resources: iot('Policy', { PolicyDocument }) } }],
      undefined,
    );
    const told = findings.map(({ ruleId, severity, message }) => `${ruleId} ${severity} ${message}`);
    expect(told.map((each) => each.replace(' the policy cannot be judged', ''))).toEqual([`ZTI-GEN1 ${why}`]);
  });

  test('that is missing is said to be none', () => {
    expect(said(GEN1, iot('Policy', {}))).toContain(
      'the policy cannot be judged in full: the document is not a JSON object',
    );
  });

  test('decides what a device may do', () => {
    const question = { thing: 'pump-7', action: 'publish', topic: 'dt/x', quarantined: false } as const;
    expect(explain(modelOf(text(DOCUMENT)), question)).toMatchObject({ allowed: true });
    expect(explain(modelOf(text(DOCUMENT)), { ...question, topic: 'cmd/x' })).toMatchObject({ allowed: false });
  });
});

describe('a provisioning template', () => {
  const wide = inline(DOCUMENT);

  test.each<[string, Resources, unknown[]]>([
    ['in a text', template(JSON.stringify(body({ policy: wide }))), MANY],
    ['in an object', template(body({ policy: wide })), MANY],
    [
      'with the policy as text in it',
      template(JSON.stringify(body({ policy: inline(JSON.stringify(DOCUMENT)) }))),
      MANY,
    ],
    [
      'with a policy by its name',
      template(JSON.stringify(body({ policy: { Type: 'AWS::IoT::Policy', Properties: { PolicyName: 'p' } } }))),
      [],
    ],
    [
      'with a document of something else',
      template(JSON.stringify(body({ role: inline(DOCUMENT, 'AWS::IAM::Role') }))),
      [],
    ],
    ['with nothing', template('{}'), []],
    ['that is missing', template(undefined), []],
  ])('%s', (_name, resources, expected) => {
    expect(said(POL3, resources)).toEqual(expected);
    expect(said(GEN1, resources)).toEqual([]);
  });

  test('that nobody can read is not verified', () => {
    expect(said(GEN1, template('{'))).toEqual([
      'the policy cannot be judged, AWS IoT would refuse it: the document is not valid JSON',
    ]);
    expect(said(GEN1, template(OPEN))).toEqual([
      'the policy cannot be judged in full: the document depends on ‹ImportValue:not-in-these-templates›',
    ]);
    expect(templateBody('{')).toBeUndefined();
    expect(templateBody('{"a":1}')).toEqual({ a: 1 });
  });

  test('is judged for each of its own parameters, under the conditions of the template around it', () => {
    const parameters = { Area: { Type: 'String', AllowedValues: ['*', 'north'] } };
    const statement = {
      ...allow('iot:Publish', ''),
      Resource: { 'Fn::Join': ['', ['arn:aws:iot:eu-central-1:1:topic/', { Ref: 'Area' }]] },
    };
    const wrote = JSON.stringify(
      body({ policy: inline({ ...DOCUMENT, Statement: [CONNECT, statement] }) }, { Parameters: parameters }),
    );
    const { findings } = judge(
      [{ path: 't.json', body: { ...CONDITIONS, Resources: template(either(wrote, '{}')) } }],
      POL3,
    );
    expect(findings.map(({ when, location }) => [when, location])).toEqual([
      [['Perhaps is true', 'Area=*'], 'Properties/TemplateBody/Resources/policy/Properties/PolicyDocument/Statement/1'],
    ]);
  });

  test('of the registration of an authority is one as well', () => {
    const authority = (RegistrationConfig: object): Resources => iot('CACertificate', { RegistrationConfig });
    expect(said(POL3, authority({ TemplateBody: JSON.stringify(body({ policy: wide })) }))).toEqual(MANY);
    expect(said(POL3, authority({ TemplateName: 'x' }))).toEqual([]);
  });
});

test('documents of custom resources and of policies are found once each, in a fixed order', () => {
  const found = policiesOf(
    modelOf({
      ...one('Custom::Policy', { A: { document: DOCUMENT } }, 'Made'),
      ...policy(CONNECT),
      ...template(body({ p: inline(DOCUMENT) })),
    }),
  ).map(({ resource, location }) => `${resource.logicalId} ${location}`);
  expect(found).toEqual([
    'DevicePolicy Properties/PolicyDocument',
    'It Properties/TemplateBody/Resources/p/Properties/PolicyDocument',
    expect.stringMatching(/^Made Properties\/A\/document/),
  ]);
});

describe('certificates are attached exclusively', () => {
  const attached = (ThingPrincipalType?: unknown): Resources =>
    iot('ThingPrincipalAttachment', { ThingName: 't', Principal: 'p', ThingPrincipalType });
  const exclusively = (resources: Resources): boolean => attachesExclusively(modelOf(resources));

  test.each<[string, boolean, Resources]>([
    ['by an attachment', true, attached('EXCLUSIVE_THING')],
    ['by an attachment in one branch', true, attached(either('EXCLUSIVE_THING', 'NON_EXCLUSIVE_THING'))],
    [
      'by a provisioning template',
      true,
      template(
        JSON.stringify(
          body({ thing: { Type: 'AWS::IoT::Thing', OverrideSettings: { ThingPrincipalType: 'EXCLUSIVE_THING' } } }),
        ),
      ),
    ],
    ['not by default', false, attached()],
    ['not by another attachment', false, attached('NON_EXCLUSIVE_THING')],
    ['not by another provisioning template', false, template('{}')],
    ['not by nothing', false, policy(CONNECT)],
  ])('%s', (_name, expected, resources) => expect(exclusively(resources)).toBe(expected));

  // Only then has the thing a name under any client id.
  const byThing: Statement[] = [
    allow('iot:Connect', 'client/*'),
    allow('iot:Publish', 'topic/dt/${iot:Connection.Thing.ThingName}'),
  ];
  test('which decides whether the name of the thing holds under another client id', () => {
    const question = {
      thing: 'pump-7',
      action: 'publish',
      topic: 'dt/pump-7',
      quarantined: false,
      clientId: 'x',
    } as const;
    expect(explain(modelOf({ ...policy(...byThing), ...attached('EXCLUSIVE_THING') }), question)).toMatchObject({
      allowed: true,
    });
    expect(explain(modelOf({ ...policy(...byThing), ...attached() }), question)).toMatchObject({ allowed: false });
  });
});

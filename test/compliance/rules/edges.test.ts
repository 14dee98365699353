import { CHECKS } from '../../../lib/compliance/rules/account';
import { AUD1, AUDIT } from '../../../lib/compliance/rules/aud1';
import { AUD2 } from '../../../lib/compliance/rules/aud2';
import { CA1 } from '../../../lib/compliance/rules/ca1';
import { ID2, ONE_DEVICE } from '../../../lib/compliance/rules/id2';
import { LOG1 } from '../../../lib/compliance/rules/log1';
import { POL10 } from '../../../lib/compliance/rules/pol10';
import { POL7 } from '../../../lib/compliance/rules/pol7';
import { PRV1 } from '../../../lib/compliance/rules/prv1';
import { PRV2 } from '../../../lib/compliance/rules/prv2';
import { PRV4 } from '../../../lib/compliance/rules/prv4';
import type { Rule } from '../../../lib/compliance/rule';
import { judge } from '../support/suite';
import { policyOf } from '../access/support';
import { allow, ARN, CONNECT, deny, policy, type Statement } from '../support/policies';
import { arnOf, iot, one, OPEN, ref } from '../support/resources';
import type { Resources } from '../support/rewrite';
import { CONDITIONS, either, said, under } from '../support/said';

/** Where a rule begins and where it ends, and what it says of what lies just beside. */
const when = (operator: string, key: string, value: unknown): object => ({ [operator]: { [key]: value } });

describe('ZTI-POL7: a Deny of a subscription', () => {
  const open = (filter: string): string =>
    `denies iot:Subscribe on ${ARN}topicfilter/${filter} but not iot:Receive: a wider subscription still delivers`;
  const ADDRESS = when('IpAddress', 'aws:SourceIp', '192.0.2.0/24');
  const denied = (subscribe: Statement, ...receive: Statement[]): string[] =>
    said(POL7, policy(CONNECT, subscribe, ...receive));
  const conditional = (statement: Statement, Condition: object = ADDRESS): Statement => ({ ...statement, Condition });
  const [SUBSCRIBE, RECEIVE] = [deny('iot:Subscribe', 'topicfilter/a/b'), deny('iot:Receive', 'topic/a/b')];

  test.each<[string, Statement, Statement[], string[]]>([
    ['and of its messages', SUBSCRIBE, [RECEIVE], []],
    ['alone', SUBSCRIBE, [], [open('a/b')]],
    ['and of what is published there', SUBSCRIBE, [deny('iot:Publish', 'topic/a/b')], [open('a/b')]],
    ['and of messages of more', SUBSCRIBE, [deny('iot:Receive', 'topic/a/*')], []],
    ['and of messages of less', deny('iot:Subscribe', 'topicfilter/a/*'), [RECEIVE], [open('a/*')]],
    ['and of messages of what begins like it', SUBSCRIBE, [deny('iot:Receive', 'topic/a/bc')], [open('a/b')]],
    [
      'and of messages of all but something',
      SUBSCRIBE,
      [{ Effect: 'Deny', Action: 'iot:Receive', NotResource: `${ARN}topic/x` }],
      [],
    ],
    ['and of messages of the filter', SUBSCRIBE, [deny('iot:Receive', 'topicfilter/a/b')], [open('a/b')]],
    ['and of its messages for some', SUBSCRIBE, [conditional(RECEIVE)], [open('a/b')]],
    ['for some, and of its messages for the same', conditional(SUBSCRIBE), [conditional(RECEIVE)], []],
    ['for some, and of its messages for all', conditional(SUBSCRIBE), [RECEIVE], []],
    [
      'for some, and of its messages for others',
      conditional(SUBSCRIBE),
      [conditional(RECEIVE, when('IpAddress', 'aws:SourceIp', '198.51.100.0/24'))],
      [open('a/b')],
    ],
    [
      'of which one filter is open',
      deny('iot:Subscribe', ['topicfilter/a/b', 'topicfilter/c']),
      [RECEIVE],
      [open('c')],
    ],
    ['and an Allow of messages', SUBSCRIBE, [allow('iot:Receive', 'topic/a/b')], [open('a/b')]],
  ])('%s', (_name, subscribe, receive, expected) => expect(denied(subscribe, ...receive)).toEqual(expected));

  test('a client named with a plus is no topic', () => {
    expect(denied(deny('iot:Connect', 'client/+'))).toEqual([]);
    expect(denied(deny('iot:Publish', 'topic/a+b/#c'))).toEqual([]);
  });

  test('points at the statement', () => {
    const places = (...statements: Statement[]) =>
      judge([{ path: 't.json', body: { Resources: policy(...statements) } }], POL7).findings.map(
        ({ location }) => location,
      );
    expect(places(CONNECT, SUBSCRIBE)).toEqual(['Properties/PolicyDocument/Statement/1']);
    expect(places(CONNECT, CONNECT, deny('iot:Publish', 'topic/a/#'))).toEqual([
      'Properties/PolicyDocument/Statement/2',
    ]);
  });
});

describe('ZTI-POL10: room for a change', () => {
  const long = (id: string, characters = 2_000): Resources => {
    const frame = JSON.stringify({ Version: '2012-10-17', Statement: [allow('iot:Publish', 'topic/')] }).length;
    return { [id]: policyOf([allow('iot:Publish', `topic/${'a'.repeat(characters - frame)}`)], id.toLowerCase()) };
  };
  const group = (id: string, ...policies: string[]): Resources => ({
    [id]: { Type: 'AWS::IoT::ThingGroup', Properties: {} },
    [`${id}Attach`]: { Type: 'Custom::Attach', Properties: { Group: ref(id), Policies: policies.map(ref) } },
  });
  const FULL = 'has 2000 of 2048 characters: there is no room for a change';

  test.each<[string, Resources, string[]]>([
    ['a group with one policy', { ...long('A'), ...group('G', 'A') }, []],
    ['a group with two that are full', { ...long('A'), ...long('B'), ...group('G', 'A', 'B') }, [FULL, FULL]],
    ['a group whose other policy is short', { ...long('A'), ...long('B', 200), ...group('G', 'A', 'B') }, []],
    ['a group whose other policy has just room', { ...long('A'), ...long('B', 1_984), ...group('G', 'A', 'B') }, []],
    ['another group', { ...long('A'), ...long('B', 200), ...group('G', 'B') }, [FULL]],
    ['one of two groups', { ...long('A'), ...long('B'), ...group('G', 'A', 'B'), ...group('H', 'A') }, [FULL, FULL]],
    ['no group', long('A'), [FULL]],
  ])('in %s', (_name, resources, expected) => expect(said(POL10, resources)).toEqual(expected));
});

describe('ZTI-PRV2: a claim', () => {
  const CLAIM = allow(['iot:Publish', 'iot:Receive'], 'topic/$aws/certificates/create-from-csr/*');
  const claim = (...statements: Statement[]): string[] => said(PRV2, policy(CLAIM, ...statements));
  const ANY = 'lets a claim certificate connect under any client id, also that of a device: give it a prefix';
  const other = (name: string): string => `lets a claim certificate use '${name}', which is no topic of provisioning`;
  const templates = (name: string): string =>
    `lets a claim certificate use any provisioning template that matches '${name}'`;

  test.each<[string, Statement, string[]]>([
    ['connects with a prefix', allow('iot:Connect', 'client/claim-*'), []],
    ['connects as anything', allow('iot:Connect', 'client/*'), [ANY]],
    ['connects as what it says', allow('iot:Connect', 'client/${iot:ClientId}'), [ANY]],
    ['connects as one of two, of which one is open', allow('iot:Connect', ['client/claim', 'client/*']), [ANY]],
    ['connects with a prefix before what it says', allow('iot:Connect', 'client/claim-${iot:ClientId}'), []],
    ['is denied to connect as anything', deny('iot:Connect', 'client/*'), []],
    ['is denied another topic', deny('iot:Publish', 'topic/dt/x'), []],
    ['is denied to manage', deny('iot:AttachPolicy', '*'), []],
    ['manages', allow('iot:AttachPolicy', `${ARN}cert/x`), ['lets a claim certificate use iot:AttachPolicy']],
    ['takes either way of enrolling', allow('iot:Publish', 'topic/$aws/certificates/create*'), []],
    [
      'takes what begins like enrolling',
      allow('iot:Publish', 'topic/$aws/certificates/create-x'),
      [other('$aws/certificates/create-x')],
    ],
    ['publishes telemetry', allow('iot:Publish', 'topic/dt/x'), [other('dt/x')]],
    ['subscribes to telemetry', allow('iot:Subscribe', 'topicfilter/dt/#'), [other('dt/#')]],
    ['receives a filter, which is nothing', allow('iot:Receive', 'topicfilter/dt/#'), []],
    ['registers by its template', allow('iot:Publish', 'topic/$aws/provisioning-templates/pumps/provision/*'), []],
    [
      'does something else with its template',
      allow('iot:Publish', 'topic/$aws/provisioning-templates/pumps/delete'),
      [other('$aws/provisioning-templates/pumps/delete')],
    ],
    [
      'registers by any template',
      allow('iot:Publish', 'topic/$aws/provisioning-templates/p*/provision/*'),
      [templates('$aws/provisioning-templates/p*/provision/*')],
    ],
  ])('%s', (_name, statement, expected) => expect(claim(statement)).toEqual(expected));

  test('points at the statement', () => {
    const statements = [
      CLAIM,
      allow('iot:Connect', 'client/*'),
      allow('iot:Publish', 'topic/x'),
      allow('iot:DeleteThing', '*'),
    ];
    const { findings } = judge([{ path: 't.json', body: { Resources: policy(...statements) } }], PRV2);
    expect(findings.map(({ location, severity }) => `${severity} ${location}`).sort()).toEqual([
      'error Properties/PolicyDocument/Statement/2',
      'error Properties/PolicyDocument/Statement/3',
      'warning Properties/PolicyDocument/Statement/1',
    ]);
  });
});

describe('ZTI-ID2: a certificate with rights', () => {
  const LOOSE = 'gives a policy to a certificate that is attached to no thing here';
  const CLAIM = policyOf([allow('iot:Publish', 'topic/$aws/certificates/create/*')]);
  const given = (PolicyName: unknown, Principal: unknown = 'arn:aws:iot:x:1:cert/1'): Resources =>
    iot('PolicyPrincipalAttachment', { PolicyName, Principal }, 'Grant');

  test('with a claim in one branch, and rights of a device in the other', () => {
    const policies = { Claim: CLAIM, Device: policyOf([CONNECT]) };
    expect(said(ID2, { ...policies, ...given(ref('Claim')) }, CONDITIONS)).toEqual([]);
    expect(said(ID2, { ...policies, ...given(either(ref('Claim'), ref('Device'))) }, CONDITIONS)).toEqual([LOOSE]);
    const both = { Both: CLAIM, Same: policyOf([CONNECT], 'both') };
    const named = {
      ...both,
      Both: { ...CLAIM, Properties: { ...(CLAIM as { Properties: object }).Properties, PolicyName: 'both' } },
    };
    expect(said(ID2, { ...named, ...given('both') })).toEqual([LOOSE]);
  });

  test('that a custom resource makes, or a certificate of the templates', () => {
    const maker = one('Custom::Certificate', {}, 'Maker');
    expect(said(ID2, { ...maker, ...given('p', arnOf('Maker')) })).toEqual([LOOSE]);
    expect(said(ID2, { ...maker, ...given('p', ref('Maker')) })).toEqual([LOOSE]);
    expect(said(ID2, given('p', OPEN))).toEqual([
      'unverified: whether ‹ImportValue:not-in-these-templates› is attached to a thing is not said here',
    ]);
  });

  test('twice, of which one is attached under the same condition', () => {
    const { Thing, Certificate, DevicePolicy, ThingAttachment, PolicyAttachment } = ONE_DEVICE;
    const rest = { Thing, Certificate, DevicePolicy, ...under('Perhaps', { ThingAttachment }) };
    const PERHAPS = 'gives a policy to a certificate that is attached to a thing only under a condition';
    const together = under('Perhaps', { PolicyAttachment });
    expect(said(ID2, { ...rest, ...together, Second: PolicyAttachment }, CONDITIONS)).toEqual([PERHAPS]);
    expect(said(ID2, { ...rest, ...together }, CONDITIONS)).toEqual([]);
    expect(said(ID2, { ...rest, First: PolicyAttachment, ...together }, CONDITIONS)).toEqual([PERHAPS]);
  });
});

describe('what stands under a condition', () => {
  const here = (resources: Resources): Resources => ({ ...policy(CONNECT), ...resources });
  const owner = { accountBaseline: 'this-app' } as const;
  const audited = (each: Resources): string[] => said(AUD1, here(each), CONDITIONS, owner);
  const { Audit } = AUDIT;

  test('may not be there', () => {
    expect(audited(under('Perhaps', { Audit }))).toEqual(['unverified: is audited only under condition Perhaps']);
    expect(audited({ Audit: { ...Audit, Condition: { Ref: 'Stage' } } })).toEqual([
      'unverified: is audited only under condition ?',
    ]);
  });

  test('is not there where it never holds', () => {
    expect(audited(under('Never', { Audit }))).toEqual([
      'holds devices or their policies, and nothing audits the account',
    ]);
  });

  test('is there with what stands under the same', () => {
    expect(said(AUD1, under('Perhaps', here({ Audit })), CONDITIONS, owner)).toEqual([]);
    const other = {
      ...CONDITIONS,
      Conditions: { ...CONDITIONS.Conditions, Other: { 'Fn::Equals': [ref('Stage'), 'c'] } },
    };
    expect(said(AUD1, { ...under('Other', policy(CONNECT)), ...under('Perhaps', { Audit }) }, other, owner)).toEqual([
      'unverified: is audited only under condition Perhaps',
    ]);
  });

  test('is there always, whatever else is under one', () => {
    expect(audited({ Audit, ...under('Perhaps', { Second: Audit }) })).toEqual([]);
    expect(
      said(
        LOG1,
        here({
          ...iot('Logging', { DefaultLogLevel: 'WARN' }),
          ...under('Perhaps', iot('Logging', { DefaultLogLevel: 'WARN' }, 'B')),
        }),
        CONDITIONS,
        owner,
      ),
    ).toEqual([]);
  });

  test('in another template of the app counts as another condition', () => {
    const file = (path: string, resources: Resources) => ({
      path,
      body: { ...CONDITIONS, Resources: under('Perhaps', resources) },
    });
    const { findings } = judge([file('a.json', policy(CONNECT)), file('b.json', { Audit })], AUD1, owner);
    expect(findings.map(({ ruleId }) => ruleId)).toEqual(['ZTI-GEN1']);
  });

  test('a rule that may not be there registers nobody', () => {
    const authority = iot('CACertificate', { AutoRegistrationStatus: 'ENABLE' });
    const rule = iot(
      'TopicRule',
      { TopicRulePayload: { Sql: "SELECT * FROM '$aws/events/certificates/registered/#'", Actions: [{ Lambda: {} }] } },
      'Rule',
    );
    expect(said(CA1, { ...authority, ...rule })).toEqual([]);
    expect(said(CA1, { ...authority, ...under('Perhaps', rule) }, CONDITIONS)).toHaveLength(1);
  });
});

describe('ZTI-AUD2: checks', () => {
  const mandatory = CHECKS.map(({ name }) => name).filter((name) => name !== 'LOGGING_DISABLED_CHECK');
  const own = (CheckNames: unknown): string[] => said(AUD2, one('Custom::IotAccountAudit', { CheckNames }));

  test('of this library: one that is not known may be the one that is missing', () => {
    expect(own(mandatory)).toEqual([expect.stringContaining('LOGGING_DISABLED_CHECK')]);
    expect(own([...mandatory, OPEN])).toEqual([expect.stringMatching(/^unverified: .*LOGGING_DISABLED_CHECK/)]);
    expect(own([OPEN])).toEqual([expect.stringMatching(/^unverified: /)]);
  });

  test('of CloudFormation, all from elsewhere', () => {
    expect(said(AUD2, iot('AccountAuditConfiguration', { AuditCheckConfigurations: OPEN }))).toEqual([
      expect.stringMatching(/^unverified: /),
    ]);
  });
});

describe('where enrollment is checked', () => {
  const HIDDEN = ref('Stage');
  const places = (rule: Rule, resources: Resources): string[] =>
    judge([{ path: 't.json', body: { ...CONDITIONS, Resources: resources } }], rule).findings.map(
      ({ ruleId, location, message }) =>
        `${ruleId === rule.id ? '' : 'unverified '}${location}: ${message.replace(/^.* cannot be verified: /, '')}`,
    );
  const HOOK = { PreProvisioningHook: { TargetArn: 'x' } };
  const NOBODY = [
    'Properties/PreProvisioningHook: enrolls whoever holds a claim certificate: no pre-provisioning hook',
  ];
  const UNKNOWN = ['unverified Properties/PreProvisioningHook: depends on ‹Ref:Stage›'];

  test.each<[string, object, string[]]>([
    ['nobody checks', { Enabled: true }, NOBODY],
    ['a hook that is not known', { Enabled: true, PreProvisioningHook: HIDDEN }, UNKNOWN],
    ['a template of which nobody knows whether it is on', { Enabled: HIDDEN }, UNKNOWN],
    ['a template of a type that is not known', { Enabled: true, TemplateType: HIDDEN }, UNKNOWN],
    ['a hook, on or not', { Enabled: HIDDEN, ...HOOK }, []],
    ['a hook, whatever the type', { Enabled: true, TemplateType: HIDDEN, ...HOOK }, []],
    ['off, whatever the type', { Enabled: false, TemplateType: HIDDEN }, []],
    ['off, as nothing is said', { TemplateType: HIDDEN }, []],
    ['just in time, on or not', { Enabled: HIDDEN, TemplateType: 'JITP' }, []],
  ])('ZTI-PRV1: %s', (_name, properties, expected) =>
    expect(places(PRV1, iot('ProvisioningTemplate', properties))).toEqual(expected),
  );

  const permission = (properties: object, id = 'It'): Resources => one('AWS::Lambda::Permission', properties, id);
  const Hook = one('AWS::Lambda::Function', {}, 'Hook');
  const asked = { ...Hook, ...iot('ProvisioningTemplate', { PreProvisioningHook: { TargetArn: ref('Hook') } }, 'T') };
  const SAME = { FunctionName: ref('Hook') };

  test.each<[string, Resources, string[]]>([
    [
      'anybody’s rule',
      permission({ Principal: 'iot.amazonaws.com', SourceArn: 'arn:aws:iot:*:*:rule/*' }),
      ['Properties: lets AWS IoT call the function on behalf of any account'],
    ],
    [
      'a service that is not known',
      permission({ Principal: HIDDEN }),
      ['unverified Properties/Principal: depends on ‹Ref:Stage›'],
    ],
    ['nobody', permission({}), []],
    [
      'anybody',
      { ...asked, ...permission({ Principal: '*', ...SAME }) },
      ['Properties/Principal: lets anybody call a function that AWS IoT asks'],
    ],
    ['another service', { ...asked, ...permission({ Principal: 's3.amazonaws.com', ...SAME }) }, []],
    ['anybody, of another function', { ...asked, ...permission({ Principal: '*', FunctionName: 'other' }) }, []],
  ])('ZTI-PRV4: the function may be called by %s', (_name, resources, expected) =>
    expect(places(PRV4, resources)).toEqual(expected),
  );
});

import { groupPoliciesOf } from '../../lib/compliance/attachments';
import { explain } from '../../lib/compliance/explain';
import { Model } from '../../lib/compliance/model/model';
import { MIT1, QUARANTINE } from '../../lib/compliance/rules/mit1';
import { policyOf } from './access/support';
import { allow, CONNECT, deny } from './support/policies';
import { arnOf, iot, OPEN, one, ref } from './support/resources';
import type { Resources } from './support/rewrite';
import { said } from './support/said';

const ISOLATED: string[] = [];
const GOES_ON = ['carries no policy that denies: a device in it goes on as before'];
const CLOSED = policyOf([deny('iot:*', '*')], 'closed');
const group = (ThingGroupName: unknown, rest: object = {}): object => ({
  Type: 'AWS::IoT::ThingGroup',
  Properties: { ThingGroupName, ...rest },
});
const attach = (...what: unknown[]): Resources => one('Custom::Attach', { ServiceToken: 'x', What: what }, 'Attach');
const modelOf = (resources: Resources): Model => new Model([{ path: 't.json', body: { Resources: resources } }]);

describe('which groups isolate', () => {
  const at = (path: string): Resources => ({
    Pumps: { ...group('pumps'), Metadata: { 'aws:cdk:path': path } },
  });

  test('those in a construct that says so', () => {
    expect(said(MIT1, at('Stack/Isolated/Group/Resource'))).toEqual(GOES_ON);
  });

  test('not every group of a stack that says so', () => {
    expect(said(MIT1, at('QuarantineStack/Pumps/Resource'))).toEqual([]);
  });
});

describe('a policy is on a group', () => {
  const closing = (...what: unknown[]): Resources => ({
    Group: group('quarantine'),
    Closed: CLOSED,
    ...attach(...what),
  });

  test.each<[string, Resources]>([
    ['by references', closing(ref('Closed'), ref('Group'))],
    ['by ARNs', closing(arnOf('Closed'), arnOf('Group'))],
    ['by names', closing('closed', 'quarantine')],
    ['by the ends of ARNs', closing('arn:aws:iot:x:1:policy/closed', 'arn:aws:iot:x:1:thinggroup/quarantine')],
    [
      'by a call that is kept as JSON, by names',
      closing(
        JSON.stringify({
          action: 'attachPolicy',
          parameters: { policyName: 'closed', target: 'x:thinggroup/quarantine' },
        }),
      ),
    ],
    [
      'by a call that is kept as JSON, by a name and a reference',
      closing({ 'Fn::Join': ['', ['{"parameters":{"policyName":"closed","target":"', arnOf('Group'), '"}}']] }),
    ],
    ['wherever the properties name them', closing({ a: [{ b: ref('Closed') }] }, { c: { d: 'quarantine' } })],
  ])('%s', (_name, resources) => expect(said(MIT1, resources)).toEqual(ISOLATED));

  test.each<[string, Resources]>([
    ['that is named alone', closing(ref('Closed'))],
    ['that is named alone in JSON', closing('{"parameters":{"policyName":"closed"}}')],
    ['by text that is no JSON', closing('{"policyName":"closed","target":"quarantine"')],
    ['beside another policy', closing('opened', ref('Group'))],
    ['beside another group', closing('closed', 'pumps')],
    [
      'by a resource that is not custom',
      {
        Group: group('quarantine'),
        Closed: CLOSED,
        ...iot('Policy', { PolicyDocument: {}, PolicyName: 'a', Tags: [ref('Group')] }, 'B'),
      },
    ],
  ])('not %s', (_name, resources) => expect(said(MIT1, resources)).toEqual(GOES_ON));

  test('not that of a provisioning template beside it', () => {
    const body = {
      Resources: { policy: { Type: 'AWS::IoT::Policy', Properties: { PolicyDocument: deny('iot:*', '*') } } },
    };
    const resources = {
      Group: group('quarantine'),
      ...iot('ProvisioningTemplate', { TemplateBody: JSON.stringify(body) }, 'Enrollment'),
      ...attach(ref('Enrollment'), ref('Group')),
    };
    expect(said(MIT1, resources)).toEqual(GOES_ON);
  });

  test('that two custom resources close in part', () => {
    const resources = {
      Group: group('quarantine'),
      Up: policyOf([deny('iot:Publish', '*')]),
      Down: policyOf([deny('iot:Receive', '*')]),
      A: { Type: 'Custom::Attach', Properties: { Policy: ref('Up'), Group: ref('Group') } },
      B: { Type: 'Custom::Attach', Properties: { Policy: ref('Down'), Group: ref('Group') } },
    };
    expect(said(MIT1, resources)).toEqual(ISOLATED);
  });
});

describe('a group inherits', () => {
  const child = { Child: group('quarantine', { ParentGroupName: ref('Parent') }) };

  test('from its parent, by reference and by name', () => {
    const rest = { Parent: group('closed-off'), Closed: CLOSED, ...attach(ref('Closed'), ref('Parent')) };
    expect(said(MIT1, { ...child, ...rest })).toEqual(ISOLATED);
    expect(said(MIT1, { Child: group('quarantine', { ParentGroupName: 'closed-off' }), ...rest })).toEqual(ISOLATED);
  });

  test('not from its children', () => {
    const resources = { ...child, Parent: group('isolated'), Closed: CLOSED, ...attach(ref('Closed'), ref('Child')) };
    expect(said(MIT1, resources)).toEqual(GOES_ON);
  });

  const chain = (levels: number): Resources =>
    Object.fromEntries(
      Array.from({ length: levels }, (_, level) => [
        `G${level}`,
        group(
          level === 0 ? 'quarantine' : `g${level}`,
          level + 1 < levels ? { ParentGroupName: ref(`G${level + 1}`) } : {},
        ),
      ]),
    );

  test('through the seven levels that AWS IoT takes', () => {
    expect(said(MIT1, { ...chain(7), Closed: CLOSED, ...attach(ref('Closed'), ref('G6')) })).toEqual(ISOLATED);
  });

  test('in a circle, which ends', () => {
    const circle = {
      A: group('quarantine', { ParentGroupName: ref('B') }),
      B: group('b', { ParentGroupName: ref('A') }),
      C: group('isolated', { ParentGroupName: ref('C') }),
    };
    expect(said(MIT1, { ...circle, Closed: CLOSED, ...attach(ref('Closed'), ref('B')) })).toEqual(GOES_ON);
    expect(groupPoliciesOf(modelOf(circle))).toEqual([]);
  });
});

describe('groups with policies', () => {
  const named = (resources: Resources): string[] => groupPoliciesOf(modelOf(resources)).map(({ name }) => name);

  test('are called by their names, or by where they stand', () => {
    const attached = { Open: policyOf([CONNECT]), ...attach(ref('Open'), ref('Group')) };
    expect(named({ Group: group('pumps'), ...attached })).toEqual(['pumps']);
    expect(named({ Group: group(undefined), ...attached })).toEqual(['Group']);
    expect(named({ Group: group(OPEN), ...attached })).toEqual(['Group']);
  });

  test('are not those without one', () => {
    expect(named({ Group: group('pumps'), Open: policyOf([CONNECT]) })).toEqual([]);
  });
});

describe('a group that is not in the templates', () => {
  const imported = (ThingGroupName: unknown, ...statements: object[]): Resources => ({
    Own: policyOf(statements as never),
    Attach: { Type: 'Custom::IotGroupPolicies', Properties: { ThingGroupName, Policies: [{ Name: ref('Own') }] } },
  });
  const question = { thing: 'pump-7', action: 'publish', topic: 'dt/pump-7', quarantined: false } as const;

  test('gives its members the rights that are attached to it here', () => {
    const model = modelOf(imported('pumps', CONNECT, allow('iot:Publish', 'topic/dt/pump-7')));
    expect(explain(model, question)).toMatchObject({ allowed: true, group: 'pumps' });
  });

  test('isolates where its name says so', () => {
    const model = modelOf(imported('quarantine', CONNECT, deny('iot:Publish', '*')));
    expect(explain(model, { ...question, quarantined: true })).toMatchObject({ allowed: false, group: 'quarantine' });
  });

  test('is called by where it is attached, if it has no name here', () => {
    expect(groupPoliciesOf(modelOf(imported(undefined, CONNECT))).map(({ name }) => name)).toEqual(['Attach']);
  });

  test('is called by the reference to what is not there', () => {
    expect(groupPoliciesOf(modelOf(imported(arnOf('Missing'), CONNECT))).map(({ name }) => name)).toEqual([
      '‹GetAtt:Missing.Arn›',
    ]);
    const elsewhere = { ...imported(arnOf('Maker'), CONNECT), ...one('Custom::Group', {}, 'Maker') };
    expect(groupPoliciesOf(modelOf(elsewhere)).map(({ name }) => name)).toEqual(['‹GetAtt:Maker.Arn›']);
  });

  test('is the one in the templates where that is what the attachment refers to', () => {
    const resources = { ...imported(ref('Group'), CONNECT), Group: group('pumps') };
    expect(groupPoliciesOf(modelOf(resources)).map(({ name }) => name)).toEqual(['pumps']);
  });
});

test('the example of the rule is closed by its custom resource alone', () => {
  expect(said(MIT1, QUARANTINE)).toEqual(ISOLATED);
});

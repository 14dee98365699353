import { accessMatrix } from '../../../lib/compliance/access/matrix';
import { Model } from '../../../lib/compliance/model/model';
import { allow, ARN, CONNECT, deny, IS_ATTACHED, provisioned, THING } from '../support/policies';
import { OPEN, one } from '../support/resources';
import { grouped, mayOf, modelOf, policyOf, row } from './support';

const MEMBER = 'member of Pumps';
const FOREIGN = `${MEMBER}, under another client id`;
const attached = (policy: string, certificate: string, thing?: string) => ({
  PolicyOnCertificate: {
    Type: 'AWS::IoT::PolicyPrincipalAttachment',
    Properties: { PolicyName: { Ref: policy }, Principal: { 'Fn::GetAtt': [certificate, 'Arn'] } },
  },
  ...(thing === undefined
    ? {}
    : {
        ThingOnCertificate: {
          Type: 'AWS::IoT::ThingPrincipalAttachment',
          Properties: { ThingName: thing, Principal: { 'Fn::GetAtt': [certificate, 'Arn'] } },
        },
      }),
});
const CERTIFICATE = { Certificate: { Type: 'AWS::IoT::Certificate', Properties: { Status: 'ACTIVE' } } };
const EXCLUSIVE = {
  Other: {
    Type: 'AWS::IoT::ThingPrincipalAttachment',
    Properties: { ThingName: 'x', ThingPrincipalType: 'EXCLUSIVE_THING' },
  },
};

describe('a member of a group', () => {
  const model = modelOf(
    grouped([
      CONNECT,
      allow('iot:Publish', ['topic/dt/*', `topic/dt/${THING}/telemetry`, 'topic/all']),
      deny('iot:Publish', 'topic/dt/secret/*'),
      allow('iot:RetainPublish', `topic/dt/${THING}/*`),
      allow('iot:Subscribe', [`topicfilter/cmd/${THING}/#`, 'topicfilter/+/news']),
      allow('iot:Receive', `topic/cmd/${THING}/*`, { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }),
      allow('iot:GetThingShadow', `thing/${THING}`),
    ]),
  );
  const member = row(model, MEMBER);

  test('may do what the group allows, each pattern once', () => {
    expect(mayOf(member)).toEqual({
      connect: [THING],
      publish: ['all', 'dt/*'],
      retain: [`dt/${THING}/*`],
      will: ['all', 'dt/*'],
      subscribe: ['+/news', `cmd/${THING}/#`],
      receive: [`cmd/${THING}/*`],
    });
    expect(member.policies).toEqual([{ name: 'PumpsPolicy', on: 'thing group Pumps' }]);
  });

  test('whose the names are, what is denied, and on what it depends', () => {
    const grants = member.may.flatMap(({ action, grants: all }) => all.map((grant) => ({ action, ...grant })));
    const find = (action: string, pattern: string) =>
      grants.find((each) => each.action === action && each.pattern === pattern);
    expect(find('publish', 'dt/*')).toMatchObject({ belongs: 'others', except: ['dt/secret/*'] });
    expect(find('publish', 'all')).toMatchObject({
      belongs: 'shared',
      because: ['Allow in Statement[1] of policy PumpsPolicy'],
    });
    expect(find('connect', THING)).toMatchObject({ belongs: 'own' });
    expect(find('subscribe', '+/news')).toMatchObject({ belongs: 'others' });
    expect(find('subscribe', `cmd/${THING}/#`)).toMatchObject({ belongs: 'own' });
    expect(find('receive', `cmd/${THING}/*`)).toMatchObject({ when: ['IpAddress aws:SourceIp: 10.0.0.0/8'] });
  });

  test('may do nothing under another client id', () => {
    expect(row(model, FOREIGN)).toMatchObject({ kind: 'foreign', may: [], policies: [] });
  });

  test('who cannot connect can do nothing', () => {
    expect(row(modelOf(grouped([allow('iot:Publish', 'topic/*')])), MEMBER).may).toEqual([]);
    const denied = modelOf(grouped([CONNECT, allow('iot:Publish', 'topic/*'), deny('iot:*', '*')]));
    expect(row(denied, MEMBER).may).toEqual([]);
  });

  test('a condition on the connection is one on all that follows', () => {
    const home = { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } };
    const model = modelOf(grouped([allow('iot:Connect', `client/${THING}`, home), allow('iot:Publish', 'topic/a')]));
    expect(row(model, MEMBER).may.flatMap(({ grants }) => grants.flatMap(({ when }) => when))).toEqual(
      Array(3).fill('IpAddress aws:SourceIp: 10.0.0.0/8'),
    );
  });

  test('a last will needs a connection that may have one', () => {
    const plainly = { ...IS_ATTACHED, 'ForAllValues:StringEquals': { 'iot:ConnectAttributes': ['PersistentConnect'] } };
    const model = modelOf(grouped([allow('iot:Connect', `client/${THING}`, plainly), allow('iot:Publish', 'topic/a')]));
    expect(mayOf(row(model, MEMBER))).toEqual({ connect: [THING], publish: ['a'] });
  });

  test('what is denied with NotResource leaves the rest', () => {
    const notResource = {
      Effect: 'Deny',
      Action: 'iot:*',
      NotResource: [`${ARN}client/${THING}`, `${ARN}topic/own/${THING}`],
    };
    const model = modelOf(grouped([CONNECT, allow('iot:Publish', 'topic/*'), notResource]));
    expect(mayOf(row(model, MEMBER))).toEqual({ connect: [THING], publish: [`own/${THING}`], will: [`own/${THING}`] });
  });

  test('NotAction and NotResource that allow', () => {
    const wide = { Effect: 'Allow', NotAction: ['iot:Subscribe', 'iot:Connect'], NotResource: `${ARN}topic/secret` };
    const [publish] = row(modelOf(grouped([CONNECT, wide])), MEMBER).may.filter(({ action }) => action === 'publish');
    expect(publish?.grants).toMatchObject([{ pattern: '*', except: ['secret'], belongs: 'others' }]);
  });

  test('attributes and certificate fields are its own; its type is not', () => {
    const topics = [
      'topic/${iot:Connection.Thing.Attributes[site]}/x',
      'topic/${iot:Certificate.Subject.CommonName}/x/*',
      'topic/${iot:Connection.Thing.ThingTypeName}/*',
    ];
    const [publish] = row(modelOf(grouped([CONNECT, allow('iot:Publish', topics)])), MEMBER).may.slice(1);
    expect(publish?.grants.map(({ pattern, belongs }) => [pattern, belongs])).toEqual([
      ['${iot:Certificate.Subject.CommonName}/x/*', 'own'],
      ['${iot:Connection.Thing.Attributes[site]}/x', 'own'],
      ['${iot:Connection.Thing.ThingTypeName}/*', 'others'],
    ]);
  });
});

describe('under another client id', () => {
  test('what hangs on the certificate counts, for each client id that may be chosen', () => {
    const statements = [allow('iot:Connect', 'client/pump-*'), allow('iot:Publish', 'topic/dt/${iot:ClientId}/x')];
    const model = modelOf({ Loose: policyOf(statements, 'Loose') });
    expect(mayOf(row(model, 'certificate with policy Loose, under another client id'))).toEqual({
      connect: ['pump-*'],
      publish: ['dt/pump-*/x'],
      will: ['dt/pump-*/x'],
    });
    expect(mayOf(row(model, 'certificate with policy Loose'))).toMatchObject({ publish: [`dt/${THING}/x`] });
  });

  test('a client id that names itself is any', () => {
    const statements = [
      allow('iot:Connect', 'client/${iot:ClientId}'),
      allow('iot:Publish', 'topic/${iot:ClientId}/*'),
    ];
    const may = mayOf(
      row(modelOf({ Loose: policyOf(statements, 'Loose') }), 'certificate with policy Loose, under another client id'),
    );
    expect(may).toMatchObject({ connect: ['*'], publish: ['*/*'] });
  });

  test('exclusive things keep their variables, others lose them', () => {
    const statements = [allow('iot:Connect', '*'), allow('iot:Publish', `topic/${THING}/x`)];
    const id = 'certificate with policy Loose, under another client id';
    expect(mayOf(row(modelOf({ Loose: policyOf(statements, 'Loose') }), id))).toEqual({ connect: ['*'] });
    expect(mayOf(row(modelOf({ Loose: policyOf(statements, 'Loose') }, EXCLUSIVE), id))).toMatchObject({
      publish: [`${THING}/x`],
    });
  });
});

describe('who else', () => {
  test('things with certificates and policies of their own', () => {
    const statements = [
      allow('iot:Connect', 'client/gateway'),
      allow('iot:Publish', 'topic/gateway/*'),
      allow('iot:AssumeRoleWithCertificate', 'rolealias/files'),
    ];
    const model = modelOf({
      Policy: policyOf(statements, 'Gateway'),
      ...CERTIFICATE,
      ...attached('Policy', 'Certificate', 'gateway'),
    });
    expect(mayOf(row(model, 'thing gateway with certificate Certificate'))).toMatchObject({
      connect: ['gateway'],
      publish: ['gateway/*'],
      'publish-https': ['gateway/*'],
      credentials: ['files'],
    });
    expect(accessMatrix(model).unattached).toEqual([]);
  });

  test('a certificate without a thing', () => {
    const model = modelOf({
      Policy: policyOf([allow('iot:Connect', 'client/a')], 'P'),
      ...CERTIFICATE,
      ...attached('Policy', 'Certificate'),
    });
    expect(row(model, 'certificate Certificate')).toMatchObject({ title: 'the device with certificate Certificate' });
  });

  test('claim certificates, also over HTTPS', () => {
    const claim = [
      allow('iot:Connect', 'client/claim-*'),
      allow('iot:Publish', 'topic/$aws/certificates/create-from-csr/json'),
    ];
    const model = modelOf({ Claim: policyOf(claim, 'Claim') });
    expect(mayOf(row(model, 'claim with policy Claim'))).toMatchObject({
      connect: ['claim-*'],
      publish: ['$aws/certificates/create-from-csr/json'],
      'publish-https': ['$aws/certificates/create-from-csr/json'],
    });
  });

  test('isolated devices, with what hangs on their certificates', () => {
    const quarantine = grouped([CONNECT, allow('iot:Publish', `topic/$aws/things/${THING}/jobs/*`)], 'Quarantine');
    expect(mayOf(row(modelOf(quarantine), 'isolated in Quarantine'))).toMatchObject({
      connect: [THING],
      publish: [`$aws/things/${THING}/jobs/*`],
    });
    const enrolling = provisioned(allow('iot:Publish', 'topic/loud'));
    const both = modelOf(quarantine, enrolling);
    expect(mayOf(row(both, 'isolated in Quarantine, with Template')).publish).toEqual([
      `$aws/things/${THING}/jobs/*`,
      'loud',
    ]);
  });

  test('members that enroll by a template with policies of its own', () => {
    const body = {
      Resources: {
        thing: { Type: 'AWS::IoT::Thing', Properties: { ThingGroups: ['Pumps'] } },
        policy: { Type: 'AWS::IoT::Policy', Properties: { PolicyName: 'Extra' } },
      },
    };
    const enrolling = {
      Enroll: { Type: 'AWS::IoT::ProvisioningTemplate', Properties: { TemplateBody: JSON.stringify(body) } },
    };
    const model = modelOf(grouped([CONNECT]), enrolling, {
      Extra: policyOf([allow('iot:Publish', 'topic/extra')], 'Extra'),
    });
    expect(mayOf(row(model, 'member of Pumps by Enroll'))).toMatchObject({ connect: [THING], publish: ['extra'] });
    expect(accessMatrix(model).unattached).toEqual([]);
  });

  test('devices that enroll by a template into no group that is known', () => {
    const model = modelOf(provisioned(CONNECT, allow('iot:Publish', `topic/${THING}`)));
    expect(mayOf(row(model, 'enrolled by Template'))).toMatchObject({ connect: [THING], publish: [THING] });
  });

  test('policies that hang on nothing are listed, and shown as if they did', () => {
    const model = modelOf({ Free: policyOf([allow('iot:Publish', 'topic/a')], 'Free') });
    expect(accessMatrix(model).unattached).toEqual(['Free']);
    expect(mayOf(row(model, 'certificate with policy Free'))).toEqual({
      publish: ['a'],
      will: ['a'],
      'publish-https': ['a'],
    });
  });

  test('names that are the same are told apart', () => {
    const model = new Model(
      ['a', 'b'].map((path) => ({ path, body: { Resources: { P: policyOf([CONNECT], 'Same') } } })),
    );
    expect(accessMatrix(model).unattached).toEqual(['Same (a#P)', 'Same (b#P)']);
  });
});

describe('what cannot be known', () => {
  test('is said', () => {
    const model = modelOf(grouped([CONNECT, { Effect: 'Allow', Action: 'iot:Publish', Resource: OPEN }]));
    expect(row(model, MEMBER).unknown).toEqual(['PumpsPolicy: it depends on ‹ImportValue:not-in-these-templates›']);
    const refused = modelOf(grouped([{ Effect: 'Allow', Action: 'iot:Connect', Resource: 'nonsense' }]));
    expect(row(refused, MEMBER).unknown.join()).toContain('AWS IoT would refuse it');
    expect(row(refused, MEMBER).may).toEqual([]);
  });

  test('a document that poses as a variable is not judged', () => {
    const posing = modelOf(grouped([CONNECT, allow('iot:Publish', 'topic/\ue100/x')]));
    expect(row(posing, MEMBER)).toMatchObject({
      may: [],
      unknown: ['PumpsPolicy: it holds characters of the private use area'],
    });
  });

  test('conditions of the template show where a right holds', () => {
    const resource = { 'Fn::If': ['IsTest', `${ARN}topic/*`, `${ARN}topic/own/${THING}`] };
    const resources = grouped([CONNECT, { Effect: 'Allow', Action: 'iot:Publish', Resource: resource }]);
    const Conditions = { IsTest: { 'Fn::Equals': [{ Ref: 'AWS::AccountId' }, '1'] } };
    const model = new Model([{ path: 'app.json', body: { Conditions, Resources: resources } }]);
    const [, publish] = row(model, MEMBER).may;
    expect(publish?.grants.map(({ pattern, given }) => [pattern, given])).toEqual([
      ['*', ['IsTest is true']],
      [`own/${THING}`, ['IsTest is false']],
    ]);
  });

  test('a policy for two regions says which', () => {
    const there = ARN.replace('eu-central-1', 'us-east-1');
    const model = modelOf(
      grouped([CONNECT, allow('iot:Connect', `${there}client/${THING}`), allow('iot:Publish', `${there}topic/x`)]),
    );
    const [, publish] = row(model, MEMBER).may;
    expect(publish?.grants).toMatchObject([{ pattern: 'x', given: ['us-east-1 of account 123456789012'] }]);
  });

  test('more than a limit is named, not worked out', () => {
    const model = modelOf(grouped([CONNECT]), { Nested: one('AWS::CloudFormation::Stack', { TemplateURL: 'x' }).It });
    const { identities, gaps } = accessMatrix(model, 1);
    expect(identities).toHaveLength(1);
    expect(gaps).toEqual([
      'app.json Nested: nests a stack whose template is not among those that were read',
      '1 more identities were not worked out here; zero-trust-iot access shows all',
    ]);
  });
});

import { Lazy, Stack } from 'aws-cdk-lib';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { CfnThingGroup, CfnThingType } from 'aws-cdk-lib/aws-iot';
import { Device, type DeviceProps } from '../../lib/identity/device';
import { capabilityOf } from '../../lib/internal/capability';
import { templateOf, testApp, testStack } from '../support/app';
import { edKeys, OPENSSL_EC_REQUEST, requestOf } from '../support/certificate-request';
import { pastedKey } from '../support/private-key';

function make(changes: Partial<DeviceProps> = {}, stack = testStack()): { stack: Stack; device: Device } {
  const device = new Device(stack, 'Gateway', {
    certificateSigningRequest: OPENSSL_EC_REQUEST,
    fleetGroup: new CfnThingGroup(stack, 'Group'),
    ...changes,
  });
  return { stack, device };
}

describe('with defaults only', () => {
  let template: Template;
  let device: Device;
  let stack: Stack;

  beforeAll(() => {
    ({ stack, device } = make());
    template = templateOf(stack);
  });

  test('is a thing with a certificate of its own, attached to no other', () => {
    template.hasResourceProperties('AWS::IoT::Thing', { ThingName: Match.absent() });
    template.hasResourceProperties('AWS::IoT::Certificate', {
      CertificateSigningRequest: OPENSSL_EC_REQUEST,
      Status: 'ACTIVE',
      CertificatePem: Match.absent(),
    });
    template.hasResourceProperties('AWS::IoT::ThingPrincipalAttachment', {
      ThingName: { Ref: Match.stringLikeRegexp('^Gateway') },
      Principal: { 'Fn::GetAtt': [Match.stringLikeRegexp('^GatewayCertificate'), 'Arn'] },
      ThingPrincipalType: 'EXCLUSIVE_THING',
    });
  });

  test('has no policy of its own', () => {
    template.resourceCountIs('AWS::IoT::Policy', 0);
    template.resourceCountIs('AWS::IoT::PolicyPrincipalAttachment', 0);
  });

  test('joins the group when all else is in place', () => {
    template.hasResource('Custom::IotDevice', {
      Properties: {
        ThingName: { Ref: Match.stringLikeRegexp('^Gateway') },
        ThingGroupName: { Ref: 'Group' },
        ThingTypeName: Match.absent(),
        Attributes: Match.absent(),
      },
      DependsOn: Match.arrayWith([Match.stringLikeRegexp('^GatewayAttachment')]),
    });
  });

  test('lets its function work on things and on this group only', () => {
    const [policy] = Object.values(template.findResources('AWS::IAM::RolePolicy'));
    const statements = (
      policy?.Properties.PolicyDocument.Statement as { Action: string[]; Resource: unknown[] }[]
    ).filter(({ Action }) => Action[0]?.startsWith('iot:'));
    expect(statements.map(({ Action }) => Action)).toEqual([
      ['iot:UpdateThing', 'iot:ListThingGroupsForThing'],
      ['iot:AddThingToThingGroup', 'iot:RemoveThingFromThingGroup', 'iot:UpdateThingGroupsForThing'],
    ]);
    expect(statements[1]?.Resource).toEqual([expect.anything(), { 'Fn::GetAtt': ['Group', 'Arn'] }]);
  });

  test('names what others need, and nothing secret', () => {
    expect(
      stack.resolve([
        device.thingRef,
        device.thingName,
        device.certificateArn,
        device.certificate.certificateRef.certificateId,
      ]),
    ).toEqual([
      { thingName: { Ref: expect.stringMatching(/^Gateway/) }, thingArn: expect.anything() },
      { Ref: expect.stringMatching(/^Gateway/) },
      { 'Fn::GetAtt': [expect.stringMatching(/^GatewayCertificate/), 'Arn'] },
      { Ref: expect.stringMatching(/^GatewayCertificate/) },
    ]);
    expect(JSON.stringify(stack.resolve(device.thingArn))).toContain(':thing/');
    expect(stack.resolve(device.env)).toEqual({ account: { Ref: 'AWS::AccountId' }, region: { Ref: 'AWS::Region' } });
    expect(template.toJSON().Outputs).toBeUndefined();
  });

  test('belongs to identity', () => expect(capabilityOf(device.node.defaultChild as never)).toBe('identity'));
});

test('renders everything that is set', () => {
  const stack = testStack();
  const attributes = { a: '1', b: '2', c: '3', d: '4' };
  make({ thingName: 'gateway-1', thingType: new CfnThingType(stack, 'Type'), attributes }, stack);
  const template = templateOf(stack);
  template.hasResourceProperties('AWS::IoT::Thing', { ThingName: 'gateway-1', AttributePayload: Match.absent() });
  template.hasResourceProperties('Custom::IotDevice', { ThingTypeName: { Ref: 'Type' }, Attributes: attributes });
});

test('several share one function, and their group stands in its rights once', () => {
  const stack = testStack();
  const fleetGroup = new CfnThingGroup(stack, 'Group');
  for (const id of ['A', 'B', 'C'])
    new Device(stack, id, { certificateSigningRequest: OPENSSL_EC_REQUEST, fleetGroup });
  const template = templateOf(stack);
  template.resourceCountIs('AWS::Lambda::Function', 1);
  template.resourceCountIs('Custom::IotDevice', 3);
  expect(JSON.stringify(template.findResources('AWS::IAM::RolePolicy')).match(/iot:UpdateThing"/g)).toHaveLength(1);
});

test('takes tokens wherever a text may stand', () => {
  const token = (text: string) => Lazy.string({ produce: () => text });
  const { stack } = make({
    certificateSigningRequest: token('from a parameter'),
    thingName: token('a b'),
    attributes: { a: token('x y') },
  });
  templateOf(stack).hasResourceProperties('AWS::IoT::Certificate', { CertificateSigningRequest: 'from a parameter' });
});

test('takes a group of another stack', () => {
  const app = testApp();
  const fleetGroup = new CfnThingGroup(new Stack(app, 'Fleet'), 'Group');
  const stack = new Stack(app, 'Gateways');
  new Device(stack, 'Gateway', { certificateSigningRequest: OPENSSL_EC_REQUEST, fleetGroup });
  templateOf(stack).hasResourceProperties('Custom::IotDevice', {
    ThingGroupName: { 'Fn::ImportValue': Match.anyValue() },
  });
});

describe('fails for', () => {
  const { pem: key, isShownIn } = pastedKey('pkcs8');
  test.each<[string, Partial<DeviceProps>, RegExp]>([
    ['an empty name', { thingName: '' }, /Test\/Gateway: 'thingName' must have 1 to 128.*ThingNameInvalid/],
    ['a name that is too long', { thingName: 'n'.repeat(129) }, /ThingNameInvalid/],
    [
      'a name with other characters',
      { thingName: 'gate way' },
      /'thingName' may contain only letters.*ThingNameInvalid/,
    ],
    ['four attributes without a type', { attributes: { a: '1', b: '2', c: '3', d: '4' } }, /ThingAttributesTooMany/],
    ['an attribute with a space', { attributes: { site: 'north gate' } }, /ThingAttributesInvalid/],
    [
      'no request',
      { certificateSigningRequest: '' },
      /'certificateSigningRequest' must be the content of one \.csr file.*CertificateRequestInvalid/,
    ],
    [
      'a weak key',
      { certificateSigningRequest: requestOf(edKeys()) },
      /'certificateSigningRequest' must have an RSA key.*CertificateKeyWeak/,
    ],
    ['a private key', { certificateSigningRequest: key }, /got a private key \(not shown\).*PrivateKeyGiven/],
    [
      'all of it at once',
      { thingName: '/', attributes: { a: ' ' }, certificateSigningRequest: 'x' },
      /thingName.*attributes\.a.*certificateSigningRequest/,
    ],
  ])('%s', (_, changes, message) => expect(() => make(changes)).toThrow(message));

  test('a private key without showing it', () => {
    expect(isShownIn(`it would be seen in ${key}`)).toBe(true);
    for (const given of [key, key + OPENSSL_EC_REQUEST]) {
      let message = '';
      try {
        make({ certificateSigningRequest: given });
      } catch (error) {
        message = (error as Error).message;
      }
      expect(message).toMatch(/PrivateKeyGiven/);
      expect(isShownIn(message)).toBe(false);
    }
  });
});

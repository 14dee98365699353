import {
  ConnectionContext,
  type ConnectionContextProps,
  ConnectionProtocol,
  ThingAttachment,
} from '../../../lib/policy/evaluator';
import { contextKeys, isAssociated } from '../../../lib/policy/evaluator/context-keys';

const topicArn = (topic: string): string => `ARN:${topic}`;
const keysOf = (props: ConnectionContextProps, association = {}): ReturnType<typeof contextKeys> =>
  contextKeys(new ConnectionContext(props), { mqtt: true, thing: true, connect: true, ...association }, topicArn);

const FULL: ConnectionContextProps = {
  clientId: 'client',
  thingName: 'thing',
  thingTypeName: 'type',
  attributes: { Color: 'red', color: 'blue' },
  sourceIp: '10.0.0.1',
  sourceVpc: 'vpc-1',
  sourceVpce: 'vpce-1',
  vpcSourceIp: '10.0.0.2',
  domainName: 'iot.example.com',
  certificate: { certificateId: 'c0ffee', subject: { Country: ['US', 'FR'] } },
  lastWill: { topic: 'will' },
  persistent: true,
  currentTime: new Date('2026-01-02T03:04:05.678Z'),
};

describe('every documented key', () => {
  const keys = keysOf(FULL);

  test.each([
    ['iot:ClientId', 'client'],
    ['iot:Connection.Thing.ThingName', 'thing'],
    ['iot:Connection.Thing.ThingTypeName', 'type'],
    ['iot:Connection.Thing.IsAttached', 'true'],
    ['iot:Connection.Thing.Attributes[Color]', 'red'],
    ['iot:Connection.Thing.Attributes[color]', 'blue'],
    ['IOT:CONNECTION.THING.ATTRIBUTES[color]', 'blue'],
    ['IOT:CLIENTID', 'client'],
    ['aws:SourceIp', '10.0.0.1'],
    ['aws:SourceVpc', 'vpc-1'],
    ['aws:SourceVpce', 'vpce-1'],
    ['aws:VpcSourceIp', '10.0.0.2'],
    ['iot:DomainName', 'iot.example.com'],
    ['iot:CertificateId', 'c0ffee'],
    ['iot:Certificate.Subject.Country', 'US'],
    ['iot:Certificate.Subject.Country.1', 'FR'],
    ['iot:LastWillTopic', 'ARN:will'],
    ['aws:CurrentTime', '2026-01-02T03:04:05.678Z'],
    ['aws:EpochTime', '1767323045'],
  ])('%s is %s', (name, expected) => {
    expect(keys.values(name)).toEqual([expected]);
    expect(keys.substitute(name)).toBe(expected);
  });

  test('keys with several values replace no variable', () => {
    expect(keys.values('iot:ConnectAttributes')).toEqual(['PersistentConnect', 'LastWill']);
    expect(keys.substitute('iot:ConnectAttributes')).toBeUndefined();
    expect(keys.values('iot:Certificate.Subject.Country.List')).toEqual(['US', 'FR']);
    expect(keys.substitute('iot:Certificate.Subject.Country.List')).toBeUndefined();
  });

  test.each([
    'iot:Unknown',
    'iot:Connection.Thing.Attributes[COLOR]',
    'iot:Certificate.Subject.Country.2',
    'iot:Thing.ThingName',
    '',
  ])('%p has no value', (name) => {
    expect(keys.values(name)).toBeUndefined();
    expect(keys.substitute(name)).toBeUndefined();
  });
});

test('a bare connection has the keys that every connection has', () => {
  const keys = keysOf({ clientId: 'c' }, { thing: false });
  expect(keys.values('iot:ClientId')).toEqual(['c']);
  expect(keys.values('iot:Connection.Thing.IsAttached')).toEqual(['false']);
  expect(keys.values('iot:ConnectAttributes')).toEqual([]);
  for (const name of [
    'iot:LastWillTopic',
    'aws:SourceIp',
    'aws:CurrentTime',
    'aws:EpochTime',
    'iot:CertificateId',
    'iot:Connection.Thing.ThingName',
  ]) {
    expect(keys.values(name)).toBeUndefined();
  }
});

test('each attribute of the connection stands for itself', () => {
  expect(keysOf({ clientId: 'c', persistent: true }).values('iot:ConnectAttributes')).toEqual(['PersistentConnect']);
  expect(keysOf({ clientId: 'c', lastWill: { topic: 't' } }).values('iot:ConnectAttributes')).toEqual(['LastWill']);
  expect(keysOf({ clientId: 'c', persistent: false }).values('iot:ConnectAttributes')).toEqual([]);
});

test('only the CONNECT itself has connect keys', () => {
  const keys = keysOf(FULL, { connect: false });
  expect(keys.values('iot:ConnectAttributes')).toBeUndefined();
  expect(keys.values('iot:LastWillTopic')).toBeUndefined();
});

test('without association no thing variable has a value', () => {
  const keys = keysOf(FULL, { thing: false });
  for (const name of ['ThingName', 'ThingTypeName', 'Attributes[color]']) {
    expect(keys.values(`iot:Connection.Thing.${name}`)).toBeUndefined();
  }
});

test('outside MQTT there is no client ID, and the thing only where it was named', () => {
  const keys = keysOf(FULL, { mqtt: false });
  expect(keys.values('iot:ClientId')).toBeUndefined();
  expect(keys.values('iot:Connection.Thing.IsAttached')).toBeUndefined();
  expect(keys.values('iot:Connection.Thing.ThingName')).toEqual(['thing']);
});

test('keys of the caller add to those, and replace them', () => {
  const keys = keysOf({
    clientId: 'c',
    conditionKeys: { 'iot:ClientId': ['d'], 'aws:TagKeys': ['a', 'b'], 'aws:None': [] },
  });
  expect(keys.substitute('iot:clientid')).toBe('d');
  expect(keys.values('aws:tagkeys')).toEqual(['a', 'b']);
  expect(keys.substitute('aws:TagKeys')).toBeUndefined();
  expect(keys.values('aws:None')).toEqual([]);
  expect(keys.substitute('aws:None')).toBeUndefined();
});

test.each([
  [ThingAttachment.NOT_ATTACHED, 'thing', false],
  [ThingAttachment.NON_EXCLUSIVE_THING, 'thing', true],
  [ThingAttachment.NON_EXCLUSIVE_THING, 'other', false],
  [ThingAttachment.EXCLUSIVE_THING, 'thing', true],
  [ThingAttachment.EXCLUSIVE_THING, 'other', true],
])('%s with client ID %p is associated: %p', (attachment, clientId, expected) => {
  const context = new ConnectionContext({
    thingName: 'thing',
    clientId,
    attachment,
    protocol: ConnectionProtocol.MQTT,
  });
  expect(isAssociated(context)).toBe(expected);
});

import {
  ConnectionContext,
  ConnectionProtocol,
  ThingAttachment,
} from '../../../lib/policy/evaluator/connection-context';
import type { ConnectionContextProps } from '../../../lib/policy/evaluator/connection-context-props';

describe('defaults', () => {
  test('of a device that is not registered', () => {
    const context = new ConnectionContext({ clientId: 'c' });
    expect([context.clientId, context.protocol, context.attachment]).toEqual([
      'c',
      ConnectionProtocol.MQTT,
      ThingAttachment.NOT_ATTACHED,
    ]);
    expect(context.props).toEqual({ clientId: 'c' });
  });

  test('of a thing: attached as AWS does, with its name as client ID', () => {
    const context = new ConnectionContext({ thingName: 't' });
    expect([context.clientId, context.attachment]).toEqual(['t', ThingAttachment.NON_EXCLUSIVE_THING]);
  });

  test('of ofThing: exclusive', () => {
    const context = ConnectionContext.ofThing('t');
    expect([context.clientId, context.attachment]).toEqual(['t', ThingAttachment.EXCLUSIVE_THING]);
  });

  test('over HTTPS there is no client ID', () => {
    const context = new ConnectionContext({ protocol: ConnectionProtocol.HTTPS, clientId: 'c', thingName: 't' });
    expect(context.clientId).toBeUndefined();
    expect(() => new ConnectionContext({ protocol: ConnectionProtocol.HTTPS })).not.toThrow();
  });

  test('what is given counts', () => {
    const context = new ConnectionContext({
      clientId: 'c',
      thingName: 't',
      protocol: ConnectionProtocol.MQTT_WSS,
      attachment: ThingAttachment.NOT_ATTACHED,
    });
    expect([context.clientId, context.protocol, context.attachment]).toEqual([
      'c',
      ConnectionProtocol.MQTT_WSS,
      ThingAttachment.NOT_ATTACHED,
    ]);
  });
});

describe('fails for', () => {
  test.each<[string, ConnectionContextProps, string]>([
    ['MQTT without client ID and thing', {}, "'clientId' must be given for a connection over MQTT without a thing"],
    [
      'WebSocket without client ID and thing',
      { protocol: ConnectionProtocol.MQTT_WSS },
      "'clientId' must be given for a connection over MQTT_WSS without a thing",
    ],
    [
      'an attachment to no thing',
      { clientId: 'c', attachment: ThingAttachment.EXCLUSIVE_THING },
      "'attachment' is EXCLUSIVE_THING, which needs a 'thingName'",
    ],
    [
      'a protocol that is none',
      { clientId: 'c', protocol: 'COAP' as ConnectionProtocol },
      '\'protocol\' must be one of MQTT, MQTT_WSS, HTTPS, got "COAP"',
    ],
    [
      'an attachment that is none',
      { thingName: 't', attachment: 'exclusive' as ThingAttachment },
      '\'attachment\' must be one of NOT_ATTACHED, NON_EXCLUSIVE_THING, EXCLUSIVE_THING, got "exclusive"',
    ],
    [
      'a source address that is none',
      { clientId: 'c', sourceIp: '10.0.0' },
      '\'sourceIp\' must be an IPv4 or IPv6 address, got "10.0.0"',
    ],
    [
      'a range as address',
      { clientId: 'c', vpcSourceIp: '10.0.0.0/8' },
      '\'vpcSourceIp\' must be an IPv4 or IPv6 address, got "10.0.0.0/8"',
    ],
    [
      'a time that is none',
      { clientId: 'c', currentTime: new Date('garbage') },
      "'currentTime' must be a Date, such as new Date('2030-01-01T00:00:00Z'), got an invalid date",
    ],
    [
      'a time as text',
      { clientId: 'c', currentTime: '2020-01-01' as unknown as Date },
      "'currentTime' must be a Date, such as new Date('2030-01-01T00:00:00Z'), got \"2020-01-01\"",
    ],
    [
      'an unknown subject field',
      { clientId: 'c', certificate: { subject: { CN: ['x'] } } },
      '\'certificate.subject\' has no field "CN"; use a name such as CommonName',
    ],
    [
      'an unknown issuer field',
      { clientId: 'c', certificate: { issuer: { cn: [] } } },
      '\'certificate.issuer\' has no field "cn"; use a name such as CommonName',
    ],
  ])('%s', (_name, props, message) => {
    expect(() => new ConnectionContext(props)).toThrow(`${message} [ConnectionContextInvalid]`);
  });

  test('all of it at once', () => {
    expect(() => new ConnectionContext({ sourceIp: 'x' })).toThrow(/'clientId' must.*; 'sourceIp' must/);
  });
});

test('takes what can occur', () => {
  const given: ConnectionContextProps = {
    clientId: 'c',
    sourceIp: '2001:db8::1',
    vpcSourceIp: '10.0.0.1',
    certificate: { subject: { CommonName: ['x'] }, issuer: { 'AlternativeName.DNSName': ['y'] } },
    attachment: ThingAttachment.NOT_ATTACHED,
    currentTime: new Date(0),
  };
  expect(new ConnectionContext(given).props).toBe(given);
});

import type { Value } from '../../../lib/compliance/model/value';
import { analyze } from '../../../lib/compliance/policies/reach';
import { allow, ARN, CONNECT, type Statement, THING } from '../support/policies';

/** What a pattern may stand for that is another device's, by what a policy with it is found to reach. */
function reached(...statements: Statement[]): string[] {
  const { reaches } = analyze({ Version: '2012-10-17', Statement: statements } as Value, false);
  return [...new Set(reaches.filter(({ statement }) => statement > 0).map(({ target }) => target))];
}
const AS_C1 = allow('iot:Connect', 'client/c1');
const publish = (topic: string): Statement => allow('iot:Publish', `topic/${topic}`);
const subscribe = (filter: string): Statement => allow('iot:Subscribe', `topicfilter/${filter}`);

describe('a shared filter', () => {
  test.each<[string, Statement]>([
    ['of the device', subscribe(`$share/group/cmd/${THING}/*`)],
    ['right of the device', subscribe(`$share/group/${THING}/*`)],
    ['of a group that has a type in its name', subscribe(`$share/\${iot:Connection.Thing.ThingTypeName}/${THING}/*`)],
    [
      'of a group whose name goes on behind a variable',
      subscribe(`$share/a\${iot:Connection.Thing.ThingTypeName}b/${THING}/#`),
    ],
  ])('%s is its own', (_name, statement) => expect(reached(CONNECT, statement)).toEqual([]));

  test.each<[string, Statement]>([
    ['the group is no level', subscribe(`$share/${THING}/cmd/*`)],
    ['nor with a variable before', subscribe(`$share/x-${THING}/cmd/*`)],
    ['nor with text behind', subscribe(`$share/${THING}-x/cmd/*`)],
    ['nor of a hash', subscribe(`$share/${THING}/cmd/#`)],
    ['a wildcard in the group stands for what follows', subscribe(`$share/*${THING}/x`)],
    ['a level of all before the device', subscribe(`$share/group/+/${THING}`)],
    ['a wildcard before the device', subscribe(`$share/group/*/${THING}`)],
    ['one that ends with the group', subscribe(`$share/${THING}*`)],
  ])('%s', (_name, statement) => expect(reached(CONNECT, statement)).not.toEqual([]));

  test('of one device by its name: there the group is no level either', () => {
    expect(reached(AS_C1, subscribe('$share/group/cmd/c1/*'))).toEqual([]);
    expect(reached(AS_C1, subscribe('$share/c1/cmd/*'))).not.toEqual([]);
    expect(reached(AS_C1, subscribe('$share/c1/*'))).not.toEqual([]);
    expect(reached(AS_C1, subscribe('$share/c1/#'))).not.toEqual([]);
  });

  test('what only begins like one is a topic', () => {
    expect(reached(CONNECT, subscribe(`$shared/${THING}/*`))).toEqual([]);
    expect(reached(CONNECT, subscribe(`a/$share/${THING}/*`))).toEqual([]);
  });
});

describe('a policy for one device', () => {
  test.each<[string, Statement]>([
    ['its topics', publish('dt/c1/*')],
    ['its topics at once', publish('c1/*')],
    ['its filters', subscribe('cmd/c1/#')],
    ['what all write to', publish('news')],
    ['its shadow', publish('$aws/things/c1/shadow/update')],
    ['its thing', allow('iot:GetThingShadow', 'thing/c1')],
    ['the topics of its client id', publish('dt/${iot:ClientId}/*')],
  ])('reaches %s', (_name, statement) => expect(reached(AS_C1, statement)).toEqual([]));

  test.each<[string, Statement]>([
    ['another device', publish('dt/c2/*')],
    ['what begins like it', publish('dt/c1*')],
    ['what ends like it', publish('dt/xc1/*')],
    ['all before it', publish('*/c1')],
    ['a level of all before it', subscribe('+/c1/x')],
    ['all', publish('*')],
  ])('and not %s', (_name, statement) => expect(reached(AS_C1, statement)).not.toEqual([]));

  test('that a condition names', () => {
    const asked = (operator: string, key: string, value: unknown): Statement =>
      allow('iot:Connect', '*', { [operator]: { [key]: value } });
    const own = publish('dt/c1/*');
    expect(reached(asked('StringEquals', 'iot:ClientId', 'c1'), own)).toEqual([]);
    expect(reached(asked('ForAnyValue:StringLike', 'IOT:CLIENTID', ['c1', 'c2']), own, publish('dt/c2/*'))).toEqual([]);
    expect(reached(asked('StringEquals', 'iot:Connection.Thing.ThingName', 'c1'), own)).toEqual([]);
    expect(reached(asked('StringEquals', 'iot:ClientId', 'c2'), own)).not.toEqual([]);
    expect(reached(asked('StringNotEquals', 'iot:ClientId', 'c1'), own)).not.toEqual([]);
    expect(reached(asked('StringEquals', 'iot:Connection.Thing.IsAttached', 'true'), publish('dt/true/*'))).not.toEqual(
      [],
    );
    expect(reached(asked('StringEquals', 'iot:DomainName', 'c1'), own)).not.toEqual([]);
  });

  test('without a word on connecting, that resources name', () => {
    const shadow = (thing: string): Statement => publish(`$aws/things/${thing}/shadow/*`);
    const all = (...statements: Statement[]): number =>
      analyze({ Version: '2012-10-17', Statement: statements } as Value, false).reaches.length;
    expect(all(shadow('one'), publish('dt/one/*'))).toBe(0);
    expect(all(allow('iot:GetThingShadow', 'thing/one'), publish('dt/one/*'))).toBe(0);
    expect(all(subscribe('$aws/things/one/jobs/#'), publish('dt/one/*'))).toBe(0);
    expect(all(shadow('one'), publish('dt/two/*'))).toBeGreaterThan(0);
    expect(all(shadow('*'), publish('dt/*'))).toBeGreaterThan(0);
    expect(all(publish('dt/one/*'))).toBeGreaterThan(0);
    expect(all(allow('iot:GetThingShadow', `${ARN}thing/on?`))).toBeGreaterThan(0);
  });
});

describe('a policy for many', () => {
  test.each<[string, Statement, string]>([
    ['a thing in full', publish('$aws/things/controller/shadow/update'), '$aws/things/controller/shadow/update'],
    ['a thing in full, and what follows', publish('$aws/things/controller/*'), '$aws/things/controller/x'],
    ['a thing over HTTPS', allow('iot:GetThingShadow', 'thing/controller'), 'controller'],
    ['things that begin so', allow('iot:GetThingShadow', 'thing/dev*'), 'devdevice-b'],
    ['the topics of a type', publish('dt/${iot:Connection.Thing.ThingTypeName}/*'), 'dt/shared/device-b'],
  ])('reaches %s', (_name, statement, target) => expect(reached(CONNECT, statement)).toContain(target));

  test.each<[string, Statement]>([
    ['a topic that begins like things', publish('$aws/thingsome/x')],
    ['no thing at all', publish('$aws/things//x')],
    ['the topic of a type', publish('dt/${iot:Connection.Thing.ThingTypeName}')],
    ['the topics of an identity of Cognito', publish('dt/${cognito-identity.amazonaws.com:sub}/*')],
    ['the same in capitals', publish('dt/${COGNITO-IDENTITY.amazonaws.com:SUB}/*')],
    ['a filter that ends with all of its own', subscribe(`cmd/${THING}/+/#`)],
    ['a filter of its own alone', subscribe(THING)],
  ])('and not %s', (_name, statement) => expect(reached(CONNECT, statement)).toEqual([]));

  test('a client id of a type is that of many', () => {
    const clients = (resource: string): number =>
      analyze({ Version: '2012-10-17', Statement: [allow('iot:Connect', `client/${resource}`)] } as Value, false)
        .reaches.length;
    expect(clients('${iot:Connection.Thing.ThingTypeName}')).toBeGreaterThan(0);
    expect(clients('x-${iot:Connection.Thing.ThingTypeName}')).toBeGreaterThan(0);
    expect(clients(`\${iot:Connection.Thing.ThingTypeName}-${THING}`)).toBe(0);
    expect(clients('gateway')).toBe(0);
  });

  test('a message that is kept is for all where the topic is', () => {
    const keeping = (topic: string): string[] =>
      reached(CONNECT, allow(['iot:Publish', 'iot:RetainPublish'], `topic/${topic}`));
    expect(keeping('site/stop')).toEqual(['site/stop']);
    expect(keeping(`site/${THING}`)).toEqual([]);
    expect(keeping('${iot:Connection.Thing.ThingTypeName}/stop')).toEqual([]);
  });

  test('its own client id is its own only where it is bound', () => {
    const own = publish('dt/${iot:ClientId}/*');
    expect(reached(CONNECT, own)).toEqual([]);
    expect(reached(allow('iot:Connect', 'client/*'), own)).toContain('dt/device-b/x');
  });
});

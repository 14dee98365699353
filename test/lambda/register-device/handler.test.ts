import { createRegistry } from '../../../lambda/register-device/adapters';
import { createDeviceResource } from '../../../lambda/register-device/handler';
import type { CustomResourceRequest, Progress } from '../../../lambda/shared/custom-resource';
import { BundledHandler } from '../../support/bundled-handler';
import { AwsFault, FakeAws, FakeCloudFormation, FakeQueue } from '../../support/fake-aws';
import { FakeThings } from '../../support/fake-things';

const cloudFormation = new FakeCloudFormation();
const queue = new FakeQueue();
const things = new FakeThings();
const warnings: string[] = [];
let aws: FakeAws;

const PROPERTIES = { ThingName: 'gateway-1', ThingGroupName: 'gateways' };

beforeAll(async () => {
  aws = await FakeAws.start([...things.routes, ...cloudFormation.routes, ...queue.routes]);
  Object.assign(process.env, aws.environment());
});

afterAll(async () => {
  for (const name of Object.keys(aws.environment())) Reflect.deleteProperty(process.env, name);
  await aws.stop();
});

beforeEach(() => {
  things.things.clear();
  things.thing('gateway-1');
  for (const group of ['gateways', 'bastions', 'quarantine']) things.groups.add(group);
  aws.calls.splice(0);
  aws.trouble = () => undefined;
  warnings.splice(0);
  cloudFormation.answers.splice(0);
});

const silent = () => undefined;
const log = { info: silent, error: silent, count: silent, warn: (message: string) => void warnings.push(message) };
const gateway = () => things.things.get('gateway-1');

function run(type: 'create' | 'update' | 'delete', properties: object, before?: object): Promise<Progress> {
  const handler = createDeviceResource({ registry: createRegistry(), log });
  const request = { ResourceProperties: properties, OldResourceProperties: before } as unknown as CustomResourceRequest;
  return handler[type](request, undefined);
}

test('is known by the name of its thing', () => {
  const handler = createDeviceResource({ registry: createRegistry(), log });
  const request = { ResourceProperties: PROPERTIES } as unknown as CustomResourceRequest;
  expect(handler.physicalResourceId(request)).toBe('device/gateway-1');
});

describe('create', () => {
  test('gives type, attributes and group, the group last', async () => {
    const properties = { ...PROPERTIES, ThingTypeName: 'gw', Attributes: { a: '1', b: '2', c: '3', d: '4' } };
    await expect(run('create', properties)).resolves.toEqual({ kind: 'done' });
    expect(gateway()).toMatchObject({
      type: 'gw',
      attributes: { a: '1', b: '2', c: '3', d: '4' },
      groups: ['gateways'],
    });
    expect(aws.calls.map((call) => call.operation)).toEqual(['UpdateThing', 'AddThingToThingGroup']);
  });

  test('only joins the group when there is nothing else', async () => {
    await run('create', PROPERTIES);
    expect(aws.calls.map((call) => call.operation)).toEqual(['AddThingToThingGroup']);
  });

  test('can be repeated, wherever it stopped', async () => {
    const properties = { ...PROPERTIES, ThingTypeName: 'gw', Attributes: { a: '1' } };
    for (const stop of [0, 1, 2]) {
      const first = aws.calls.length;
      aws.trouble = (_, index) =>
        index - first >= stop ? { after: 'effect', then: new AwsFault('InvalidRequestException') } : undefined;
      await run('create', properties).catch(silent);
    }
    aws.trouble = () => undefined;
    await run('create', properties);
    expect(gateway()).toMatchObject({ type: 'gw', attributes: { a: '1' }, groups: ['gateways'] });
  });

  test('leaves what others wrote', async () => {
    things.thing('gateway-1', { attributes: { firmware: '7' }, groups: ['ring-1'] });
    await run('create', { ...PROPERTIES, Attributes: { a: '1' } });
    expect(gateway()).toMatchObject({ attributes: { firmware: '7', a: '1' }, groups: ['ring-1', 'gateways'] });
  });

  test.each([
    ['with attributes', { Attributes: { a: '1' } }],
    ['without', {}],
  ])('says what to do when the thing is gone (%s)', async (_, extra) => {
    things.things.clear();
    await expect(run('create', { ...PROPERTIES, ...extra })).rejects.toThrow(
      /thing 'gateway-1' was deleted outside CloudFormation/,
    );
  });
});

describe('update', () => {
  test('changes attributes and type, and never touches the groups of an isolated device', async () => {
    const before = { ...PROPERTIES, ThingTypeName: 'gw', Attributes: { a: '1', b: '2' } };
    things.thing('gateway-1', { groups: ['quarantine'], type: 'gw', attributes: { a: '1', b: '2', firmware: '7' } });
    await run('update', { ...PROPERTIES, Attributes: { a: '9' } }, before);
    expect(gateway()).toEqual({ groups: ['quarantine'], principals: [], attributes: { a: '9', firmware: '7' } });
    expect(aws.calls.map((call) => call.operation)).toEqual(['UpdateThing']);
  });

  test('calls nothing when nothing of its own changed', async () => {
    await run('update', PROPERTIES, { ...PROPERTIES, ServiceToken: 'other' });
    expect(aws.calls).toEqual([]);
  });

  test('moves the device to another group, and back', async () => {
    await run('create', PROPERTIES);
    const moved = { ...PROPERTIES, ThingGroupName: 'bastions' };
    await run('update', moved, PROPERTIES);
    expect(gateway()?.groups).toEqual(['bastions']);
    await run('update', moved, PROPERTIES);
    expect(gateway()?.groups).toEqual(['bastions']);
    await run('update', PROPERTIES, moved);
    expect(gateway()?.groups).toEqual(['gateways']);
    expect(warnings).toEqual([]);
  });

  test('leaves an isolated device where it is when the group changes, and says so', async () => {
    things.thing('gateway-1', { groups: ['quarantine'] });
    await expect(run('update', { ...PROPERTIES, ThingGroupName: 'bastions' }, PROPERTIES)).resolves.toEqual({
      kind: 'done',
    });
    expect(gateway()?.groups).toEqual(['quarantine']);
    expect(warnings).toEqual([expect.stringContaining('neither group')]);
  });

  test('is a new device when the thing is another', async () => {
    things.thing('gateway-2');
    await run(
      'update',
      { ...PROPERTIES, ThingName: 'gateway-2', Attributes: { a: '1' } },
      { ...PROPERTIES, Attributes: { b: '1' } },
    );
    expect(things.things.get('gateway-2')).toMatchObject({ groups: ['gateways'], attributes: { a: '1' } });
  });

  test('that brings back the thing before, which was isolated meanwhile, leaves it isolated', async () => {
    const before = { ...PROPERTIES, ThingName: 'gateway-2', Attributes: { a: '2' } };
    things.thing('gateway-1', { groups: ['quarantine'] });
    await run('update', { ...PROPERTIES, Attributes: { a: '1' } }, before);
    expect(gateway()).toMatchObject({ groups: ['quarantine'], attributes: { a: '1' } });
    expect(warnings).toEqual([expect.stringContaining('isolated')]);
    things.thing('gateway-1', { groups: ['ring-1', 'gateways'] });
    await run('update', PROPERTIES, before);
    expect(gateway()?.groups).toEqual(['ring-1', 'gateways']);
    expect(warnings).toHaveLength(1);
  });

  test.each([
    ['attributes', { Attributes: { a: '1' } }],
    ['group', { ThingGroupName: 'bastions' }],
  ])('says what to do when the thing is gone and its %s changed', async (_, change) => {
    things.things.clear();
    await expect(run('update', { ...PROPERTIES, ...change }, PROPERTIES)).rejects.toThrow(
      /deleted outside CloudFormation/,
    );
  });
});

describe('delete', () => {
  test('takes the device out of the group', async () => {
    await run('create', PROPERTIES);
    await expect(run('delete', PROPERTIES)).resolves.toEqual({ kind: 'done' });
    expect(gateway()?.groups).toEqual([]);
  });

  test.each([
    ['the thing is gone', () => things.things.clear()],
    ['the group is gone', () => things.groups.clear()],
  ])('has nothing to do when %s', async (_, change) => {
    change();
    await expect(run('delete', PROPERTIES)).resolves.toEqual({ kind: 'done' });
    expect(warnings).toEqual([]);
  });

  test('never keeps the stack from going', async () => {
    aws.trouble = () => ({ after: 'nothing', then: new AwsFault('UnauthorizedException', 'no', 401) });
    await expect(run('delete', PROPERTIES)).resolves.toEqual({ kind: 'done' });
    await expect(run('delete', { ThingName: 7 })).resolves.toEqual({ kind: 'done' });
    expect(warnings).toHaveLength(2);
  });
});

test('an empty answer means no group', async () => {
  const list = things.routes.find((route) => route.operation === 'ListThingGroupsForThing');
  const fake = await FakeAws.start([
    { ...list!, act: () => ({}) },
    { ...list!, match: 'GET /x', act: () => ({}) },
  ]);
  process.env.AWS_ENDPOINT_URL = fake.url;
  await expect(createRegistry().groupsOf('gateway-1')).resolves.toEqual([]);
  process.env.AWS_ENDPOINT_URL = aws.url;
  await fake.stop();
});

test('works as it is deployed', async () => {
  const handler = new BundledHandler('register-device', { ...aws.environment(), WAIT_QUEUE_URL: `${aws.url}/queue` });
  await handler.invoke({
    RequestType: 'Create',
    RequestId: 'request-1',
    ResponseURL: `${aws.url}/answers/1`,
    StackId: 'arn:aws:cloudformation:eu-west-1:111122223333:stack/s/1',
    LogicalResourceId: 'Registration',
    ResourceType: 'Custom::IotDevice',
    ResourceProperties: { ...PROPERTIES, Attributes: { a: '1' } },
  });
  await handler.stop();
  expect(cloudFormation.answers).toEqual([
    expect.objectContaining({ Status: 'SUCCESS', PhysicalResourceId: 'device/gateway-1' }),
  ]);
  expect(gateway()).toMatchObject({ groups: ['gateways'], attributes: { a: '1' } });
});

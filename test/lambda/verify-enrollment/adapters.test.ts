import { createAllowList, createRegistry } from '../../../lambda/verify-enrollment/adapters';
import { AwsFault, FakeAws } from '../../support/fake-aws';
import { BundledHandler } from '../../support/bundled-handler';
import { FakeDynamoTable } from '../../support/fake-dynamo';
import { FakeThings } from '../../support/fake-things';

const FIRST = 'aa'.repeat(32);
const SECOND = 'bb'.repeat(32);
const LISTED = { listed: { BOOL: true } };
const signal = new AbortController().signal;

let table: FakeDynamoTable;
let things: FakeThings;
let aws: FakeAws;

beforeAll(async () => {
  aws = await FakeAws.start([
    ...['GetItem', 'UpdateItem'].map((operation) => ({
      operation,
      match: `DynamoDB_20120810.${operation}`,
      act: (input: Record<string, unknown>) => table.routes.find((route) => route.operation === operation)?.act(input),
    })),
    ...new FakeThings().routes.map((route, index) => ({
      ...route,
      act: (input: Record<string, unknown>) => things.routes[index]?.act(input),
    })),
  ]);
  Object.assign(process.env, aws.environment());
});

afterAll(async () => {
  for (const name of Object.keys(aws.environment())) Reflect.deleteProperty(process.env, name);
  await aws.stop();
});

beforeEach(() => {
  table = new FakeDynamoTable('serial');
  things = new FakeThings();
  aws.calls.splice(0);
  aws.trouble = () => undefined;
});

describe('the allow-list', () => {
  test('finds entries as they are, with a consistent read', async () => {
    table
      .put('A', LISTED)
      .put('B', { listed: { BOOL: false } })
      .put('C', { ...LISTED, denied: { S: 'stolen' }, claimedBy: { S: FIRST }, claimedAt: { N: '17' } })
      .put('D', { claimedBy: { S: FIRST } });
    const list = createAllowList('serials');
    await expect(list.find('A', signal)).resolves.toEqual({ listed: true, denied: false, claim: undefined });
    await expect(list.find('B', signal)).resolves.toMatchObject({ listed: false });
    await expect(list.find('C', signal)).resolves.toEqual({
      listed: true,
      denied: true,
      claim: { certificateId: FIRST, at: 17 },
    });
    await expect(list.find('D', signal)).resolves.toMatchObject({ listed: false, claim: { at: 0 } });
    await expect(list.find('E', signal)).resolves.toBeUndefined();
    expect(aws.calls[0]?.input).toMatchObject({ TableName: 'serials', ConsistentRead: true });
  });

  test('writes a claim beside what is there', async () => {
    table.put('A', { ...LISTED, note: { S: 'kept' } });
    await expect(
      createAllowList('serials').claim('A', { certificateId: FIRST, at: 5 }, undefined, signal),
    ).resolves.toBe('claimed');
    expect(table.items.get('A')).toEqual({
      serial: { S: 'A' },
      ...LISTED,
      note: { S: 'kept' },
      claimedAt: { N: '5' },
      claimedBy: { S: FIRST },
    });
  });

  test.each([
    ['was claimed by another', { ...LISTED, claimedBy: { S: SECOND } }, undefined],
    ['was claimed again since', { ...LISTED, claimedBy: { S: SECOND } }, { certificateId: FIRST, at: 1 }],
    ['was denied', { ...LISTED, denied: { BOOL: true } }, undefined],
    ['was taken off the list', {}, undefined],
  ])('does not claim what %s meanwhile', async (_, item, previous) => {
    table.put('A', item);
    const before = structuredClone(table.items.get('A'));
    await expect(
      createAllowList('serials').claim('A', { certificateId: 'cc'.repeat(32), at: 5 }, previous, signal),
    ).resolves.toBe('changed-meanwhile');
    expect(table.items.get('A')).toEqual(before);
  });

  test('takes over the claim that it knows of', async () => {
    table.put('A', { ...LISTED, claimedBy: { S: FIRST }, claimedAt: { N: '1' } });
    const previous = { certificateId: FIRST, at: 1 };
    await expect(
      createAllowList('serials').claim('A', { certificateId: SECOND, at: 5 }, previous, signal),
    ).resolves.toBe('claimed');
    expect(table.items.get('A')).toMatchObject({ claimedBy: { S: SECOND } });
  });

  test('passes on other errors', async () => {
    aws.trouble = () => ({ after: 'nothing', then: new AwsFault('AccessDeniedException') });
    const list = createAllowList('serials');
    await expect(list.find('A', signal)).rejects.toThrow('AccessDeniedException');
    await expect(list.claim('A', { certificateId: FIRST, at: 5 }, undefined, signal)).rejects.toThrow(
      'AccessDeniedException',
    );
    expect(aws.calls).toHaveLength(2);
  });
});

describe('the registry', () => {
  test('tells certificates and groups of a thing, and of none', async () => {
    things.thing('pump-A', { groups: ['fleet'], principals: [`arn:aws:iot:eu-west-1:111122223333:cert/${FIRST}`] });
    const registry = createRegistry();
    await expect(registry.identityOf('pump-A', signal)).resolves.toEqual({
      groups: ['fleet'],
      certificateIds: [FIRST],
    });
    await expect(registry.identityOf('pump-B', signal)).resolves.toBeUndefined();
  });

  test('takes an empty answer for an empty thing', async () => {
    things.thing('pump-A');
    things.routes.splice(0, 2, ...things.routes.slice(0, 2).map((route) => ({ ...route, act: () => ({}) })));
    await expect(createRegistry().identityOf('pump-A', signal)).resolves.toEqual({ groups: [], certificateIds: [] });
  });

  test('passes on other errors', async () => {
    aws.trouble = () => ({ after: 'nothing', then: new AwsFault('UnauthorizedException', 'no', 401) });
    await expect(createRegistry().identityOf('pump-A', signal)).rejects.toThrow('no');
  });
});

describe('the function as it is deployed', () => {
  const event = (SerialNumber: string, certificateId: string) => ({
    claimCertificateId: '0c'.repeat(32),
    certificateId,
    certificatePem: '-----BEGIN CERTIFICATE-----',
    templateArn: 'arn:aws:iot:eu-west-1:111122223333:provisioningtemplate/pumps',
    clientId: 'claim.42',
    parameters: { SerialNumber },
  });
  let handler: BundledHandler;

  beforeAll(() => {
    handler = new BundledHandler('verify-enrollment', {
      ...aws.environment(),
      ALLOW_LIST_TABLE: 'serials',
      PROVISIONING_TEMPLATE: 'pumps',
      THING_NAME_PREFIX: 'pump-',
      FLEET_GROUP: 'fleet',
      ONE_TIME_USE: 'true',
    });
  });

  afterAll(() => handler.stop());

  test('enrolls a device once', async () => {
    table.put('A', LISTED);
    const enrolled = { allowProvisioning: true, parameterOverrides: { SerialNumber: 'A' } };
    expect(await handler.invoke(event('A', FIRST))).toEqual(enrolled);
    things.thing('pump-A', { groups: ['fleet'], principals: [`arn:aws:iot:eu-west-1:111122223333:cert/${FIRST}`] });
    await expect(handler.invoke(event('A', SECOND))).resolves.toMatchObject({ allowProvisioning: false });
    await expect(handler.invoke(event('B', SECOND))).resolves.toMatchObject({ allowProvisioning: false });
    expect(table.items.get('A')).toMatchObject({ claimedBy: { S: FIRST } });
  });

  test('refuses when AWS breaks the connection', async () => {
    table.put('A', LISTED);
    aws.trouble = () => ({ after: 'nothing', then: 'drop' });
    await expect(handler.invoke(event('A', FIRST))).resolves.toMatchObject({ allowProvisioning: false });
  });
});

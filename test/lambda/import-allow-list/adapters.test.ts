import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createFile, createTable } from '../../../lambda/import-allow-list/adapters';
import { BundledHandler } from '../../support/bundled-handler';
import { AwsFault, FakeAws, FakeCloudFormation, FakeQueue } from '../../support/fake-aws';
import { FakeDynamoTable } from '../../support/fake-dynamo';

const LISTED = { listed: { BOOL: true } };
const USED = { claimedBy: { S: 'aa' } };
const OPERATIONS = ['UpdateItem', 'DeleteItem', 'Scan'];

const cloudFormation = new FakeCloudFormation();
const queue = new FakeQueue();
const files = new Map<string, string>();
let table: FakeDynamoTable;
let aws: FakeAws;
let s3: Server;
let environment: Record<string, string>;

beforeAll(async () => {
  aws = await FakeAws.start([
    ...cloudFormation.routes,
    ...queue.routes,
    ...OPERATIONS.map((operation) => ({
      operation,
      match: `DynamoDB_20120810.${operation}`,
      act: (input: Record<string, unknown>) => table.routes.find((route) => route.operation === operation)?.act(input),
    })),
  ]);
  s3 = createServer((request, response) => {
    const text = files.get(new URL(request.url ?? '', 'http://s3').pathname);
    response.writeHead(text === undefined ? 404 : 200).end(text);
  });
  await new Promise<void>((resolve) => s3.listen(0, '127.0.0.1', resolve));
  environment = { ...aws.environment(), AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${(s3.address() as AddressInfo).port}` };
  Object.assign(process.env, environment);
});

afterAll(async () => {
  for (const name of Object.keys(environment)) Reflect.deleteProperty(process.env, name);
  await aws.stop();
  s3.closeAllConnections();
  await new Promise((resolve) => s3.close(resolve));
});

beforeEach(() => {
  table = new FakeDynamoTable('serial');
  files.clear();
  aws.calls.splice(0);
  aws.trouble = () => undefined;
  cloudFormation.answers.splice(0);
});

test('reads a file whole', async () => {
  files.set('/assets/list.txt', 'A\nB\n').set('/assets/empty.txt', '');
  await expect(createFile().read('assets', 'list.txt')).resolves.toEqual(Buffer.from('A\nB\n'));
  await expect(createFile().read('assets', 'empty.txt')).resolves.toEqual(Buffer.alloc(0));
});

test('reads all pages of a table, and of each entry what an import must know', async () => {
  table.pageSize = 2;
  table
    .put('A', LISTED)
    .put('B', USED)
    .put('C', { denied: { S: 'x' } })
    .put('D', { ...LISTED, ...USED })
    .put('E');
  const pages = [];
  for await (const page of createTable().entries('serials')) pages.push(page);
  expect(pages).toEqual([
    [
      { serial: 'A', listed: true, hasHistory: false },
      { serial: 'B', listed: false, hasHistory: true },
    ],
    [
      { serial: 'C', listed: false, hasHistory: true },
      { serial: 'D', listed: true, hasHistory: true },
    ],
    [{ serial: 'E', listed: false, hasHistory: false }],
  ]);
  expect(aws.calls[0]?.input).toMatchObject({
    ConsistentRead: true,
    ProjectionExpression: '#serial, #listed, #by, #denied',
  });
});

test('reads an empty table', async () => {
  const pages = [];
  for await (const page of createTable().entries('serials')) pages.push(page);
  expect(pages).toEqual([[]]);
});

test('lists and unlists, and keeps all else', async () => {
  table.put('A', USED);
  await createTable().list('serials', 'A');
  await createTable().list('serials', 'B');
  expect(table.items.get('A')).toEqual({ serial: { S: 'A' }, ...USED, ...LISTED });
  expect(table.items.get('B')).toEqual({ serial: { S: 'B' }, ...LISTED });
  await createTable().unlist('serials', 'A');
  expect(table.items.get('A')).toEqual({ serial: { S: 'A' }, ...USED });
});

test('forgets an entry, but only takes it off the list when it got a history meanwhile', async () => {
  table
    .put('A', LISTED)
    .put('B', { ...LISTED, ...USED })
    .put('C', { ...LISTED, denied: { S: 'x' } });
  for (const serial of ['A', 'B', 'C', 'D']) await createTable().forget('serials', serial);
  expect([...table.items.values()]).toEqual([
    { serial: { S: 'B' }, ...USED },
    { serial: { S: 'C' }, denied: { S: 'x' } },
  ]);
});

test('passes on other errors', async () => {
  aws.trouble = () => ({ after: 'nothing', then: new AwsFault('AccessDeniedException') });
  await expect(createTable().forget('serials', 'A')).rejects.toThrow('AccessDeniedException');
});

describe('the function as it is deployed', () => {
  let handler: BundledHandler;

  beforeAll(() => {
    handler = new BundledHandler('import-allow-list', { ...environment, WAIT_QUEUE_URL: `${aws.url}/queue` });
  });

  afterAll(() => handler.stop());

  test('imports a list and answers CloudFormation', async () => {
    files.set('/assets/list.txt', 'A\nB\n');
    table.put('X', LISTED);
    await handler.invoke({
      RequestType: 'Create',
      RequestId: 'request-1',
      ResponseURL: `${aws.url}/answers/1`,
      StackId: 'arn:aws:cloudformation:eu-west-1:111122223333:stack/s/1',
      LogicalResourceId: 'Import',
      ResourceType: 'Custom::IotAllowList',
      ResourceProperties: { TableName: 'serials', Bucket: 'assets', Key: 'list.txt', Count: '2' },
    });
    expect(cloudFormation.answers).toEqual([
      expect.objectContaining({ Status: 'SUCCESS', PhysicalResourceId: 'allow-list/serials', Data: { Count: '2' } }),
    ]);
    expect([...table.items.keys()].sort()).toEqual(['A', 'B']);
  });
});

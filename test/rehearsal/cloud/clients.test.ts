import { Account, type Call, dynamodb, iot, ssm, tunnels } from '../../support/service-calls';
import { ACCOUNT } from './calls/account';
import { DATA } from './calls/iot-data';
import { MESSAGES } from './calls/messages';
import { POLICIES } from './calls/policies';
import type { Row } from './calls/row';
import { STORES } from './calls/stores';
import { THINGS } from './calls/things';

let account: Account;

beforeAll(async () => {
  account = await Account.open();
});

afterAll(() => account.close());

const onTable = { TableName: 'table' } as const;
const KEY = { id: { S: 'nobody' } } as const;

const ROWS: Readonly<Record<string, Row>> = {
  ...Object.fromEntries(
    Object.entries({ ...THINGS, ...POLICIES, ...ACCOUNT, ...DATA }).map(([name, row]) => [`iot:${name}`, row]),
  ),
  ...STORES,
  ...MESSAGES,
};

/** Nothing that is shipped or rehearsed calls these through a client. */
const NOT_BY_CLIENT = ['events:PutEvents'];
/** What the model refuses to nobody who may: there is nothing in the request that could be wrong. */
const NEVER_REFUSED = [
  'iot:DeleteAuditSuppression',
  'iot:DescribeAccountAuditConfiguration',
  'iot:DescribeEventConfigurations',
  'iot:GetIndexingConfiguration',
  'iot:GetV2LoggingOptions',
  'iot:ListJobExecutionsForThing',
  'iot:ListTunnels',
  'iot:SetV2LoggingOptions',
  'iot:UpdateEventConfigurations',
  'ssm:GetParametersByPath',
];

test('no operation that is modelled is without a call here, and none is refused nothing without being listed', () => {
  expect([...Object.keys(ROWS), ...NOT_BY_CLIENT].sort()).toEqual(account.operations);
  const without = Object.entries(ROWS).flatMap(([name, { fails }]) => (fails === undefined ? [name] : []));
  expect(without.sort()).toEqual(NEVER_REFUSED);
});

describe.each(Object.entries(ROWS))('%s through its client', (name, { works, fails = [] }) => {
  test('answers who may, and refuses who may not with the error of the service', async () => {
    const call = await works(account);
    await expect(account.mayNot[call[0]].send(call[1])).rejects.toMatchObject({
      name: expect.stringMatching(
        /^(AccessDenied(Exception)?|ForbiddenException|AuthorizationErrorException)$/,
      ) as string,
      message: expect.stringContaining('is not authorized to perform') as string,
    });
    await expect(account.does(call)).resolves.toMatchObject({ $metadata: { httpStatusCode: 200 } });
  });

  if (fails.length === 0) return;
  test.each(fails)(`is refused with %s, as the client knows it (${name})`, async (error, make) => {
    const call = await make(account);
    await expect(account.does(call)).rejects.toMatchObject({ name: error, $fault: 'client' });
  });
});

describe('pages', () => {
  type Paged = readonly [
    name: string,
    member: string,
    make: (a: Account) => Promise<(token?: string) => Call>,
    token: string,
  ];
  const three = async (make: () => Promise<unknown>): Promise<void> => {
    for (let i = 0; i < 3; i++) await make();
  };
  const list: readonly Paged[] = [
    [
      'ListThings',
      'things',
      async (a) => (
        await three(() => a.thing()),
        (nextToken) => ['iot', new iot.ListThingsCommand({ maxResults: 2, nextToken })]
      ),
      'nextToken',
    ],
    [
      'ListThingGroups',
      'thingGroups',
      async (a) => (
        await three(() => a.group()),
        (nextToken) => ['iot', new iot.ListThingGroupsCommand({ maxResults: 2, nextToken })]
      ),
      'nextToken',
    ],
    [
      'ListCertificates',
      'certificates',
      async (a) => (
        await three(() => a.certificate()),
        (marker) => ['iot', new iot.ListCertificatesCommand({ pageSize: 2, marker })]
      ),
      'nextMarker',
    ],
    [
      'ListPolicies',
      'policies',
      async (a) => (
        await three(() => a.policy()),
        (marker) => ['iot', new iot.ListPoliciesCommand({ pageSize: 2, marker })]
      ),
      'nextMarker',
    ],
    [
      'ListJobs',
      'jobs',
      async (a) => (
        await three(() => a.job()),
        (nextToken) => ['iot', new iot.ListJobsCommand({ maxResults: 2, nextToken })]
      ),
      'nextToken',
    ],
    [
      'GetParametersByPath',
      'Parameters',
      async (a) => (
        await three(() => a.parameter()),
        (NextToken) => ['ssm', new ssm.GetParametersByPathCommand({ Path: '/parameters', MaxResults: 2, NextToken })]
      ),
      'NextToken',
    ],
    [
      'ListTunnels',
      'tunnelSummaries',
      async (a) => (
        await three(() => a.tunnel()),
        (nextToken) => ['tunnels', new tunnels.ListTunnelsCommand({ maxResults: 2, nextToken })]
      ),
      'nextToken',
    ],
  ];

  test.each(list)('of %s are two long, follow each other, and have everything once', async (_, member, make, token) => {
    const call = await make(account);
    const sizes: number[] = [];
    const seen = new Set<string>();
    let next: string | undefined;
    do {
      const answer = await account.does(call(next));
      const page = answer[member] as unknown[];
      sizes.push(page.length);
      for (const each of page) seen.add(JSON.stringify(each));
      next = answer[token] as string | undefined;
    } while (next !== undefined);
    expect(sizes.length).toBeGreaterThan(1);
    expect(sizes.slice(0, -1).every((size) => size === 2)).toBe(true);
    expect(seen.size).toBe(sizes.reduce((sum, size) => sum + size, 0));
  });

  test('of a table end where LastEvaluatedKey is missing', async () => {
    await three(() => account.item());
    const first = await account.does(['dynamodb', new dynamodb.ScanCommand({ ...onTable, Limit: 2 })]);
    const ExclusiveStartKey = first.LastEvaluatedKey as typeof KEY;
    expect(ExclusiveStartKey).toBeDefined();
    const rest = await account.does(['dynamodb', new dynamodb.ScanCommand({ ...onTable, ExclusiveStartKey })]);
    expect(rest.LastEvaluatedKey).toBeUndefined();
    expect((rest.Items as unknown[]).length).toBeGreaterThan(0);
  });
});

test('a transaction says which of its conditions did not hold', async () => {
  const item = { Put: { ...onTable, Item: { id: { S: account.new() } } } };
  const failing = { ConditionCheck: { ...onTable, Key: KEY, ConditionExpression: 'attribute_exists(id)' } };
  const command = new dynamodb.TransactWriteItemsCommand({ TransactItems: [item, failing] });
  await expect(account.does(['dynamodb', command])).rejects.toMatchObject({
    CancellationReasons: [{ Code: 'None' }, { Code: 'ConditionalCheckFailed' }],
  });
});

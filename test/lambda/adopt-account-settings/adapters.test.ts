import { IoTClient } from '@aws-sdk/client-iot';
import { SSMClient } from '@aws-sdk/client-ssm';
import {
  createAudit,
  createClaims,
  createClients,
  createEvents,
  createIndexing,
  createLogging,
  createSuppressions,
} from '../../../lambda/adopt-account-settings/adapters';

type Answer = object | Error;

/** A client that answers in order and remembers what it was sent. */
function client(...answers: Answer[]) {
  const sent: { command: string; input: object }[] = [];
  const send = async (command: { input: object }): Promise<object> => {
    sent.push({ command: command.constructor.name, input: JSON.parse(JSON.stringify(command.input)) as object });
    const answer = answers.shift() ?? {};
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { sent, iot: { send } as unknown as IoTClient, ssm: { send } as unknown as SSMClient };
}

const fault = (name: string): Error => Object.assign(new Error(name), { name });

test('clients are bounded in time and tries', async () => {
  process.env.AWS_REGION = 'eu-west-1';
  const { iot, ssm } = createClients();
  delete process.env.AWS_REGION;
  expect(iot).toBeInstanceOf(IoTClient);
  expect(ssm).toBeInstanceOf(SSMClient);
  expect(await iot.config.maxAttempts()).toBe(5);
  iot.destroy();
  ssm.destroy();
});

describe('claims', () => {
  test('are listed page by page, whatever is missing', async () => {
    const { ssm, sent } = client({ Parameters: [{ Name: 'a', Value: '1' }, {}], NextToken: 't' }, {});
    expect(await createClaims(ssm).list('/path')).toEqual([
      { name: 'a', text: '1' },
      { name: '', text: '' },
    ]);
    expect(sent.map(({ input }) => input)).toEqual([
      { Path: '/path', Recursive: true, MaxResults: 10 },
      { Path: '/path', Recursive: true, MaxResults: 10, NextToken: 't' },
    ]);
  });

  test('are created once, replaced and removed', async () => {
    const { ssm, sent } = client({ Version: 1 }, fault('ParameterAlreadyExists'), {}, {}, fault('ParameterNotFound'));
    const claims = createClaims(ssm);
    expect(await claims.create('a', '1')).toBe('created');
    expect(await claims.create('a', '1')).toBe('exists');
    await claims.replace('a', '2');
    await claims.remove('a');
    await claims.remove('a');
    expect(sent.slice(0, 3).map(({ input }) => input)).toEqual([
      { Name: 'a', Value: '1', Type: 'String', Tier: 'Intelligent-Tiering', Overwrite: false },
      { Name: 'a', Value: '1', Type: 'String', Tier: 'Intelligent-Tiering', Overwrite: false },
      { Name: 'a', Value: '2', Type: 'String', Tier: 'Intelligent-Tiering', Overwrite: true },
    ]);
  });

  test('other faults are thrown', async () => {
    await expect(createClaims(client(fault('AccessDeniedException')).ssm).create('a', '1')).rejects.toThrow();
    await expect(createClaims(client(fault('AccessDeniedException')).ssm).remove('a')).rejects.toThrow();
  });
});

test('an audit that was never configured is read as empty', async () => {
  expect(await createAudit(client({}).iot).read([])).toEqual({ checks: {} });
  const target = { targetArn: 't' };
  const { iot } = client({
    auditNotificationTargetConfigurations: { SNS: target },
    auditCheckConfigurations: { X: {} },
  });
  expect(await createAudit(iot).read([])).toEqual({
    notification: { targetArn: 't', enabled: false },
    checks: { X: { enabled: false } },
  });
});

test('an audit configuration that is gone is deleted', async () => {
  const { iot, sent } = client(fault('ResourceNotFoundException'));
  await createAudit(iot).write({ kind: 'delete' });
  expect(sent).toEqual([{ command: 'DeleteAccountAuditConfigurationCommand', input: {} }]);
});

test('logging that was never configured is read as empty', async () => {
  expect(await createLogging(client(fault('NotConfiguredException')).iot).read([])).toEqual({ events: [] });
  expect(await createLogging(client({}).iot).read([])).toEqual({ disableAllLogs: false, events: [] });
  const { iot } = client({ disableAllLogs: true, eventConfigurations: [{ logLevel: 'INFO' }] });
  expect(await createLogging(iot).read([])).toEqual({
    disableAllLogs: true,
    events: [{ eventType: '', logLevel: 'INFO' }],
  });
});

test('indexing that was never configured is read as empty', async () => {
  expect(await createIndexing(client({}).iot).read([])).toEqual({
    things: { modes: {}, fields: [], namedShadows: [], restOfFilter: {} },
    groups: { fields: [] },
  });
});

test('indexing is sent without what the service manages itself', async () => {
  const { iot, sent } = client();
  const things = { modes: { thingIndexingMode: 'REGISTRY' }, fields: [], namedShadows: [], restOfFilter: {} };
  await createIndexing(iot).write({ things });
  await createIndexing(iot).write({ things: { ...things, namedShadows: ['s'], restOfFilter: { geoLocations: [] } } });
  expect(sent.map(({ input }) => input)).toEqual([
    { thingIndexingConfiguration: { thingIndexingMode: 'REGISTRY', customFields: [] } },
    {
      thingIndexingConfiguration: {
        thingIndexingMode: 'REGISTRY',
        customFields: [],
        filter: { geoLocations: [], namedShadowNames: ['s'] },
      },
    },
  ]);
});

test('events that were never configured are read as empty', async () => {
  expect(await createEvents(client({}).iot).read([])).toEqual({});
  expect(
    await createEvents(client({ eventConfigurations: { JOB: { Enabled: true }, THING: {} } }).iot).read([]),
  ).toEqual({
    JOB: true,
    THING: false,
  });
});

describe('suppressions', () => {
  const key = 'suppression:["X_CHECK",{"account":"111122223333"}]';
  const identity = { checkName: 'X_CHECK', resourceIdentifier: { account: '111122223333' } };

  test('are read one by one', async () => {
    const { iot, sent } = client({ expirationDate: new Date(1_500), description: 'x' });
    expect(await createSuppressions(iot).read([key])).toEqual({ [key]: { expirationDate: 1, description: 'x' } });
    expect(sent).toEqual([{ command: 'DescribeAuditSuppressionCommand', input: identity }]);
    expect(await createSuppressions(client(fault('ResourceNotFoundException')).iot).read([key])).toEqual({});
    const forGood = client({ suppressIndefinitely: true });
    expect(await createSuppressions(forGood.iot).read([key])).toEqual({ [key]: { suppressIndefinitely: true } });
  });

  test('are created under a token that the same content always has', async () => {
    const { iot, sent } = client();
    const call = { kind: 'create', identity, value: { suppressIndefinitely: true } } as const;
    await createSuppressions(iot).write(call);
    await createSuppressions(iot).write(call);
    await createSuppressions(iot).write({ ...call, value: { expirationDate: 1, description: 'x' } });
    const inputs = sent.map(({ input }) => input as { clientRequestToken: string });
    expect(inputs[0]).toEqual({
      ...identity,
      suppressIndefinitely: true,
      clientRequestToken: expect.stringMatching(/^\w+$/),
    });
    expect(inputs[1]).toEqual(inputs[0]);
    expect(inputs[2]).toMatchObject({ suppressIndefinitely: false, expirationDate: '1970-01-01T00:00:01.000Z' });
    expect(inputs[2]?.clientRequestToken).not.toBe(inputs[0]?.clientRequestToken);
  });

  test('that exist after all are updated', async () => {
    const { iot, sent } = client(fault('ResourceAlreadyExistsException'));
    await createSuppressions(iot).write({ kind: 'create', identity, value: { description: 'x' } });
    expect(sent.map(({ command }) => command)).toEqual([
      'CreateAuditSuppressionCommand',
      'UpdateAuditSuppressionCommand',
    ]);
    expect(sent[1]?.input).toEqual({ ...identity, suppressIndefinitely: false, description: 'x' });
  });

  test('are deleted', async () => {
    const { iot, sent } = client();
    await createSuppressions(iot).write({ kind: 'delete', identity });
    expect(sent).toEqual([{ command: 'DeleteAuditSuppressionCommand', input: identity }]);
  });
});

import {
  ADOPT_ACCOUNT_SETTINGS,
  SETTING_TYPES,
  type SettingKind,
} from '../../../lambda/adopt-account-settings/contract';
import { BundledHandler } from '../../support/bundled-handler';
import { FakeAccount } from '../../support/fake-account';
import { AwsFault, FakeAws, FakeCloudFormation, FakeQueue, type Trouble } from '../../support/fake-aws';
import {
  ageThreshold,
  auditProperties,
  indexingProperties,
  loggingProperties,
  suppressionProperties,
} from './properties';

const PROPERTIES: Record<SettingKind, Record<string, unknown>> = {
  audit: auditProperties(ageThreshold('180')),
  logging: loggingProperties({ Events: ['Connect=INFO'] }),
  indexing: indexingProperties({ NamedShadows: ['config'] }),
  events: { EventTypes: ['JOB_EXECUTION', 'POLICY'] },
  suppression: suppressionProperties({ ExpirationDate: '4102444800' }),
};

/** The function as it is deployed, with the real SDK, against a fake account on a loopback port. */
class World {
  public static async start(): Promise<World> {
    const account = new FakeAccount();
    const queue = new FakeQueue();
    const cloudFormation = new FakeCloudFormation();
    const aws = await FakeAws.start([...account.routes, ...queue.routes, ...cloudFormation.routes]);
    return new World(account, queue, cloudFormation, aws);
  }

  public handler: BundledHandler;

  private constructor(
    public readonly account: FakeAccount,
    public readonly queue: FakeQueue,
    public readonly cloudFormation: FakeCloudFormation,
    public readonly aws: FakeAws,
  ) {
    this.handler = this.launch();
  }

  public async stop(): Promise<void> {
    await this.handler.stop();
    await this.aws.stop();
  }

  /** A function that crashed is replaced by a fresh one. */
  public async crash(): Promise<void> {
    await this.handler.stop();
    this.handler = this.launch();
  }

  public request(kind: SettingKind, type: string, physicalId?: string): Record<string, unknown> {
    return {
      RequestType: type,
      RequestId: 'request',
      ResponseURL: `${this.aws.url}/answers/1`,
      StackId: 'arn:aws:cloudformation:eu-west-1:111122223333:stack/name/own-guid',
      LogicalResourceId: 'Setting',
      ResourceType: SETTING_TYPES[kind],
      ResourceProperties: PROPERTIES[kind],
      ...(physicalId === undefined ? {} : { PhysicalResourceId: physicalId }),
    };
  }

  /** Sends a request and what the function puts off, until CloudFormation has an answer. */
  public async settle(request: Record<string, unknown>): Promise<Record<string, unknown>> {
    await this.handler.invoke(request);
    for (let message = this.queue.messages.shift(); message !== undefined; message = this.queue.messages.shift())
      await this.handler.invoke({ Records: [{ messageId: 'm', body: message.body }] });
    const answer = this.cloudFormation.answers.pop();
    if (answer === undefined) throw new Error('CloudFormation has no answer');
    return answer;
  }

  private launch(): BundledHandler {
    return new BundledHandler(ADOPT_ACCOUNT_SETTINGS, {
      ...this.aws.environment(),
      STACK_GUID: 'own-guid',
      WAIT_QUEUE_URL: `${this.aws.url}/queue`,
    });
  }
}

let world: World;
beforeEach(async () => {
  world = await World.start();
});
afterEach(() => world.stop());

test.each(Object.keys(PROPERTIES) as SettingKind[])('%s is adopted and given back', async (kind) => {
  const before = world.account.settings();
  const created = await world.settle(world.request(kind, 'Create'));
  expect(created).toMatchObject({ Status: 'SUCCESS', Data: { Kept: '' } });
  expect(world.account.settings()).not.toEqual(before);
  const deleted = await world.settle(world.request(kind, 'Delete', String(created.PhysicalResourceId)));
  expect(deleted).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: created.PhysicalResourceId });
  expect(world.account.parameters.size).toBe(0);
  if (kind === 'audit' || kind === 'events' || kind === 'suppression') expect(world.account.settings()).toEqual(before);
  else
    expect(JSON.stringify(world.account.settings())).toMatch(
      kind === 'logging' ? /"disableAllLogs":true/ : /"thingIndexingMode":"OFF"/,
    );
});

const THROTTLED: Trouble = { after: 'nothing', then: new AwsFault('ThrottlingException', 'slow down') };
const TROUBLES: [string, Trouble][] = [
  ['is throttled', THROTTLED],
  ['fails after its effect', { after: 'effect', then: new AwsFault('InternalFailureException', 'oops', 500) }],
  ['loses its answer', { after: 'effect', then: 'drop' }],
];

test.each(TROUBLES)('a call that %s is made again, wherever it stands', async (_name, trouble) => {
  const before = world.account.settings();
  let last = -1;
  // Every second call of the function goes wrong once.
  world.aws.trouble = ({ operation }, index) => {
    if (operation === 'Answer' || index === last + 1 || index % 2 === 1) return undefined;
    last = index;
    return trouble;
  };
  const created = await world.settle(world.request('audit', 'Create'));
  expect(created).toMatchObject({ Status: 'SUCCESS' });
  const deleted = await world.settle(world.request('audit', 'Delete', String(created.PhysicalResourceId)));
  expect(deleted).toMatchObject({ Status: 'SUCCESS' });
  expect(world.account.settings()).toEqual(before);
  expect(world.account.parameters.size).toBe(0);
});

test('throttling that lasts is waited out in the queue', async () => {
  let throttled = 12;
  world.aws.trouble = ({ operation }) =>
    operation === 'UpdateIndexingConfiguration' && (throttled -= 1) >= 0 ? THROTTLED : undefined;
  await world.handler.invoke(world.request('indexing', 'Create'));
  expect(world.cloudFormation.answers).toEqual([]);
  expect(world.queue.messages).toHaveLength(1);
  for (let message = world.queue.messages.shift(); message !== undefined; message = world.queue.messages.shift())
    await world.handler.invoke({ Records: [{ messageId: 'm', body: message.body }] });
  expect(world.cloudFormation.answers).toMatchObject([{ Status: 'SUCCESS' }]);
});

test('a role that IAM has not made known yet is waited for', async () => {
  const role = String(PROPERTIES.audit.RoleArn);
  world.account.unknownRoles.add(role);
  await world.handler.invoke(world.request('audit', 'Create'));
  expect(world.queue.messages).toMatchObject([{ delaySeconds: 10 }]);
  world.account.unknownRoles.delete(role);
  const [message] = world.queue.messages.splice(0);
  await world.handler.invoke({ Records: [{ messageId: 'm', body: message!.body }] });
  expect(world.cloudFormation.answers).toMatchObject([{ Status: 'SUCCESS' }]);
});

test('a function that crashes between any two calls leaves nothing that the next delivery does not mend', async () => {
  const before = world.account.settings();
  const request = world.request('audit', 'Create');
  await world.handler.invoke(request);
  const count = world.aws.calls.filter(({ operation }) => operation !== 'Answer').length;
  const after = { settings: world.account.settings(), claims: [...world.account.parameters] };
  const id = String(world.cloudFormation.answers.pop()?.PhysicalResourceId);
  await world.settle(world.request('audit', 'Delete', id));
  expect(world.account.settings()).toEqual(before);
  for (let at = 0; at < count; at += 1) {
    world.aws.calls.length = 0;
    const silent = new Promise<void>((resolve) => {
      world.aws.trouble = (_call, index) => {
        if (index !== at) return undefined;
        setImmediate(resolve);
        return { after: 'effect', then: 'silence' };
      };
    });
    void world.handler.invoke(request).catch(() => undefined);
    await silent;
    await world.crash();
    world.aws.trouble = () => undefined;
    expect(await world.settle(request)).toMatchObject({ Status: 'SUCCESS' });
    expect({ settings: world.account.settings(), claims: [...world.account.parameters] }).toEqual(after);
    await world.settle(world.request('audit', 'Delete', id));
    expect(world.account.settings()).toEqual(before);
  }
});

describe('when another stack changed its claim', () => {
  const event = (stack: string, kind = 'audit'): object => ({
    source: 'aws.ssm',
    'detail-type': 'Parameter Store Change',
    detail: { operation: 'Delete', name: `/zero-trust-iot/account-settings/${kind}/${stack}/Audit` },
  });

  test('takes up what it wants', async () => {
    await world.settle(world.request('audit', 'Create'));
    const wanted = world.account.settings();
    world.account.audit.auditCheckConfigurations.LOGGING_DISABLED_CHECK = { enabled: false };
    await world.handler.invoke(event('other-guid', 'events'));
    expect(world.account.settings()).not.toEqual(wanted);
    await world.handler.invoke(event('other-guid'));
    expect(world.account.settings()).toEqual(wanted);
  });

  test('does nothing about its own', async () => {
    await world.handler.invoke(event('own-guid'));
    expect(world.aws.calls).toEqual([]);
  });
});

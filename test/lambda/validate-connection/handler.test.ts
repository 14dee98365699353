import { ENV } from '../../../lambda/validate-connection/contract';
import { BundledHandler } from '../../support/bundled-handler';
import { AwsFault, FakeAws } from '../../support/fake-aws';

const CERTIFICATE = 'ab'.repeat(32);
const event = (principalId: unknown = CERTIFICATE) => ({
  connectionMetadata: { id: 'c1' },
  principalId,
  serverName: 'iot.example.com',
  clientCertificateChain: [],
});

describe('the bundled gate', () => {
  let aws: FakeAws;
  let gate: BundledHandler;
  const items = new Map<string, object>();
  beforeAll(async () => {
    aws = await FakeAws.start([
      {
        operation: 'GetItem',
        match: 'DynamoDB_20120810.GetItem',
        act: ({ Key, ConsistentRead }) => {
          if (ConsistentRead !== true) throw new AwsFault('ValidationException', 'may be stale');
          const found = items.get((Key as { certificateId: { S: string } }).certificateId.S);
          return found === undefined ? {} : { Item: found };
        },
      },
    ]);
    gate = new BundledHandler('validate-connection', { ...aws.environment(), [ENV.denyList]: 'denied' });
  });
  afterAll(async () => {
    await gate.stop();
    await aws.stop();
  });
  beforeEach(() => {
    items.clear();
    aws.calls.splice(0);
    aws.trouble = () => undefined;
  });

  test('lets in whom nobody denied', async () => {
    expect(await gate.invoke(event())).toEqual({ isAuthenticated: true });
  });

  test('refuses who is on the list, and lets in who was taken off it', async () => {
    items.set(CERTIFICATE, { denied: { BOOL: true } });
    expect(await gate.invoke(event())).toEqual({ isAuthenticated: false });
    items.set(CERTIFICATE, { denied: { BOOL: false } });
    expect(await gate.invoke(event())).toEqual({ isAuthenticated: true });
  });

  test('fails closed', async () => {
    aws.trouble = () => ({ after: 'nothing', then: new AwsFault('AccessDeniedException', 'no', 400) });
    expect(await gate.invoke(event())).toEqual({ isAuthenticated: false });
    aws.trouble = () => ({ after: 'nothing', then: 'silence' });
    expect(await gate.invoke(event())).toEqual({ isAuthenticated: false });
  });

  test('asks again when it asked too often', async () => {
    aws.trouble = (_call, index) =>
      index === 0
        ? { after: 'nothing', then: new AwsFault('ProvisionedThroughputExceededException', 'slower', 400) }
        : undefined;
    expect(await gate.invoke(event())).toEqual({ isAuthenticated: true });
    expect(aws.calls).toHaveLength(2);
  });

  test('does not give up on an answer that comes, however fast its time runs here', async () => {
    const hasty = new BundledHandler('validate-connection', { ...aws.environment(), [ENV.denyList]: 'denied' }, 1e6);
    try {
      expect(await hasty.invoke(event())).toEqual({ isAuthenticated: true });
      expect(aws.calls).toHaveLength(1);
    } finally {
      await hasty.stop();
    }
  });

  test('asks nobody about what is no certificate', async () => {
    for (const principalId of [null, 7, '', 'AB'.repeat(32), `${CERTIFICATE}0`, { S: CERTIFICATE }])
      expect(await gate.invoke(event(principalId))).toEqual({ isAuthenticated: false });
    expect(aws.calls).toEqual([]);
  });
});

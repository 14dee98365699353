import { CUSTOM_RESOURCE } from '../../../lambda/shared/contract';
import { RESOURCE_TYPE } from '../../../lambda/ensure-log-group/contract';
import { BundledHandler } from '../../support/bundled-handler';
import { AwsFault, FakeAws, FakeCloudFormation, FakeQueue } from '../../support/fake-aws';

const cloudFormation = new FakeCloudFormation();
const queue = new FakeQueue();
const groups = new Set<string>();
let aws: FakeAws;
let handler: BundledHandler;

beforeAll(async () => {
  aws = await FakeAws.start([
    ...cloudFormation.routes,
    ...queue.routes,
    {
      operation: 'CreateLogGroup',
      match: 'Logs_20140328.CreateLogGroup',
      act: ({ logGroupName }) => {
        if (groups.has(String(logGroupName))) throw new AwsFault('ResourceAlreadyExistsException');
        groups.add(String(logGroupName));
        return {};
      },
    },
  ]);
  handler = new BundledHandler('ensure-log-group', {
    ...aws.environment(),
    [CUSTOM_RESOURCE.waitQueueEnv]: `${aws.url}/queue`,
  });
});

afterAll(async () => {
  await handler.stop();
  await aws.stop();
});

beforeEach(() => {
  aws.calls.splice(0);
  aws.trouble = () => undefined;
  cloudFormation.answers.splice(0);
});

const request = (RequestType: string, properties: object = { LogGroupName: 'AWSIotLogsV2' }, id?: string) => ({
  RequestType,
  RequestId: 'r1',
  ResponseURL: `${aws.url}/answers/1`,
  StackId: 'arn:aws:cloudformation:eu-west-1:111111111111:stack/S/1',
  LogicalResourceId: 'LogGroup',
  PhysicalResourceId: id,
  ResourceType: RESOURCE_TYPE,
  ResourceProperties: { ServiceToken: 'x', ...properties },
});

test('a group that is not there is made, and one that is there is left alone', async () => {
  await handler.invoke(request('Create'));
  await handler.invoke(request('Create'));
  await handler.invoke(request('Update', undefined, 'log-group/AWSIotLogsV2'));
  expect([...groups]).toEqual(['AWSIotLogsV2']);
  expect(cloudFormation.answers).toEqual([
    expect.objectContaining({
      Status: 'SUCCESS',
      PhysicalResourceId: 'log-group/AWSIotLogsV2',
      Data: { Outcome: 'created' },
    }),
    expect.objectContaining({ Status: 'SUCCESS', Data: { Outcome: 'existed' } }),
    expect.objectContaining({ Status: 'SUCCESS', Data: { Outcome: 'existed' } }),
  ]);
});

test('the group outlives the stack', async () => {
  await handler.invoke(request('Delete', undefined, 'log-group/AWSIotLogsV2'));
  expect(cloudFormation.answers).toMatchObject([{ Status: 'SUCCESS' }]);
  expect(aws.calls.map(({ operation }) => operation)).toEqual(['Answer']);
});

test.each([
  {},
  { LogGroupName: '' },
  { LogGroupName: 'a b' },
  { LogGroupName: 'a'.repeat(513) },
  { LogGroupName: ['a'] },
])('%j fails with what is wrong', async (properties) => {
  await handler.invoke(request('Create', properties));
  expect(cloudFormation.answers).toMatchObject([
    { Status: 'FAILED', Reason: expect.stringContaining('LogGroupName must be the name of a log group') },
  ]);
});

test('what the service refuses for good fails with its reason', async () => {
  aws.trouble = ({ operation }) =>
    operation === 'CreateLogGroup'
      ? { after: 'nothing', then: new AwsFault('LimitExceededException', 'too many') }
      : undefined;
  await handler.invoke(request('Create', { LogGroupName: 'other' }));
  expect(cloudFormation.answers).toMatchObject([{ Status: 'FAILED', Reason: expect.stringContaining('too many') }]);
});

import * as fc from 'fast-check';
import { Access } from '../../lib/policy/access';
import { AccessPolicy } from '../../lib/policy/access-policy';
import { RepairChannel } from '../../lib/policy/repair-channel';
import { Topic } from '../../lib/policy/topic';
import { testStack } from '../support/app';
import { decide, length, OPEN_SCOPE, PREFIX, SCOPE } from './oracle';

const channel = (): RepairChannel => RepairChannel.standard();
const allow = (): Document => channel().allowDocument(SCOPE);
const deny = (): Document => channel().denyDocument(SCOPE);
interface Document {
  readonly Statement: { readonly NotResource?: string[] }[];
}
const VALUES = { 'iot:Connection.Thing.ThingName': 'pump-7' };
const everything = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'iot:*', Resource: '*' }],
};

const KEPT = [
  'iot:Connect client/pump-7',
  'iot:Subscribe topicfilter/$aws/things/pump-7/jobs/notify-next',
  'iot:Receive topic/$aws/things/pump-7/jobs/notify-next',
  'iot:Publish topic/$aws/things/pump-7/jobs/job-1/update',
  'iot:Subscribe topicfilter/$aws/things/pump-7/tunnels/notify',
  'iot:Receive topic/$aws/things/pump-7/tunnels/notify',
  'iot:Publish topic/$aws/things/pump-7/defender/metrics/json',
  'iot:Receive topic/$aws/things/pump-7/defender/metrics/json/accepted',
  'iot:Publish topic/$aws/things/pump-7/shadow/update',
  'iot:Receive topic/$aws/things/pump-7/shadow/update/delta',
];
const CUT = [
  'iot:Connect client/pump-8',
  'iot:Publish topic/pumps/pump-7/telemetry',
  'iot:Subscribe topicfilter/pumps/pump-7/commands/+',
  'iot:Subscribe topicfilter/#',
  'iot:Subscribe topicfilter/$aws/things/+/jobs/notify',
  'iot:Receive topic/pumps/pump-7/commands/stop',
  'iot:Publish topic/$aws/things/pump-8/jobs/job-1/update',
  'iot:Publish topic/$aws/things/pump-7/shadow/delete',
  'iot:Publish topic/$aws/things/pump-7/shadow/name/x/update',
  'iot:Publish topic/$aws/things/pump-7/streams/s/get/json',
  'iot:Publish topic/$aws/rules/rule/a',
  'iot:RetainPublish topic/$aws/things/pump-7/shadow/update',
  'iot:RetainPublish topic/a',
  'iot:AssumeRoleWithCertificate rolealias/uploads',
  'iot:GetThingShadow thing/pump-7',
  'iot:GetRetainedMessage topic/a',
];

function verdict(documents: { Statement: object[] }[], request: string, values = VALUES): string {
  const [action = '', resource = ''] = request.split(' ');
  return decide(documents, action, PREFIX + resource, values);
}

test.each(KEPT)('kept: %s', (request) => {
  expect(verdict([allow(), deny()], request)).toBe('allowed');
  expect(verdict([everything, allow(), deny()], request)).toBe('allowed');
});

test.each(CUT)('cut, whatever other policies allow: %s', (request) => {
  expect(verdict([allow()], request)).toBe('implicitly denied');
  expect(verdict([everything, allow(), deny()], request)).toBe('denied');
});

test('cut for every other device, whatever the names are', () => {
  const name = fc.oneof(
    fc.stringMatching(/^[a-zA-Z0-9:_-]{1,16}$/),
    fc.constantFrom('*', '?', '+', '#', 'pump-7', '${iot:ClientId}'),
  );
  fc.assert(
    fc.property(name, name, fc.constantFrom(...KEPT), (mine, yours, request) => {
      fc.pre(mine !== yours);
      const values = { 'iot:Connection.Thing.ThingName': mine };
      expect(
        verdict(
          [everything, allow(), deny()],
          request.replaceAll('pump-7', () => mine),
          values,
        ),
      ).toBe('allowed');
      expect(
        verdict(
          [everything, allow(), deny()],
          request.replaceAll('pump-7', () => yours),
          values,
        ),
      ).toBe('denied');
    }),
  );
});

test('all of it is cut where the thing has no name: it fails closed', () => {
  for (const request of [...KEPT, ...CUT])
    expect(verdict([everything, allow(), deny()], request, {} as typeof VALUES)).toBe('denied');
});

test('connecting takes no last will', () => {
  expect(allow().Statement).toContainEqual({
    Effect: 'Allow',
    Action: 'iot:Connect',
    Resource: `${PREFIX}client/\${iot:Connection.Thing.ThingName}`,
    Condition: {
      Bool: { 'iot:Connection.Thing.IsAttached': 'true' },
      'ForAllValues:StringEquals': { 'iot:ConnectAttributes': 'PersistentConnect' },
    },
  });
});

test('what it denies, in words', () => {
  expect(deny().Statement).toHaveLength(2);
  expect(deny().Statement[1]).toEqual({
    Effect: 'Deny',
    Action: ['iot:AssumeRoleWithCertificate', 'iot:RetainPublish'],
    Resource: '*',
  });
  expect(deny().Statement[0]).toMatchObject({ Effect: 'Deny', Action: 'iot:*' });
  expect(deny().Statement[0].NotResource).toContain(`${PREFIX}client/\${iot:Connection.Thing.ThingName}`);
  expect(deny().Statement[0]).not.toHaveProperty('Condition');
});

test('each document alone', () => {
  expect(channel().allowDocument(SCOPE)).toEqual(allow());
  expect(channel().denyDocument(SCOPE)).toEqual(deny());
});

test('fits, wherever it is deployed', () => {
  const worst = { partition: 'aws-us-gov', region: 'us-isof-south-1', account: '123456789012' };
  const sizes = channel()
    .documents(worst)
    .map((document) => length(document));
  expect(Math.max(...sizes)).toBeLessThanOrEqual(2048);
  const stack = testStack();
  const resolved = stack.resolve(
    channel().documents({ partition: stack.partition, region: stack.region, account: stack.account }),
  );
  expect(JSON.stringify(resolved)).toContain('{"Ref":"AWS::Region"}');
  expect(channel().documents(OPEN_SCOPE)).toHaveLength(2);
});

test('says what it allows', () => {
  expect(channel().accesses.map(({ description }) => description)).toEqual([
    'May run jobs that are sent to it.',
    'May be told of secure tunnels to it.',
    'May report its own security metrics.',
    'May read and update its classic shadow.',
  ]);
});

test("a fleet's policy adds nothing to it", () => {
  const fleet = AccessPolicy.of([
    Access.publish(Topic.parse('pumps/${thing}/telemetry')),
    Access.roleAlias('uploads'),
  ]).render(SCOPE);
  for (const request of CUT) expect(verdict([...fleet, allow(), deny()], request)).toBe('denied');
});

import { RehearsalClock } from '../../../../rehearsal/core/clock';
import { HashRandom } from '../../../../rehearsal/core/random';
import { IotRegistry } from '../../../../rehearsal/cloud/iot/registry';
import { Shadows } from '../../../../rehearsal/cloud/iot/shadows';
import { Things } from '../../../../rehearsal/cloud/iot/things';
import { rehearse } from '../../../../rehearsal/rehearse';
import { assemblyOf } from '../../../support/rehearsal-assembly';
import { allow, arnOf, gate, role } from '../../../support/rehearsal-stack';

const AT = Date.UTC(2026, 0, 5, 8);
const place = { partition: 'aws', region: 'eu-west-1', account: '123456789012', urlSuffix: 'amazonaws.com' };
const base = '$aws/things/gate-1/shadow/update';

function withShadows() {
  const clock = new RehearsalClock(AT);
  const registry = new IotRegistry(place, clock, new HashRandom('s'));
  new Things(registry).create({ thingName: 'gate-1' });
  const said: { topic: string; payload: unknown }[] = [];
  const shadows = new Shadows(registry, (topic, payload) => void said.push({ topic, payload }));
  const update = (request: unknown) => shadows.update('gate-1', undefined, request);
  return { clock, shadows, said, update };
}

test('an update tells what is still to be done, and what it changed', async () => {
  const { said, update, clock } = withShadows();
  await update({ state: { desired: { lock: { door: 'shut', hatch: 'shut' } } } });
  await clock.advance(60_000);
  await update({ state: { reported: { lock: { door: 'shut' } } }, clientToken: 't' });
  const [then, now] = [AT / 1000, AT / 1000 + 60];
  const desired = { lock: { door: 'shut', hatch: 'shut' } };
  const stamp = { desired: { lock: { door: { timestamp: then }, hatch: { timestamp: then } } } };
  const first = { state: { desired }, metadata: stamp, version: 1 };
  const second = {
    state: { desired, reported: { lock: { door: 'shut' } } },
    metadata: { ...stamp, reported: { lock: { door: { timestamp: now } } } },
    version: 2,
  };
  expect(said).toEqual([
    {
      topic: `${base}/delta`,
      payload: { version: 1, timestamp: then, state: desired, metadata: stamp.desired },
    },
    { topic: `${base}/documents`, payload: { current: first, timestamp: then } },
    {
      topic: `${base}/delta`,
      payload: {
        version: 2,
        timestamp: now,
        clientToken: 't',
        state: { lock: { hatch: 'shut' } },
        metadata: { lock: { hatch: { timestamp: then } } },
      },
    },
    { topic: `${base}/documents`, payload: { previous: first, current: second, timestamp: now, clientToken: 't' } },
  ]);
});

test('a shadow that comes back within 48 hours goes on with its version, and later begins anew', async () => {
  const { shadows, update, clock } = withShadows();
  const state = { reported: { open: true } };
  await update({ state });
  await update({ state });
  await shadows.delete('gate-1');
  await clock.advance(48 * 3_600_000);
  await expect(update({ state })).resolves.toMatchObject({ version: 3 });
  await shadows.delete('gate-1');
  await clock.advance(48 * 3_600_000 + 1);
  await expect(update({ state })).resolves.toMatchObject({ version: 1 });
});

test.each([
  ['nine levels', { state: { desired: { a: { b: { c: { d: { e: { f: { g: { h: { i: 1 } } } } } } } } } } }],
  ['null in a list', { state: { desired: { colors: [null, 'red'] } } }],
  ['a token of 65 bytes', { state: {}, clientToken: 'x'.repeat(65) }],
])('%s is refused', async (_, request) => {
  const { update, said } = withShadows();
  await expect(update(request)).rejects.toMatchObject({ statusCode: 400, errorCode: 'InvalidRequest' });
  expect(said).toEqual([]);
});

test('eight levels and a token of 64 bytes are taken', async () => {
  const { update } = withShadows();
  const desired = { a: { b: { c: { d: { e: { f: { g: { h: 1 } } } } } } } };
  await expect(update({ state: { desired }, clientToken: 'x'.repeat(64) })).resolves.toMatchObject({ version: 1 });
});

test('rules hear what the service says about a shadow, and nothing has to be said to have one deleted', async () => {
  const rule = (columns: string, topic: string) => ({
    Type: 'AWS::IoT::TopicRule',
    Properties: {
      TopicRulePayload: {
        AwsIotSqlVersion: '2016-03-23',
        Sql: `SELECT ${columns} FROM '$aws/things/+/shadow/${topic}'`,
        Actions: [{ Sqs: { QueueUrl: { Ref: 'Queue' }, RoleArn: arnOf('RuleRole') } }],
      },
    },
  });
  const r = await rehearse(
    assemblyOf({
      Gates: {
        Resources: {
          ...gate(
            allow('iot:Connect', 'client/gate-1'),
            allow('iot:Publish', 'topic/$aws/things/gate-1/shadow/*'),
            allow('iot:Publish', 'topic/gates/gate-1/reports'),
          ),
          RuleRole: role('iot.amazonaws.com', 'sqs:SendMessage', 'iot:Publish'),
          Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'queue' } },
          Accepted: rule("'accepted' AS what, version AS number", 'update/accepted'),
          Documents: rule("'documents' AS what, current.state.reported.open AS open", 'update/documents'),
          Reported: {
            Type: 'AWS::IoT::TopicRule',
            Properties: {
              TopicRulePayload: {
                AwsIotSqlVersion: '2016-03-23',
                Sql: "SELECT state FROM 'gates/+/reports'",
                Actions: [
                  { Republish: { Topic: '$$aws/things/${topic(2)}/shadow/update', RoleArn: arnOf('RuleRole') } },
                  { Republish: { Topic: '$$aws/things/${topic(2)}/jobs/get', RoleArn: arnOf('RuleRole') } },
                ],
              },
            },
          },
          Deleted: rule("'deleted' AS what, topic(3) AS thing", 'delete/accepted'),
        },
      },
    }),
  );
  try {
    const gate = r.device('gate-1');
    await gate.connects();
    await gate.publishes(base, '{"state":{"reported":{"open":true}}}');
    await gate.publishes('$aws/things/gate-1/shadow/delete', 'whatever');
    expect(bodiesOf(r)).toEqual(
      expect.arrayContaining([
        { what: 'accepted', number: 1 },
        { what: 'documents', open: true },
        { what: 'deleted', thing: 'gate-1' },
      ]),
    );
    expect(r.findings()).toEqual({ faults: [], gaps: [], denied: [] });
    // A rule may speak to a shadow as well; who else answers does so to devices.
    await gate.publishes('gates/gate-1/reports', '{"state":{"reported":{"open":false}}}');
    expect(bodiesOf(r)).toContainEqual({ what: 'documents', open: false });
    expect(r.findings()).toMatchObject({ faults: [], gaps: [{ subject: '$aws/things/gate-1/jobs/get' }], denied: [] });
  } finally {
    await r.close();
  }
});

function bodiesOf(r: Awaited<ReturnType<typeof rehearse>>): object[] {
  const { services } = r.cloud as unknown as {
    services: { sqs: { find: (name: string) => { messages: readonly { body: string }[] } } };
  };
  return services.sqs.find('queue').messages.map(({ body }) => JSON.parse(body) as object);
}

import { rehearse } from '../../rehearsal/rehearse';
import { play } from '../../rehearsal/scenarios/run';
import { readStory } from '../../rehearsal/scenarios/story';
import { assemblyOf } from '../support/rehearsal-assembly';
import { arnOf, gate, role } from '../support/rehearsal-stack';

const SQS = require.resolve('@aws-sdk/client-sqs');

const queue = (seconds: number) => ({ Type: 'AWS::SQS::Queue', Properties: { VisibilityTimeout: seconds } });
const run = (ZipFile: string, environment: object = {}) => ({
  Type: 'AWS::Lambda::Function',
  Properties: {
    Role: arnOf('Role'),
    Runtime: 'nodejs24.x',
    Handler: 'index.handler',
    Timeout: 5,
    Environment: { Variables: environment },
    Code: { ZipFile },
  },
});
const from = (source: string, properties: object) => ({
  Type: 'AWS::Lambda::EventSourceMapping',
  Properties: { EventSourceArn: arnOf(source), FunctionName: { Ref: 'Worker' }, ...properties },
});
const rule = (payload: object) => ({
  Type: 'AWS::IoT::TopicRule',
  Properties: {
    TopicRulePayload: { Sql: "SELECT * FROM 'gates/+/opened'", AwsIotSqlVersion: '2016-03-23', Actions: [payload] },
  },
});

const GATE = {
  ...gate({ Effect: 'Allow', Action: ['iot:Connect', 'iot:Publish'], Resource: '*' }),
  Queue: queue(30),
  Toqueue: rule({ Sqs: { QueueUrl: { Ref: 'Queue' }, RoleArn: arnOf('RuleRole') } }),
  Role: role('lambda.amazonaws.com', 'sqs:*'),
  RuleRole: role('iot.amazonaws.com', 'sqs:*', 'iot:*'),
};

const STORY = `
title: A gate opens
devices: [gate-1]
story:
  - gate-1 connects
  - gate-1 publishes to gates/gate-1/opened
  - 75 minutes pass
`;

const rehearsed = (resources: object) => rehearse(assemblyOf({ Gates: { Resources: { ...GATE, ...resources } } }));

const FORWARD = `
  const { SQSClient, SendMessageCommand } = require(${JSON.stringify(SQS)});
  const client = new SQSClient();
  exports.handler = async ({ Records }) => {
    for (const { body } of Records)
      await client.send(new SendMessageCommand({ QueueUrl: process.env.NEXT, MessageBody: body }));
  };`;

const LOOP = /it does not end, and no time passes in it: (queue Gates-Queue[\w-]+: Gates\/Worker) -> \1$/;

test('a function that sends what it gets back to its queue makes a run red that names the loop', async () => {
  const r = await rehearsed({ Worker: run(FORWARD, { NEXT: { Ref: 'Queue' } }), Mapping: from('Queue', {}) });
  try {
    const { green, reasons, steps } = await play(r, readStory(STORY, 'gate.yaml'));
    expect(green).toBe(false);
    expect(reasons[0]).toMatch(/^line 6, 'gate-1 publishes to gates\/gate-1\/opened': it does not end/);
    expect(reasons[0]).toMatch(LOOP);
    expect(steps.at(-1)).toMatchObject({ outcome: 'not reached' });
  } finally {
    await r.close();
  }
});

test('a message that fails and is to be had again at once is one, too; who uses the library gets an error', async () => {
  const fails = run('exports.handler = async () => { throw new Error("no"); };');
  const r = await rehearsed({ Queue: queue(0), Worker: fails, Mapping: from('Queue', {}) });
  try {
    await r.device('gate-1').connects();
    await expect(r.device('gate-1').publishes('gates/gate-1/opened')).rejects.toThrow(LOOP);
  } finally {
    await r.close();
  }
});

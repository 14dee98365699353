import { cloud, deploy, gaps } from '../../support/deployed';
import { arnOf, role } from '../../support/rehearsal-stack';

const running = (code: string) => ({
  Role: role('lambda.amazonaws.com'),
  Function: {
    Type: 'AWS::Lambda::Function',
    Properties: {
      FunctionName: 'function',
      Role: arnOf('Role'),
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Code: { ZipFile: code },
    },
  },
});

describe('code that brings no AWS SDK', () => {
  test('finds that of who rehearses, as it finds one in Lambda', async () => {
    const { outside } = await deploy(
      running(`const { SQSClient } = require('@aws-sdk/client-sqs'); exports.handler = async () => typeof SQSClient;`),
    );
    await expect(outside.invoke('function', {})).resolves.toBe('function');
  });

  test('says what to install where there is none', async () => {
    const { outside } = await deploy(running(`require('@aws-sdk/client-of-nobody'); exports.handler = async () => 1;`));
    await expect(outside.invoke('function', {})).rejects.toThrow(
      '@aws-sdk/client-of-nobody is part of the runtime of Lambda, and is not here: install it',
    );
  });

  test('finds nothing else of who rehearses', async () => {
    const { outside } = await deploy(running(`require('yaml'); exports.handler = async () => 1;`));
    await expect(outside.invoke('function', {})).rejects.toThrow("Cannot find module 'yaml'");
  });
});

test('a message for a pipe that is not modelled lies on the path, and an empty queue before one does not', async () => {
  const { outside } = await deploy({
    Role: role('pipes.amazonaws.com'),
    Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'queue' } },
    Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'bus' } },
    Pipe: {
      Type: 'AWS::Pipes::Pipe',
      Properties: { RoleArn: arnOf('Role'), Source: arnOf('Queue'), Target: arnOf('Bus') },
    },
  });
  expect(cloud?.gaps).toMatchObject([{ where: 'S/Pipe', meaning: 'nothing goes through the pipe' }]);
  expect(gaps()).toEqual([]);
  await outside.sendMessage('queue', '{}');
  expect(gaps()).toMatchObject([{ subject: 'pipe S/Pipe', onPath: true }]);
});

test('a rule with a cron schedule fires at its time', async () => {
  const { clock } = await deploy({
    Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'queue' } },
    Policy: {
      Type: 'AWS::SQS::QueuePolicy',
      Properties: {
        Queues: [{ Ref: 'Queue' }],
        PolicyDocument: {
          Statement: [
            { Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, Action: 'sqs:*', Resource: '*' },
          ],
        },
      },
    },
    Nightly: {
      Type: 'AWS::Events::Rule',
      Properties: { ScheduleExpression: 'cron(0 3 * * ? *)', Targets: [{ Id: 'a', Arn: arnOf('Queue') }] },
    },
  });
  const waiting = (): number => cloud?.services.sqs.find('queue')?.messages.length ?? 0;
  await clock.advance(18 * 3_600_000);
  expect(waiting()).toBe(0);
  await clock.advance(3_600_000);
  expect(waiting()).toBe(1);
  await clock.advance(24 * 3_600_000);
  expect(waiting()).toBe(2);
});

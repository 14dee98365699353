import { getEventListeners } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { main } from '../../bin/cli/main';
import { runRehearsal } from '../../rehearsal/command';
import { rehearse } from '../../rehearsal/rehearse';
import { assemblyOf, tempFolder } from '../support/rehearsal-assembly';
import { allow, arnOf, gate, role } from '../support/rehearsal-stack';

/** A stack as people write them by hand: no construct of ours in it. */
const TEMPLATE = {
  Resources: gate(allow('iot:Connect', 'client/gate-*'), allow('iot:Publish', 'topic/gates/gate-1/*')),
};

test('a thing of any template takes part, with its policies and a key that is made here', async () => {
  const r = await rehearse(assemblyOf({ Gates: TEMPLATE }));
  try {
    const gate = r.device('gate-1');
    await gate.connects();
    await gate.isAllowed.publish('gates/gate-1/opened');
    expect(await gate.isDenied.publish('gates/gate-2/opened')).toMatchObject({ allowed: false });
    // What such a policy leaves open shows too.
    await gate.isAllowed.connect('gate-2');
    await expect(r.device('gate-2').connects()).rejects.toThrow('no template for fleet provisioning');
    expect(r.findings()).toEqual({ faults: [], gaps: [], denied: [] });
  } finally {
    await r.close();
  }
});

test('a signal to abort may be for many rehearsals: none keeps listening after its end', async () => {
  const { signal } = new AbortController();
  const r = await rehearse(assemblyOf({ Gates: TEMPLATE }), { abort: signal });
  expect(getEventListeners(signal, 'abort')).toHaveLength(1);
  await r.close();
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

describe('an app of others, with conditions, parameters, exports, a nested stack and much that is not modelled', () => {
  const NESTED = {
    Parameters: { Who: { Type: 'String' } },
    Resources: {
      ...TEMPLATE.Resources,
      Thing: { Type: 'AWS::IoT::Thing', Properties: { ThingName: { Ref: 'Who' } } },
    },
  };
  const BASE = {
    Parameters: { Stage: { Type: 'String', Default: 'production' } },
    Conditions: { IsProduction: { 'Fn::Equals': [{ Ref: 'Stage' }, 'production'] } },
    Resources: {
      Topic: { Type: 'AWS::SNS::Topic', Condition: 'IsProduction', Properties: {} },
      Network: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.0.0.0/16' } },
    },
    Outputs: {
      Topic: {
        Condition: 'IsProduction',
        Value: { Ref: 'Topic' },
        Export: { Name: { 'Fn::Sub': '${AWS::StackName}-topic' } },
      },
    },
  };
  const rule = (filter: string, action: object) => ({
    Type: 'AWS::IoT::TopicRule',
    Properties: {
      TopicRulePayload: { AwsIotSqlVersion: '2016-03-23', Sql: `SELECT * FROM '${filter}'`, Actions: [action] },
    },
  });
  const APP = {
    Resources: {
      Gates: {
        Type: 'AWS::CloudFormation::Stack',
        Properties: {
          TemplateURL: { 'Fn::Sub': 'https://s3.${AWS::Region}.${AWS::URLSuffix}/assets/nested.json' },
          Parameters: { Who: 'gate-1' },
        },
      },
      Archive: { Type: 'AWS::KinesisFirehose::DeliveryStream', Properties: {} },
      Role: role('iot.amazonaws.com', 'sns:Publish', 'firehose:PutRecord'),
      Told: rule('gates/+/opened', { Sns: { TargetArn: { 'Fn::ImportValue': 'Base-topic' }, RoleArn: arnOf('Role') } }),
      Kept: rule('gates/+/closed', { Firehose: { DeliveryStreamName: { Ref: 'Archive' }, RoleArn: arnOf('Role') } }),
    },
  };

  async function told(...steps: string[]) {
    const assembly = assemblyOf(
      { Base: BASE, App: APP },
      { files: { 'nested.json': JSON.stringify(NESTED) }, dependencies: { App: ['Base'] } },
    );
    const scenario = join(tempFolder(), 'gate.yaml');
    writeFileSync(
      scenario,
      ['title: A gate', 'devices: [gate-1]', 'story:', ...steps.map((each) => `  - ${each}`)].join('\n'),
    );
    let out = '';
    const green = await runRehearsal({
      ...{ assembly, scenario, json: false, version: '1' },
      out: (text) => (out += text),
      err: () => undefined,
    });
    return { green, out };
  }

  test('is green where nothing that is not modelled lies on the path, and what is not is listed', async () => {
    const { green, out } = await told('gate-1 connects', 'gate-1 can publish to gates/gate-1/opened');
    expect(out).toContain('not modelled: Base/Network: AWS::EC2::VPC, it was not created');
    expect(out).toContain('not modelled: App/Archive: AWS::KinesisFirehose::DeliveryStream, it was not created');
    expect(out).toContain('green: everything went as the story says');
    expect(green).toBe(true);
  });

  test('is red where it does, with what that is', async () => {
    const { green, out } = await told('gate-1 connects', 'gate-1 publishes to gates/gate-1/closed');
    expect(green).toBe(false);
    expect(out).toMatch(/red:\n.*[Ff]irehose.* is not modelled: .*Kept/);
  });
});

describe('an app that leaves values open, or is for several places', () => {
  const open = {
    Parameters: { Who: { Type: 'String' } },
    Resources: {
      ...TEMPLATE.Resources,
      Thing: { Type: 'AWS::IoT::Thing', Properties: { ThingName: { 'Fn::Sub': '${Who}-1' } } },
      Topic: { Type: 'AWS::SNS::Topic', Properties: { DisplayName: { 'Fn::ImportValue': 'Other:Name' } } },
    },
  };
  const environments = { Here: 'aws://123456789012/eu-west-1', There: 'aws://123456789012/us-east-1' };

  async function exitOf(...argv: string[]) {
    const assembly = assemblyOf({ Here: open, There: { Resources: {} } }, { environments });
    const story = join(tempFolder(), 'gate.yaml');
    writeFileSync(story, 'title: A gate\ndevices: [gate-1]\nstory: [gate-1 connects]\n');
    let said = '';
    const tell = (text: string) => (said += text);
    const terminal = { out: tell, err: tell, today: '2026-11-22', version: '1' };
    return { exit: await main(['rehearse', assembly, '--scenario', story, ...argv], terminal), said };
  }

  test.each([
    [[], 'stack Here has a parameter Who without a value: give it one, as --parameters Here:Who=VALUE'],
    [
      ['--parameters', 'Here:Who=gate'],
      'Here: nothing is exported under the name Other:Name: if a stack of another app does, say what, as --exports Other:Name=VALUE',
    ],
    [
      ['--parameters', 'Who=gate', '--exports', 'Other:Name=a=b'],
      'stack There is for region us-east-1, and the rehearsal is of eu-west-1: name the stacks of one place, as --stacks NAME,NAME',
    ],
    [['--stacks', 'Here,Nowhere'], 'the assembly has no stack Nowhere: it has Here, There'],
  ])('with %j is told what is lacking', async (argv, problem) => {
    const { exit, said } = await exitOf(...argv);
    expect(exit).toBe(2);
    expect(said).toContain(`could not run: ${problem}\n`);
  });

  test('is rehearsed with what the command gives it', async () => {
    const given = ['--stacks', 'Here', '--parameters', 'Here:Who=gate', '--exports', 'Other:Name=a=b'];
    const { exit, said } = await exitOf(...given);
    expect(said).toContain('green: everything went as the story says');
    expect(exit).toBe(0);
  });
});

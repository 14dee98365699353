import fs from 'node:fs';
import { loadAssembly } from '../../../rehearsal/assembly/load';
import { openCloud, type RehearsalCloud } from '../../../rehearsal/cloud/rehearsal-cloud';
import type { CloudProps } from '../../../rehearsal/ports';
import { assemblyOf, tempFolder } from '../../support/rehearsal-assembly';

let cloud: RehearsalCloud | undefined;

async function deployed(
  templates: Readonly<Record<string, object>>,
  props: Partial<CloudProps> = {},
  options?: Parameters<typeof assemblyOf>[1],
) {
  cloud = await openCloud({ assembly: assemblyOf(templates, options), ...props });
  return cloud;
}

afterEach(async () => {
  await cloud?.close();
  cloud = undefined;
});

const GROUP = (name: unknown) => ({ Type: 'AWS::IoT::ThingGroup', Properties: { ThingGroupName: name } });

describe('an assembly', () => {
  test.each([
    ['is not there', () => '/nowhere/at/all', 'there is no such folder'],
    ['is a file', () => __filename, 'it is a file'],
    ['has no manifest', () => tempFolder(), 'it has no manifest.json'],
    ['has no stack', () => assemblyOf({}), 'has no stack'],
    ['has a template without resources', () => assemblyOf({ S: {} }), 'S.template.json has no Resources'],
    [
      'has stacks in a circle',
      () => assemblyOf({ A: { Resources: {} }, B: { Resources: {} } }, { dependencies: { A: ['B'], B: ['A'] } }),
      'A -> B -> A',
    ],
  ])('that %s is refused in one line', (_name, make, message) => {
    expect(() => loadAssembly(make())).toThrow(message);
  });

  test('has its stacks in the order of their dependencies', () => {
    const folder = assemblyOf({ B: { Resources: {} }, A: { Resources: {} } }, { dependencies: { B: ['A'] } });
    expect(loadAssembly(folder).stacks.map(({ name }) => name)).toEqual(['A', 'B']);
  });
});

describe('a deployment', () => {
  test('resolves parameters, conditions, exports and outputs over stacks', async () => {
    const { registry, outputs } = await deployed(
      {
        First: {
          Parameters: {
            Name: { Type: 'String', Default: 'default' },
            List: { Type: 'CommaDelimitedList', Default: 'a, b' },
            Version: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/cdk-bootstrap/hnb659fds/version' },
          },
          Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } },
          Resources: {
            Group: GROUP({ 'Fn::Sub': '${Name}-${AWS::Region}' }),
            Not: { ...GROUP('not'), Condition: 'Never' },
          },
          Outputs: {
            Name: { Value: { Ref: 'Group' }, Export: { Name: 'shared' } },
            Second: { Value: { 'Fn::Select': [1, { Ref: 'List' }] } },
            Not: { Value: 'x', Condition: 'Never' },
          },
        },
        Second: {
          Resources: {
            Child: {
              Type: 'AWS::IoT::ThingGroup',
              Properties: { ThingGroupName: 'child', ParentGroupName: { 'Fn::ImportValue': 'shared' } },
            },
          },
        },
      },
      { parameters: { 'First.Name': 'given' }, region: 'us-gov-west-1' },
      { dependencies: { Second: ['First'] } },
    ).then((made) => ({ registry: made.services.registry, outputs: made.outputs('First') }));
    expect(registry.withAncestors('child').map(({ thingGroupName }) => thingGroupName)).toEqual([
      'child',
      'given-us-gov-west-1',
    ]);
    expect(outputs).toEqual({ Name: 'given-us-gov-west-1', Second: 'b' });
    expect(cloud?.partition).toBe('aws-us-gov');
    expect(cloud?.resources('AWS::IoT::ThingGroup')[0]?.attributes.Arn).toBe(
      'arn:aws-us-gov:iot:us-gov-west-1:123456789012:thinggroup/given-us-gov-west-1',
    );
  });

  test('creates nested stacks with their parameters, and gives their outputs', async () => {
    const child = {
      Parameters: { Name: { Type: 'String' } },
      Resources: { Group: GROUP({ Ref: 'Name' }) },
      Outputs: { Group: { Value: { Ref: 'Group' } } },
    };
    const nested = {
      Type: 'AWS::CloudFormation::Stack',
      Properties: {
        TemplateURL: { 'Fn::Sub': 'https://s3.${AWS::Region}.${AWS::URLSuffix}/assets/abc.json' },
        Parameters: { Name: 'inner' },
      },
    };
    const made = await deployed(
      {
        Outer: {
          Resources: {
            Nested: nested,
            Type: {
              Type: 'AWS::IoT::ThingType',
              Properties: { ThingTypeName: { 'Fn::GetAtt': ['Nested', 'Outputs.Group'] } },
            },
          },
        },
      },
      {},
      { files: { 'abc.json': JSON.stringify(child) } },
    );
    expect(made.services.registry.groups.has('inner')).toBe(true);
    expect(made.services.things.types.has('inner')).toBe(true);
  });

  describe('in an account to which Device Defender Detect is closed', () => {
    const PROFILE = { Type: 'AWS::IoT::SecurityProfile', Properties: { SecurityProfileName: 'profile' } };
    const nested = (parameters: object = {}, file = 'child') => ({
      Type: 'AWS::CloudFormation::Stack',
      Properties: {
        TemplateURL: { 'Fn::Sub': `https://s3.\${AWS::Region}.\${AWS::URLSuffix}/assets/${file}.json` },
        Parameters: parameters,
      },
    });
    const watching = {
      Parameters: { Detect: { Type: 'String', Default: 'no' } },
      Conditions: { Watches: { 'Fn::Equals': [{ Ref: 'Detect' }, 'yes'] } },
      Resources: { Profile: { ...PROFILE, Condition: 'Watches' } },
    };
    const stands = async (
      templates: Readonly<Record<string, object>>,
      child: object = watching,
      dependencies: Readonly<Record<string, readonly string[]>> = {},
    ) => {
      const middle = { Resources: { Deeper: nested() } };
      const files = { 'child.json': JSON.stringify(child), 'middle.json': JSON.stringify(middle) };
      const made = await deployed(templates, { withoutDetect: true }, { files, dependencies });
      return [...made.deployment.outputs.keys()];
    };
    const GROUPS = { Resources: { Group: GROUP('group') } };

    test('a stack is not deployed that has a security profile, nor one that depends on it', async () => {
      const templates = { Watched: { Resources: { PROFILE } }, After: GROUPS, Alone: GROUPS };
      await expect(stands(templates, {}, { After: ['Watched'] })).resolves.toEqual(['Alone']);
      expect(
        cloud?.events
          .all()
          .flatMap((event) => (event.kind === 'deploy' && event.outcome === 'failed' ? [event.detail] : [])),
      ).toEqual([
        'Device Defender Detect is closed to this account',
        'it depends on Watched, which cannot be deployed',
      ]);
    });

    test.each([
      ['is in a nested stack', { Nested: nested() }, { Resources: { PROFILE } }],
      ['is in one two levels down', { Nested: nested({}, 'middle') }, { Resources: { PROFILE } }],
      ['is wanted by a parameter', { Nested: nested({ Detect: 'yes' }) }, watching],
      [
        'may be wanted by what is worked out later',
        { Group: GROUP('group'), Nested: nested({ Detect: { Ref: 'Group' } }) },
        watching,
      ],
    ])('nor one whose profile %s', async (_, Resources, child) => {
      await expect(stands({ Watched: { Resources }, Alone: GROUPS }, child)).resolves.toEqual(['Alone']);
    });

    test.each([
      ['a condition leaves it out', watching],
      ['a condition of a nested stack does', { Resources: { Nested: nested({ Detect: 'no' }) } }],
      [
        'the nested template is not there',
        { Resources: { Nested: { ...nested(), Properties: { TemplateURL: 'x' } } } },
      ],
    ])('it is deployed where %s', async (_, template) => {
      await expect(stands({ Watched: template })).resolves.toEqual(['Watched']);
    });
  });

  test('lists what is not modelled, with what that means, and goes on', async () => {
    const made = await deployed({
      S: {
        Resources: {
          Vpc: { Type: 'AWS::EC2::VPC' },
          Dashboard: { Type: 'AWS::CloudWatch::Dashboard' },
          Group: GROUP({ 'Fn::Sub': 'in-${Vpc}' }),
        },
      },
    });
    expect(made.gaps.map(({ subject, where }) => [subject, where])).toEqual([
      ['AWS::EC2::VPC', 'S/Vpc'],
      ['AWS::CloudWatch::Dashboard', 'S/Dashboard'],
    ]);
    expect(made.gaps[0]?.meaning).toContain('made-up name');
    expect(
      made.events
        .all()
        .filter((event) => event.kind === 'deploy')
        .map(({ outcome }) => outcome),
    ).toEqual(['skipped', 'created', 'created']);
  });

  test.each([
    [
      'a resource that AWS would refuse',
      {
        Resources: {
          P: { Type: 'AWS::IoT::Policy', Properties: { PolicyDocument: { Statement: [{ Sid: 'x'.repeat(2_100) }] } } },
        },
      },
      'S/P (AWS::IoT::Policy) could not be created: The policy document is larger than 2048 characters',
    ],
    [
      'a parameter without a value',
      { Parameters: { Name: { Type: 'String' } }, Resources: {} },
      'stack S has a parameter Name without a value',
    ],
    [
      'an import that nothing exports',
      { Resources: { G: GROUP({ 'Fn::ImportValue': 'x' }) } },
      'nothing is exported under the name x',
    ],
    [
      'a role that Lambda may not take on',
      {
        Resources: {
          R: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: {} } },
          F: {
            Type: 'AWS::Lambda::Function',
            Properties: { Runtime: 'nodejs22.x', Role: { 'Fn::GetAtt': ['R', 'Arn'] }, Code: { ZipFile: '' } },
          },
        },
      },
      'cannot be assumed by Lambda',
    ],
  ])('fails for %s', async (_name, template, message) => {
    await expect(openCloud({ assembly: assemblyOf({ S: template }) })).rejects.toThrow(message);
  });

  test.each([
    ['Stag', 'a value is given to a parameter Stag, and the assembly has the parameters Stage'],
    ['S.Stag', 'a value is given to a parameter Stag, and stack S has the parameters Stage'],
    ['T.Stage', 'a value is given to parameter Stage of stack T, and the assembly has the stacks S, Bare'],
    ['Bare.Stage', 'a value is given to a parameter Stage, and stack Bare has no parameters'],
  ])('fails for a value that is for no parameter: %s', async (name, message) => {
    const templates = { S: { Parameters: { Stage: { Type: 'String' } }, Resources: {} }, Bare: { Resources: {} } };
    await expect(deployed(templates, { parameters: { Stage: 'x', [name]: 'x' } })).rejects.toThrow(message);
  });

  test('refuses a stack that is not in the assembly, and one for another account', async () => {
    await expect(openCloud({ assembly: assemblyOf({ S: { Resources: {} } }), stacks: ['T'] })).rejects.toThrow(
      'the assembly has no stack T: it has S',
    );
  });
});

describe('a custom resource', () => {
  const answering = (body: string) => `
    const http = require('node:http');
    exports.handler = async (event) => {
      ${body}
      const answer = JSON.stringify({ Status: 'SUCCESS', PhysicalResourceId: 'id', Data: { Seen: JSON.stringify(event.ResourceProperties), At: String(Date.now()) }, ...extra });
      await new Promise((resolve, reject) => http.request(event.ResponseURL, { method: 'PUT' }, (r) => r.resume().on('end', resolve)).on('error', reject).end(answer));
    };`;
  const template = (code: string, properties: object = {}) => ({
    Resources: {
      R: {
        Type: 'AWS::IAM::Role',
        Properties: {
          AssumeRolePolicyDocument: {
            Statement: { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
          },
        },
      },
      F: {
        Type: 'AWS::Lambda::Function',
        Properties: {
          Runtime: 'nodejs22.x',
          Handler: 'index.handler',
          Role: { 'Fn::GetAtt': ['R', 'Arn'] },
          Code: { ZipFile: code },
          Timeout: 5,
        },
      },
      C: { Type: 'Custom::Thing', Properties: { ServiceToken: { 'Fn::GetAtt': ['F', 'Arn'] }, ...properties } },
    },
    Outputs: {
      Seen: { Value: { 'Fn::GetAtt': ['C', 'Seen'] } },
      At: { Value: { 'Fn::GetAtt': ['C', 'At'] } },
      Id: { Value: { Ref: 'C' } },
    },
  });

  test('has its function run, with every leaf as text and in virtual time', async () => {
    const made = await deployed(
      { S: template(answering('const extra = {};'), { Number: 5, List: [true] }) },
      { startAt: 1_000_000_000_000 },
    );
    const { Id, Seen, At } = made.outputs('S');
    expect([Id, At]).toEqual(['id', '1000000000000']);
    expect(JSON.parse(Seen ?? '')).toMatchObject({ Number: '5', List: ['true'] });
  });

  test('fails the deployment with the reason that the function gives, and leaves no process and no file', async () => {
    // Those of other tests, which run beside, come and go.
    const made = jest.spyOn(fs, 'mkdtempSync');
    await expect(
      deployed({ S: template(answering("const extra = { Status: 'FAILED', Reason: 'for no reason' };")) }),
    ).rejects.toThrow('S/C (Custom::Thing) could not be created: for no reason');
    const folders = made.mock.results
      .map(({ value }) => String(value))
      .filter((name) => /rehearsal-function-/.test(name));
    made.mockRestore();
    expect(folders).toHaveLength(1);
    expect(folders.filter((folder) => fs.existsSync(folder))).toEqual([]);
  });

  // In real time, ten minutes: the test would be stopped.
  test('fails when the function never answers, after as many tries as Lambda makes and no real time', async () => {
    await expect(
      deployed({
        S: template('exports.handler = async () => { throw new Error("broken"); };', { ServiceTimeout: 600 }),
      }),
    ).rejects.toThrow('the function gave no answer');
  });
});

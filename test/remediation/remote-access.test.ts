import { Duration, Lazy, Stack } from 'aws-cdk-lib';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnThingGroup } from 'aws-cdk-lib/aws-iot';
import { ENV as CLOSER } from '../../lambda/close-tunnels/contract';
import { MOST_CLOSES } from '../../lambda/close-tunnels/decide';
import { ENV } from '../../lambda/open-tunnel/contract';
import { IncidentResponse } from '../../lib/mitigation/incident-response';
import { Playbook } from '../../lib/mitigation/playbook';
import { RemoteAccess, type RemoteAccessProps } from '../../lib/remediation/remote-access';
import { templateOf, testApp, testStack } from '../support/app';
import { nagFindings } from '../support/nag';

function responseIn(stack: Stack): IncidentResponse {
  return new IncidentResponse(stack, 'Response', {
    fleetGroups: [new CfnThingGroup(stack, 'Fleet', { thingGroupName: 'pumps' })],
    quarantineGroup: new CfnThingGroup(stack, 'Quarantine', { thingGroupName: 'quarantine' }),
    playbook: Playbook.standard({ dryRun: true }),
  });
}

function access(stack: Stack, props: Partial<RemoteAccessProps> = {}): RemoteAccess {
  return new RemoteAccess(stack, 'Access', { response: responseIn(stack), ...props });
}

function rightsOf(
  template: Template,
  handler = 'open-tunnel',
): { Action: string[]; Resource: unknown; Condition?: unknown }[] {
  const [policy] = Object.values(
    template.findResources('AWS::IAM::ManagedPolicy', {
      Properties: { Description: `What the handler '${handler}' may do` },
    }),
  ) as { Properties: { PolicyDocument: { Statement: { Action: string[]; Resource: unknown }[] } } }[];
  return policy!.Properties.PolicyDocument.Statement;
}

describe('by default', () => {
  let stack: Stack;
  let template: Template;
  let remote: RemoteAccess;
  beforeAll(() => {
    stack = testStack();
    remote = access(stack);
    const role = new Role(stack, 'Analysts', { assumedBy: new ServicePrincipal('ec2.amazonaws.com') });
    remote.grants.openTunnel(role);
    template = templateOf(stack);
  });

  test('tunnels lead to members of the quarantine group, and to the named services only', () => {
    expect(rightsOf(template).find(({ Action }) => Action.includes('iot:OpenTunnel'))).toEqual({
      Effect: 'Allow',
      Action: ['iot:OpenTunnel'],
      Resource: [{ 'Fn::Join': ['', expect.arrayContaining([':tunnel/*'])] }],
      Condition: {
        'ForAnyValue:StringEquals': { 'iot:ThingGroupArn': { 'Fn::GetAtt': ['Quarantine', 'Arn'] } },
        'ForAllValues:StringEquals': { 'iot:TunnelDestinationService': ['SSH'] },
        Null: { 'iot:TunnelDestinationService': 'false' },
      },
    });
  });

  test('the function may do nothing else to a device', () => {
    const actions = rightsOf(template).flatMap(({ Action }) => Action);
    expect(actions.filter((action) => action.startsWith('iot:'))).toEqual(['iot:OpenTunnel']);
  });

  test('the function knows its limits', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { [ENV.services]: '["SSH"]', [ENV.minutes]: '60', [ENV.table]: Match.anyValue() } },
    });
  });

  test('requests are authorized by IAM, and who may ask is a grant of its own', () => {
    template.hasResourceProperties('AWS::ApiGatewayV2::Route', {
      RouteKey: 'POST /tunnel',
      AuthorizationType: 'AWS_IAM',
    });
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: [
          {
            Effect: 'Allow',
            Action: 'execute-api:Invoke',
            Resource: { 'Fn::Join': ['', Match.arrayWith(['/$default/POST/tunnel'])] },
          },
        ],
      },
    });
    expect(stack.resolve(remote.url)).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^Access/), 'ApiEndpoint'] });
    expect(stack.resolve(remote.functionName)).toEqual({ Ref: expect.stringMatching(/^Access/) });
  });

  test('what was opened is closed when the incident is over, by a function that can do nothing else to a device', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['zero-trust-iot'],
        'detail-type': ['Incident State Change'],
        detail: { state: ['released', 'retired'], tunnels: [{ numeric: ['>', 0] }] },
      },
      Targets: [
        {
          Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^AccessCloserQueue'), 'Arn'] },
          DeadLetterConfig: { Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^ResponseIntake'), 'Arn'] } },
        },
      ],
    });
    const statements = rightsOf(template, 'close-tunnels');
    expect(statements.filter(({ Action }) => Action.some((action) => action.startsWith('iot:')))).toEqual([
      {
        Effect: 'Allow',
        Action: ['iot:CloseTunnel'],
        Resource: [{ 'Fn::Join': ['', expect.arrayContaining([':tunnel/*'])] }],
        Condition: { BoolIfExists: { 'iot:Delete': 'false' } },
      },
      { Effect: 'Allow', Action: ['iot:ListTunnels'], Resource: ['*'] },
    ]);
    expect(statements.flatMap(({ Action }) => Action).filter((action) => action.startsWith('dynamodb:'))).toEqual([]);
  });

  test('all processes together close less than one tunnel a second, which is the quota', () => {
    const [fn] = Object.values(
      template.findResources('AWS::Lambda::Function', {
        Properties: { Environment: { Variables: { [CLOSER.queue]: Match.anyValue() } } },
      }),
    ) as { Properties: { Environment: { Variables: Record<string, string> } } }[];
    const { CloseTunnel } = JSON.parse(fn!.Properties.Environment.Variables[CLOSER.rates]!) as { CloseTunnel: number };
    const [mapping] = Object.values(
      template.findResources('AWS::Lambda::EventSourceMapping', {
        Properties: { EventSourceArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^AccessCloserQueue'), 'Arn'] } },
      }),
    ) as { Properties: { ScalingConfig: { MaximumConcurrency: number }; BatchSize: number } }[];
    const { ScalingConfig, BatchSize } = mapping!.Properties;
    expect(CloseTunnel * ScalingConfig.MaximumConcurrency).toBeLessThanOrEqual(1);
    // A full batch is through before a message would not be begun any more.
    expect((BatchSize * MOST_CLOSES) / CloseTunnel).toBeLessThan(45);
  });

  test('what is said is not logged', () => {
    const formats = Object.values(template.findResources('AWS::ApiGatewayV2::Stage')).map(
      ({ Properties }) => (Properties as { AccessLogSettings: { Format: string } }).AccessLogSettings.Format,
    );
    expect(formats).toHaveLength(2);
    for (const format of formats) expect(format).not.toMatch(/body|integration|response|header/i);
  });

  test('no output and no variable holds a token', () => {
    expect(template.toJSON()).not.toHaveProperty('Outputs');
    expect(JSON.stringify(template.toJSON())).not.toMatch(/accessToken/i);
  });

  test('it is known as what it is', () => {
    expect(RemoteAccess.isRemoteAccess(remote)).toBe(true);
    expect(RemoteAccess.isRemoteAccess(stack)).toBe(false);
  });
});

test('everything can be said otherwise', () => {
  const stack = testStack();
  access(stack, { services: ['SSH', Lazy.string({ produce: () => 'VNC' })], maxLifetime: Duration.hours(12) });
  templateOf(stack).hasResourceProperties('AWS::Lambda::Function', {
    Environment: { Variables: { [ENV.minutes]: '720' } },
  });
});

describe('fails for', () => {
  test.each<[string, Partial<RemoteAccessProps>, RegExp]>([
    ['no service', { services: [] }, /'services' must have 1 to 10 items, got 0/],
    ['11 services', { services: Array.from({ length: 11 }, (_, index) => `s${index}`) }, /got 11/],
    ['a service twice', { services: ['SSH', 'SSH'] }, /twice/],
    ['a service with a space', { services: ['S S'] }, /services\[0\]/],
    ['a service without a name', { services: [''] }, /1 to 128/],
    ['a long service', { services: ['s'.repeat(129)] }, /got 129/],
    ['a lifetime of seconds', { maxLifetime: Duration.seconds(59) }, /'maxLifetime'/],
    ['a lifetime of 13 hours', { maxLifetime: Duration.hours(13) }, /1 to 720 minutes, got 780/],
  ])('%s', (_name, props, message) => {
    expect(() => access(testStack(), props)).toThrow(
      expect.objectContaining({ code: 'RemoteAccessInvalid', message: expect.stringMatching(message) }),
    );
  });

  test('a response in another stack', () => {
    const stack = testStack();
    const other = new Stack(stack.node.scope, 'Other');
    expect(() => new RemoteAccess(other, 'Access', { response: responseIn(stack) })).toThrow(
      /'response' is in the stack Test, and the two refer to each other; put this there, too/,
    );
  });

  test('and not for what is just allowed', () => {
    expect(() => access(testStack(), { services: ['s'.repeat(128)], maxLifetime: Duration.minutes(1) })).not.toThrow();
  });
});

test('cdk-nag finds nothing that is not acknowledged', () => {
  const app = testApp();
  access(new Stack(app, 'Test'));
  expect(nagFindings(app).open).toEqual([]);
});

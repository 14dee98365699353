import { CAN_USAGE } from '../../bin/cli/can';
import { allow, ARN, CONNECT, deny, policy, THING } from '../compliance/support/policies';
import type { Resources } from '../compliance/support/rewrite';
import { folderOf, run } from './support';

const group = (name: string): Resources => ({
  [name]: { Type: 'AWS::IoT::ThingGroup', Properties: { ThingGroupName: name } },
});

/** Attached as this library does it. */
const attach = (name: string, ...policies: string[]): Resources => ({
  [`${name}Policies`]: {
    Type: 'Custom::IotGroupPolicies',
    Properties: {
      ThingGroupName: { Ref: name },
      ThingGroupArn: { 'Fn::GetAtt': [name, 'Arn'] },
      Policies: policies.map((id) => ({ Name: { Ref: id } })),
    },
  },
});

const named = (id: string, ...statements: Parameters<typeof policy>): Resources => ({
  [id]: policy(...statements).DevicePolicy,
});

const FLEET = {
  ...group('pumps'),
  ...named(
    'Access',
    CONNECT,
    allow('iot:Publish', `topic/dt/${THING}/*`),
    allow('iot:Subscribe', `topicfilter/cmd/${THING}/*`),
    allow('iot:Receive', `topic/cmd/${THING}/*`),
  ),
  ...attach('pumps', 'Access'),
};
const QUARANTINE = {
  ...group('quarantine'),
  ...named(
    'Closed',
    CONNECT,
    allow('iot:Subscribe', `topicfilter/$aws/things/${THING}/jobs/*`),
    deny('iot:Publish', '*'),
  ),
  ...attach('quarantine', 'Closed'),
};

const assembly = (resources: Resources, rest: object = {}): string =>
  folderOf({ 'template.json': { ...rest, Resources: resources } });

function can(resources: Resources, ...argv: string[]) {
  return run('can', ...argv, '--assembly', assembly(resources));
}

test.each([
  [0, ['pump-7', 'connect']],
  [0, ['pump-7', 'publish', 'dt/pump-7/telemetry']],
  [1, ['pump-7', 'publish', 'dt/pump-8/telemetry']],
  [1, ['pump-7', 'retain', 'dt/pump-7/telemetry']],
  [0, ['pump-7', 'subscribe', 'cmd/pump-7/#']],
  [1, ['pump-7', 'subscribe', 'cmd/#']],
  [0, ['pump-7', 'receive', 'cmd/pump-7/x']],
  [1, ['pump-7', 'connect', '--client-id', 'pump-8']],
  [1, ['pump-7', 'publish', 'dt/pump-7/telemetry', '--client-id', 'pump-8']],
  [1, ['pump-7', 'publish', 'dt/pump-7/telemetry', '--quarantined']],
  [0, ['pump-7', 'subscribe', '$aws/things/pump-7/jobs/notify', '--quarantined']],
])('exit code %i: %j', (exit, argv) => {
  expect(can({ ...FLEET, ...QUARANTINE }, ...argv).exit).toBe(exit);
});

test('names the statement that allows, and the one that denies', () => {
  expect(can(FLEET, 'pump-7', 'publish', 'dt/pump-7/x').out).toMatch(
    /^yes: pump-7 can publish to dt\/pump-7\/x\n.*because of Allow in Statement\[1\] of policy 'Access' on thing group pumps/,
  );
  expect(can(QUARANTINE, 'pump-7', 'publish', 'x', '--quarantined').out).toMatch(
    /^no: pump-7, isolated, cannot .*\n.*because of Deny in Statement\[2\] of policy 'Closed'/,
  );
});

test('answers in JSON', () => {
  expect(JSON.parse(can(FLEET, 'pump-7', 'connect', '--json').out)).toMatchObject({
    thing: 'pump-7',
    action: 'connect',
    allowed: true,
    group: 'pumps',
    verdict: 'ALLOWED',
  });
});

test('policies of a parent group count', () => {
  const child = {
    ...FLEET,
    ...named('Child', CONNECT),
    valves: {
      Type: 'AWS::IoT::ThingGroup',
      Properties: { ThingGroupName: 'valves', ParentGroupName: { Ref: 'pumps' } },
    },
    ...attach('valves', 'Child'),
  };
  expect(can(child, 'v', 'publish', 'dt/v/x', '--group', 'valves').exit).toBe(0);
});

test('policies of its certificate count', () => {
  const device = {
    ...FLEET,
    Thing: { Type: 'AWS::IoT::Thing', Properties: { ThingName: 'gateway' } },
    ...named('Own', allow('iot:Publish', 'topic/gateway/only')),
    A: {
      Type: 'AWS::IoT::ThingPrincipalAttachment',
      Properties: { ThingName: { Ref: 'Thing' }, Principal: `${ARN}cert/1` },
    },
    B: {
      Type: 'AWS::IoT::PolicyPrincipalAttachment',
      Properties: { PolicyName: { Ref: 'Own' }, Principal: `${ARN}cert/1` },
    },
  };
  expect(can(device, 'gateway', 'publish', 'gateway/only').exit).toBe(0);
  expect(can(device, 'pump-7', 'publish', 'gateway/only').exit).toBe(1);
});

test('without groups, the policies are taken to be on the certificate, and it says so', () => {
  const { exit, out } = can(named('Access', CONNECT), 'pump-7', 'connect');
  expect(exit).toBe(0);
  expect(out).toContain('assumed: no group has policies here: Access');
});

describe('cannot tell', () => {
  const both = { ...FLEET, ...group('valves'), ...named('Valves', CONNECT), ...attach('valves', 'Valves') };

  test('which group', () => {
    expect(can(both, 'x', 'publish', 'dt/x/y')).toMatchObject({
      exit: 2,
      err: expect.stringContaining('pumps (yes), valves (no); name one with --group') as string,
    });
    expect(can(both, 'x', 'publish', 'dt/x/y', '--group', 'valves').exit).toBe(1);
    expect(can(both, 'x', 'connect').exit).toBe(0);
    expect(can(both, 'x', 'connect', '--group', 'none').exit).toBe(2);
  });

  test('what is not known', () => {
    const open = {
      ...FLEET,
      ...named('Access', CONNECT, { Effect: 'Allow', Action: 'iot:Publish', Resource: { Ref: 'Topic' } }),
    };
    expect(can(open, 'x', 'publish', 'y')).toMatchObject({
      exit: 2,
      err: expect.stringContaining('depends on ‹Ref:Topic›') as string,
    });
  });

  test('what depends on a condition', () => {
    const either = {
      ...FLEET,
      ...named('Access', CONNECT, {
        Effect: { 'Fn::If': ['Open', 'Allow', 'Deny'] },
        Action: 'iot:Publish',
        Resource: `${ARN}topic/y`,
      }),
    };
    expect(can(either, 'x', 'publish', 'y')).toMatchObject({
      exit: 2,
      err: expect.stringContaining('Open is true') as string,
    });
  });

  test.each([
    [['x', 'connect', '--quarantined'], /no quarantine group/],
    [['x', 'fly', 'y'], /ACTION must be one of/],
    [['x', 'publish'], /publish needs a topic/],
    [['x y', 'connect'], /WHO must be a thing name: at most 128 letters.*got 'x y'/],
    [['x', 'publish', 'a/+/b'], /publish is of one topic: .* got 'a\/\+\/b'/],
    [['x', 'receive', 'a/#'], /receive is of one topic/],
    [['x', 'connect', 'y'], /takes no topic/],
    [[], /WHO ACTION/],
    [['x', 'publish', 'y', 'z'], /WHO ACTION/],
  ])('%j', (argv, says) => {
    const { exit, err } = can(FLEET, ...argv);
    expect(exit).toBe(2);
    expect(err).toMatch(says);
  });

  test('no policies, no assembly, no folder', () => {
    expect(can(group('pumps'), 'x', 'connect').exit).toBe(2);
    expect(run('can', 'x', 'connect').err).toContain(CAN_USAGE);
    expect(run('can', 'x', 'connect', '--assembly', '/does/not/exist').exit).toBe(2);
  });
});

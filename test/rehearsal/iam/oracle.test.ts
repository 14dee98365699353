import { runSimulation } from '@cloud-copilot/iam-simulate';
import fc from 'fast-check';
import { Authorizer } from '../../../rehearsal/iam/authorizer';

const PLACE = { partition: 'aws', region: 'eu-west-1', account: '123456789012' };
const ROLE = 'arn:aws:iam::123456789012:role/R';

// Many that nearly match, and few that have nothing to do with each other.
const REQUESTS = [
  { action: 'sqs:SendMessage', resource: 'arn:aws:sqs:eu-west-1:123456789012:orders' },
  { action: 'sqs:ReceiveMessage', resource: 'arn:aws:sqs:eu-west-1:123456789012:orders-dead' },
  { action: 'iot:DescribeThing', resource: 'arn:aws:iot:eu-west-1:123456789012:thing/of-eu-west-1' },
  { action: 'dynamodb:PutItem', resource: 'arn:aws:dynamodb:eu-west-1:123456789012:table/Incidents' },
  { action: 'iot:Publish', resource: 'arn:aws:iot:eu-west-1:123456789012:topic/pumps/pump-7/telemetry' },
  { action: 'iot:DescribeThing', resource: 'arn:aws:iot:eu-west-1:123456789012:thing/pump-7' },
  { action: 'iot:ListThings', resource: '*' },
  { action: 's3:GetObject', resource: 'arn:aws:s3:::evidence/2026/11/29.json' },
];
const ACTIONS = ['*', 'sqs:*', 'sqs:Send*', 'SQS:sendmessage', 'sqs:?e*Message', 'dynamodb:PutItem', 'dynamodb:*Item'];
const MORE_ACTIONS = ['iot:*', 'iot:Publish', 'iot:Desc*Thing', 'iot:List*', 's3:Get*', 's3:*'];
const RESOURCES = [
  '*',
  'arn:aws:sqs:eu-west-1:123456789012:orders',
  'arn:aws:sqs:eu-west-1:123456789012:orders*',
  'arn:aws:sqs:*:*:order?',
  'arn:aws:sqs:*:${aws:SourceAccount}:orders',
  'arn:aws:iot:*:*:thing/of-${aws:RequestedRegion}',
  'arn:aws:dynamodb:eu-west-1:123456789012:table/*',
  'arn:aws:iot:eu-west-1:123456789012:topic/pumps/*',
  'arn:aws:iot:eu-west-1:123456789012:topic/pumps/*/telemetry',
  'arn:aws:iot:*:*:thing/pump-?',
  'arn:aws:iot:us-east-1:123456789012:thing/pump-7',
  'arn:aws:s3:::evidence/*',
  'arn:aws:s3:::evidence/2026/*/29.json',
];
const CONTEXT = {
  'aws:SourceAccount': '123456789012',
  'aws:RequestedRegion': 'eu-west-1',
  'aws:SecureTransport': 'true',
  'aws:SourceIp': '203.0.113.7',
  'aws:MultiFactorAuthAge': '300',
  'aws:SourceArn': 'arn:aws:iot:eu-west-1:123456789012:rule/ToQueue',
  'aws:CurrentTime': '2026-11-29T05:00:00Z',
  'aws:TagKeys': ['owner', 'stage'],
};

const several = (values: readonly string[]) =>
  fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 3 });
const oneOrMore = (values: readonly string[]) => fc.oneof(fc.constantFrom(...values), several(values));
// What a set operator with IfExists says of a key that is not there is documented in two ways; nobody writes it.
const block = (operator: string, key: string, ...values: string[]) =>
  fc
    .tuple(
      fc.constantFrom('', operator.includes(':') ? '' : 'IfExists'),
      fc.constantFrom(key, `${key}Absent`),
      oneOrMore(values),
    )
    .map(([ifExists, name, value]) => ({ [`${operator}${ifExists}`]: { [name]: value } }));
const texts = ['StringEquals', 'StringNotEquals', 'StringLike', 'StringNotLike', 'StringEqualsIgnoreCase'];
const condition = fc.oneof(
  ...texts.map((each) => block(each, 'aws:RequestedRegion', 'eu-west-1', 'EU-WEST-1', 'eu-*', 'us-east-1')),
  ...['NumericEquals', 'NumericNotEquals', 'NumericLessThan', 'NumericGreaterThanEquals'].map((each) =>
    block(each, 'aws:MultiFactorAuthAge', '300', '299', '301'),
  ),
  ...['IpAddress', 'NotIpAddress'].map((each) =>
    block(each, 'aws:SourceIp', '203.0.113.0/24', '203.0.113.7', '198.51.100.0/24', '2001:db8::/32'),
  ),
  ...['ArnLike', 'ArnEquals', 'ArnNotLike', 'ArnNotEquals'].map((each) =>
    block(
      each,
      'aws:SourceArn',
      'arn:aws:iot:*:*:rule/*',
      'arn:aws:iot:eu-west-1:123456789012:rule/ToQueue',
      'arn:aws:iot:*:*:*',
    ),
  ),
  ...['DateLessThan', 'DateGreaterThan'].map((each) =>
    block(each, 'aws:CurrentTime', '2026-11-29T04:59:59Z', '2026-11-29T05:00:01Z'),
  ),
  block('Bool', 'aws:SecureTransport', 'true', 'false'),
  fc
    .constantFrom('aws:SourceAccount', 'aws:Nowhere')
    .chain((key) => fc.constantFrom('true', 'false').map((value) => ({ Null: { [key]: value } }))),
  ...['ForAllValues', 'ForAnyValue'].flatMap((set) =>
    ['StringEquals', 'StringLike', 'StringNotEquals'].map((each) =>
      block(`${set}:${each}`, 'aws:TagKeys', 'owner', 'stage', 's*', 'cost'),
    ),
  ),
);

const statement = fc
  .record({
    Effect: fc.constantFrom('Allow', 'Allow', 'Deny'),
    not: fc.constantFrom('', '', 'Not'),
    actions: oneOrMore([...ACTIONS, ...MORE_ACTIONS]),
    notResource: fc.constantFrom('', '', 'Not'),
    resources: oneOrMore(RESOURCES),
    conditions: fc.array(condition, { maxLength: 2 }),
  })
  .map(({ Effect, not, actions, notResource, resources, conditions }) => ({
    Effect,
    [`${not}Action`]: actions,
    [`${notResource}Resource`]: resources,
    ...(conditions.length > 0 && { Condition: Object.assign({}, ...conditions) as object }),
  }));

/** What another evaluator says of the same role. */
async function theirs(
  { action, resource }: (typeof REQUESTS)[number],
  statements: readonly object[],
): Promise<boolean> {
  const answer = await runSimulation(
    {
      request: { principal: ROLE, action, resource: { resource, accountId: PLACE.account }, contextVariables: CONTEXT },
      identityPolicies: [{ name: 'own', policy: { Version: '2012-10-17', Statement: statements } }],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    } as never,
    { simulationMode: 'Strict', strictConditionKeys: Object.keys(CONTEXT) } as never,
  );
  const text = JSON.stringify(answer);
  if (!text.includes('"overallResult"')) throw new Error(`no answer: ${text.slice(0, 500)}`);
  return text.includes('"overallResult":"Allowed"');
}

test('any policies of a role decide as another evaluator says they do', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(statement, { minLength: 1, maxLength: 4 }),
      fc.constantFrom(...REQUESTS),
      async (statements, request) => {
        const authorizer = new Authorizer(PLACE, () => Date.parse('2026-11-29T05:00:00Z'));
        const policies = [{ name: 'own', document: { Version: '2012-10-17', Statement: statements } }];
        const trust = { name: 'trust', document: {} };
        authorizer.roles.set(ROLE, { arn: ROLE, name: 'R', trust, policies });
        const { allowed } = authorizer.role(ROLE, { ...request, context: CONTEXT });
        expect(allowed).toBe(await theirs(request, statements));
      },
    ),
    { numRuns: 400 },
  );
});

import type { PolicyScope } from '../../lib/policy/policy-scope';
import { arnIn, isRelative, renderDocument, ruleOf } from '../../lib/policy/rule';
import { IotStatement } from '../../lib/policy/statement';
import { errorOf, OPEN_SCOPE, PREFIX, SCOPE } from './oracle';

const scope: PolicyScope = SCOPE;
const arnOf = (resource: string): string => arnIn(scope)(resource);

test('lists of one are written as text, longer ones as lists', () => {
  const one = ruleOf(IotStatement.allow({ actions: ['iot:Publish'], resources: ['topic/a'] }));
  const two = ruleOf(IotStatement.deny({ actions: ['iot:Publish', 'iot:Receive'], notResources: ['topic/a', '*'] }));
  expect(renderDocument([one, two], arnOf)).toEqual({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: 'iot:Publish', Resource: `${PREFIX}topic/a` },
      { Effect: 'Deny', Action: ['iot:Publish', 'iot:Receive'], NotResource: [`${PREFIX}topic/a`, '*'] },
    ],
  });
});

test('conditions are written in one order, whatever order they came in', () => {
  const rule = ruleOf(
    IotStatement.allow({
      actions: ['iot:Connect'],
      resources: ['client/a'],
      conditions: {
        StringEquals: { 'iot:DomainName': ['b', 'a'], 'aws:SourceVpc': ['v'] },
        Bool: { 'iot:Connection.Thing.IsAttached': ['true'] },
      },
    }),
  );
  expect(JSON.stringify(renderDocument([rule], arnOf))).toContain(
    '"Condition":{"Bool":{"iot:Connection.Thing.IsAttached":"true"},"StringEquals":{"aws:SourceVpc":"v","iot:DomainName":["a","b"]}}',
  );
});

test.each([
  ['topic/a', `${PREFIX}topic/a`],
  ['client/a', `${PREFIX}client/a`],
  ['*', '*'],
  ['arn:aws:iot:eu-west-1:1:topic/a', 'arn:aws:iot:eu-west-1:1:topic/a'],
  ['${Token[TOKEN.1]}', '${Token[TOKEN.1]}'],
])('the ARN of %s', (resource, arn) => {
  expect(arnOf(resource)).toBe(arn);
});

test('only what starts with a resource type is relative', () => {
  expect(isRelative('topic/a')).toBe(true);
  expect(isRelative('arn:aws:iot:::topic/a')).toBe(false);
  expect(isRelative('*/a')).toBe(false);
  expect(isRelative('topic')).toBe(false);
});

describe('scope', () => {
  test.each([
    { partition: 'aws', region: 'us-east-1', account: '000000000000' },
    { partition: 'aws-cn', region: 'cn-northwest-1', account: '123456789012' },
    { partition: 'aws-us-gov', region: 'us-gov-west-1', account: '123456789012' },
    { partition: 'aws-iso-b', region: 'us-isob-east-1', account: '123456789012' },
    { partition: 'aws-eusc', region: 'eusc-de-east-1', account: '123456789012' },
    OPEN_SCOPE,
    {
      ...OPEN_SCOPE,
      region: 'eu-${Token[TOKEN.1]}-1',
      account: '1${Token[TOKEN.2]}',
      partition: 'aws${Token[TOKEN.3]}',
    },
  ])('%j', (given) => {
    expect(arnIn(given)('topic/a')).toBe(`arn:${given.partition}:iot:${given.region}:${given.account}:topic/a`);
  });

  test.each([
    [{ partition: '*' }, '\'partition\' must be a partition such as aws or aws-cn, got "*"'],
    [{ partition: '' }, "'partition' must be"],
    [{ partition: 'xaws' }, "'partition' must be"],
    [{ partition: 'aws:' }, "'partition' must be"],
    [{ region: '*' }, '\'region\' must be a region such as eu-west-1, got "*"'],
    [{ region: 'eu-west' }, "'region' must be"],
    [{ region: 'eu-west-1a' }, "'region' must be"],
    [{ region: ' eu-west-1' }, "'region' must be"],
    [{ account: '*' }, '\'account\' must be an account id of 12 digits, got "*"'],
    [{ account: '12345678901' }, "'account' must be"],
    [{ account: '1234567890123' }, "'account' must be"],
    [{ partition: '*${Token[AWS.Partition.3]}' }, "'partition' must be"],
    [{ region: '${Token[AWS.Region.4]}*' }, "'region' must be"],
    [{ region: '${Token[AWS.Region.4]}:*' }, "'region' must be"],
    [{ account: '*${Token[AWS.AccountId.0]}' }, '\'account\' must be an account id of 12 digits, got "*<token>"'],
    [{ account: 'a${Token[AWS.AccountId.0]}' }, "'account' must be"],
  ])('fails for %j', (part, message) => {
    const error = errorOf(() => arnIn({ ...SCOPE, ...part }));
    expect(error.code).toBe('PolicyScopeInvalid');
    expect(error.message).toContain(message);
  });

  test('fails for all at once', () => {
    const error = errorOf(() => arnIn({ partition: 'x', region: 'y', account: 'z' }));
    expect(error.message).toMatch(/'partition'.*'region'.*'account'/);
  });
});

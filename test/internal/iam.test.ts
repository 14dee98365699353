import { allow, assumedBy, merge, policyDocument } from '../../lib/internal/iam';

test('a right has a condition only where one is given', () => {
  expect(allow(['a:B'], ['r'])).toEqual({ Effect: 'Allow', Action: ['a:B'], Resource: ['r'] });
  expect(allow(['a:B'], ['r'], { Bool: {} })).toEqual({
    Effect: 'Allow',
    Action: ['a:B'],
    Resource: ['r'],
    Condition: { Bool: {} },
  });
  expect(policyDocument([])).toEqual({ Version: '2012-10-17', Statement: [] });
});

test('a service assumes a role on behalf of what is said', () => {
  const conditionOf = (options?: Parameters<typeof assumedBy>[1]) =>
    (assumedBy('iot.amazonaws.com', options) as { Statement: { Condition?: unknown; Principal: unknown }[] })
      .Statement[0];
  expect(conditionOf()).toEqual({
    Effect: 'Allow',
    Principal: { Service: 'iot.amazonaws.com' },
    Action: 'sts:AssumeRole',
  });
  expect(conditionOf({ account: '1', sourceArn: 'arn' })?.Condition).toEqual({
    StringEquals: { 'aws:SourceAccount': '1' },
    ArnLike: { 'aws:SourceArn': 'arn' },
  });
  expect(conditionOf({ account: '1' })?.Condition).toEqual({ StringEquals: { 'aws:SourceAccount': '1' } });
});

describe('merged', () => {
  test('are statements that differ in their resources only, each resource once', () => {
    expect(merge([allow(['a:B'], ['1']), allow(['a:C'], ['1']), allow(['a:B'], ['2', '1'])])).toEqual([
      allow(['a:B'], ['1', '2']),
      allow(['a:C'], ['1']),
    ]);
  });

  test('are not statements that differ otherwise', () => {
    const statements = [
      allow(['a:B'], ['1'], { Bool: {} }),
      allow(['a:B'], ['1']),
      { ...allow(['a:B'], ['1']), Effect: 'Deny' as const },
    ];
    expect(merge(statements)).toEqual(statements);
  });

  test('is a single resource too, and one that is not text', () => {
    const reference = { 'Fn::GetAtt': ['A', 'Arn'] };
    expect(
      merge([
        { Effect: 'Allow', Action: 'a:B', Resource: reference },
        { Effect: 'Allow', Action: 'a:B', Resource: { ...reference } },
      ]),
    ).toEqual([{ Effect: 'Allow', Action: 'a:B', Resource: [reference] }]);
  });
});

import { keepsPlain } from '../../../lib/compliance/model/allowed-pattern';
import { judge } from '../support/suite';

test.each([
  '[a-z0-9]+',
  '^[a-zA-Z0-9/_.:,@=-]{1,20}$',
  '\\d\\w\\.\\-\\/\\:',
  'plant-(a|b|c)',
  '(?:[a-z]+/)*[a-z]?',
  '[a-z-]',
  '[\\d\\w-]',
])('%s keeps out what means something in a policy', (pattern) => {
  expect(keepsPlain(pattern)).toBe(true);
});

test.each([
  '.+',
  '[^/]+',
  '[a*]',
  '[a-z+]',
  '[!-~]',
  '[a-Z]',
  '[A-z]',
  '[0-z]',
  '[.-a]',
  '\\S+',
  '\\*',
  '[\\s]',
  '[\\d-~]',
  'a#',
  'a b',
  '[a',
  '[]a*]',
  'a\\',
  '[a\\',
  'ä',
  'a'.repeat(501),
])('%s may let it in', (pattern) => {
  expect(keepsPlain(pattern)).toBe(false);
});

const withParameter = (parameter: object, statement: object): string[] => {
  const allowed = {
    Effect: 'Allow',
    Action: 'iot:Publish',
    Resource: { 'Fn::Sub': 'arn:aws:iot:us-east-1:123456789012:topic/${Value}/${!iot:Connection.Thing.ThingName}' },
    ...statement,
  };
  const PolicyDocument = { Version: '2012-10-17', Statement: [allowed] };
  const body = {
    Parameters: { Value: { Type: 'String', ...parameter } },
    Resources: { Policy: { Type: 'AWS::IoT::Policy', Properties: { PolicyDocument } } },
  };
  return judge([{ path: 't.json', body }], undefined).findings.map(({ ruleId }) => ruleId);
};

test('a parameter that holds no wildcard is no question', () => {
  expect(withParameter({ AllowedPattern: '[a-z]+' }, {})).toEqual([]);
  expect(withParameter({ AllowedPattern: '.+' }, {})).toEqual(['ZTI-GEN1']);
  expect(withParameter({}, {})).toEqual(['ZTI-GEN1']);
});

test('but it is one for an action', () => {
  expect(withParameter({ AllowedPattern: '[a-z]+' }, { Action: { 'Fn::Sub': 'iot:${Value}' } })).toContain('ZTI-GEN1');
});

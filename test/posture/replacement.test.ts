import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { InputErrors } from '../../lib/internal/input-errors';
import { checkReplacement, type ReplacementOptions } from '../../lib/posture/replacement';
import { testStack } from '../support/app';

function check(options: ReplacementOptions): Annotations {
  const stack = testStack();
  const scope = new Construct(stack, 'Scope');
  const errors = new InputErrors(scope);
  checkReplacement(scope, options, errors);
  errors.throwIfAny();
  return Annotations.fromStack(stack);
}

const role = Role.fromRoleArn(testStack(), 'Role', 'arn:aws:iam::111122223333:role/before');

test.each([
  ['nothing is replaced', {}],
  ['nothing is replaced, said plainly', { replaceExisting: false }],
  ['something is replaced that can be put back', { replaceExisting: true, replacedRoles: [role] }],
  ['something is replaced that had no role', { replaceExisting: true, replacedRoles: [] }],
])('is fine where %s', (_name, options) => {
  check(options).hasNoWarning('*', Match.anyValue());
});

test('warns where something is replaced that may not be put back', () => {
  check({ replaceExisting: true }).hasWarning(
    '/Test/Scope',
    Match.stringLikeRegexp('zero-trust-iot:ReplacedRoleUnknown'),
  );
});

test.each([{}, { replaceExisting: false }])('fails for roles to put back where nothing is replaced, %j', (options) => {
  expect(() => check({ ...options, replacedRoles: [role] })).toThrow(/'replacedRoles' is given.*ReplacedRolesUnused/);
});

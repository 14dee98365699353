import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { warn } from '../../lib/internal/warn';
import { testStack } from '../support/app';

test('a warning has an id that a user can acknowledge', () => {
  const stack = testStack();
  warn(stack, 'QuarantineNotGuarded', 'take care');
  Annotations.fromStack(stack).hasWarning(
    '*',
    Match.stringLikeRegexp('^take care \\[ack: .*zero-trust-iot:QuarantineNotGuarded\\]$'),
  );
});

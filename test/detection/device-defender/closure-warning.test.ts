import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { Construct } from 'constructs';
import { warnOfClosure } from '../../../lib/detection/device-defender/closure-warning';
import { testStack } from '../../support/app';

test('warns of a construct and not again of what is below it', () => {
  const stack = testStack();
  const [one, other] = [new Construct(stack, 'One'), new Construct(stack, 'Other')];
  const below = new Construct(one, 'Below');
  for (const scope of [one, below, one, other]) warnOfClosure(scope);
  const warned = Annotations.fromStack(stack).findWarning(
    '*',
    Match.stringLikeRegexp('takes no new customers since 2026-08-31'),
  );
  expect(warned.map(({ id }) => id)).toEqual(['/Test/One', '/Test/Other']);
});

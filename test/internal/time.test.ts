import { CfnParameter, Duration, Stack } from 'aws-cdk-lib';
import { lengthIn, timeProblem } from '../../lib/internal/time';

test.each([
  ['seconds', 5400],
  ['minutes', 90],
  ['hours', 1.5],
  ['days', 0.0625],
] as const)('a time in %s', (unit, expected) => {
  expect(lengthIn(unit, Duration.minutes(90))).toBe(expected);
  expect(timeProblem(unit, Duration.minutes(90))).toBeUndefined();
});

test('a token passes in the unit that it was given in, and cannot be converted', () => {
  const days = new CfnParameter(new Stack(), 'Days', { type: 'Number' }).valueAsNumber;
  expect(timeProblem('days', Duration.days(days))).toBeUndefined();
  expect(lengthIn('days', Duration.days(days))).toBe(days);
  expect(timeProblem('seconds', Duration.days(days))).toBe(
    'is a number of days that is not known at synth, and cannot be converted; give it as Duration.seconds(...)',
  );
});

test.each([5, '5m', null, {}])('%j is no time', (value) => {
  expect(timeProblem('minutes', value as unknown as Duration)).toMatch(
    /^must be a Duration, such as Duration\.minutes\(5\)/,
  );
});

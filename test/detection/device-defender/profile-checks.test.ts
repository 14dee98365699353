import { CfnDimension } from 'aws-cdk-lib/aws-iot';
import { Lazy } from 'aws-cdk-lib';
import { Behavior, DetectionTarget, MetricsExport } from '../../../lib/detection';
import type { TopicScope } from '../../../lib/detection/behavior-draft';
import { checkExport, checkTargets, checkTopics } from '../../../lib/detection/device-defender/profile-checks';
import { profilesOf } from '../../../lib/detection/device-defender/profile-limits';
import { InputErrors } from '../../../lib/internal/input-errors';
import { testStack } from '../../support/app';

const stack = testStack();
const six = ['1', '2', '3', '4', '5', '6'];

function said(check: (errors: InputErrors) => void): string {
  const errors = new InputErrors();
  check(errors);
  try {
    errors.throwIfAny();
  } catch (error) {
    return (error as Error).message;
  }
  return '';
}

describe('topics', () => {
  test.each<[string, TopicScope | undefined]>([
    ['none', undefined],
    ['five', { filters: six.slice(1), excluded: false }],
    ['a token', { filters: Lazy.list({ produce: () => six }), excluded: false }],
    [
      'those of a dimension that exists',
      { filters: six, dimension: CfnDimension.fromDimensionName(stack, 'D', 'D'), excluded: true },
    ],
  ])('may be %s', (_what, scope) => expect(said((errors) => checkTopics(stack, 'x', scope, errors))).toBe(''));

  test('may not be more than CloudFormation takes', () => {
    expect(said((errors) => checkTopics(stack, 'x', { filters: six, excluded: true }, errors))).toMatch(
      /'x\.exceptOnTopics' must have at most 5 topic filters with Device Defender, got 6; .*onDimension.* \[BehaviorScopeInvalid\]/,
    );
  });
});

test('a dimension of another region cannot be referred to', () => {
  const here = testStack({ env: { account: '111111111111', region: 'eu-west-1' } });
  const dimension = CfnDimension.fromDimensionArn(here, 'D', 'arn:aws:iot:us-east-1:111111111111:dimension/D');
  expect(said((errors) => checkTopics(here, 'x', { filters: six, dimension, excluded: false }, errors))).toMatch(
    /^the dimension of 'x' must be of the account and region of its stack.*\[BehaviorScopeInvalid\]$/,
  );
});

describe('exports', () => {
  const somewhere = MetricsExport.toTopic('t');
  const retained = Behavior.bytesIn().retained();
  const check = (where: MetricsExport | undefined, ...metrics: (typeof retained)[]): string =>
    said((errors) => checkExport(where, [], metrics, errors));

  test('fit together', () => {
    expect(check(undefined)).toBe('');
    expect(check(undefined, retained)).toBe('');
    expect(check(somewhere, retained, retained.exported())).toBe('');
  });

  test('do not fit together', () => {
    expect(check(undefined, retained.exported())).toMatch(/must say where to/);
    expect(check(somewhere, retained)).toMatch(/has nothing to export/);
    expect(check(MetricsExport.toTopic('#'), retained.exported())).toMatch(/must be a topic without/);
    expect(check(MetricsExport.toTopic('#'))).toMatch(/has nothing to export.*; .*must be a topic without/);
  });
});

describe('targets', () => {
  const [all, registered] = [DetectionTarget.allThings(), DetectionTarget.registeredThings()];
  const check = (targets: DetectionTarget[], more: number): string =>
    said((errors) =>
      checkTargets(
        stack,
        targets,
        more,
        targets.map((_target, index) => `t${index}`),
        errors,
      ),
    );

  test('have room for 5 profiles each', () => {
    expect(check([all, registered], 5)).toBe('');
    expect(check([all, registered], 6)).toMatch(
      /'t0' can have at most 5 .*, but 6 would be needed; state fewer .*, or use Detection.stream\(\); 't1' can have at most 5/,
    );
    profilesOf(stack, registered).set('Mine', stack);
    expect(check([all, registered], 5)).toBe(
      "'t1' can have at most 5 security profiles, but 5 would be needed beside Mine; state fewer behaviors or values, divide the devices among thing groups, or use Detection.stream() [TooManyProfilesPerTarget]",
    );
  });

  test('are different', () => {
    expect(check([all, registered, DetectionTarget.allThings()], 1)).toBe(
      "'t2' must not be there twice [DetectionTargetInvalid]",
    );
  });
});

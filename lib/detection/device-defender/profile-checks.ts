import { Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { type InputErrors } from '../../internal/input-errors';
import { placeProblem } from '../../internal/place';
import type { CheckedBehavior } from '../checked-behaviors';
import type { DetectionTarget } from '../detection-target';
import type { RetainedMetric } from '../retained-metric';
import { MAX_DIMENSION_FILTERS } from '../topic-filter';
import { topicKey } from '../behavior-problems';
import type { MetricsExport } from './metrics-export';
import { MAX_PROFILES_PER_TARGET, profilesOf } from './profile-limits';

/** What is said of exports fits together: something to export, and where to. */
export function checkExport(
  where: MetricsExport | undefined,
  behaviors: readonly CheckedBehavior[],
  retained: readonly RetainedMetric[],
  errors: InputErrors,
): void {
  const something = behaviors.some(({ spec }) => spec.exported) || retained.some((metric) => metric._exported);
  const code = 'MetricsExportInvalid';
  if (where === undefined) {
    if (something) errors.report(code, "'metricsExport' must say where to, since there is something to export");
    return;
  }
  if (!something) {
    errors.report(code, "'metricsExport' has nothing to export; mark behaviors or retained metrics with exported()");
  }
  const problem = where._problem();
  if (problem !== undefined) errors.report(code, `'metricsExport' ${problem}`);
}

/** Device Defender takes as many topics as CloudFormation lets a dimension have. */
export function checkTopics(
  construct: Construct,
  property: string,
  scope: CheckedBehavior['draft']['scope'],
  errors: InputErrors,
): void {
  const elsewhere = scope?.dimension && placeProblem(construct, scope.dimension);
  if (elsewhere !== undefined) errors.report('BehaviorScopeInvalid', `the dimension of '${property}' ${elsewhere}`);
  if (scope?.filters === undefined || scope.dimension !== undefined || Token.isUnresolved(scope.filters)) return;
  if (scope.filters.length <= MAX_DIMENSION_FILTERS) return;
  errors.report(
    'BehaviorScopeInvalid',
    `'${property}.${topicKey(scope)}' must have at most ${MAX_DIMENSION_FILTERS} topic filters with Device Defender, got ${scope.filters.length}; use wildcards, onDimension with a dimension that exists, or Detection.stream()`,
  );
}

/** Each target is one, and has room for more profiles. `properties` names them as the user wrote them. */
export function checkTargets(
  scope: Construct,
  targets: readonly DetectionTarget[],
  more: number,
  properties: readonly string[],
  errors: InputErrors,
): void {
  const keys = targets.map((target) => target._key());
  targets.forEach((target, index) => {
    const property = properties[index] as string;
    const problem = keys.indexOf(target._key()) < index ? 'must not be there twice' : target._problem(scope);
    if (problem !== undefined) errors.report('DetectionTargetInvalid', `'${property}' ${problem}`);
    const others = profilesOf(scope, target);
    if (others.size + more > MAX_PROFILES_PER_TARGET) {
      const there = others.size === 0 ? '' : ` beside ${[...others.keys()].join(', ')}`;
      errors.report(
        'TooManyProfilesPerTarget',
        `'${property}' can have at most ${MAX_PROFILES_PER_TARGET} security profiles, but ${more} would be needed${there}; state fewer behaviors or values, divide the devices among thing groups, or use Detection.stream()`,
      );
    }
  });
}

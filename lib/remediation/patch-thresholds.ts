import { Token } from 'aws-cdk-lib';
import type { InputErrors } from '../internal/input-errors';
import type { PatchAbort } from './patch-abort';
import { PatchFailure } from './patch-failure';
import type { PatchRetry } from './patch-retry';

/** A patch that fails on every fifth of the first ten devices would fail on the rest. */
export const DEFAULT_ABORT: readonly PatchAbort[] = [{ percentage: 20, minimumDevices: 10 }];

/** Reports thresholds that AWS IoT would refuse. */
export function checkAborts(errors: InputErrors, aborts: readonly PatchAbort[]): void {
  const code = 'PatchAbortInvalid';
  for (const [index, { failure, percentage, minimumDevices }] of aborts.entries()) {
    const at = `abort[${index}]`;
    errors.oneOf(`${at}.failure`, failure, Object.values(PatchFailure), code);
    errors.number(`${at}.percentage`, percentage, { min: 0.01, max: 100, fractions: true, code });
    if (!Token.isUnresolved(percentage) && Number(percentage.toFixed(2)) !== percentage)
      errors.report(code, `'${at}.percentage' must have at most two digits after the point, got ${percentage}`);
    errors.number(`${at}.minimumDevices`, minimumDevices, { min: 1, max: 2_147_483_647, unit: 'devices', code });
  }
  errors.unique('abort', aborts.map(failureOf), code);
}

/** As `CreateJob` wants it. */
export function renderAborts(aborts: readonly PatchAbort[]): object | undefined {
  if (aborts.length === 0) return undefined;
  const criteriaList = aborts.map((abort) => ({
    failureType: failureOf(abort),
    action: 'CANCEL',
    thresholdPercentage: abort.percentage,
    minNumberOfExecutedThings: abort.minimumDevices,
  }));
  return { criteriaList };
}

/** A device can decline a job; AWS IoT does not offer it the job again. */
const RETRIABLE = [PatchFailure.FAILED, PatchFailure.TIMED_OUT, PatchFailure.ALL];
const MAX_RETRIES = 10;

/** Reports retries that AWS IoT would refuse. */
export function checkRetries(errors: InputErrors, given: readonly PatchRetry[]): void {
  const code = 'PatchRetryInvalid';
  for (const [index, { failure, retries }] of given.entries()) {
    errors.oneOf(`retries[${index}].failure`, failure, RETRIABLE, code);
    errors.number(`retries[${index}].retries`, retries, { min: 0, max: MAX_RETRIES, code });
  }
  const failures = given.map(failureOf);
  errors.unique('retries', failures, code);
  if (failures.includes(PatchFailure.ALL) && failures.length > 1)
    errors.report(code, "'retries' has ALL beside another kind of failure, which it contains; leave one of them out");
  const sum = given.reduce((total, { retries }) => total + retries, 0);
  if (given.length > 1 && sum > MAX_RETRIES) errors.report(code, `'retries' can be ${MAX_RETRIES} in all, got ${sum}`);
}

/** As `CreateJob` wants it. */
export function renderRetries(given: readonly PatchRetry[]): object | undefined {
  if (given.length === 0) return undefined;
  return {
    criteriaList: given.map((retry) => ({ failureType: failureOf(retry), numberOfRetries: retry.retries })),
  };
}

function failureOf({ failure }: PatchAbort | PatchRetry): PatchFailure {
  return failure ?? PatchFailure.ALL;
}

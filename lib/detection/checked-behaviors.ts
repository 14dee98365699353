import type { Problems } from '../internal/problems';
import type { Behavior } from './behavior';
import { nameBehaviors } from './behavior-names';
import { inWords } from './behavior-problem';
import { metricProblems, problemsOfBehavior, scopeProblems } from './behavior-problems';
import { type BehaviorDraft, factsOf, metricNameOf } from './behavior-draft';
import type { BehaviorSpec } from './behavior-spec';
import type { RetainedMetric } from './retained-metric';

/** A behavior with its name and defaults, and with what an engine must refer to. */
export interface CheckedBehavior {
  readonly draft: BehaviorDraft;
  readonly spec: BehaviorSpec;
}

/** Checks behaviors for an engine and names them; everything that is wrong is reported. */
export function checkBehaviors(
  behaviors: readonly Behavior[],
  engineName: string,
  errors: Problems,
): CheckedBehavior[] {
  const drafts = behaviors.map((behavior) => behavior._draft);
  drafts.forEach((draft, index) => {
    for (const { at, code, message } of problemsOfBehavior(draft)) {
      errors.report(code, `'behaviors[${index}].${at}' ${message}`);
    }
    reportUnsupported(draft, index, engineName, errors);
  });
  const { specs, taken } = nameBehaviors(drafts);
  for (const { first, second, name } of taken) {
    const how = drafts[second]?.name === undefined ? 'says the same as' : `has the name '${name}' of`;
    errors.report(
      'BehaviorNameTaken',
      `'behaviors[${second}]' ${how} 'behaviors[${first}]'; remove one of them or give it a name with named()`,
    );
  }
  return specs.map((spec, index) => ({ spec, draft: drafts[index] as BehaviorDraft }));
}

/** Checks metrics that are kept without a behavior. */
export function checkRetainedMetrics(metrics: readonly RetainedMetric[], errors: Problems): void {
  metrics.forEach((metric, index) => {
    const problems = [...metricProblems(metric._measured), ...scopeProblems(metric._measured, metric._scope)];
    for (const { at, code, message } of problems) errors.report(code, `'retainedMetrics[${index}].${at}' ${message}`);
  });
  const keys = metrics.map(({ _measured, _scope }) =>
    JSON.stringify([
      _measured.kind,
      metricNameOf(_measured),
      _scope && [_scope.excluded, _scope.dimension?.node.path, _scope.filters],
    ]),
  );
  keys.forEach((key, index) => {
    const first = keys.indexOf(key);
    if (first < index)
      errors.report(
        'ListSizeInvalid',
        `'retainedMetrics[${index}]' is the same as 'retainedMetrics[${first}]'; leave one of them out`,
      );
  });
}

function reportUnsupported(draft: BehaviorDraft, index: number, engineName: string, errors: Problems): void {
  const engines: readonly string[] = factsOf(draft.measured).engines;
  if (engines.includes(engineName)) return;
  const metric = metricNameOf(draft.measured);
  errors.report(
    'BehaviorNotSupported',
    `'behaviors[${index}]' measures '${metric}', which ${engineName} cannot watch; use ${inWords(engines)}`,
  );
}

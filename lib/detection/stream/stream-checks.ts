import { Token } from 'aws-cdk-lib';
import { quote } from '../../internal/quote';
import type { Problems } from '../../internal/problems';
import { topicKey } from '../behavior-problems';
import type { CheckedBehavior } from '../checked-behaviors';
import type { IotLogs } from './iot-logs';
import { needsLog } from './log-source';
import { sqlProblem } from './message-sql';

/** As many as the function takes. */
const MAX_BEHAVIORS = 1_000;

/** What the stream engine cannot do of what behaviors say, each with the way out. */
export function checkStreamBehaviors(behaviors: readonly CheckedBehavior[], logs: IotLogs, errors: Problems): void {
  if (behaviors.length > MAX_BEHAVIORS)
    errors.report('ListSizeInvalid', `'behaviors' must have at most ${MAX_BEHAVIORS} items, got ${behaviors.length}`);
  behaviors.forEach(({ spec, draft }, index) => {
    const at = `behaviors[${index}]`;
    if (spec.exported)
      errors.report(
        'StreamCannotExport',
        `'${at}.exported' is what only Device Defender does; leave it out, or use Detection.deviceDefender()`,
      );
    if (logs._isNone && needsLog(spec))
      errors.report(
        'StreamLogsMissing',
        `'${at}' measures '${spec.metric}' in the log of AWS IoT, and 'logs' is IotLogs.none(); give logs, or take the behavior out`,
      );
    if (draft.scope !== undefined) checkScope(at, draft.scope, errors);
  });
}

function checkScope(at: string, scope: NonNullable<CheckedBehavior['draft']['scope']>, errors: Problems): void {
  const property = `${at}.${topicKey(scope)}`;
  const report = (message: string) => errors.report('StreamScopeInvalid', `'${property}' ${message}`);
  const { filters } = scope;
  if (filters === undefined)
    return report(
      'is a dimension whose topic filters are not known; name them with onTopics, or use Detection.deviceDefender()',
    );
  if (Token.isUnresolved(filters) || filters.some((filter) => Token.isUnresolved(filter)))
    return report(
      'must be known at synth with the stream engine; write the filters out, or use Detection.deviceDefender()',
    );
  for (const filter of filters) {
    const problem = sqlProblem(filter, scope.excluded);
    if (problem !== undefined) report(`${problem}, got ${quote(filter)}; or use Detection.deviceDefender()`);
  }
}

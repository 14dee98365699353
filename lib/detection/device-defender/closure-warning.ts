import type { Construct } from 'constructs';
import { WARNINGS } from '../../internal/diagnostics';
import { warn } from '../../internal/warn';

const WARNED = Symbol.for('cdk-iot-zero-trust.DetectClosureWarned');

/** Warns once for a construct and all below it that Detect takes no new customers. */
export function warnOfClosure(scope: Construct): void {
  if (scope.node.scopes.some((above) => WARNED in above)) return;
  Object.defineProperty(scope, WARNED, { value: true });
  warn(scope, 'DetectClosedToNewCustomers', WARNINGS.DetectClosedToNewCustomers);
}

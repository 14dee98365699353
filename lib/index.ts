import * as compliance from './compliance';
import * as connectivity from './connectivity';
import * as detection from './detection';
import * as fleet from './fleet';
import * as identity from './identity';
import { guardCalls } from './internal/guard';
import * as mitigation from './mitigation';
import * as policy from './policy';
import * as posture from './posture';
import * as quarantine from './quarantine';
import * as remediation from './remediation';

export * from './policy';
export * from './identity';
export * from './connectivity';
export * from './posture';
export * from './detection';
export * from './quarantine';
export * from './mitigation';
export * from './remediation';
export * from './compliance';
export * from './fleet';

for (const capability of [
  ...[policy, identity, connectivity, posture, detection],
  ...[quarantine, mitigation, remediation, compliance, fleet],
])
  guardCalls(capability);

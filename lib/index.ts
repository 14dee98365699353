import * as library from '.';
import { guardCalls } from './internal/guard';

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

guardCalls(library);

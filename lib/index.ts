export * from './policy';
export * from './identity';
export * from './posture';
export * from './detection';
export * from './quarantine';
export * from './mitigation';
export * from './compliance';
export * from './fleet';

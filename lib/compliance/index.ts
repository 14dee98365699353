export * from './compliance-profile';
export * from './zero-trust-iot';

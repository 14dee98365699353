export * from './zero-trust-account';
export * from './zero-trust-fleet';

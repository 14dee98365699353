export * from './allow-list';
export * from './claim-enrollment';
export * from './claim-enrollment-props';
export * from './device';
export * from './enrollment';

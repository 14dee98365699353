export * from './fleet-group';
export * from './quarantine-group';
export * from './quarantine-group-grants';

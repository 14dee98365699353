export * from './connection-gate';

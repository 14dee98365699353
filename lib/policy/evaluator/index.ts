export * from './attached-policy';
export * from './connection-context';
export * from './connection-context-props';
export * from './connection-evaluator';
export * from './policy-decision';
export * from './policy-evaluator';
export * from './policy-request';

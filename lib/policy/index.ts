export * from './access';
export * from './access-policy';
export * from './claim-access';
export * from './evaluator';
export * from './policy-scope';
export * from './repair-channel';
export * from './statement';
export * from './topic';

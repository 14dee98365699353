export * from './patch-abort';
export * from './patch-artifact';
export * from './patch-channel';
export * from './patch-document';
export * from './patch-failure';
export * from './patch-retry';
export * from './patch-rollout';
export * from './patch-step';

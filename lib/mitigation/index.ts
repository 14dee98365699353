export * from './blast-radius';
export * from './incident-response';
export * from './incident-response-grants';
export * from './playbook';
export * from './signal-source';
export * from './terms';

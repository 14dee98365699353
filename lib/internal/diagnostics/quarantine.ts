export const QUARANTINE_ERRORS = {} as const;

export const QUARANTINE_WARNINGS = {} as const;

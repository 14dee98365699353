export const IDENTITY_ERRORS = {} as const;

export const IDENTITY_WARNINGS = {} as const;

export const POLICY_ERRORS = {} as const;

export const POLICY_WARNINGS = {} as const;

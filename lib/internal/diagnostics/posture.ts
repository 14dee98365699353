export const POSTURE_ERRORS = {} as const;

export const POSTURE_WARNINGS = {} as const;

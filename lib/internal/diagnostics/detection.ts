export const DETECTION_ERRORS = {} as const;

export const DETECTION_WARNINGS = {} as const;

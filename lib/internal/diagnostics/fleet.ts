export const FLEET_ERRORS = {} as const;

export const FLEET_WARNINGS = {} as const;

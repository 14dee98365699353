/** How much the rules ask for. */
export enum ComplianceProfile {
  /** What every fleet should have. Warnings do not fail. */
  BASELINE = 'baseline',
  /** Also what is good practice where devices are worth an attack; what cannot be verified is an error. */
  STRICT = 'strict',
}

/** Where the settings are that an account has once: audit and logging. */
export enum AccountBaseline {
  /** In this app: the rules miss them if they are not there. */
  THIS_APP = 'this-app',
  /** In another app: the rules judge them only where they are. */
  ELSEWHERE = 'elsewhere',
}

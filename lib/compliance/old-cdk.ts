/*
 * The CLI of today asks an app not to fail for what its plug-ins find, and reads the report instead. Versions of
 * aws-cdk-lib before 2.262 do as they are asked, and write a report that this CLI does not read: `cdk synth` would end with
 * exit code 0 whatever was found.
 */

/** What decides whether an app must be made to fail. */
export interface Outcome {
  readonly success: boolean;
  readonly violations: readonly { readonly ruleName: string; readonly description: string }[];
}

/** Makes the process fail, and says why, where an old version of the CDK would not. */
export function failOldCdk(outcome: Outcome): void {
  if (outcome.success) return;
  process.exitCode = 1;
  const lines = outcome.violations.map(({ ruleName, description }) => `${ruleName} ${description}`);
  process.stderr.write(`${['ZeroTrustIoT: validation failed', ...new Set(lines)].join('\n  ')}\n`);
}

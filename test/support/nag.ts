import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, NIST80053R5Checks } from 'cdk-nag';

interface Report {
  readonly pluginReports: readonly {
    readonly violations?: readonly {
      readonly ruleName: string;
      readonly violatingConstructs: readonly { readonly constructPath?: string }[];
    }[];
    readonly suppressedViolations?: readonly { readonly ruleName: string }[];
  }[];
}

/** What cdk-nag finds in an app and nobody acknowledged: `rule at path`; and what was acknowledged, by rule. */
export function nagFindings(app: App): { open: string[]; acknowledged: string[] } {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(), new NIST80053R5Checks());
  const quiet = jest.spyOn(console, 'error').mockReturnValue(undefined);
  try {
    app.synth();
  } catch (error) {
    // Findings make the synth fail; the report says which.
    if ((error as Error).name !== 'ValidationFailed' && !String(error).includes('validation-report.json')) throw error;
  } finally {
    quiet.mockRestore();
  }
  const { pluginReports } = JSON.parse(readFileSync(join(app.outdir, 'validation-report.json'), 'utf8')) as Report;
  return {
    open: pluginReports.flatMap(({ violations = [] }) =>
      violations.flatMap(({ ruleName, violatingConstructs }) =>
        violatingConstructs.map(({ constructPath }) => `${ruleName} at ${constructPath}`),
      ),
    ),
    acknowledged: [
      ...new Set(
        pluginReports.flatMap(({ suppressedViolations = [] }) => suppressedViolations.map(({ ruleName }) => ruleName)),
      ),
    ].sort(),
  };
}

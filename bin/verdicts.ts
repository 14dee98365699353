import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What CDK writes the verdicts of all checks into, in the assembly. */
export const VALIDATION_REPORT = 'validation-report.json';

/** What the checks of a synth said. */
export interface Verdicts {
  readonly clean: boolean;
  readonly summary: string;
  /** One line per finding that nobody acknowledged. */
  readonly findings: readonly string[];
}

interface Report {
  readonly pluginReports?: readonly {
    readonly pluginName: string;
    readonly conclusion: string;
    readonly violations?: readonly {
      readonly ruleName: string;
      readonly description?: string;
      readonly severity?: string;
      readonly violatingConstructs?: readonly { readonly constructPath?: string }[];
    }[];
    readonly suppressedViolations?: readonly unknown[];
  }[];
}

/** Reads CDK's validation report, which holds the verdicts of cdk-nag's packs and of CDK's own validator. */
export function readVerdicts(assembly: string): Verdicts {
  const path = join(assembly, VALIDATION_REPORT);
  if (!existsSync(path)) {
    const finding =
      'no validation report was written: nothing is known of any finding (aws-cdk-lib before 2.262 writes none)';
    return { clean: false, summary: 'did not run', findings: [finding] };
  }
  const report = JSON.parse(readFileSync(path, 'utf8')) as Report;
  const plugins = report.pluginReports ?? [];
  const findings = plugins.flatMap((plugin) => [
    ...(plugin.violations ?? []).map(
      (violation) =>
        `${plugin.pluginName}: ${violation.ruleName} at ${(violation.violatingConstructs ?? []).map((construct) => construct.constructPath ?? '?').join(', ') || '?'}${violation.description === undefined ? '' : `: ${violation.description}`}`,
    ),
    // A plug-in that broke reports failure without a violation; that must not pass for a clean run.
    ...(plugin.conclusion !== 'success' && (plugin.violations ?? []).length === 0
      ? [`${plugin.pluginName}: did not finish`]
      : []),
  ]);
  const acknowledged = plugins.reduce((total, plugin) => total + (plugin.suppressedViolations?.length ?? 0), 0);
  const said =
    findings.length === 0 ? 'no open finding' : `${findings.length} open finding${findings.length === 1 ? '' : 's'}`;
  return {
    clean: findings.length === 0,
    summary: `cdk-nag AwsSolutions and NIST 800-53 R5, CDK's validator: ${said}, ${acknowledged} acknowledged with a reason (${VALIDATION_REPORT})`,
    findings,
  };
}

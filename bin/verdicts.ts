import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PLUGIN_NAME } from '../lib/compliance/waiver';

/** What CDK writes the verdicts of all checks into, in the assembly. */
export const VALIDATION_REPORT = 'validation-report.json';

/** What the checks of a synth said. */
export interface Verdicts {
  readonly clean: boolean;
  readonly summary: string;
  /** One line per finding that nobody acknowledged, with what mends it. */
  readonly findings: readonly string[];
  /** The same for what our own rules warn of: a synth and a deployment pass with it. */
  readonly advice: readonly string[];
}

interface Report {
  readonly pluginReports?: readonly {
    readonly pluginName: string;
    readonly conclusion: string;
    readonly violations?: readonly {
      readonly ruleName: string;
      readonly description?: string;
      readonly severity?: string;
      readonly suggestedFix?: string;
      readonly violatingConstructs?: readonly { readonly constructPath?: string }[];
    }[];
    readonly suppressedViolations?: readonly unknown[];
  }[];
}

type PluginReport = NonNullable<Report['pluginReports']>[number];
type Violation = NonNullable<PluginReport['violations']>[number];

/** Reads CDK's validation report, which holds the verdicts of cdk-nag's packs and of CDK's own validator. */
export function readVerdicts(assembly: string): Verdicts {
  const path = join(assembly, VALIDATION_REPORT);
  if (!existsSync(path)) {
    const finding =
      'no validation report was written: nothing is known of any finding (aws-cdk-lib before 2.262 writes none)';
    return { clean: false, summary: 'did not run', findings: [finding], advice: [] };
  }
  const plugins = (JSON.parse(readFileSync(path, 'utf8')) as Report).pluginReports ?? [];
  const findings: string[] = [];
  const advice: string[] = [];
  for (const plugin of plugins) {
    const { pluginName, conclusion, violations = [] } = plugin;
    for (const violation of violations)
      (isAdvice(plugin, violation) ? advice : findings).push(`${pluginName}: ${inOneLine(violation)}`);
    // A plug-in that broke reports failure without a violation; that must not pass for a clean run.
    if (conclusion !== 'success' && violations.length === 0) findings.push(`${pluginName}: did not finish`);
  }
  const acknowledged = plugins.reduce((total, plugin) => total + (plugin.suppressedViolations?.length ?? 0), 0);
  const said =
    findings.length === 0 ? 'no open finding' : `${findings.length} open finding${findings.length === 1 ? '' : 's'}`;
  return {
    clean: findings.length === 0,
    summary: `cdk-nag AwsSolutions and NIST 800-53 R5, CDK's validator: ${said}, ${acknowledged} acknowledged with a reason (${VALIDATION_REPORT})`,
    findings,
    advice,
  };
}

/** cdk-nag's packs must have nothing to say at all. */
function isAdvice({ pluginName, conclusion }: PluginReport, { severity }: Violation): boolean {
  return pluginName === PLUGIN_NAME && conclusion === 'success' && severity === 'warning';
}

function inOneLine({ ruleName, description, suggestedFix, violatingConstructs = [] }: Violation): string {
  const where = violatingConstructs.map(({ constructPath = '?' }) => constructPath).join(', ') || '?';
  return [`${ruleName} at ${where}`, description, suggestedFix].filter((part) => part !== undefined).join(': ');
}

import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';

/** The real cfn-guard, as a package of AWS brings it; undefined where it has none for this machine. */
export function cfnGuard(): string | undefined {
  const platform = { linux: 'ubuntu', darwin: 'macos' }[process.platform as string];
  const machine = { x64: 'x86_64', arm64: 'aarch64' }[process.arch as string];
  if (platform === undefined || machine === undefined) return undefined;
  const root = dirname(require.resolve('@cdklabs/cdk-validator-cfnguard/package.json'));
  return join(root, 'bin', platform, machine, 'cfn-guard');
}

export interface GuardResult {
  readonly failed: readonly string[];
  readonly passed: readonly string[];
}

/** What rules in Guard say of templates, one result for each. */
export function judgeWithGuard(binary: string, rules: string, templates: readonly object[]): GuardResult[] {
  const payload = { rules: [rules], data: templates.map((template) => JSON.stringify(template)) };
  const output = runGuard(binary, JSON.stringify(payload));
  const reports = JSON.parse(output) as {
    name: string;
    not_compliant: { Rule?: { name: string } }[];
    compliant: string[];
  }[];
  // Reports are named by the place of the template, in an order of their own.
  const byPlace = new Map(reports.map((report) => [Number(/\d+/.exec(report.name)?.[0]), report]));
  return templates.map((_, index) => {
    const report = byPlace.get(index + 1);
    if (report === undefined) throw new Error(`cfn-guard says nothing of template ${index}`);
    return { failed: report.not_compliant.flatMap(({ Rule }) => Rule?.name ?? []), passed: report.compliant };
  });
}

function runGuard(binary: string, input: string): string {
  const args = ['validate', '--payload', '--structured', '--output-format', 'json', '--show-summary', 'none'];
  try {
    return execFileSync(binary, args, {
      input,
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
  } catch (error) {
    // It ends with 19 where something is not compliant.
    const { status, stdout } = error as { status?: number; stdout?: string };
    if (status === 19 && stdout !== undefined) return stdout;
    throw error;
  }
}

/**
 * The two rules about AWS IoT of the public guard registry (IOT_POLICY_WILDCARD_ACTION_RULE and
 * IOT_POLICY_WILDCARD_RESOURCE_RULE), said again in our words: an Allow with the action `*` or `service:*`, or with the
 * resource `*`. Only an exact star counts.
 */
export const REGISTRY_RULES = `
let iot_policies = Resources.*[ Type == 'AWS::IoT::Policy' ]

rule STAR_IN_ACTION when %iot_policies !empty {
  %iot_policies[
    some Properties.PolicyDocument.Statement[*] {
      Effect == "Allow"
      some Action[*] in ["*", /^[a-zA-Z0-9]*:\\*$/]
    }
  ] empty
}

rule STAR_IN_RESOURCE when %iot_policies !empty {
  %iot_policies[
    some Properties.PolicyDocument.Statement[*] {
      Effect == "Allow"
      some Resource[*] == "*"
    }
  ] empty
}
`;

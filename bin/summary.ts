import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { type App, CfnResource, Stack } from 'aws-cdk-lib';
import { CAPABILITIES, type Capability, capabilityOf } from '../lib/internal/capability';

/** What a stack holds, for people and machines. */
export interface StackSummary {
  readonly stack: string;
  readonly template: string;
  readonly templateBytes: number;
  readonly resources: number;
  /** How many resources each capability has, in the order of the Zero Trust loop. */
  readonly byCapability: { readonly [capability: string]: number };
  /** How many of them are of which CloudFormation type, per capability. */
  readonly types: { readonly [capability: string]: { readonly [type: string]: number } };
}

/** The largest template that CloudFormation takes, in bytes. @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
export const TEMPLATE_LIMIT_BYTES = 1_000_000;
/** The most resources that CloudFormation takes in a stack. */
export const RESOURCE_LIMIT = 500;

export function summarize(app: App, assembly: CloudAssembly): StackSummary[] {
  return assembly.stacks.map((artifact) => {
    const path = join(assembly.directory, artifact.templateFile);
    const stack = app.node.findAll().find((node) => Stack.isStack(node) && node.artifactId === artifact.id) as Stack;
    const types = countTypes(stack);
    const byCapability = Object.fromEntries(
      Object.entries(types).map(([name, counts]) => [name, sum(Object.values(counts))]),
    );
    return {
      stack: artifact.stackName,
      template: relative(process.cwd(), path),
      templateBytes: readFileSync(path).length,
      resources: sum(Object.values(byCapability)),
      byCapability,
      types,
    };
  });
}

function countTypes(stack: Stack): Record<string, Record<string, number>> {
  const counts = new Map<Capability | 'other', Record<string, number>>();
  for (const node of stack.node.findAll()) {
    if (!CfnResource.isCfnResource(node) || node.stack !== stack) continue;
    const capability = capabilityOf(node) ?? 'other';
    const types = counts.get(capability) ?? {};
    types[node.cfnResourceType] = (types[node.cfnResourceType] ?? 0) + 1;
    counts.set(capability, types);
  }
  const order: (Capability | 'other')[] = [...CAPABILITIES, 'other'];
  return Object.fromEntries(order.filter((name) => counts.has(name)).map((name) => [name, counts.get(name) ?? {}]));
}

const TITLES: { readonly [capability: string]: string } = {
  policy: 'policy         what each device may do',
  identity: 'identity       who is it: certificate, allow-list, hook',
  posture: 'posture        audit, logging, index, events of the account',
  detection: 'detection      what is normal, and who watches',
  quarantine: 'quarantine     fleet group, isolation, repair channel',
  mitigation: 'mitigation     signals, playbook, incidents, evidence',
  remediation: 'remediation    patch job, proof of health, tunnels',
  observability: 'observability  alerts and alarms',
  internal: 'internal       key, custom resource functions',
  fleet: 'fleet          names that other stacks need',
};

/** The summary as lines for a person. */
export function printSummary(summaries: readonly StackSummary[]): string[] {
  const lines: string[] = [];
  for (const summary of summaries) {
    lines.push(
      `${summary.stack}: ${summary.resources} of ${RESOURCE_LIMIT} resources, ${(summary.templateBytes / 1024).toFixed(0)} of ${(TEMPLATE_LIMIT_BYTES / 1024).toFixed(0)} KiB, ${summary.template}`,
    );
    for (const [capability, count] of Object.entries(summary.byCapability)) {
      const largest = Object.entries(summary.types[capability] ?? {})
        .sort(([, a], [, b]) => b - a)
        .map(([type, number]) => `${number} ${type.replace(/^AWS::/, '').replace('::', ' ')}`);
      lines.push(
        `  ${String(count).padStart(3)}  ${TITLES[capability] ?? capability}`,
        ...wrap(largest, 76).map((line) => `       ${line}`),
      );
    }
    lines.push('');
  }
  return lines;
}

function wrap(words: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length + 2 <= width) lines[lines.length - 1] = `${last}, ${word}`;
    else lines.push(word);
  }
  return lines;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

import type { IConstruct } from 'constructs';

/** `Validations.ACKNOWLEDGED_RULES_METADATA_KEY`, which a test holds it to: its modules are not loaded for a word. */
export const ACKNOWLEDGED_RULES = 'aws:cdk:acknowledged-rules';

/** Packs of cdk-nag that name their rules alike, by the condition that the rule checks. */
const NAMED_PACKS = ['NIST.800.53.R5', 'NIST.800.53.R4', 'HIPAA.Security', 'PCI.DSS.321'];

/**
 * Acknowledges a cdk-nag rule for one resource, with the reason that an auditor reads in the validation report.
 *
 * `rule` is the name that the NIST, HIPAA and PCI packs share (`LambdaDLQ`), or an AwsSolutions code (`AwsSolutions-IAM5[...]`).
 * The id carries the pack's name: without it the finding would vanish from the report instead of standing there as waived.
 */
export function acknowledge(resource: IConstruct, rule: string, reason: string): void {
  const ids = rule.startsWith('AwsSolutions-')
    ? [`AwsSolutions::${rule}`]
    : NAMED_PACKS.map((pack) => `${pack}::${pack}-${rule}`);
  // What `Validations.acknowledge` records, without a stack trace for each id: those cost more than the rest of a construct.
  resource.node.addMetadata(ACKNOWLEDGED_RULES, Object.fromEntries(ids.map((id) => [id, reason])));
}

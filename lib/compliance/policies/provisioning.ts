import type { PolicyAnalysis } from './reach';

/** Topics of fleet provisioning: a reply goes to the device that asked, whoever else may listen. */
const RESERVED = ['$aws/certificates/create', '$aws/provisioning-templates/'];

export function isProvisioningTopic(target: string): boolean {
  return RESERVED.some((prefix) => target.startsWith(prefix));
}

/** Whether a policy is for devices that have no identity of their own yet. */
export function isForClaims({ text }: PolicyAnalysis): boolean {
  return text.statements.some(
    (statement) =>
      !statement.denies &&
      statement.resources.some((resource) => RESERVED.some((prefix) => resource.includes(`/${prefix}`))),
  );
}

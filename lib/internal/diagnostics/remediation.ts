export const REMEDIATION_ERRORS = {
  PatchArtifactInvalid:
    'A file of a patch has an object key, checksum or signature that cannot be one. Use the forms in the message.',
  PatchStepInvalid:
    'A step of a patch document names no handler or command that a device could run. Use the characters and lengths in the message.',
  PatchDocumentInvalid:
    'A patch document is empty, too long, or has something in it that AWS IoT would not replace or devices must not see. Correct what the message names.',
  PatchUnsigned: 'A file of a patch has no signature, and the channel asks for one. Sign it, or do not ask.',
  PatchRolloutInvalid: 'A rollout rate is not one that AWS IoT accepts. Use the ranges in the message.',
  PatchAbortInvalid:
    'A threshold that stops a patch is out of range, or stands there twice. Use the ranges in the message, and each kind of failure once.',
  PatchRetryInvalid:
    'Retries of a patch are out of range, or are given twice for one kind of failure. Use 0 to 10, and ALL alone.',
  PatchChannelInvalid:
    'A time, a name, a package or the group of a patch channel is not one that AWS IoT accepts there. Use the ranges in the message, and a group of the place of the stack.',
  HealthProofInvalid:
    'A number of windows, a time or a patch channel of a proof of health cannot be used. Use the ranges in the message, one quarantine group for all, and one proof for a response, in its stack.',
  RemoteAccessInvalid:
    'A service or a lifetime of tunnels is not one that AWS IoT accepts, or the response is in another stack. Use the ranges in the message, and one stack for both.',
} as const;

export const REMEDIATION_WARNINGS = {
  PatchNeverAborts:
    'Nothing stops a patch that fails on every device. Give at least one threshold, or leave out the list to have the default.',
  ReleaseAutomatic:
    'Devices are released without a person once they have proved their health, and that their job succeeded is their own word. Use ReleaseApproval.byPerson() where a device may be in the hands of an attacker.',
} as const;

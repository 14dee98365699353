export const QUARANTINE_ERRORS = {
  ThingGroupNameInvalid:
    "The name of a thing group has characters or a length that AWS IoT refuses. Use 1 to 128 letters, digits, ':', '_' and '-'.",
  ThingGroupDescriptionInvalid:
    'The description of a thing group has control characters or is too long. Use up to 2,028 visible characters and spaces.',
  FleetGroupInQuarantine:
    'A fleet group is put under the quarantine group, whose policies would isolate all its members, or is a quarantine group itself, whose members would be given the rights of a fleet. Give another group, or none.',
  QuarantineGroupNotRoot:
    'The quarantine group is put under another group. Leave it a root: a thing cannot be in two groups of one hierarchy.',
  QuarantineRemovalInvalid:
    'What is to become of the quarantine group is contradictory, or not possible. Use one of the values in the message.',
} as const;

export const QUARANTINE_WARNINGS = {
  QuarantineGroupNameFixed:
    'The quarantine group has a fixed name and is kept when its stack is deleted. The next deployment under this name fails until the group is deleted or imported; let CloudFormation generate the name.',
  QuarantineNotGuarded:
    'The quarantine group can be deleted while it has members, who get their access back at once. Keep it, or let the deletion be refused while it has members.',
} as const;

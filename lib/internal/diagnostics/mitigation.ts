export const MITIGATION_ERRORS = {
  BlastRadiusInvalid:
    'A blast radius is not a number of devices, a percentage or a window that can be counted. Use the ranges in the message.',
  PlaybookRulesInvalid:
    'A playbook has no rules, too many, or one that cannot be read. Give 1 to 20 rules with the values of the enums.',
  PlaybookRuleUnreachable:
    'A rule of a playbook can never decide, because earlier ones match all that it matches. Put the narrower rule first, or leave it out.',
  IsolationTimeInvalid:
    'The time after which a device is released by itself is out of range. Use 1 hour to 365 days, or leave it out.',
  FleetGroupsInvalid:
    'The groups that isolated devices leave are missing, too many, named twice, dynamic, or those of another account or region. Give 1 to 10 static groups of the place of the stack, each once.',
  QuarantineGroupMisused:
    'The quarantine group is also a group that devices leave, or a protected one, or it is dynamic, or gives rights as a FleetGroup does. Give another group, a static one such as a QuarantineGroup.',
  SignalSourceTwice:
    'The same source of signals is added twice, or two sources have one topic. Leave one of them out, or give each a topic of its own.',
  SignalTopicIsAlertTopic:
    'Signals come from the topic that people are alerted on, so that each alert would come back as a signal. Give another topic for one of the two.',
  AlertTopicMissing:
    'Incidents would be isolated, held or released without anybody hearing of it. Give an alert topic.',
  ResponseSettingsTooLarge:
    'The playbook, the sources and the groups do not fit into the environment of a Lambda function (4 KB). Use fewer rules, sources or declared severities.',
  EvidenceLockInvalid: 'The time for which evidence is locked is out of range. Use 1 day to 100 years.',
} as const;

export const MITIGATION_WARNINGS = {
  BlastRadiusUnbounded:
    'The playbook may isolate any number of devices without a person: one false alarm, or one attacker who can raise alarms, stops the whole fleet. Give a blast radius.',
  PlaybookDryRun:
    'The playbook decides and records, and isolates nothing. Set `dryRun` to false once its decisions have been right for a while.',
  AutomaticRetirement:
    'A rule retires devices without a person: their certificates are revoked, and they need new ones. Use LOCK_OUT, which can be undone.',
  PipesMissingInRegion:
    'The response tells of incidents through Amazon EventBridge Pipes, which AWS GovCloud (US) does not have: the stack would not deploy. Leave the response out there (`without: [FleetPart.RESPONSE]`, in fleet.json `"response": { "mode": "off" }`), or acknowledge this once AWS has it.',
} as const;

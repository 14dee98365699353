export const POSTURE_ERRORS = {
  AccountSettingTwice:
    'A setting that exists once per account and region is managed twice by one app. Keep one of the constructs and refer to it from the other stacks.',
  AuditCheckUnknown:
    'The name of an audit check is not one that the service knows. Use a constant of AuditCheck, or the name exactly as the API has it.',
  AuditThresholdUnused:
    'A threshold is given for a check that is not enabled. Add the check to `checks` or leave the threshold out.',
  AuditScheduleInvalid:
    'A day of an audit schedule is not one. Use a day of the month from 1 to 31, or AuditSchedule.monthlyOnLastDay().',
  ScheduledCheckNotEnabled:
    'A scheduled audit names a check that the audit does not enable, which the service refuses. Add it to the checks of the audit.',
  ScheduledAuditLimit:
    'An account and region has more than 5 scheduled audits. Merge audits: each may run any number of checks.',
  ScheduledAuditNameTaken:
    'Two scheduled audits of one account and region have the same name. Rename one of them or leave the name out.',
  SuppressedResourceInvalid:
    'The resource of a suppressed finding is not identified in the form that the service asks for. Use the form in the message.',
  SuppressionExpiryInvalid:
    'The date on which a suppression ends is not a date. Use the form 2027-06-30, or SuppressionExpiry.never() if it really is to have no end.',
  SuppressionExpired:
    'A suppression has already ended, so that its finding counts again. Remove it, or review the risk and give it a new date.',
  SuppressionTaken: 'One finding is suppressed twice in one account and region. Remove one of the suppressions.',
  SuppressedCheckNotEnabled:
    'A finding is suppressed of a check that the audit does not enable. Remove the suppression or enable the check.',
  LogEventInvalid:
    'A log event is configured twice, or has a name or log group that the service refuses. Use the form in the message.',
  IndexedFieldInvalid:
    'A field or shadow to be indexed is named twice, or in a way that the service refuses. Use the form in the message.',
  ReplacedRolesUnused:
    'Roles to put back are given although nothing of the account is to be replaced. Set `replaceExisting` or leave `replacedRoles` out.',
} as const;

export const POSTURE_WARNINGS = {
  LogEventUnknown:
    'A log event has a name that is a slip of one that AWS IoT documents, so that what is meant would not be logged. Write the name in the message, or acknowledge the warning if AWS has such an event by now.',
  SuppressionWithoutEnd:
    'A finding is suppressed for good, so that nobody will look at it again. Prefer SuppressionExpiry.on(), or acknowledge the warning with the reason.',
  ReplacedRoleUnknown:
    'Settings of others are to be replaced, but the roles in them are not named, so that they cannot be put back when the stack is deleted. Name them in `replacedRoles`.',
} as const;

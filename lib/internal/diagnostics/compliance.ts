export const COMPLIANCE_ERRORS = {
  ComplianceAppliedTwice:
    'The rules are applied twice to the same app or stage, or to a stage of an app that has them: each finding would come twice. Apply them once, to the app.',
  ComplianceBaselineUnreadable:
    'The baseline file cannot be read, or is none. Make it with `zero-trust-iot check ASSEMBLY --baseline FILE --update-baseline`, or leave it out.',
  ComplianceReportNameInvalid:
    "The name of the evidence report is no name of a file, or one of the CDK's own. Use letters, digits, '.', '_' and '-', without an extension.",
  ComplianceScopeInvalid:
    'The rules can be applied to an app or a stage only, since they judge its final templates. Pass the App or the Stage.',
} as const;

export const COMPLIANCE_WARNINGS = {} as const;

/** What of a rule can be said in Guard, and what cannot. */
export interface GuardRule {
  readonly ruleId: string;
  /** What the rule sees and this one does not. */
  readonly lost: string;
  /** Type of the resources that it looks at. */
  readonly type: string;
  /** Which of the resources are judged. */
  readonly only?: string;
  /** Which parts of them, below `Properties`. */
  readonly where?: string;
  /** What must hold for each, below `Properties`. */
  readonly checks: readonly string[];
}

const FUNCTIONS = 'Values that functions make are not worked out';
const STATEMENT = 'PolicyDocument.Statement';
const allowing = (actions: string, more = ''): string =>
  `${STATEMENT}[ Effect == "Allow" ${more} some Action[*] == /(?i)^(\\*|iot:\\*|${actions})$/ ]`;

/**
 * The part of the catalog that AWS CloudFormation Guard can say. Guard matches text in one resource at a time: it cannot
 * ask what a device reaches, nor whether something exists elsewhere.
 */
export const GUARD_SUBSET: readonly GuardRule[] = [
  {
    ruleId: 'ZTI-POL1',
    type: 'AWS::IoT::Policy',
    lost: `${FUNCTIONS}; documents in a string and in provisioning templates are not read.`,
    where: `${STATEMENT}[ Effect == "Allow" ]`,
    checks: ['Action[*] != /[*?]/'],
  },
  {
    ruleId: 'ZTI-POL2',
    type: 'AWS::IoT::Policy',
    lost: `${FUNCTIONS}; any condition counts as a bond, and only whole wildcards and the client id are seen, not client/pump-*. A Deny that takes it back is not seen: what is right may be reported.`,
    where: `${STATEMENT}[ Effect == "Allow" Condition not exists some Action[*] == /(?i)^(\\*|iot:\\*|iot:connect)$/ ]`,
    checks: ['Resource[*] not in ["*", /:client\\/\\*$/, /:client\\/\\$\\{iot:ClientId\\}\\*?$/]'],
  },
  {
    ruleId: 'ZTI-POL3',
    type: 'AWS::IoT::Policy',
    lost: `${FUNCTIONS}; only topics with a wildcard and no policy variable at all are seen, and any condition counts as a bond. Names of single devices, and a Deny that takes it back, are not seen: what is right may be reported.`,
    where: allowing('iot:publish|iot:receive', 'Condition not exists'),
    checks: ['Resource[*] not in ["*", /:topic\\/[^$]*[*?]/]'],
  },
  {
    ruleId: 'ZTI-POL4',
    type: 'AWS::IoT::Policy',
    lost: `${FUNCTIONS}; only filters with a wildcard and no policy variable at all are seen. Names of single devices, and a Deny that takes it back, are not: what is right may be reported.`,
    where: allowing('iot:subscribe'),
    checks: ['Resource[*] not in ["*", /:topicfilter\\/[^$]*[*?+#]/]'],
  },
  {
    ruleId: 'ZTI-POL7',
    type: 'AWS::IoT::Policy',
    lost: `${FUNCTIONS}; a Deny of iot:Subscribe without one of iot:Receive is not seen.`,
    where: `${STATEMENT}[ Effect == "Deny" Resource exists ]`,
    checks: ['Resource[*] not in [/\\/[+#](\\/|$)/]'],
  },
  {
    ruleId: 'ZTI-POL8',
    type: 'AWS::IoT::Policy',
    lost: `${FUNCTIONS}; of the actions that manage the account only the most dangerous are seen.`,
    where: `${STATEMENT}[ Effect == "Allow" ]`,
    checks: [
      'NotAction not exists',
      'NotResource not exists',
      'Action[*] != /(?i)^iot:(Attach|Detach|Create|Delete|Update|Register|Set|Replace|Transfer)[A-Za-z]*(Policy|Certificate|Principal|Version|Csr|Thing)$/',
    ],
  },
  {
    ruleId: 'ZTI-RA3',
    type: 'AWS::IoT::Policy',
    lost: `${FUNCTIONS}.`,
    where: allowing('iot:assumerolewithcertificate'),
    checks: ['Resource[*] not in ["*", /:rolealias\\/.*[*?]/]'],
  },
  {
    ruleId: 'ZTI-ID3',
    type: 'AWS::IoT::ThingPrincipalAttachment',
    lost: 'One certificate on two things is not seen, only that it could be.',
    checks: ['ThingPrincipalType == "EXCLUSIVE_THING"'],
  },
  {
    ruleId: 'ZTI-PRV1',
    type: 'AWS::IoT::ProvisioningTemplate',
    lost: 'Nothing but functions.',
    only: 'Properties.Enabled == true Properties.TemplateType not exists or Properties.TemplateType != "JITP"',
    checks: ['PreProvisioningHook.TargetArn exists'],
  },
  {
    ruleId: 'ZTI-PRV4',
    type: 'AWS::Lambda::Permission',
    lost: 'Sources of any account are not seen, nor the time that a hook may take.',
    only: 'Properties.Principal == "iot.amazonaws.com" Properties.SourceArn not exists',
    checks: ['SourceAccount exists'],
  },
  {
    ruleId: 'ZTI-CA1',
    type: 'AWS::IoT::CACertificate',
    lost: 'A topic rule that looks at new certificates is not seen: it is reported as if there were none.',
    only: 'Properties.AutoRegistrationStatus == "ENABLE"',
    checks: ['RegistrationConfig !empty'],
  },
  {
    ruleId: 'ZTI-CA2',
    type: 'AWS::IoT::CACertificate',
    lost: 'Nothing but functions.',
    checks: ['CertificateMode not exists or CertificateMode == "DEFAULT"', 'VerificationCertificatePem exists'],
  },
  {
    ruleId: 'ZTI-TLS1',
    type: 'AWS::IoT::DomainConfiguration',
    lost: 'The strict profile.',
    only: 'Properties.TlsConfig.SecurityPolicy exists',
    checks: ['TlsConfig.SecurityPolicy not in [/TLS12_1_0/]'],
  },
  {
    ruleId: 'ZTI-TLS2',
    type: 'AWS::IoT::DomainConfiguration',
    lost: 'Stapling of OCSP.',
    checks: [
      'AuthorizerConfig.AllowAuthorizerOverride not exists or AuthorizerConfig.AllowAuthorizerOverride == false',
      'AuthenticationType exists',
      'AuthenticationType != "DEFAULT"',
      'ApplicationProtocol exists',
      'ApplicationProtocol != "DEFAULT"',
    ],
  },
  {
    ruleId: 'ZTI-AUT1',
    type: 'AWS::IoT::Authorizer',
    lost: 'Nothing but functions.',
    checks: ['SigningDisabled not exists or SigningDisabled == false', 'TokenSigningPublicKeys !empty'],
  },
  {
    ruleId: 'ZTI-AUT2',
    type: 'AWS::IoT::Authorizer',
    lost: 'Nothing but functions.',
    checks: ['EnableCachingForHttp not exists or EnableCachingForHttp == false'],
  },
  {
    ruleId: 'ZTI-RA1',
    type: 'AWS::IoT::RoleAlias',
    lost: 'Nothing but functions.',
    checks: ['CredentialDurationSeconds not exists or CredentialDurationSeconds <= 3600'],
  },
  {
    ruleId: 'ZTI-AUD4',
    type: 'AWS::IoT::AccountAuditConfiguration',
    lost: 'Nothing but functions.',
    checks: [
      'AuditNotificationTargetConfigurations.Sns.Enabled == true',
      'AuditNotificationTargetConfigurations.Sns.TargetArn exists',
    ],
  },
  {
    ruleId: 'ZTI-DET1',
    type: 'AWS::IoT::SecurityProfile',
    lost: 'That every behavior is silenced.',
    checks: ['TargetArns !empty', 'AlertTargets.SNS.AlertTargetArn exists'],
  },
  {
    ruleId: 'ZTI-LOG1',
    type: 'AWS::IoT::Logging',
    lost: 'That there is none.',
    checks: ['DefaultLogLevel exists', 'DefaultLogLevel != "DISABLED"'],
  },
  {
    ruleId: 'ZTI-RUL1',
    type: 'AWS::IoT::TopicRule',
    lost: 'Rules on every topic, and those that write to reserved topics.',
    checks: ['TopicRulePayload.ErrorAction !empty'],
  },
  {
    ruleId: 'ZTI-JOB1',
    type: 'AWS::IoT::JobTemplate',
    lost: 'Signatures of OTA updates.',
    checks: ['AbortConfig !empty', 'TimeoutConfig !empty', 'JobExecutionsRolloutConfig !empty'],
  },
];

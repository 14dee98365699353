import { MESSAGE, type SourceEntry } from '../../../../lambda/shared/incident/contract';

/** Messages as AWS sends them, with the values that a test cares about replaced. */

export const ACCOUNT = '123456789012';
export const PLACE = { account: ACCOUNT, region: 'eu-west-1' };
export const TIME = Date.UTC(2026, 10, 22, 12);
export const CERTIFICATE = 'ab'.repeat(32);

export const TOPIC = {
  detect: `arn:aws:sns:eu-west-1:${ACCOUNT}:detect`,
  audit: `arn:aws:sns:eu-west-1:${ACCOUNT}:audit`,
  generic: `arn:aws:sns:eu-west-1:${ACCOUNT}:anomalies`,
};

export const SOURCES: readonly SourceEntry[] = [
  { kind: 'detect', topicArn: TOPIC.detect },
  { kind: 'audit', topicArn: TOPIC.audit },
  { kind: 'generic', topicArn: TOPIC.generic, severity: 'HIGH' },
  { kind: 'engine' },
  { kind: 'securityHub' },
  { kind: 'guardDuty' },
];

type Values = Readonly<Record<string, unknown>>;

export function violation(values: Values = {}): Values {
  return {
    violationEventTime: TIME,
    thingName: 'pump-7',
    behavior: {
      criteria: {
        consecutiveDatapointsToClear: 1,
        value: { count: 5000 },
        consecutiveDatapointsToAlarm: 1,
        comparisonOperator: 'less-than',
      },
      name: 'messageSize',
      metric: 'aws:message-byte-size',
    },
    violationEventType: 'in-alarm',
    metricValue: { count: 5126 },
    violationId: '123456789',
    securityProfileName: 'LargeMessageSize',
    ...values,
  };
}

export function audit(values: Values = {}): Values {
  return {
    accountId: ACCOUNT,
    taskId: '0123456789abcdef0123456789abcdef',
    taskStatus: 'COMPLETED',
    taskType: 'SCHEDULED_AUDIT_TASK',
    taskStartTime: TIME,
    nonCompliantChecksCount: 2,
    auditDetails: [
      { checkName: 'DEVICE_CERTIFICATE_SHARED_CHECK', checkRunStatus: 'COMPLETED_NON_COMPLIANT' },
      { checkName: 'LOGGING_DISABLED_CHECK', checkRunStatus: 'COMPLETED_NON_COMPLIANT' },
      { checkName: 'CONFLICTING_CLIENT_IDS_CHECK', checkRunStatus: 'COMPLETED_COMPLIANT' },
    ],
    ...values,
  };
}

export function auditFinding(values: Values = {}): Values {
  return {
    findingId: 'finding-1',
    taskId: '0123456789abcdef0123456789abcdef',
    checkName: 'DEVICE_CERTIFICATE_SHARED_CHECK',
    findingTime: new Date(TIME),
    severity: 'CRITICAL',
    isSuppressed: false,
    reasonForNonComplianceCode: 'CERTIFICATE_SHARED_BY_MULTIPLE_DEVICES',
    nonCompliantResource: {
      resourceType: 'DEVICE_CERTIFICATE',
      resourceIdentifier: { deviceCertificateId: CERTIFICATE },
    },
    ...values,
  };
}

export function plain(values: Values = {}): Values {
  return {
    id: 'window-1',
    time: TIME,
    thingName: 'pump-7',
    severity: 'HIGH',
    about: 'messages-sent',
    ...values,
  };
}

export function own(values: Values = {}): Values {
  return { schema: MESSAGE.signal, ...plain(values) };
}

export function securityHub(finding: Values = {}, event: Values = {}): Values {
  return {
    'detail-type': 'Security Hub Findings - Imported',
    source: 'aws.securityhub',
    account: ACCOUNT,
    detail: {
      findings: [
        {
          Id: 'arn:aws:securityhub:eu-west-1:123456789012:subscription/x/finding/1',
          GeneratorId: 'iot-rule',
          Title: 'Device talks to a botnet',
          UpdatedAt: '2026-11-22T12:00:00.000Z',
          Severity: { Label: 'HIGH' },
          RecordState: 'ACTIVE',
          Workflow: { Status: 'NEW' },
          Resources: [{ Type: 'Other', Id: `arn:aws:iot:eu-west-1:${ACCOUNT}:thing/pump-7` }],
          ...finding,
        },
      ],
    },
    ...event,
  };
}

/** As Device Defender Detect reports a violation to Security Hub CSPM: the thing by its bare name. */
export function detectFinding(values: Values = {}): Values {
  return {
    Id: 'e92a782593c6f5b1fc7cb6a443dc1a12',
    ProductArn: 'arn:aws:securityhub:eu-west-1::product/aws/iot-device-defender-detect',
    AwsAccountId: ACCOUNT,
    Region: 'eu-west-1',
    GeneratorId: `arn:aws:iot:eu-west-1:${ACCOUNT}:securityprofile/Pumps`,
    Title: 'Registered thing pump-7 is in alarm for STATIC behavior messages.',
    Resources: [
      {
        Type: 'AwsIotRegisteredThing',
        Id: 'pump-7',
        Region: 'eu-west-1',
        Details: { Other: { IsRegisteredThing: 'true', ThingArn: `arn:aws:iot:eu-west-1:${ACCOUNT}:thing/pump-7` } },
      },
    ],
    ...values,
  };
}

/** As Device Defender Audit reports to Security Hub CSPM: a policy by its bare name. How it names a certificate is not documented. */
export function hubAuditFinding(check: string, resource: unknown, values: Values = {}): Values {
  return {
    Id: `${ACCOUNT}/DEVICE_CERTIFICATE/x/${check}/REASON`,
    ProductArn: 'arn:aws:securityhub:eu-west-1::product/aws/iot-device-defender-audit',
    AwsAccountId: ACCOUNT,
    Region: 'eu-west-1',
    GeneratorId: '1928b87ab338ee2f541f6fab8c41c4f5',
    Title: `${check}: REASON`,
    Severity: { Label: 'CRITICAL' },
    ProductFields: { CheckName: check, ReportType: 'AuditFinding', TaskType: 'ON_DEMAND_AUDIT_TASK' },
    Resources: [resource],
    ...values,
  };
}

/** A finding of Security Hub, in the Open Cybersecurity Schema Framework. */
export function securityHubV2(finding: Values = {}, info: Values = {}): Values {
  return {
    'detail-type': 'Findings Imported V2',
    source: 'aws.securityhub',
    account: ACCOUNT,
    detail: {
      findings: [
        {
          activity_name: 'Create',
          class_uid: 2004,
          severity: 'High',
          severity_id: 4,
          status: 'New',
          time: TIME + 1,
          cloud: { account: { uid: ACCOUNT }, provider: 'AWS', region: 'eu-west-1' },
          finding_info: {
            uid: 'arn:aws:guardduty:eu-west-1:123456789012:detector/d/finding/1',
            title: 'Device talks to a botnet',
            types: ['TTPs/Command and Control'],
            modified_time_dt: '2026-11-22T12:00:00.000000+00:00',
            ...info,
          },
          resources: [{ type: 'Other', uid: `arn:aws:iot:eu-west-1:${ACCOUNT}:thing/pump-7`, region: 'eu-west-1' }],
          ...finding,
        },
      ],
    },
  };
}

export function guardDuty(detail: Values = {}, event: Values = {}): Values {
  return {
    'detail-type': 'GuardDuty Finding',
    source: 'aws.guardduty',
    account: ACCOUNT,
    detail: {
      accountId: ACCOUNT,
      region: 'eu-west-1',
      id: '16afba5c5c43e07c9e3e5e2e544e95df',
      type: 'CryptoCurrency:EC2/BitcoinTool.B!DNS',
      severity: 8,
      updatedAt: '2026-11-22T12:00:00.000Z',
      resource: { instanceDetails: { tags: [{ key: 'iot-thing-name', value: 'gateway-1' }] } },
      service: { archived: false },
      ...detail,
    },
    ...event,
  };
}

export function viaSns(topicArn: string, message: unknown): string {
  return JSON.stringify({
    Type: 'Notification',
    MessageId: '22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324',
    TopicArn: topicArn,
    Message: typeof message === 'string' ? message : JSON.stringify(message),
    Timestamp: '2026-11-22T12:00:01.000Z',
  });
}

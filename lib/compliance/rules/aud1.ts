import type { Rule } from '../rule';
import { AUDIT_TYPES, CHECKS, firstDeviceResource } from './account';
import { iotArn, ISOLATE, roleExample } from './examples';
import { conditionOf, standing } from './standing';

/** Every check on, findings sent to a topic, run each day. */
export const AUDIT = {
  Audit: {
    Type: 'AWS::IoT::AccountAuditConfiguration',
    Properties: {
      AccountId: { Ref: 'AWS::AccountId' },
      RoleArn: { 'Fn::GetAtt': ['AuditRole', 'Arn'] },
      AuditCheckConfigurations: Object.fromEntries(
        CHECKS.map(({ cloudFormationName }) => [cloudFormationName, { Enabled: true }]),
      ),
      AuditNotificationTargetConfigurations: {
        Sns: {
          Enabled: true,
          TargetArn: { 'Fn::ImportValue': 'SecurityAlertsArn' },
          RoleArn: { 'Fn::GetAtt': ['AuditRole', 'Arn'] },
        },
      },
    },
  },
  AuditRole: roleExample('iot.amazonaws.com', undefined, iotArn('')),
  Isolate: ISOLATE,
  DailyAudit: {
    Type: 'AWS::IoT::ScheduledAudit',
    DependsOn: ['Audit'],
    Properties: { Frequency: 'DAILY', TargetCheckNames: CHECKS.map(({ name }) => name) },
  },
};

export const AUD1: Rule = {
  id: 'ZTI-AUD1',
  title: 'The account is audited',
  tenets: [5, 7],
  severity: 'error',
  types: [
    'AWS::IoT::Policy',
    'AWS::IoT::ProvisioningTemplate',
    'AWS::IoT::Thing',
    'AWS::IoT::ThingGroup',
    'AWS::IoT::Certificate',
    'AWS::IoT::CACertificate',
  ],
  why: 'Every check of the Device Defender audit is off until somebody turns it on. Until then nobody measures what policies, certificates and roles have become.',
  fix: 'Add AWS::IoT::AccountAuditConfiguration (or DeviceDefenderAudit of this library, which leaves alone what others set). Where another app owns the account, check with accountBaseline elsewhere.',
  example: AUDIT,
  evidenceFor: ['IoT Lens IOTSEC15-BP02', 'IoT Lens IOTSEC15-BP03', 'IEC 62443-4-2 CR 6.2'],
  check: (model, { accountBaseline }) => {
    const device = firstDeviceResource(model);
    const { sure, perhaps } = standing(model, AUDIT_TYPES, device);
    if (accountBaseline === 'elsewhere' || device === undefined || sure.length > 0) return [];
    const [conditional] = perhaps;
    const file = device.file.path;
    if (conditional !== undefined)
      return [
        { at: { file }, message: `is audited only under condition ${conditionOf(conditional)}`, unverified: true },
      ];
    return [{ at: { file }, message: 'holds devices or their policies, and nothing audits the account' }];
  },
};

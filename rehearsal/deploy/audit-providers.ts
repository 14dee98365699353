import { AUDIT_CHECKS } from '../../lib/internal/audit-checks';
import { recordOf } from '../cloud/operation';
import { isTrue, type Provider, text, texts } from './provider';

/** What the account has once: its audits, and its logs. */
export const AUDIT_PROVIDERS: Readonly<Record<string, Provider>> = {
  'AWS::IoT::AccountAuditConfiguration': ({ properties }, { account, registry }) => {
    const own = registry.place.account;
    const given = text(properties, 'AccountId') ?? '';
    if (given !== own) throw new Error(`the account is ${own}, and AccountId says ${given}`);
    if (account.audit.roleArn !== undefined) throw new Error('The AccountAuditConfiguration already exists.');
    const { Sns: sns } = recordOf(properties.AuditNotificationTargetConfigurations);
    const target = recordOf(sns);
    account.updateAudit({
      roleArn: text(properties, 'RoleArn'),
      auditCheckConfigurations: checksOf(recordOf(properties.AuditCheckConfigurations)),
      ...(sns !== undefined && {
        auditNotificationTargetConfigurations: {
          SNS: {
            targetArn: text(target, 'TargetArn'),
            roleArn: text(target, 'RoleArn'),
            enabled: isTrue(target.Enabled),
          },
        },
      }),
    });
    return { ref: own, attributes: { AccountId: own } };
  },

  'AWS::IoT::ScheduledAudit': (request, { audits }) => {
    const { properties } = request;
    const name = text(properties, 'ScheduledAuditName') ?? request.generatedName();
    const arn = audits.schedule({
      name,
      frequency: text(properties, 'Frequency') ?? '',
      dayOfWeek: text(properties, 'DayOfWeek'),
      dayOfMonth: text(properties, 'DayOfMonth'),
      checks: texts(properties.TargetCheckNames),
    });
    return { ref: name, attributes: { ScheduledAuditArn: arn } };
  },

  'AWS::IoT::Logging': ({ properties }, { account, registry }) => {
    account.setLogging({
      roleArn: text(properties, 'RoleArn'),
      defaultLogLevel: text(properties, 'DefaultLogLevel'),
    });
    return { ref: registry.place.account };
  },
};

/** A template says checks in names of its own. */
function checksOf(given: Readonly<Record<string, unknown>>): Record<string, object> {
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => {
      const check = Object.values(AUDIT_CHECKS).find(({ cloudFormationName }) => cloudFormationName === name);
      if (check === undefined) throw new Error(`${name} is no audit check`);
      const { Enabled, Configuration } = recordOf(value);
      const { CertAgeThresholdInDays: age, CertExpirationThresholdInDays: expiration } = recordOf(Configuration);
      const configuration = {
        ...(age !== undefined && { CERT_AGE_THRESHOLD_IN_DAYS: String(age) }),
        ...(expiration !== undefined && { CERT_EXPIRATION_THRESHOLD_IN_DAYS: String(expiration) }),
      };
      return [check.name, { enabled: isTrue(Enabled), configuration }];
    }),
  );
}

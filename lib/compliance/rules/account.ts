import { AUDIT_CHECKS } from '../../internal/audit-checks';
import type { Model, Resource } from '../model/model';
import { at, booleanOf, isUnresolved, listOf, textOf, type ValueMap } from '../model/value';

/** Resources by which an app owns devices of its own. */
export const DEVICE_TYPES = [
  'AWS::IoT::Policy',
  'AWS::IoT::ProvisioningTemplate',
  'AWS::IoT::Thing',
  'AWS::IoT::ThingGroup',
  'AWS::IoT::Certificate',
  'AWS::IoT::CACertificate',
];

/** The audit configuration by CloudFormation, and the one that this library adopts. */
export const AUDIT_TYPES = ['AWS::IoT::AccountAuditConfiguration', 'Custom::IotAccountAudit'];
export const LOGGING_TYPES = ['AWS::IoT::Logging', 'Custom::IotLogging'];

export const CHECKS = Object.values(AUDIT_CHECKS);

/** What an audit configuration says of a check. */
export type CheckState = 'on' | 'off' | 'unknown';

export function stateOf(resource: Resource, properties: ValueMap, check: (typeof CHECKS)[number]): CheckState {
  if (resource.type === 'Custom::IotAccountAudit') {
    const names = listOf(properties.CheckNames);
    if (names.includes(check.name)) return 'on';
    return names.some(isUnresolved) ? 'unknown' : 'off';
  }
  const configurations = properties.AuditCheckConfigurations;
  if (isUnresolved(configurations)) return 'unknown';
  const enabled = at(configurations, check.cloudFormationName, 'Enabled');
  return isUnresolved(enabled) ? 'unknown' : booleanOf(enabled) === true ? 'on' : 'off';
}

/** Topics that findings of the audit or alarms of security profiles go to. */
export function alertTargets(model: Model): ValueMap[keyof ValueMap][] {
  const audits = model
    .ofType(...AUDIT_TYPES)
    .flatMap(({ variants }) =>
      variants.flatMap(({ value }) => [
        at(value, 'AuditNotificationTargetConfigurations', 'Sns', 'TargetArn'),
        value.NotificationTargetArn,
      ]),
    );
  const profiles = model
    .ofType('AWS::IoT::SecurityProfile')
    .flatMap(({ variants }) => variants.map(({ value }) => at(value, 'AlertTargets', 'SNS', 'AlertTargetArn')));
  return [...audits, ...profiles].filter((target) => target !== undefined);
}

export function hasText(value: ValueMap[keyof ValueMap] | undefined): boolean {
  return (textOf(value) ?? '') !== '';
}

/** First resource of the app that is about devices: where findings about what is missing point to. */
export function firstDeviceResource(model: Model): Resource | undefined {
  return model.ofType(...DEVICE_TYPES)[0];
}

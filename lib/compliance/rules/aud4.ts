import { at, booleanOf } from '../model/value';
import type { Rule } from '../rule';
import { AUDIT_TYPES, hasText } from './account';
import { AUDIT } from './aud1';
import { eachResource } from './support';

export const AUD4: Rule = {
  id: 'ZTI-AUD4',
  title: 'Findings of the audit reach somebody',
  tenets: [5, 7],
  severity: 'warning',
  types: AUDIT_TYPES,
  why: 'Findings stand in a console for ninety days. Nobody looks there in the week of an incident.',
  fix: 'Set AuditNotificationTargetConfigurations.Sns with a topic, a role and Enabled true.',
  example: AUDIT,
  evidenceFor: ['IoT Lens IOTSEC06-BP02', 'IEC 62443-4-2 CR 6.1'],
  check: (model) =>
    eachResource(model, AUDIT_TYPES, (properties, note) => {
      const sns = at(properties, 'AuditNotificationTargetConfigurations', 'Sns');
      const sends =
        booleanOf(at(sns, 'Enabled')) === true && hasText(at(sns, 'TargetArn')) && hasText(at(sns, 'RoleArn'));
      if (!sends && !hasText(properties.NotificationTargetArn))
        note('tells nobody of what it finds', { location: 'Properties/AuditNotificationTargetConfigurations' });
    }),
};

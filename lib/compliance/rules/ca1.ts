import { at, booleanOf, isUnresolved, listOf, textOf, type Value } from '../model/value';
import type { Model } from '../model/model';
import type { Rule } from '../rule';
import { hasText } from './account';
import { topicOf } from './sql';
import { standing } from './standing';
import { eachResource } from './support';

const REGISTERED = '$aws/events/certificates/registered/';
export const CA_PEM = '-----BEGIN CERTIFICATE-----\nMII...\n-----END CERTIFICATE-----';

export const CA1: Rule = {
  id: 'ZTI-CA1',
  title: 'A certificate authority does not enroll devices by itself',
  tenets: [3, 6],
  severity: 'error',
  types: ['AWS::IoT::CACertificate'],
  why: 'With automatic registration and nobody who looks, every certificate that the authority ever signed can register itself.',
  fix: 'Give a RegistrationConfig with a provisioning template, or a topic rule on $aws/events/certificates/registered/# that verifies before it activates.',
  example: {
    Authority: {
      Type: 'AWS::IoT::CACertificate',
      Properties: {
        CACertificatePem: CA_PEM,
        VerificationCertificatePem: CA_PEM,
        Status: 'ACTIVE',
        AutoRegistrationStatus: 'ENABLE',
        RegistrationConfig: { TemplateName: 'pumps' },
      },
    },
  },
  evidenceFor: ['IoT Lens IOTSEC05-BP01', 'IEC 62443-4-2 CR 1.2'],
  check: (model) =>
    eachResource(model, ['AWS::IoT::CACertificate'], ({ AutoRegistrationStatus, RegistrationConfig }, note) => {
      const status = textOf(AutoRegistrationStatus);
      if (status === undefined || status === 'DISABLE' || isConfigured(RegistrationConfig) || hasJitr(model)) return;
      const message =
        'registers every certificate that it signed: no registration template, and no rule that looks at new certificates';
      note(status === 'ENABLE' ? message : `depends on ${status}`, {
        location: 'Properties/AutoRegistrationStatus',
        unverified: status !== 'ENABLE',
      });
    }),
};

/** A registration configuration names a template, or is one. */
function isConfigured(configuration: Value | undefined): boolean {
  return (
    isUnresolved(configuration) || ['TemplateName', 'TemplateBody'].some((name) => hasText(at(configuration, name)))
  );
}

/** Whether a topic filter matches the events of new certificates. */
function readsRegistrations(filter: string): boolean {
  return filter.startsWith(REGISTERED) || (filter.endsWith('/#') && REGISTERED.startsWith(filter.slice(0, -1)));
}

/** Whether a rule that is on reads the events of new certificates and does something with them. */
function hasJitr(model: Model): boolean {
  return standing(model, ['AWS::IoT::TopicRule']).sure.some((rule) =>
    rule.variants.every(({ value: { TopicRulePayload: payload } }) => {
      const isOff = booleanOf(at(payload, 'RuleDisabled')) === true;
      const from = topicOf(textOf(at(payload, 'Sql')) ?? '') ?? '';
      return !isOff && listOf(at(payload, 'Actions')).length > 0 && readsRegistrations(from);
    }),
  );
}

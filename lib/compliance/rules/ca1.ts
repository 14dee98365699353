import { listOf, textOf, type ValueMap } from '../model/value';
import type { Model } from '../model/model';
import type { Rule } from '../rule';
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
      if (status === undefined || status === 'DISABLE' || RegistrationConfig !== undefined || hasJitr(model)) return;
      const message =
        'registers every certificate that it signed: no registration template, and no rule that looks at new certificates';
      note(status === 'ENABLE' ? message : `depends on ${status}`, {
        location: 'Properties/AutoRegistrationStatus',
        unverified: status !== 'ENABLE',
      });
    }),
};

function hasJitr(model: Model): boolean {
  const sql = ({ TopicRulePayload }: ValueMap): string => JSON.stringify(listOf(TopicRulePayload));
  return model
    .ofType('AWS::IoT::TopicRule')
    .some((rule) => rule.variants.some(({ value }) => sql(value).includes(REGISTERED)));
}

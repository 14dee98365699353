import { textOf } from '../model/value';
import type { Rule } from '../rule';
import { CA_PEM } from './ca1';
import { hasText } from './account';
import { eachResource } from './support';

export const CA2: Rule = {
  id: 'ZTI-CA2',
  title: 'Who registers a certificate authority has its key',
  tenets: [3],
  severity: 'warning',
  types: ['AWS::IoT::CACertificate'],
  why: 'Without a verification certificate anybody can register a foreign authority. SNI_ONLY does so by design, for several accounts.',
  fix: 'Give VerificationCertificatePem; where SNI_ONLY is meant, acknowledge it with the reason.',
  example: {
    Authority: {
      Type: 'AWS::IoT::CACertificate',
      Properties: {
        CACertificatePem: CA_PEM,
        VerificationCertificatePem: CA_PEM,
        CertificateMode: 'DEFAULT',
        Status: 'ACTIVE',
      },
    },
  },
  evidenceFor: ['IoT Lens IOTSEC05-BP01'],
  runtime: ['CA_CERTIFICATE_EXPIRING_CHECK', 'REVOKED_CA_CERTIFICATE_STILL_ACTIVE_CHECK'],
  check: (model) =>
    eachResource(model, ['AWS::IoT::CACertificate'], ({ CertificateMode, VerificationCertificatePem }, note) => {
      if (textOf(CertificateMode) === 'SNI_ONLY')
        note('is registered without proof that its key is yours (SNI_ONLY)', {
          location: 'Properties/CertificateMode',
        });
      else if (!hasText(VerificationCertificatePem))
        note('has no verification certificate', { location: 'Properties/VerificationCertificatePem' });
    }),
};

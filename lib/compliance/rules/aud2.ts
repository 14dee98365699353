import type { Rule } from '../rule';
import { AUDIT_TYPES, CHECKS, stateOf } from './account';
import { AUDIT } from './aud1';
import { eachResource } from './support';

/** The check of age is a matter of policy; those of Cognito concern accounts that use it. */
const OPTIONAL = [
  'DEVICE_CERTIFICATE_AGE_CHECK',
  'AUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK',
  'UNAUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK',
  'INTERMEDIATE_CA_REVOKED_FOR_ACTIVE_DEVICE_CERTIFICATES_CHECK',
];

/** Checks that every fleet needs. */
export const MANDATORY = CHECKS.filter(({ name }) => !OPTIONAL.includes(name));

export const AUD2: Rule = {
  id: 'ZTI-AUD2',
  title: 'The audit looks everywhere',
  tenets: [5],
  severity: 'error',
  types: AUDIT_TYPES,
  why: 'A check that is off, or missing from the template, is a blind spot: CloudFormation turns off what the template does not name.',
  fix: 'Enable the checks of policies, role aliases, certificates, certificate authorities, client ids and logging.',
  example: AUDIT,
  evidenceFor: ['IoT Lens IOTSEC15-BP02', 'IEC 62443-4-2 CR 6.2'],
  check: (model) =>
    eachResource(model, AUDIT_TYPES, (properties, note, resource) => {
      const inState = (state: string): string[] =>
        MANDATORY.filter((check) => stateOf(resource, properties, check) === state).map(({ name }) => name);
      const location = 'Properties/AuditCheckConfigurations';
      const off = inState('off');
      if (off.length > 0) note(`does not check ${off.join(', ')}`, { location });
      const unknown = inState('unknown');
      if (unknown.length > 0) note(`may not check ${unknown.join(', ')}`, { location, unverified: true });
    }),
};

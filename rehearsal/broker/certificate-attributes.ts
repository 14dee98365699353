import type { PeerCertificate } from 'node:tls';
import type { CertificateAttributes } from '../../lib/policy/evaluator';

/** Names of policy variables by OpenSSL's short names. */
const FIELDS: { readonly [short: string]: string } = {
  C: 'Country',
  CN: 'CommonName',
  dnQualifier: 'DistinguishedNameQualifier',
  generationQualifier: 'GenerationQualifier',
  GN: 'GivenName',
  initials: 'Initials',
  O: 'Organization',
  OU: 'OrganizationalUnit',
  pseudonym: 'Pseudonym',
  serialNumber: 'SerialNumber',
  SN: 'Surname',
  ST: 'State',
  title: 'Title',
};

const ALTERNATIVES: { readonly [kind: string]: string } = {
  DNS: 'AlternativeName.DNSName',
  email: 'AlternativeName.RFC822Name',
  'IP Address': 'AlternativeName.IPAddress',
  URI: 'AlternativeName.UniformResourceIdentifier',
};

/** What policies can ask about the certificate of a TLS connection. */
export function certificateAttributes(certificateId: string, peer: PeerCertificate): CertificateAttributes {
  return {
    certificateId,
    serialNumber: peer.serialNumber,
    subject: { ...fields(peer.subject), ...alternatives(peer.subjectaltname) },
    issuer: fields(peer.issuer),
  };
}

function fields(name: object | undefined): { [field: string]: string[] } {
  const entries = Object.entries(name ?? {}) as [string, string | string[]][];
  return Object.fromEntries(
    entries.flatMap(([short, value]) => {
      const field = Object.hasOwn(FIELDS, short) ? FIELDS[short] : undefined;
      return field === undefined ? [] : [[field, Array.isArray(value) ? value : [value]] as const];
    }),
  );
}

function alternatives(text: string | undefined): { [field: string]: string[] } {
  const found: { [field: string]: string[] } = {};
  for (const part of text?.split(', ') ?? []) {
    const colon = part.indexOf(':');
    const field = Object.hasOwn(ALTERNATIVES, part.slice(0, colon)) ? ALTERNATIVES[part.slice(0, colon)] : undefined;
    if (field !== undefined) (found[field] ??= []).push(part.slice(colon + 1));
  }
  return found;
}

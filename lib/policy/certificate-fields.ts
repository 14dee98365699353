/**
 * Fields of the subject and issuer of a client certificate that AWS IoT knows as policy variables.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/cert-policy-variables.html
 */
export const CERTIFICATE_FIELDS = [
  'DistinguishedNameQualifier',
  'Country',
  'Organization',
  'OrganizationalUnit',
  'State',
  'CommonName',
  'SerialNumber',
  'Title',
  'Surname',
  'GivenName',
  'Initials',
  'Pseudonym',
  'GenerationQualifier',
  'AlternativeName.RFC822Name',
  'AlternativeName.DNSName',
  'AlternativeName.DirectoryName',
  'AlternativeName.UniformResourceIdentifier',
  'AlternativeName.IPAddress',
] as const;

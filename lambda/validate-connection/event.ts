import { asObject, invalid, isCertificateId, type Parsed, valid } from '../shared/incident/text';

/** Reads which certificate asks to connect; AWS IoT names its id as the principal. */
export function parseConnection(event: unknown): Parsed<string> {
  const id = asObject(event)?.principalId;
  return isCertificateId(id) ? valid(id) : invalid('not a certificate id');
}

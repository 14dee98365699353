import { randomBytes } from 'node:crypto';
import { Authority, createKeys, createRequest, parseRequest } from '../x509/certificates';

const DAY_MS = 86_400_000;

/** What a TLS server shows, and what its clients need to trust it. Nothing of it is written to a file. */
export interface ServerIdentity {
  readonly key: string;
  readonly cert: string;
  readonly ca: string;
}

/** A server certificate for these names, by an authority of its own whose key is forgotten at once. */
export function makeServerIdentity(hosts: readonly string[]): ServerIdentity {
  const authority = Authority.create('Rehearsal server CA', terms());
  const keys = createKeys();
  const request = parseRequest(createRequest(keys, 'rehearsal'));
  return {
    key: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: authority.issue(request, { ...terms(), hosts }),
    ca: authority.certificatePem,
  };
}

/** By the machine's clock: the TLS stacks of both ends read that one. */
function terms() {
  const now = Date.now();
  return { serial: randomBytes(16), notBefore: now - DAY_MS, notAfter: now + 365 * DAY_MS };
}

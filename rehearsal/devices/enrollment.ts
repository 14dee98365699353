import { createKeys, createRequest } from '../x509/certificates';
import { ask, type Patience } from './ask';
import { type Endpoint, MqttSession } from './mqtt-session';

/** A certificate with its key. The key was made in this process and goes nowhere. */
export interface Credentials {
  readonly privateKeyPem: string;
  readonly certificatePem: string;
}

/** What a device has after it enrolled. */
export interface Identity extends Credentials {
  readonly thingName: string;
  readonly certificateId: string;
}

export interface EnrollmentOptions {
  readonly claim: Credentials;
  /** Client id while the device holds a claim only. */
  readonly clientId: string;
  readonly templateName: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly sourceIp?: string;
}

const FROM_CSR = '$aws/certificates/create-from-csr/json';

/** A key as devices store it. */
export function pemOf(keys: ReturnType<typeof createKeys>): string {
  return keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/**
 * Enrolls as a device does that knows no more than a claim: makes its own key, has a certificate made for it, and has itself
 * registered. Throws `Refused` where the service refuses, and `ConnectionClosed` where the policies do.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/fleet-provision-api.html
 */
export async function enroll(
  endpoint: Endpoint,
  patience: Patience,
  { claim, clientId, templateName, parameters, sourceIp }: EnrollmentOptions,
): Promise<Identity> {
  const keys = createKeys();
  const session = await MqttSession.open(endpoint, { ...claim, clientId, sourceIp });
  try {
    const provision = `$aws/provisioning-templates/${templateName}/provision/json`;
    for (const topic of [FROM_CSR, provision]) {
      await session.subscribe(`${topic}/accepted`);
      await session.subscribe(`${topic}/rejected`);
    }
    const certificateSigningRequest = createRequest(keys, 'device');
    const made = await ask(session, patience, FROM_CSR, { certificateSigningRequest });
    const { certificateOwnershipToken } = made;
    const registered = await ask(session, patience, provision, { certificateOwnershipToken, parameters });
    return {
      privateKeyPem: pemOf(keys),
      certificatePem: String(made.certificatePem),
      certificateId: String(made.certificateId),
      thingName: String(registered.thingName),
    };
  } finally {
    await session.end();
  }
}

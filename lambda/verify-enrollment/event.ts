import { CERTIFICATE_PARAMETER, SERIAL_PARAMETER, SERIAL_PATTERN, THING_NAME_MAX_LENGTH } from './contract';

/** A device that asks to be enrolled. */
export interface EnrollmentRequest {
  readonly serial: string;
  /** The certificate that AWS IoT made from the device's CSR. */
  readonly certificateId: string;
  /** The claim certificate that was used: what to look for when it leaked. */
  readonly claimCertificateId: string | undefined;
  readonly clientId: string | undefined;
}

export type ParsedRequest =
  { readonly ok: true; readonly request: EnrollmentRequest } | { readonly ok: false; readonly reason: string };

export interface Expected {
  readonly templateName: string;
  readonly thingNamePrefix: string;
}

const CERTIFICATE_ID = /^[0-9a-f]{64}$/;
/** What may be logged of a client id that the device chose. */
const PRINTABLE = /^[\x21-\x7e]{1,128}$/;
const MOST_PARAMETERS = 20;

const refuse = (reason: string): ParsedRequest => ({ ok: false, reason });

/**
 * Reads the event of a pre-provisioning hook. Total: whatever arrives, the answer is a request or a reason, and nothing of
 * the input is in the reason.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/pre-provisioning-hook.html
 */
export function parseRequest(raw: unknown, expected: Expected): ParsedRequest {
  if (!isRecord(raw)) return refuse('event-not-an-object');
  const { templateArn, certificateId, parameters } = raw;
  if (typeof templateArn !== 'string' || templateArn.split(':provisioningtemplate/')[1] !== expected.templateName) {
    return refuse('other-template');
  }
  if (!isCertificateId(certificateId)) return refuse('certificate-id-malformed');
  if (!isRecord(parameters)) return refuse('parameters-not-an-object');
  if (Object.keys(parameters).length > MOST_PARAMETERS) return refuse('too-many-parameters');
  // The service fills this in; a device that sends another one tries to have a certificate attached that is not its own.
  const named = own(parameters, CERTIFICATE_PARAMETER);
  if (named !== undefined && named !== certificateId) return refuse('certificate-id-contradicted');
  const serial = own(parameters, SERIAL_PARAMETER);
  if (serial === undefined) return refuse('serial-missing');
  const longest = THING_NAME_MAX_LENGTH - expected.thingNamePrefix.length;
  if (typeof serial !== 'string' || serial.length > longest || !SERIAL_PATTERN.test(serial)) {
    return refuse('serial-malformed');
  }
  const claim = raw.claimCertificateId;
  const clientId = raw.clientId;
  return {
    ok: true,
    request: {
      serial,
      certificateId,
      claimCertificateId: isCertificateId(claim) ? claim : undefined,
      clientId: typeof clientId === 'string' && PRINTABLE.test(clientId) ? clientId : undefined,
    },
  };
}

function isCertificateId(value: unknown): value is string {
  return typeof value === 'string' && CERTIFICATE_ID.test(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Own properties only: `__proto__` and its kin are not parameters. */
function own(record: Record<string, unknown>, name: string): unknown {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

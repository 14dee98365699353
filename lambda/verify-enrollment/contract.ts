/** What the construct sets and the handler reads. */
export const ENV = {
  table: 'ALLOW_LIST_TABLE',
  template: 'PROVISIONING_TEMPLATE',
  thingNamePrefix: 'THING_NAME_PREFIX',
  fleetGroup: 'FLEET_GROUP',
  oneTimeUse: 'ONE_TIME_USE',
} as const;

/** The one thing a device says about itself; the name that its firmware uses in the RegisterThing request. */
export const SERIAL_PARAMETER = 'SerialNumber';

/** The parameter that AWS IoT fills in itself, with the certificate that the device proved to own. */
export const CERTIFICATE_PARAMETER = 'AWS::IoT::Certificate::Id';

/** A serial becomes (part of) a thing name, and with it of client ids and topics: only what is legal in all three. */
export const SERIAL_PATTERN = /^[a-zA-Z0-9:_-]+$/;
export const SERIAL_ALLOWED = "letters, digits, ':', '_' and '-'";
export const THING_NAME_MAX_LENGTH = 128;

/** An entry of the allow-list. */
export const ITEM = {
  /** Partition key. */
  serial: 'serial',
  /** True while the serial stands on the list. */
  listed: 'listed',
  /** When it was last allowed to enroll (milliseconds since 1970), and with which certificate. */
  claimedAt: 'claimedAt',
  claimedBy: 'claimedBy',
  /** Present, with any value (a reason), when this serial may never enroll again: stolen, scrapped, retired. */
  denied: 'denied',
} as const;

/** Embedded metrics, in the namespace and with the dimensions that the alarms watch. */
export const METRIC = {
  namespace: 'ZeroTrustIot',
  service: 'verify-enrollment',
  allowed: 'EnrollmentAllowed',
  refused: 'EnrollmentRefused',
  failed: 'EnrollmentFailed',
  templateDimension: 'ProvisioningTemplate',
} as const;

/** AWS IoT waits 5 seconds for the answer; the handler gives one after this long, whatever happens. */
export const ANSWER_WITHIN_MS = 3_000;

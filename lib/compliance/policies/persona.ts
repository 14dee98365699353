import { CERTIFICATE_FIELDS } from '../../policy/certificate-fields';
import { type CertificateAttributes, ConnectionContext, ThingAttachment } from '../../policy/evaluator';
import { Recent } from './recent';

/** Fields of a certificate's subject that devices of one fleet have in common; the others differ from device to device. */
const SHARED_FIELDS: readonly string[] = ['Country', 'Organization', 'OrganizationalUnit', 'State'];
const OWN_FIELDS = CERTIFICATE_FIELDS.filter((field) => !SHARED_FIELDS.includes(field));
const ISSUER_FIELDS = ['CommonName', ...SHARED_FIELDS];

/** What devices of one fleet have in common: type, organization, issuer. */
export const SHARED = 'shared';

/** Where devices connect from and to: any two may have it in common. */
const PLACES = ['aws:SourceIp', 'aws:SourceVpc', 'aws:SourceVpce', 'aws:VpcSourceIp', 'iot:DomainName'];

/** Names of two devices, and of one whose name begins with the first one's; none of them stands in the policy. */
export interface Devices {
  readonly a: string;
  readonly b: string;
  readonly longer: string;
}

export function devicesFor(policyText: string): Devices {
  for (let number = 0; ; number++) {
    const stem = number === 0 ? 'device' : `device${number}`;
    if (!policyText.includes(`${stem}-`)) return { a: `${stem}-a`, b: `${stem}-b`, longer: `${stem}-a0` };
  }
}

/** What a policy's text asks about; the rest of a connection need not be made up. */
export interface Asked {
  readonly attributes: readonly string[];
  readonly certificate: boolean;
}

const CONNECTIONS = new Recent<ConnectionContext>(100);

/** Device A, connected under a client id of its choice. */
export function connection(devices: Devices, clientId: string, exclusive: boolean, asked: Asked): ConnectionContext {
  const key = JSON.stringify([devices.a, clientId, exclusive, asked.attributes, asked.certificate]);
  return CONNECTIONS.get(key, () => connected(devices.a, clientId, exclusive, asked));
}

function connected(own: string, clientId: string, exclusive: boolean, asked: Asked): ConnectionContext {
  return new ConnectionContext({
    clientId,
    thingName: own,
    attachment: exclusive ? ThingAttachment.EXCLUSIVE_THING : ThingAttachment.NON_EXCLUSIVE_THING,
    thingTypeName: SHARED,
    attributes: Object.fromEntries(asked.attributes.map((name) => [name, own])),
    certificate: asked.certificate ? certificateOf(own) : {},
    conditionKeys: {
      'cognito-identity.amazonaws.com:sub': [own],
      ...Object.fromEntries(PLACES.map((key) => [key, [SHARED]])),
    },
  });
}

function certificateOf(own: string): CertificateAttributes {
  const each = (fields: readonly string[], value: string) =>
    fields.map((field): [string, string[]] => [field, [value]]);
  return {
    certificateId: own,
    serialNumber: own,
    subject: Object.fromEntries([...each(OWN_FIELDS, own), ...each(SHARED_FIELDS, SHARED)]),
    issuer: Object.fromEntries(each(ISSUER_FIELDS, SHARED)),
  };
}

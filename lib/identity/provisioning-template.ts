import { CERTIFICATE_PARAMETER, SERIAL_PARAMETER } from '../../lambda/verify-enrollment/contract';

/** Attribute that holds the serial number of every enrolled thing. */
export const SERIAL_ATTRIBUTE = 'serialNumber';

/** AWS IoT takes no longer template; https://docs.aws.amazon.com/general/latest/gr/iot-core.html */
export const TEMPLATE_MAX_LENGTH = 10_240;

export interface ProvisioningTemplateParts {
  readonly thingNamePrefix: string;
  readonly thingGroupName: string;
  readonly thingTypeName?: string;
  readonly attributes: { readonly [name: string]: string };
  readonly oneTimeUse: boolean;
}

/**
 * The body of a fleet provisioning template. All that a device contributes is its serial number, which the hook verifies
 * and sends back as an override; no policy is attached, since rights come from the group.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/provision-template.html
 */
export function provisioningTemplate(parts: ProvisioningTemplateParts): object {
  const serial = { Ref: SERIAL_PARAMETER };
  return {
    Parameters: { [SERIAL_PARAMETER]: { Type: 'String' }, [CERTIFICATE_PARAMETER]: { Type: 'String' } },
    Resources: {
      thing: {
        Type: 'AWS::IoT::Thing',
        Properties: {
          ThingName: parts.thingNamePrefix === '' ? serial : { 'Fn::Join': ['', [parts.thingNamePrefix, serial]] },
          ThingTypeName: parts.thingTypeName,
          ThingGroups: [parts.thingGroupName],
          AttributePayload: { ...parts.attributes, [SERIAL_ATTRIBUTE]: serial },
        },
        OverrideSettings: {
          AttributePayload: 'MERGE',
          ThingTypeName: 'REPLACE',
          // With one-time serials the only thing that exists already is one whose registration stopped half-way: it still
          // needs its group. Otherwise it may be a device that is being isolated at this moment, and must stay where it is.
          ThingGroups: parts.oneTimeUse ? 'MERGE' : 'DO_NOTHING',
        },
      },
      certificate: {
        Type: 'AWS::IoT::Certificate',
        Properties: {
          CertificateId: { Ref: CERTIFICATE_PARAMETER },
          Status: 'ACTIVE',
          ThingPrincipalType: 'EXCLUSIVE_THING',
        },
      },
    },
  };
}

import { provisioningTemplate } from '../../lib/identity/provisioning-template';

const parts = { thingNamePrefix: 'pump-', thingGroupName: 'pumps', attributes: { site: 'north' }, oneTimeUse: true };

test('makes one thing of the verified serial, its certificate exclusive, and nothing else', () => {
  expect(provisioningTemplate({ ...parts, thingTypeName: 'px2' })).toEqual({
    Parameters: { SerialNumber: { Type: 'String' }, 'AWS::IoT::Certificate::Id': { Type: 'String' } },
    Resources: {
      thing: {
        Type: 'AWS::IoT::Thing',
        Properties: {
          ThingName: { 'Fn::Join': ['', ['pump-', { Ref: 'SerialNumber' }]] },
          ThingTypeName: 'px2',
          ThingGroups: ['pumps'],
          AttributePayload: { site: 'north', serialNumber: { Ref: 'SerialNumber' } },
        },
        OverrideSettings: { AttributePayload: 'MERGE', ThingTypeName: 'REPLACE', ThingGroups: 'MERGE' },
      },
      certificate: {
        Type: 'AWS::IoT::Certificate',
        Properties: {
          CertificateId: { Ref: 'AWS::IoT::Certificate::Id' },
          Status: 'ACTIVE',
          ThingPrincipalType: 'EXCLUSIVE_THING',
        },
      },
    },
  });
});

test('leaves out the type and the prefix that are not given', () => {
  const text = JSON.stringify(provisioningTemplate({ ...parts, thingNamePrefix: '' }));
  expect(text).not.toContain('ThingTypeName":"px2');
  expect(text).toContain('"ThingName":{"Ref":"SerialNumber"},"ThingGroups"');
});

test('never moves a device that exists, where serials are used again', () => {
  expect(provisioningTemplate({ ...parts, oneTimeUse: false })).toMatchObject({
    Resources: { thing: { OverrideSettings: { ThingGroups: 'DO_NOTHING' } } },
  });
});

import { at, booleanOf, isUnresolved, textOf } from '../model/value';
import type { Rule } from '../rule';
import { hasText } from './account';
import { eachResource } from './support';

const BODY = JSON.stringify({
  Parameters: { SerialNumber: { Type: 'String' }, 'AWS::IoT::Certificate::Id': { Type: 'String' } },
  Resources: {
    thing: { Type: 'AWS::IoT::Thing', Properties: { ThingName: { Ref: 'SerialNumber' } } },
    certificate: {
      Type: 'AWS::IoT::Certificate',
      Properties: {
        CertificateId: { Ref: 'AWS::IoT::Certificate::Id' },
        Status: 'Active',
        ThingPrincipalType: 'EXCLUSIVE_THING',
      },
    },
  },
});

/** A provisioning template with a hook in front. */
export const PROVISIONING = {
  Type: 'AWS::IoT::ProvisioningTemplate',
  Properties: {
    Enabled: true,
    TemplateType: 'FLEET_PROVISIONING',
    ProvisioningRoleArn: { 'Fn::GetAtt': ['ProvisioningRole', 'Arn'] },
    TemplateBody: BODY,
    PreProvisioningHook: { PayloadVersion: '2020-04-01', TargetArn: { 'Fn::ImportValue': 'EnrollmentHookArn' } },
  },
};

export const REGISTRATION_ROLE = {
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Service: 'iot.amazonaws.com' },
          Action: 'sts:AssumeRole',
          Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
        },
      ],
    },
    ManagedPolicyArns: [{ 'Fn::Sub': 'arn:${AWS::Partition}:iam::aws:policy/service-role/AWSIoTThingsRegistration' }],
  },
};

export const PRV1: Rule = {
  id: 'ZTI-PRV1',
  title: 'Somebody checks who enrolls',
  tenets: [3, 6],
  severity: 'error',
  types: ['AWS::IoT::ProvisioningTemplate'],
  why: 'Claim certificates leak. Without a hook whoever holds one gets as many device identities as they ask for.',
  fix: 'Set PreProvisioningHook to a Lambda function that compares the serial number with an allow-list and refuses by default.',
  example: { Template: PROVISIONING, ProvisioningRole: REGISTRATION_ROLE },
  evidenceFor: ['IoT Lens IOTSEC01-BP01', 'IEC 62443-4-2 CR 1.2', 'NIST SP 1800-36'],
  check: (model) =>
    eachResource(model, ['AWS::IoT::ProvisioningTemplate'], (properties, note) => {
      const { TemplateType: type = 'FLEET_PROVISIONING', Enabled, PreProvisioningHook: hook } = properties;
      const isOff = !isUnresolved(Enabled) && booleanOf(Enabled) !== true;
      const isChecked = !isUnresolved(hook) && hasText(at(hook, 'TargetArn'));
      if (type === 'JITP' || isOff || isChecked) return;
      const location = 'Properties/PreProvisioningHook';
      const unknown = [type, Enabled, hook].find((value) => isUnresolved(value));
      if (unknown !== undefined) note(`depends on ${String(textOf(unknown))}`, { location, unverified: true });
      else note('enrolls whoever holds a claim certificate: no pre-provisioning hook', { location });
    }),
};

import type { PrincipalType } from '../ports';
import { NotModelled } from '../cloud/fault';
import { recordOf } from '../cloud/operation';
import { documentOf, isTrue, type Provider, text } from './provider';

/** What AWS IoT keeps. */
export const IOT_PROVIDERS: Readonly<Record<string, Provider>> = {
  'AWS::IoT::Thing': (request, { things, registry }) => {
    const thingName = text(request.properties, 'ThingName') ?? request.generatedName();
    things.create({
      thingName,
      attributePayload: { attributes: recordOf(recordOf(request.properties.AttributePayload).Attributes) },
    });
    return { ref: thingName, attributes: { Arn: registry.arn(`thing/${thingName}`), Id: thingName } };
  },

  'AWS::IoT::ThingGroup': (request, { things, registry }) => {
    const { properties } = request;
    const thingGroupName = text(properties, 'ThingGroupName') ?? request.generatedName();
    const given = recordOf(properties.ThingGroupProperties);
    things.createGroup({
      thingGroupName,
      parentGroupName: text(properties, 'ParentGroupName'),
      thingGroupProperties: {
        thingGroupDescription: given.ThingGroupDescription,
        attributePayload: { attributes: recordOf(recordOf(given.AttributePayload).Attributes) },
      },
    });
    return {
      ref: thingGroupName,
      attributes: {
        Arn: registry.arn(`thinggroup/${thingGroupName}`),
        Id: registry.existingGroup(thingGroupName).thingGroupId,
      },
    };
  },

  'AWS::IoT::ThingType': (request, { things, registry }) => {
    const { properties } = request;
    const thingTypeName = text(properties, 'ThingTypeName') ?? request.generatedName();
    const given = recordOf(properties.ThingTypeProperties);
    things.createType({
      thingTypeName,
      thingTypeProperties: {
        thingTypeDescription: given.ThingTypeDescription,
        searchableAttributes: given.SearchableAttributes,
      },
    });
    return { ref: thingTypeName, attributes: { Arn: registry.arn(`thingtype/${thingTypeName}`), Id: thingTypeName } };
  },

  'AWS::IoT::Policy': (request, { policies, registry }) => {
    const policyName = text(request.properties, 'PolicyName') ?? request.generatedName();
    policies.create({ policyName, policyDocument: JSON.stringify(documentOf(request.properties.PolicyDocument)) });
    return { ref: policyName, attributes: { Arn: registry.arn(`policy/${policyName}`), Id: policyName } };
  },

  'AWS::IoT::PolicyPrincipalAttachment': (request, { policies }) => {
    const { properties } = request;
    policies.attach({ policyName: text(properties, 'PolicyName'), target: text(properties, 'Principal') });
    return { ref: request.generatedName() };
  },

  'AWS::IoT::Certificate': (request, { certificates, registry }) => {
    const { properties } = request;
    const csr = text(properties, 'CertificateSigningRequest');
    const pem = text(properties, 'CertificatePem');
    const status = text(properties, 'Status') === 'ACTIVE' ? 'ACTIVE' : 'INACTIVE';
    const made = csr === undefined ? registry.addCertificate(pem ?? '', status) : certificates.issue(csr, status);
    return {
      ref: made.certificateId,
      attributes: { Arn: registry.arn(`cert/${made.certificateId}`), Id: made.certificateId },
    };
  },

  'AWS::IoT::ThingPrincipalAttachment': (request, { certificates, registry }) => {
    const { properties } = request;
    const type = (text(properties, 'ThingPrincipalType') ?? 'NON_EXCLUSIVE_THING') as PrincipalType;
    const { thingName } = registry.existingThing(text(properties, 'ThingName') ?? '');
    certificates.attachTo(registry.existingCertificate(text(properties, 'Principal') ?? ''), thingName, type);
    return { ref: request.generatedName() };
  },

  'AWS::IoT::ProvisioningTemplate': (request, { provisioning, registry }) => {
    const { properties } = request;
    const name = text(properties, 'TemplateName') ?? request.generatedName(36);
    const arn = registry.arn(`provisioningtemplate/${name}`);
    provisioning.templates.set(name, {
      name,
      arn,
      body: recordOf(documentOf(properties.TemplateBody)),
      roleArn: text(properties, 'ProvisioningRoleArn') ?? '',
      enabled: isTrue(properties.Enabled),
      hookArn: text(recordOf(properties.PreProvisioningHook), 'TargetArn'),
    });
    return { ref: name, attributes: { TemplateArn: arn } };
  },

  'AWS::IoT::ResourceSpecificLogging': (request, { logging }) => {
    const { properties } = request;
    const type = text(properties, 'TargetType') ?? '';
    if (type !== 'THING_GROUP')
      throw new NotModelled(`logging of a ${type}`, 'it is logged at the level of the account');
    const thingGroupName = text(properties, 'TargetName') ?? '';
    logging.groupLevels.push({ thingGroupName, level: text(properties, 'LogLevel') ?? 'WARN' });
    const target = `${type}:${thingGroupName}`;
    return { ref: target, attributes: { TargetId: target } };
  },
};

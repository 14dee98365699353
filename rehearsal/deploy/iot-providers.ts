import type { PrincipalType } from '../ports';
import { NotModelled } from '../cloud/fault';
import type { IotRegistry } from '../cloud/iot/registry';
import { recordOf } from '../cloud/operation';
import { documentOf, isTrue, type Provider, text } from './provider';

const CLAIMS = 'FLEET_PROVISIONING';

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
    if (properties.QueryString !== undefined)
      throw new NotModelled(`the dynamic thing group ${thingGroupName}`, 'no thing is ever in it');
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

  'AWS::IoT::PolicyPrincipalAttachment': (request, { policies, registry }) => {
    const [policyName, target] = [text(request.properties, 'PolicyName'), text(request.properties, 'Principal')];
    if ((target ?? '').includes(':thinggroup/'))
      throw new Error('The given ARN does not represent a cert: CloudFormation attaches no policy to a thing group');
    if (!(target ?? '').includes(':cert/'))
      throw new NotModelled(`principal ${target ?? ''}`, 'its policies count for nobody');
    certificateOf(target, registry);
    if (!registry.policies.has(policyName ?? ''))
      throw new NotModelled(`policy ${policyName ?? ''}`, 'it is no part of the assembly: what it allows is not known');
    policies.attach({ policyName, target });
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
    const name = text(properties, 'ThingName') ?? '';
    const thing = registry.thingsByName.get(name);
    const certificate = certificateOf(text(properties, 'Principal'), registry);
    if (thing === undefined) throw new NotModelled(`thing ${name}`, 'it is no part of the assembly, and stays without');
    certificates.attachTo(certificate, thing.thingName, type);
    return { ref: request.generatedName() };
  },

  'AWS::IoT::ProvisioningTemplate': (request, { provisioning, registry }) => {
    const { properties } = request;
    const name = text(properties, 'TemplateName') ?? request.generatedName(36);
    const kind = text(properties, 'TemplateType') ?? CLAIMS;
    if (kind !== CLAIMS) throw new NotModelled(`provisioning of type ${kind}`, 'no device gets in by this template');
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

/** A certificate of the stacks; one that was made elsewhere is in the hands of nobody here. */
function certificateOf(arn: string | undefined, registry: IotRegistry) {
  const found = registry.certificates.get((arn ?? '').split(':cert/')[1] ?? '');
  if (found !== undefined) return found;
  throw new NotModelled(`certificate ${arn ?? ''}`, 'it is no part of the assembly: no device has it');
}

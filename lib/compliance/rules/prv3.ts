import { rightsOf, roleOf } from '../iam/role';
import { textOf } from '../model/value';
import type { Rule } from '../rule';
import { PROVISIONING, REGISTRATION_ROLE } from './prv1';
import { eachResource } from './support';

/** What registering a thing takes, as AWS's own managed policy for it lists. */
const REGISTRATION = [
  'AddThingToBillingGroup',
  'AddThingToThingGroup',
  'AttachPolicy',
  'AttachPrincipalPolicy',
  'AttachThingPrincipal',
  'CreateCertificateFromCsr',
  'CreatePolicy',
  'CreateThing',
  'DescribeCertificate',
  'DescribeThing',
  'DescribeThingGroup',
  'DescribeThingType',
  'DetachPolicy',
  'DetachThingPrincipal',
  'GetPolicy',
  'ListAttachedPolicies',
  'ListPolicyPrincipals',
  'ListPrincipalPolicies',
  'ListPrincipalThings',
  'ListTargetsForPolicy',
  'ListThingGroupsForThing',
  'ListThingPrincipals',
  'RegisterCertificate',
  'RegisterCertificateWithoutCA',
  'RegisterThing',
  'RemoveThingFromBillingGroup',
  'RemoveThingFromThingGroup',
  'UpdateCertificate',
  'UpdateThing',
  'UpdateThingGroupsForThing',
].map((name) => `iot:${name}`.toLowerCase());
const MANAGED = '/service-role/AWSIoTThingsRegistration';

export const PRV3: Rule = {
  id: 'ZTI-PRV3',
  title: 'Enrollment registers things, and no more',
  tenets: [3, 6],
  severity: 'error',
  types: ['AWS::IoT::ProvisioningTemplate'],
  why: 'The service acts with this role on behalf of a device that nobody knows yet. Every further right is open to whoever gets through.',
  fix: 'Use the managed policy AWSIoTThingsRegistration, or a policy with just the actions that the template needs.',
  example: { Template: PROVISIONING, ProvisioningRole: REGISTRATION_ROLE },
  evidenceFor: ['IoT Lens IOTSEC04-BP01', 'IEC 62443-4-2 CR 2.1'],
  check: (model) =>
    eachResource(model, ['AWS::IoT::ProvisioningTemplate'], ({ ProvisioningRoleArn }, note) => {
      const location = 'Properties/ProvisioningRoleArn';
      const role = roleOf(model, ProvisioningRoleArn);
      if (role === undefined) {
        note(`the role ${textOf(ProvisioningRoleArn) ?? ''} is not in the templates`, { location, unverified: true });
        return;
      }
      const { grants, managed } = rightsOf(model, role);
      const broad = grants
        .filter(({ denies }) => !denies)
        .flatMap(({ actions, notActions }) => [...actions, ...notActions.map((name) => `all but ${name}`)]);
      const beyond = [...new Set(broad.filter((action) => !REGISTRATION.includes(action.toLowerCase())))];
      const open = beyond.filter((action) => action.startsWith('‹'));
      const sure = beyond.filter((action) => !open.includes(action));
      if (sure.length > 0) note(`the provisioning role may ${sure.join(', ')}`, { location });
      if (open.length > 0)
        note(`the provisioning role's rights depend on ${open.join(', ')}`, { location, unverified: true });
      const others = managed.filter((arn) => !(arn.endsWith(MANAGED) && arn.includes(':iam::aws:policy/')));
      if (others.length > 0) note(`the provisioning role has ${others.join(', ')}`, { location });
    }),
};

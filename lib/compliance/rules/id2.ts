import { policiesNamed } from '../attachments';
import type { Model, Resource } from '../model/model';
import { openHoles, textOf } from '../model/value';
import type { Rule } from '../rule';
import { DEVICE_POLICY } from './examples';
import { isCognitoIdentity, principalKey } from './principals';
import { standing } from './standing';
import { eachResource, isClaimPolicy } from './support';

const CSR = '-----BEGIN CERTIFICATE REQUEST-----\nMIH...\n-----END CERTIFICATE REQUEST-----';

/** One device with a certificate of its own, attached to its thing alone. */
export const ONE_DEVICE = {
  Thing: { Type: 'AWS::IoT::Thing', Properties: { AttributePayload: { Attributes: { owner: 'plant-4' } } } },
  Certificate: { Type: 'AWS::IoT::Certificate', Properties: { Status: 'ACTIVE', CertificateSigningRequest: CSR } },
  DevicePolicy: DEVICE_POLICY,
  ThingAttachment: {
    Type: 'AWS::IoT::ThingPrincipalAttachment',
    Properties: {
      ThingName: { Ref: 'Thing' },
      Principal: { 'Fn::GetAtt': ['Certificate', 'Arn'] },
      ThingPrincipalType: 'EXCLUSIVE_THING',
    },
  },
  PolicyAttachment: {
    Type: 'AWS::IoT::PolicyPrincipalAttachment',
    Properties: { PolicyName: { Ref: 'DevicePolicy' }, Principal: { 'Fn::GetAtt': ['Certificate', 'Arn'] } },
  },
};

export const ID2: Rule = {
  id: 'ZTI-ID2',
  title: 'A certificate with rights belongs to a thing',
  tenets: [3, 6],
  severity: 'error',
  types: ['AWS::IoT::PolicyPrincipalAttachment'],
  why: 'Without a thing the policy variables of the thing have no value, no thing group can isolate the device, and nobody knows whose certificate it is.',
  fix: 'Attach the certificate to its thing with AWS::IoT::ThingPrincipalAttachment.',
  example: ONE_DEVICE,
  evidenceFor: ['IoT Lens IOTSEC01-BP01', 'NISTIR 8259A Device Identification', 'IEC 62443-4-2 CR 1.2'],
  check: (model) => {
    const attachedBeside = attachments(model);
    return eachResource(model, ['AWS::IoT::PolicyPrincipalAttachment'], ({ PolicyName, Principal }, note, resource) => {
      // A claim is no device yet; that it can do nothing else is ZTI-PRV2's to say.
      const policies = policiesNamed(model, PolicyName);
      if (policies.length > 0 && policies.every(isClaimPolicy)) return;
      const { sure, perhaps } = attachedBeside(resource);
      const [key, location] = [principalKey(model, Principal), 'Properties/Principal'];
      if (isCognitoIdentity(Principal) || sure.has(key)) return;
      if (perhaps.has(key))
        note('gives a policy to a certificate that is attached to a thing only under a condition', { location });
      else if (openHoles(Principal).some(({ kind }) => kind !== 'attribute' && kind !== 'resource'))
        note(`whether ${textOf(Principal) ?? ''} is attached to a thing is not said here`, {
          location,
          unverified: true,
        });
      else note('gives a policy to a certificate that is attached to no thing here', { location });
    });
  },
};

interface Attached {
  readonly sure: ReadonlySet<string>;
  readonly perhaps: ReadonlySet<string>;
}

/** The principals that are attached to things, for a resource; worked out once for all under the same condition. */
function attachments(model: Model): (beside: Resource) => Attached {
  const known = new Map<string, Attached>();
  const keysOf = (resources: readonly Resource[]): Set<string> =>
    new Set(resources.flatMap(({ variants }) => variants.map(({ value }) => principalKey(model, value.Principal))));
  return (beside) => {
    const condition = JSON.stringify([beside.scope.id, beside.raw.Condition]);
    const before = known.get(condition);
    if (before !== undefined) return before;
    const { sure, perhaps } = standing(model, ['AWS::IoT::ThingPrincipalAttachment'], beside);
    const found = { sure: keysOf(sure), perhaps: keysOf(perhaps) };
    known.set(condition, found);
    return found;
  };
}

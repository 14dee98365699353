import type { Rule } from '../rule';
import { CONNECT_AS_ITSELF, policyExample } from './examples';
import { eachReach, isClaimPolicy } from './support';

export const POL2: Rule = {
  id: 'ZTI-POL2',
  title: 'A device connects only as itself',
  tenets: [3, 6],
  severity: 'error',
  types: ['AWS::IoT::Policy', 'AWS::IoT::ProvisioningTemplate'],
  why: 'Who connects under another client id takes that device off line, speaks in its name, and escapes every policy of a thing group, also the quarantine: group policies apply only while client id and thing name are equal.',
  fix: 'Allow iot:Connect on client/${iot:Connection.Thing.ThingName} with the condition iot:Connection.Thing.IsAttached.',
  example: { DevicePolicy: policyExample(CONNECT_AS_ITSELF) },
  evidenceFor: [
    'IoT Lens IOTSEC01-BP01',
    'IoT Lens IOTSEC04-BP01',
    'IEC 62443-4-2 CR 1.2',
    'NISTIR 8259A Device Identification',
  ],
  runtime: ['CONFLICTING_CLIENT_IDS_CHECK', 'IOT_POLICY_OVERLY_PERMISSIVE_CHECK'],
  check: (model) =>
    eachReach(
      model,
      (reach, policy) => reach.act.name === 'connect' && !isClaimPolicy(policy),
      'bind the client id to the thing that the certificate is attached to',
    ),
};

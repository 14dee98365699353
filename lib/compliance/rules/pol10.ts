import { groupPoliciesOf } from '../attachments';
import type { Model } from '../model/model';
import type { FoundPolicy } from '../policies/find';
import type { Rule } from '../rule';
import { DEVICE_POLICY } from './examples';
import { eachPolicy } from './support';

/** Characters without white space. @see https://docs.aws.amazon.com/general/latest/gr/iot-core.html */
const LIMIT = 2048;
/** Less than one more resource takes. */
const RESERVE = 64;

export const POL10: Rule = {
  id: 'ZTI-POL10',
  title: 'A policy fits, with room for a change',
  tenets: [4],
  severity: 'error',
  types: ['AWS::IoT::Policy', 'AWS::IoT::ProvisioningTemplate'],
  why: 'AWS IoT stores no document of more than 2,048 characters. One that is full cannot take the Deny that an incident calls for.',
  fix: 'Use policy variables in place of lists, or split the document: ten policies per certificate, two per thing group.',
  example: { DevicePolicy: DEVICE_POLICY },
  evidenceFor: ['IoT Lens IOTSEC04-BP01'],
  check: (model) =>
    eachPolicy(model, (policy, note) => {
      const { characters } = policy.analysis.text;
      if (characters > LIMIT)
        note(`has ${characters} characters without white space, of ${LIMIT}: it cannot be deployed`);
      else if (characters > LIMIT - RESERVE && !hasRoomBeside(model, policy))
        note(`has ${characters} of ${LIMIT} characters: there is no room for a change`, { severity: 'warning' });
    }),
};

/** Policies of a thing group, inherited ones included. @see https://docs.aws.amazon.com/general/latest/gr/iot-core.html */
const MOST_OF_GROUP = 2;

/** Whether every group that has the policy has room for the change: in another document, or for one. */
function hasRoomBeside(model: Model, policy: FoundPolicy): boolean {
  const groups = groupPoliciesOf(model).filter(({ policies }) => policies.includes(policy));
  const isRoomy = ({ policies }: { readonly policies: readonly FoundPolicy[] }) =>
    new Set(policies.map(({ resource }) => resource)).size < MOST_OF_GROUP ||
    policies.some(({ analysis }) => analysis.text.characters <= LIMIT - RESERVE);
  return groups.length > 0 && groups.every(isRoomy);
}

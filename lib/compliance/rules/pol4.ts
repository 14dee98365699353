import type { Rule } from '../rule';
import { DEVICE_POLICY } from './examples';
import { eachReach, isProvisioningTopic, isThingTopic } from './support';

export const POL4: Rule = {
  id: 'ZTI-POL4',
  title: 'A device subscribes only to what is its own',
  tenets: [3, 4],
  severity: 'error',
  types: ['AWS::IoT::Policy', 'AWS::IoT::ProvisioningTemplate'],
  why: 'A subscription is authorized once. Who may subscribe to a filter that gathers from all devices listens to the whole fleet.',
  fix: 'Allow topicfilter/cmd/${iot:Connection.Thing.ThingName}/* and the matching topic/ for iot:Receive.',
  example: { DevicePolicy: DEVICE_POLICY },
  evidenceFor: ['IoT Lens IOTSEC04-BP01', 'IEC 62443-4-2 CR 2.1', 'IEC 62443-4-2 CR 4.1'],
  runtime: ['IOT_POLICY_OVERLY_PERMISSIVE_CHECK'],
  check: (model) =>
    eachReach(
      model,
      ({ act, target }) => act.name === 'subscribe' && !isProvisioningTopic(target) && !isThingTopic(target),
      'let the name of the device stand in the filter before the first wildcard, also before + and #',
    ),
};

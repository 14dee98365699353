import type { Rule } from '../rule';
import { CONNECT_AS_ITSELF, iotArn, policyExample, THING } from './examples';
import { eachReach, isProvisioningTopic, isThingTopic } from './support';

export const POL3: Rule = {
  id: 'ZTI-POL3',
  title: 'A device publishes and receives only on its own topics',
  tenets: [3, 4],
  severity: 'error',
  types: ['AWS::IoT::Policy', 'AWS::IoT::ProvisioningTemplate'],
  why: 'A wildcard that no name of the device stands before covers the topics of every other device: telemetry can be forged and commands can be read.',
  fix: 'Put ${iot:Connection.Thing.ThingName} in a level of its own before the first wildcard: topic/dt/${iot:Connection.Thing.ThingName}/*.',
  example: {
    DevicePolicy: policyExample(
      CONNECT_AS_ITSELF,
      { Effect: 'Allow', Action: 'iot:Publish', Resource: iotArn(`topic/dt/${THING}/*`) },
      { Effect: 'Allow', Action: 'iot:Receive', Resource: iotArn(`topic/cmd/${THING}/*`) },
      { Effect: 'Allow', Action: 'iot:Subscribe', Resource: iotArn(`topicfilter/cmd/${THING}/*`) },
    ),
  },
  evidenceFor: ['IoT Lens IOTSEC04-BP01', 'IEC 62443-4-2 CR 2.1', 'ETSI EN 303 645 5.5'],
  runtime: ['IOT_POLICY_OVERLY_PERMISSIVE_CHECK'],
  check: (model) =>
    eachReach(
      model,
      ({ act, target }) =>
        ['publish', 'receive', 'read retained'].includes(act.name) &&
        !isProvisioningTopic(target) &&
        !isThingTopic(target),
      'let the name of the device stand in a level of its own before the first wildcard',
    ),
};

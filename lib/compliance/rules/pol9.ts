import type { Rule } from '../rule';
import { CONNECT_AS_ITSELF, iotArn, policyExample, THING } from './examples';
import { eachReach, isThingTopic } from './support';

export const POL9: Rule = {
  id: 'ZTI-POL9',
  title: 'Shadows, jobs and tunnels of a thing belong to that thing',
  tenets: [1, 3],
  severity: 'error',
  types: ['AWS::IoT::Policy', 'AWS::IoT::ProvisioningTemplate'],
  why: 'Through the reserved topics of another thing a device changes its state, reports its jobs as done, takes over its remote session, or has it isolated by false metrics.',
  fix: 'Name the thing: topic/$aws/things/${iot:Connection.Thing.ThingName}/shadow/*.',
  example: {
    DevicePolicy: policyExample(
      CONNECT_AS_ITSELF,
      {
        Effect: 'Allow',
        Action: ['iot:Publish', 'iot:Receive'],
        Resource: iotArn(`topic/$aws/things/${THING}/shadow/*`),
      },
      { Effect: 'Allow', Action: 'iot:Subscribe', Resource: iotArn(`topicfilter/$aws/things/${THING}/shadow/*`) },
    ),
  },
  evidenceFor: ['IoT Lens IOTSEC04-BP01', 'NISTIR 8259A Device Configuration'],
  runtime: ['IOT_POLICY_OVERLY_PERMISSIVE_CHECK'],
  check: (model) =>
    eachReach(
      model,
      ({ act, target }) => act.name === 'thing' || (act.name !== 'connect' && isThingTopic(target)),
      'name the thing in the resource',
    ),
};

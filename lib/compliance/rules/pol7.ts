import { misleadingDenies } from '../policies/misleading';
import type { Rule } from '../rule';
import { CONNECT_AS_ITSELF, iotArn, policyExample, THING } from './examples';
import { eachPolicy, statementPath } from './support';

export const POL7: Rule = {
  id: 'ZTI-POL7',
  title: 'A Deny denies what it seems to',
  tenets: [6],
  severity: 'error',
  types: ['AWS::IoT::Policy', 'AWS::IoT::ProvisioningTemplate'],
  why: 'In a policy + and # are ordinary characters, so a Deny with them denies next to nothing. And a Deny of iot:Subscribe on a/secret/* does not stop a subscription to a/#: only a Deny of iot:Receive does.',
  fix: 'Use * in place of + and #, and deny iot:Receive on the topic/ form of every topicfilter/ that is denied.',
  example: {
    DevicePolicy: policyExample(
      CONNECT_AS_ITSELF,
      { Effect: 'Allow', Action: 'iot:Subscribe', Resource: iotArn(`topicfilter/cmd/${THING}/*`) },
      { Effect: 'Allow', Action: 'iot:Receive', Resource: iotArn(`topic/cmd/${THING}/*`) },
      { Effect: 'Deny', Action: 'iot:Subscribe', Resource: iotArn(`topicfilter/cmd/${THING}/service/*`) },
      { Effect: 'Deny', Action: 'iot:Receive', Resource: iotArn(`topic/cmd/${THING}/service/*`) },
    ),
  },
  evidenceFor: ['IoT Lens IOTSEC04-BP01'],
  runtime: ['IOT_POLICY_POTENTIAL_MISCONFIGURATION_CHECK'],
  check: (model) =>
    eachPolicy(model, ({ analysis }, note) => {
      for (const { statement, kind, resource } of misleadingDenies(analysis.text.statements))
        note(
          kind === 'wildcard'
            ? `denies ${resource}, in which + and # are ordinary characters`
            : `denies iot:Subscribe on ${resource} but not iot:Receive: a wider subscription still delivers`,
          { location: statementPath(statement) },
        );
    }),
};

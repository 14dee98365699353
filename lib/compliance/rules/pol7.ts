import { type Misleading, misleadingDenies } from '../policies/misleading';
import type { Rule } from '../rule';
import { CONNECT_AS_ITSELF, iotArn, policyExample, THING } from './examples';
import { eachPolicy, statementPath } from './support';

const SAID: { readonly [kind in Misleading['kind']]: (resource: string) => string } = {
  wildcard: (resource) => `denies ${resource}, in which + and # are ordinary characters`,
  variable: (resource) => `denies ${resource}, in which a variable has no value that is known: it may deny nothing`,
  subscription: (resource) =>
    `denies iot:Subscribe on ${resource} but not iot:Receive: a wider subscription still delivers`,
};

export const POL7: Rule = {
  id: 'ZTI-POL7',
  title: 'A Deny denies what it seems to',
  tenets: [6],
  severity: 'error',
  types: ['AWS::IoT::Policy', 'AWS::IoT::ProvisioningTemplate'],
  why: 'In a policy + and # are ordinary characters, so a Deny with them denies next to nothing. A name that is no variable of AWS IoT matches nothing. And a Deny of iot:Subscribe on a/secret/* does not stop a subscription to a/#: only a Deny of iot:Receive does.',
  fix: 'Spell variables as AWS IoT does, use * in place of + and #, and deny iot:Receive on the topic/ form of every topicfilter/ that is denied.',
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
        note(SAID[kind](resource), { location: statementPath(statement) });
    }),
};
